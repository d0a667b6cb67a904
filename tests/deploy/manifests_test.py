"""The installations: complete, with no more rights than needed, and fit for restricted pods."""

import os
import unittest

from installation import NAMESPACE, ROOT, objects_of

EVERYWHERE = objects_of("minicluster-operator.yaml")
ONE = objects_of("kustomize/namespace/operator.yaml")
CLUSTER_WIDE = {"ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace",
                "MutatingWebhookConfiguration"}
ROLES = ("ClusterRole", "Role")
FORBIDDEN = {"pods/exec", "pods/attach", "nodes", "persistentvolumes", "impersonate", "escalate",
             "bind", "*"}


def of_kind(objects, *kinds):
    return [each for (kind, _, _), each in objects.items() if kind in kinds]


class Installation(unittest.TestCase):
    def each(self):
        for name, objects in (("everywhere", EVERYWHERE), ("one namespace", ONE)):
            with self.subTest(name):
                yield objects

    def test_everything_is_where_it_belongs(self):
        for objects in self.each():
            for kind, namespace, _ in objects:
                if kind in CLUSTER_WIDE:
                    self.assertEqual(namespace, "")
                else:
                    self.assertIn(namespace, (NAMESPACE, "default"))

    def test_names_that_are_mentioned_are_there(self):
        for objects in self.each():
            for binding in of_kind(objects, "RoleBinding", "ClusterRoleBinding"):
                role = binding["roleRef"]
                namespace = binding["metadata"].get("namespace", "")
                where = namespace if role["kind"] == "Role" else ""
                self.assertIn((role["kind"], where, role["name"]), objects)
                for subject in binding["subjects"]:
                    self.assertIn(("ServiceAccount", subject["namespace"], subject["name"]), objects)
            services = [each["clientConfig"]["service"]
                        for configuration in of_kind(objects, "MutatingWebhookConfiguration")
                        for each in configuration["webhooks"]]
            crd, = of_kind(objects, "CustomResourceDefinition")
            services.append(crd["spec"]["conversion"]["webhook"]["clientConfig"]["service"])
            self.assertEqual(len(services), 2)
            for service in services:
                self.assertIn(("Service", service["namespace"], service["name"]), objects)

    def test_no_more_rights_than_needed(self):
        for objects in self.each():
            for role in of_kind(objects, *ROLES):
                for rule in role["rules"]:
                    words = set(rule["verbs"] + rule["resources"] + rule["apiGroups"])
                    self.assertFalse(words & FORBIDDEN, rule)

    def test_secrets_are_never_read_but_the_own_one(self):
        for objects in self.each():
            for role in of_kind(objects, *ROLES):
                for rule in role["rules"]:
                    if "secrets" not in rule["resources"] or "resourceNames" in rule:
                        continue
                    self.assertFalse(set(rule["verbs"]) & {"get", "update", "patch", "delete"}, rule)

    def test_one_namespace_means_no_rights_elsewhere(self):
        bindings = of_kind(ONE, "ClusterRoleBinding")
        self.assertEqual([each["roleRef"]["name"] for each in bindings],
                         ["minicluster-operator-webhook"])
        for rule in ONE[("ClusterRole", "", "minicluster-operator-webhook")]["rules"]:
            self.assertIn("resourceNames", rule)
        arguments = ONE[("Deployment", NAMESPACE, "minicluster-operator")]["spec"]["template"][
            "spec"]["containers"][0]["args"]
        self.assertIn("--namespace=default", arguments)

    def test_pod_is_restricted(self):
        """Kubernetes' Pod Security Standards, restricted."""
        for objects in self.each():
            pod = objects[("Deployment", NAMESPACE, "minicluster-operator")]["spec"]["template"]["spec"]
            self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            self.assertFalse({"hostNetwork", "hostPID", "hostIPC", "volumes"} & set(pod))
            container, = pod["containers"]
            context = container["securityContext"]
            self.assertFalse(context["allowPrivilegeEscalation"])
            self.assertTrue(context["readOnlyRootFilesystem"])
            self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
            self.assertIn("memory", container["resources"]["limits"])
            self.assertIn("readinessProbe", container)
            self.assertIn("livenessProbe", container)

    def test_a_missing_operator_blocks_nothing(self):
        for objects in self.each():
            for configuration in of_kind(objects, "MutatingWebhookConfiguration"):
                for webhook in configuration["webhooks"]:
                    self.assertEqual(webhook["failurePolicy"], "Ignore")
                    self.assertEqual(webhook["sideEffects"], "None")
                    self.assertNotIn("DELETE", webhook["rules"][0]["operations"])

    def test_documentation_names_every_verb(self):
        with open(os.path.join(ROOT, "docs/security.md"), encoding="utf-8") as file:
            text = file.read()
        for role in of_kind(EVERYWHERE, *ROLES):
            for rule in role["rules"]:
                for resource in rule["resources"]:
                    self.assertIn(resource, text)


if __name__ == "__main__":
    unittest.main()
