"""Instances over several nodes, and changes of their size."""

from harness import KubernetesTest, container, main, minicluster


class Size(KubernetesTest):
    def test_four_over_two_nodes(self):
        self.create(minicluster(container("flux run -N 4 -n 4 hostname"), size=4))
        self.wait_job()
        names = sorted(self.logs().split())
        self.assertEqual(names, [f"flux-sample-{i}" for i in range(4)])
        nodes = {pod["spec"]["nodeName"] for pod in self.pods()}
        self.assertEqual(nodes, {"node1", "node2"})

    def test_scale_up_and_down(self):
        self.create(minicluster(container(), size=2, maxSize=4, interactive=True))
        self.wait("condition=Ready")
        before = self.pod(0)
        self.assertEqual(self.good("scale", "mc/flux-sample", "--replicas=4"),
                         "minicluster.flux-framework.org/flux-sample scaled\n")
        self.wait("jsonpath={.status.ready}=4")
        self.assertEqual(len(self.pods()), 4)
        names = sorted(self.flux("run", "-N", "4", "hostname").split())
        self.assertEqual(names, [f"flux-sample-{i}" for i in range(4)])
        self.good("scale", "mc/flux-sample", "--replicas=1")
        self.wait("jsonpath={.status.ready}=1")
        self.wait_until(lambda job: job["status"].get("active") == 1, "job/flux-sample")
        self.assertEqual(self.pod(0), before, "the lead was not left alone")

    def test_more_than_max_size_is_refused(self):
        self.create(minicluster(container("sleep 1000"), size=1, maxSize=2))
        ended = self.command("scale", "mc/flux-sample", "--replicas=3")
        self.assertNotEqual(ended.status, 0, repr(ended))
        self.assertIn("maxSize", ended.err)
        self.assertEqual(self.object("mc", "flux-sample")["spec"]["size"], 1)


if __name__ == "__main__":
    main()
