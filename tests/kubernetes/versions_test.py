"""An object of one version of the API, read and changed as the other."""

import json

from harness import GROUP, KubernetesTest, container, main, minicluster


class Versions(KubernetesTest):
    def read(self, version, name="flux-sample"):
        return self.object(f"minicluster.{version}.{GROUP}", name)

    def test_v1alpha1_read_as_v1alpha2_and_back(self):
        spec = dict(users=[{"name": "another", "password": "secret"}], suspend=True)
        manifest = json.loads(minicluster(
            container("echo hello", fluxUser={"name": "someone"}, cores=2),
            {"image": "nginx", "name": "nginx", "ports": [80]}, size=2, **spec))
        self.create(json.dumps(manifest))
        as_new = self.read("v1alpha2")
        self.assertEqual(as_new["apiVersion"], f"{GROUP}/v1alpha2")
        self.assertEqual(as_new["spec"]["network"]["headlessName"], "flux-service")
        self.assertNotIn("users", as_new["spec"])
        # Written as v1alpha2, it is still the same as v1alpha1: nothing is lost on the way.
        as_new["metadata"]["labels"] = {"changed": "yes"}
        self.good("replace", "-f", "-", stdin=json.dumps(as_new))
        as_old = self.read("v1alpha1")
        self.assertEqual(as_old["metadata"]["labels"], {"changed": "yes"})
        self.assert_contains(as_old["spec"], manifest["spec"])

    def test_v1alpha2_read_as_v1alpha1_and_back(self):
        manifest = {
            "apiVersion": f"{GROUP}/v1alpha2", "kind": "MiniCluster",
            "metadata": {"name": "flux-sample"},
            "spec": {"size": 2, "suspend": True, "network": {"headlessName": "mine"},
                     "flux": {"container": {"disable": True}},
                     "containers": [{"image": "busybox", "runFlux": True,
                                     "commands": {"script": "echo one\necho two\n"}}]}}
        self.create(json.dumps(manifest))
        as_old = self.read("v1alpha1")
        self.assertEqual(as_old["apiVersion"], f"{GROUP}/v1alpha1")
        as_old["metadata"]["labels"] = {"changed": "yes"}
        self.good("replace", "-f", "-", stdin=json.dumps(as_old))
        self.assert_contains(self.read("v1alpha2")["spec"], manifest["spec"])

    def test_what_v1alpha1_lacks_is_not_taken_in_silently(self):
        self.create(minicluster(container("echo hello"), size=1, suspend=True))
        change = {"spec": {"network": {"headlessName": "another"}}}
        ended = self.command("patch", f"minicluster.v1alpha2.{GROUP}/flux-sample", "--type=merge",
                             "-p", json.dumps(change))
        self.assertNotEqual(ended.status, 0, repr(ended))
        self.assertIn("spec.network", ended.err)
        self.assertEqual(self.read("v1alpha2")["spec"]["network"]["headlessName"], "flux-service")

    def test_v1alpha2_edited_as_v1alpha1_keeps_its_meaning(self):
        self.create(json.dumps({
            "apiVersion": f"{GROUP}/v1alpha2", "kind": "MiniCluster",
            "metadata": {"name": "flux-sample"},
            "spec": {"size": 1, "suspend": True, "network": {"headlessName": "mine"},
                     "containers": [{"image": "busybox", "runFlux": True,
                                     "commands": {"script": "echo kept\n"}}]}}))
        self.good("patch", f"minicluster.v1alpha1.{GROUP}/flux-sample", "--type=merge", "-p",
                  json.dumps({"spec": {"suspend": False}}))
        self.wait_job()
        self.assertIn("kept\n", self.logs())
        self.good("get", "service", "mine")

    def test_v1alpha2_runs(self):
        self.create(json.dumps({
            "apiVersion": f"{GROUP}/v1alpha2", "kind": "MiniCluster",
            "metadata": {"name": "flux-sample"},
            "spec": {"size": 2, "logging": {"quiet": True},
                     "flux": {"container": {"disable": True}},
                     "containers": [{"image": "busybox", "runFlux": True,
                                     "command": "echo hello"}]}}))
        self.wait_job()
        self.assertEqual(self.logs(), "hello\n")

    def assert_contains(self, found, wanted, path="spec"):
        """Everything of `wanted` is in `found`, which may have defaults besides."""
        if isinstance(wanted, dict):
            for key, value in wanted.items():
                self.assertIn(key, found, path)
                self.assert_contains(found[key], value, f"{path}.{key}")
        elif isinstance(wanted, list):
            self.assertEqual(len(found), len(wanted), path)
            for index, (one, other) in enumerate(zip(found, wanted)):
                self.assert_contains(one, other, f"{path}[{index}]")
        else:
            self.assertEqual(found, wanted, path)


if __name__ == "__main__":
    main()
