"""A lead that is lost: its followers wait, and join the one that takes its place."""

import signal
import unittest

from cluster import Case


class LostLead(Case):
    def started(self, size, *attributes, online):
        cluster = self.cluster(size, *attributes)
        cluster.start(*range(size))
        cluster.await_online(online)
        return cluster

    def test_killed_again_and_again(self):
        cluster = self.started(3, online="0-2")
        for _ in range(3):
            self.assertEqual(cluster.run(nodes=3), "0-2")
            cluster.kill(0)
            for follower in (1, 2):
                self.assertIsNone(cluster.brokers[follower].poll())
            cluster.start(0)
            cluster.await_online("0-2")
            cluster.await_health("full")
        self.assertEqual(cluster.run(nodes=3), "0-2")
        cluster.shut_down()

    def test_in_a_deep_tree(self):
        cluster = self.started(4, "tbon.fanout=1", online="0-3")
        cluster.kill(0)
        cluster.start(0)
        cluster.await_online("0-3")
        self.assertEqual(cluster.run(nodes=4), "0-3")
        cluster.shut_down()

    def test_with_a_router_at_once(self):
        cluster = self.started(4, "tbon.fanout=1", online="0-3")
        cluster.kill(0)
        cluster.kill(1)
        cluster.start(1)
        cluster.start(0)
        cluster.await_online("0-3")
        cluster.shut_down()

    def test_while_it_starts(self):
        cluster = self.cluster(3)
        cluster.start(1, 2)
        for _ in range(3):
            cluster.start(0)
            cluster.connect().close()
            cluster.kill(0)
        cluster.start(0)
        cluster.await_online("0-2")
        cluster.shut_down()

    def test_that_stops_in_good_order_takes_all_with_it(self):
        cluster = self.started(3, "tbon.fanout=1", online="0-2")
        lead = cluster.brokers[0]
        lead.send_signal(signal.SIGTERM)
        for rank in range(3):
            cluster.brokers[rank].wait(60)
        self.assertEqual([cluster.brokers[rank].returncode for rank in (1, 2)], [0, 0])


if __name__ == "__main__":
    unittest.main()
