"""The kustomizations give the same objects as the plain installations."""

import os

from installation import DEPLOY, assert_same, objects_in, objects_of, output_of, program, skip


def main():
    kubectl = program("kubectl")
    if kubectl is None:
        skip("no kubectl")

    def built(name):
        return objects_in(output_of(kubectl, "kustomize", os.path.join(DEPLOY, "kustomize", name)))

    assert_same(built("cluster"), objects_of("minicluster-operator.yaml"), "kustomize/cluster")
    assert_same(built("namespace"), objects_of("kustomize/namespace/operator.yaml"),
                "kustomize/namespace")


if __name__ == "__main__":
    main()
