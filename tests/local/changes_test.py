"""create, apply, delete: once, twice, several, and what they say."""

import json

from harness import NAMESPACE_LABEL, LocalTest, container, docker, main, minicluster


class Changes(LocalTest):
    def setUp(self):
        super().setUp()
        self.manifest = minicluster(container("sleep 1000"))

    def test_create_twice(self):
        self.create(self.manifest)
        again = self.command("create", "-f", "-", stdin=self.manifest)
        self.assertEqual(again.status, 1, repr(again))
        self.assertIn('Error from server (AlreadyExists): error when creating "STDIN": '
                      'miniclusters.flux-framework.org "flux-sample" already exists', again.err)

    def test_delete_twice(self):
        self.create(self.manifest)
        self.assertEqual(self.good("delete", "mc", "flux-sample"),
                         'minicluster.flux-framework.org "flux-sample" deleted\n')
        self.assertEqual(self.left_over(), [])
        again = self.command("delete", "mc", "flux-sample")
        self.assertEqual(again.status, 1)
        self.assertEqual(again.err, "Error from server (NotFound): miniclusters.flux-framework.org "
                                    '"flux-sample" not found\n')
        self.good("delete", "mc", "flux-sample", "--ignore-not-found")

    def test_apply(self):
        name = "minicluster.flux-framework.org/flux-sample "
        self.assertEqual(self.good("apply", "-f", "-", stdin=self.manifest), name + "created\n")
        self.assertEqual(self.good("apply", "-f", "-", stdin=self.manifest), name + "unchanged\n")
        other = minicluster(container("sleep 2000"))
        refused = self.command("apply", "-f", "-", stdin=other)
        self.assertEqual(refused.status, 1, repr(refused))
        self.assertIn("command", refused.err)

    def test_two_in_one_namespace(self):
        for name in ("one", "two"):
            self.create(minicluster(container("hostname"), {"image": "nginx", "name": "nginx",
                                                            "ports": [80]}, name=name))
        for name in ("one", "two"):
            self.wait_job(what=f"mc/{name}")
            self.assertEqual(self.good("logs", f"mc/{name}", "-c", name), f"{name}-0\n")
        self.good("delete", "mc", "one")
        self.assertIn("two", self.good("get", "mc"))
        self.good("delete", "mc", "--all")
        self.assertEqual(self.left_over(), [])

    def test_two_at_once_in_a_new_namespace(self):
        """Both find no network and make one, which Docker does not keep them from."""
        names = ("one", "two", "three")
        for _ in range(5):
            started = [self.start("create", "-f", "-", stdin=minicluster(
                container("true", image="busybox"), name=name)) for name in names]
            for process in started:
                ended = self.finish(process)
                self.assertEqual(ended.status, 0, repr(ended))
            self.assertEqual(len(docker("network", "ls", "-q", "--filter",
                                        f"label={NAMESPACE_LABEL}={self.ns}").split()), 1)
            for name in names:
                self.wait_job(what=f"mc/{name}")
            self.good("delete", "mc", "--all")
            self.assertEqual(self.left_over(), [])

    def test_another_size(self):
        def manifest(size, **spec):
            return minicluster(container("sleep 1000"), size=size, **spec)

        name = "minicluster.flux-framework.org/flux-sample "
        self.good("apply", "-f", "-", stdin=manifest(2, maxSize=4))
        self.wait("condition=Ready")
        before = self.object("pod", "flux-sample-0")
        self.assertEqual(self.good("apply", "-f", "-", stdin=manifest(4, maxSize=4)),
                         name + "configured\n")
        self.wait("condition=Ready")
        self.assertEqual(self.good("get", "pods", "--no-headers").count("Running"), 4)
        self.good("exec", "flux-sample-0", "-c", "flux-sample", "--", "sh", "-c",
                  "until [ $(flux proxy local:///run/flux/local "
                  "flux resource list -s down -no {nnodes}) = 0 ]; do :; done")
        self.assertEqual(self.good("apply", "-f", "-", stdin=manifest(1, maxSize=4)),
                         name + "configured\n")
        self.assertEqual(self.good("get", "pods", "--no-headers").count("\n"), 1)
        self.assertEqual(self.good("apply", "-f", "-", stdin=manifest(1, maxSize=4)),
                         name + "unchanged\n")
        self.assertEqual(self.object("pod", "flux-sample-0")["status"]["containerStatuses"],
                         before["status"]["containerStatuses"])
        refused = self.command("apply", "-f", "-", stdin=manifest(5, maxSize=5))
        self.assertEqual(refused.status, 1, repr(refused))
        self.assertIn("spec.", refused.err)
        refused = self.command("apply", "-f", "-", stdin=manifest(1))
        self.assertIn("spec.maxSize", refused.err)

    def test_documents_and_lists(self):
        one = json.loads(minicluster(container("true"), name="one"))
        two = json.loads(minicluster(container("true"), name="two"))
        several = json.dumps({"apiVersion": "v1", "kind": "List", "items": [one]})
        out = self.good("create", "-f", "-", stdin=several + "\n---\n" + json.dumps(two))
        self.assertEqual(out, "minicluster.flux-framework.org/one created\n"
                              "minicluster.flux-framework.org/two created\n")
        self.good("delete", "-f", "-", stdin=several + "\n---\n" + json.dumps(two))
        self.assertEqual(self.left_over(), [])

    def test_dry_run(self):
        out = self.good("create", "-f", "-", "--dry-run=client", stdin=self.manifest)
        self.assertEqual(out, "minicluster.flux-framework.org/flux-sample created (dry run)\n")
        self.assertEqual(self.left_over(), [])

    def test_delete_without_waiting(self):
        self.create(self.manifest)
        self.good("delete", "mc", "flux-sample", "--wait=false")
        self.wait("delete")
        self.assertEqual(self.left_over(), [])

    def test_delete_with_force(self):
        # Ends at once, though nothing in the container listens to SIGTERM.
        self.create(minicluster(container("sh -c 'trap \"\" TERM; while true; do sleep 1; done'")))
        self.wait("condition=Running")
        self.good("delete", "mc", "flux-sample", "--force", "--timeout=20s")
        self.assertEqual(self.left_over(), [])

    def test_wait_times_out(self):
        self.create(self.manifest)
        ended = self.command("wait", "--for=condition=Succeeded", "mc/flux-sample", "--timeout=0")
        self.assertEqual((ended.status, ended.err),
                         (1, "error: condition not met for miniclusters/flux-sample\n"))

    def test_cleanup(self):
        self.create(minicluster(container("true"), cleanup=True))
        self.wait("delete")
        self.assertEqual(self.left_over(), [])


if __name__ == "__main__":
    main()
