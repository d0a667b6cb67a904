"""A node is lost, and comes back."""

from harness import KubernetesTest, cluster, container, main, minicluster


class Node(KubernetesTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.return_node)

    def return_node(self):
        cluster("start-node", "node2")
        self.good("wait", "--for=condition=Ready", "node/node2", "--timeout=90s")

    def node_of(self, pod):
        return self.object("pod", pod)["spec"]["nodeName"]

    def test_follower_on_a_lost_node(self):
        """The lead goes on; the follower comes again elsewhere, and the instance is whole."""
        # The first pod goes where there is more room: make sure that it is not the lost node.
        self.good("cordon", "node2")
        self.addCleanup(self.good, "uncordon", "node2")
        self.create(minicluster(container(), size=1, maxSize=2, interactive=True))
        self.wait("condition=Ready")
        lead = self.pod(0)
        self.good("uncordon", "node2")
        self.good("cordon", "node1")
        self.addCleanup(self.good, "uncordon", "node1")
        self.good("scale", "mc/flux-sample", "--replicas=2")
        self.wait("jsonpath={.status.ready}=2")
        self.assertEqual(self.node_of(self.pod(1)), "node2")
        self.good("uncordon", "node1")
        cluster("stop-node", "node2")
        self.good("wait", "--for=condition=Ready=Unknown", "node/node2", "--timeout=60s")
        lost = self.pod(1)
        # The pod of a lost node is only marked as deleted: its end can't be known.
        self.wait_until(lambda pod: "deletionTimestamp" in pod["metadata"], "pod", lost)
        self.return_node()
        self.good("wait", "--for=delete", f"pod/{lost}", "--timeout=90s")
        self.wait("jsonpath={.status.ready}=2")
        self.assertEqual(self.pod(0), lead, "the lead was made again too")
        names = sorted(self.flux("run", "-N", "2", "hostname").split())
        self.assertEqual(names, ["flux-sample-0", "flux-sample-1"])


if __name__ == "__main__":
    main()
