"""Pods by name, with and without their suffix, and containers by theirs."""

from harness import LocalTest, container, main, minicluster


class Pods(LocalTest):
    def setUp(self):
        super().setUp()
        self.create(minicluster(container("sleep 1000"), size=2))
        self.wait("condition=Ready")

    def test_every_way_to_name_a_pod(self):
        whole = self.pod_named("flux-sample-1")
        self.assertRegex(whole, r"^flux-sample-1-[a-z0-9]{5}$")
        for name in ("flux-sample-1", whole, "pod/flux-sample-1", f"po/{whole}"):
            self.assertEqual(self.good("exec", name, "--", "hostname"), "flux-sample-1\n")
        self.assertEqual(self.good("exec", "mc/flux-sample", "--", "hostname"), "flux-sample-0\n")
        self.assertEqual(self.good("wait", "--for=condition=Ready", "pod/flux-sample-1"),
                         f"pod/{whole} condition met\n")

    def test_unknown_ones(self):
        for words in (("logs", "flux-sample-9"), ("exec", "flux-sample-9", "--", "true"),
                      ("describe", "pod", "flux-sample-9"), ("get", "pod", "flux-sample-9")):
            ended = self.command(*words)
            self.assertEqual((ended.status, ended.err), (
                1, 'Error from server (NotFound): pods "flux-sample-9" not found\n'), words)

    def test_pods_go_with_their_cluster(self):
        ended = self.command("delete", "pod", "flux-sample-0")
        self.assertEqual(ended.status, 1)
        self.assertIn("deleted with it", ended.err)


if __name__ == "__main__":
    main()
