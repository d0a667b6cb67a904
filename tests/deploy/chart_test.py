"""The Helm chart gives the same objects as the plain installations."""

import os

from installation import (DEPLOY, NAMESPACE, ROOT, assert_same, objects_in, objects_of, output_of,
                          program, skip)

CHART = os.path.join(DEPLOY, "helm/minicluster-operator")
NAMESPACE_OBJECT = ("Namespace", "", NAMESPACE)
DEFINITION = ("CustomResourceDefinition", "", "miniclusters.flux-framework.org")


def helm():
    tool = os.path.join(ROOT, "tools/helm")
    try:
        return program("helm") or output_of(tool).strip()
    except AssertionError as error:
        skip(str(error))


def main():
    program_path = helm()

    def rendered(*settings):
        arguments = [word for setting in settings for word in ("--set-json", setting)]
        objects = objects_in(output_of(program_path, "template", "minicluster-operator", CHART,
                                       "--namespace", NAMESPACE, "--kube-version", "1.34.0",
                                       *arguments))
        kept = objects[DEFINITION]["metadata"].pop("annotations")
        assert kept == {"helm.sh/resource-policy": "keep"}, kept
        return objects

    output_of(program_path, "lint", CHART, "--strict")
    everywhere = objects_of("minicluster-operator.yaml")
    # helm install --create-namespace makes it.
    del everywhere[NAMESPACE_OBJECT]
    assert_same(rendered(), everywhere, "chart")
    one = objects_of("kustomize/namespace/operator.yaml")
    del one[NAMESPACE_OBJECT]
    assert_same(rendered('watchNamespace="default"'), one, "chart for one namespace")

    changed = rendered('image={"repository": "example.org/mine", "tag": "7"}', "replicas=3",
                       'nodeSelector={"a": "b"}', 'tolerations=[{"operator": "Exists"}]',
                       'imagePullSecrets=[{"name": "mine"}]', 'podAnnotations={"c": "{{ d }}"}')
    deployment = changed[("Deployment", NAMESPACE, "minicluster-operator")]["spec"]
    pod = deployment["template"]["spec"]
    assert deployment["replicas"] == 3
    assert deployment["template"]["metadata"]["annotations"] == {"c": "{{ d }}"}
    assert pod["containers"][0]["image"] == "example.org/mine:7"
    assert "--image=example.org/mine:7" in pod["containers"][0]["args"]
    assert pod["nodeSelector"] == {"a": "b"}
    assert pod["tolerations"] == [{"operator": "Exists"}]
    assert pod["imagePullSecrets"] == [{"name": "mine"}]


if __name__ == "__main__":
    main()
