"""Followers that come late, in any order, up to all configured hosts."""

import unittest

from client import STREAMING
from cluster import Case


class LateJoin(Case):
    def test_lead_begins_alone_and_grows(self):
        cluster = self.cluster(4, "broker.quorum=1", "tbon.fanout=2")
        cluster.start(0)
        cluster.await_online("0")
        self.assertEqual(cluster.run(nodes=1), "0")
        health = cluster.await_health("partial")
        self.assertEqual(self.statuses(health), {1: "offline", 2: "offline"})
        cluster.start(2)
        cluster.await_online("0,2")
        self.assertEqual(cluster.run(nodes=2), "0,2")
        cluster.start(1, 3)
        cluster.await_online("0-3")
        cluster.await_health("full")
        self.assertEqual(cluster.run(nodes=4), "0-3")
        cluster.shut_down()

    def test_health_is_told_as_it_changes(self):
        cluster = self.cluster(2, "broker.quorum=1")
        cluster.start(0)
        with cluster.connect() as client:
            stream = client.request("overlay.health", nodeid=0, flags=STREAMING)
            self.assertEqual(client.answer(stream)["status"], "partial")
            cluster.start(1)
            while client.answer(stream)["status"] != "full":
                pass
        cluster.shut_down()

    def test_job_waits_for_its_nodes(self):
        cluster = self.cluster(3, "broker.quorum=1")
        cluster.start(0)
        with cluster.connect() as client:
            client.rpc("state-machine.wait")
            job = client.submit(["true"], nodes=3)
            cluster.start(1)
            cluster.await_online("0-1")
            cluster.start(2)
            self.assertEqual(cluster.events(client, job)["finish"]["context"]["status"], 0)
        cluster.shut_down()

    def test_leaves_before_routers_and_the_lead_last(self):
        cluster = self.cluster(5, "tbon.fanout=1")
        cluster.start(4, 3, 2, 1, 0)
        cluster.await_online("0-4")
        self.assertEqual(cluster.run(nodes=5), "0-4")
        cluster.shut_down()

    def test_quorum(self):
        cluster = self.cluster(4, "broker.quorum=3")
        cluster.start(0, 1)
        cluster.await_online("0-1")
        with cluster.connect() as client:
            self.assertEqual(client.rpc("state-machine.get")["state"], "quorum")
            waiting = client.request("state-machine.wait")
            cluster.start(3)
            self.assertIsNone(client.answer(waiting))
            self.assertEqual(client.rpc("state-machine.get")["state"], "run")
        cluster.start(2)
        cluster.await_online("0-3")
        cluster.shut_down()

    def test_shapes_of_the_tree(self):
        for attribute, hosts, router, leaves in (
                ("tbon.topo=mincrit:1", None, 1, [2, 3]),
                ("tbon.topo=binomial", None, 2, [3]),
                ("tbon.topo=custom", ["", ', parent = "h3"', ', parent = "h3"', ""], 3, [1, 2])):
            with self.subTest(topology=attribute):
                cluster = self.cluster(4, attribute, hosts=hosts)
                cluster.start(0, 1, 2, 3)
                cluster.await_online("0-3")
                with cluster.connect() as client:
                    tree = client.rpc("overlay.topology", {"rank": router}, nodeid=router)
                    self.assertEqual([child["rank"] for child in tree["children"]], leaves)
                    for rank in range(4):
                        self.assertEqual(client.attribute("rank", nodeid=rank), str(rank))
                cluster.shut_down()


if __name__ == "__main__":
    unittest.main()
