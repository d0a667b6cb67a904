"""Followers that go, well or not, and come back."""

import signal
import unittest

from client import STREAMING, RpcError
from cluster import Case

EHOSTUNREACH = 113


class LostFollower(Case):
    def started(self, size, *attributes, online):
        cluster = self.cluster(size, *attributes)
        cluster.start(*range(size))
        cluster.await_online(online)
        return cluster

    def test_killed_and_back_again_and_again(self):
        cluster = self.started(3, online="0-2")
        for _ in range(3):
            cluster.kill(2)
            cluster.await_online("0-1")
            health = cluster.await_health("degraded")
            self.assertEqual(self.statuses(health), {1: "full", 2: "lost"})
            self.assertEqual(cluster.run(nodes=2), "0-1")
            cluster.start(2)
            cluster.await_online("0-2")
            cluster.await_health("full")
            self.assertEqual(cluster.run(nodes=3), "0-2")
        cluster.shut_down()

    def test_leaves_in_good_order(self):
        cluster = self.started(3, online="0-2")
        cluster.kill(1, signal.SIGTERM)
        cluster.await_online("0,2")
        self.assertEqual(self.statuses(cluster.await_health("partial")), {1: "offline", 2: "full"})
        cluster.start(1)
        cluster.await_online("0-2")
        cluster.shut_down()

    def test_signal_at_any_moment_of_its_start_ends_it(self):
        cluster = self.started(2, online="0-1")
        for number in range(20):
            cluster.kill(1, signal.SIGTERM if number % 2 else signal.SIGKILL)
            cluster.start(1)
            # Somewhere between its first steps and its being online.
            cluster.connect(1).close()
            for _ in range(number // 2):
                cluster.connect(0).close()
        cluster.await_online("0-1")
        cluster.shut_down()

    def test_router_is_lost_with_its_subtree(self):
        cluster = self.started(7, "tbon.fanout=2", "broker.quorum=1", online="0-6")
        for _ in range(2):
            cluster.kill(1)
            cluster.await_online("0,2,5-6")
            self.assertEqual(cluster.run(nodes=4), "0,2,5-6")
            cluster.start(1)
            # Those below have waited for it by themselves.
            cluster.await_online("0-6")
            cluster.await_health("full")
            self.assertEqual(cluster.run(nodes=7), "0-6")
        cluster.shut_down()

    def test_what_was_asked_of_it_is_answered(self):
        cluster = self.started(3, "tbon.fanout=1", online="0-2")
        with cluster.connect() as client:
            command = {"cwd": "/", "cmdline": ["sleep", "1000"], "env": {}, "opts": {},
                       "channels": []}
            tags = [client.request("rexec.exec", {"cmd": command, "flags": 3}, nodeid=rank,
                                   flags=STREAMING) for rank in (1, 2)]
            for tag in tags:
                self.assertEqual(client.answer(tag)["type"], "started")
            cluster.kill(1)
            for tag in tags:
                with self.assertRaises(RpcError) as caught:
                    while True:
                        client.answer(tag)
                self.assertEqual(caught.exception.errnum, EHOSTUNREACH)
            with self.assertRaises(RpcError) as caught:
                client.rpc("broker.ping", nodeid=2)
            self.assertEqual(caught.exception.errnum, EHOSTUNREACH)
        cluster.start(1)
        cluster.await_online("0-2")
        cluster.shut_down()

    def test_its_job_fails_and_the_next_one_runs(self):
        cluster = self.started(2, online="0-1")
        with cluster.connect() as client:
            job = client.submit(["sleep", "1000"], nodes=2)
            watch = client.request("job-info.eventlog-watch", {
                "id": job, "path": "guest.exec.eventlog", "flags": 1}, flags=STREAMING)
            while "shell.start" not in client.answer(watch)["event"]:
                pass
            cluster.kill(1)
            events = cluster.events(client, job)
            self.assertEqual(events["exception"]["context"]["severity"], 0)
            self.assertIn("clean", events)
        cluster.start(1)
        cluster.await_online("0-1")
        with cluster.connect() as client:
            drained = client.rpc("resource.status", nodeid=0)["drain"]
            if "1" in drained:
                client.rpc("resource.undrain", {"targets": "1"}, nodeid=0)
        self.assertEqual(cluster.run(nodes=2), "0-1")
        cluster.shut_down()

    def test_cut_off_by_command(self):
        cluster = self.started(3, online="0-2")
        with cluster.connect() as client:
            watch = client.request("groups.get", {"name": "broker.online"}, nodeid=0,
                                   flags=STREAMING)
            self.assertEqual(client.answer(watch)["members"], "0-2")
            self.assertIsNone(client.rpc("overlay.disconnect-subtree", {"rank": 1}, nodeid=0))
            self.assertEqual(client.answer(watch)["members"], "0,2")
            # It finds its way back.
            self.assertEqual(client.answer(watch)["members"], "0-2")
        cluster.shut_down()


if __name__ == "__main__":
    unittest.main()
