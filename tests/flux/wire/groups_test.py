"""The services groups, overlay and resource: who is there and what they have (RFC 20)."""

import unittest

from case import EEXIST, EINVAL, ENOENT, EPROTO, Case
from client import ENODATA, STREAMING


class Groups(Case):
    def test_get(self):
        self.assertEqual(self.client.rpc("groups.get", {"name": "broker.online"}, nodeid=0),
                         {"members": "0-1"})
        self.assertEqual(self.client.rpc("groups.get", {"name": "tests.none"}, nodeid=0),
                         {"members": ""})
        self.fails(EPROTO, "groups.get", {"name": "broker.online"}, nodeid=1,
                   text="this RPC is only available on rank 0")
        self.fails(EPROTO, "groups.get", {}, nodeid=0)

    def test_join_watch_leave(self):
        group = {"name": "tests.x"}
        watch = self.client.request("groups.get", group, nodeid=0, flags=STREAMING)
        self.assertEqual(self.client.answer(watch), {"members": ""})
        member = self.connect(self.client.attribute("local-uri", nodeid=1)[len("local://"):])
        self.assertIsNone(member.rpc("groups.join", group))
        self.assertEqual(self.client.answer(watch), {"members": "1"})
        self.fails(EEXIST, "groups.join", group, client=member,
                   text="rank 1 is already a member of tests.x")
        member.rpc("groups.leave", group)
        self.assertEqual(self.client.answer(watch), {"members": ""})
        self.fails(ENOENT, "groups.leave", group, client=member,
                   text="rank 1 is not a member of tests.x")
        member.rpc("groups.join", group)
        self.assertEqual(self.client.answer(watch), {"members": "1"})
        member.close()
        self.assertEqual(self.client.answer(watch), {"members": ""})


class Overlay(Case):
    def test_health(self):
        health = self.client.rpc("overlay.health", {"rank": 0}, nodeid=0)
        self.keys(health, "rank", "status", "duration", "children")
        self.assertEqual((health["rank"], health["status"]), (0, "full"))
        child, = health["children"]
        self.keys(child, "rank", "status", "duration")
        self.assertEqual((child["rank"], child["status"]), (1, "full"))
        self.assertEqual(self.client.rpc("overlay.health", nodeid=1)["children"], [])

    def test_wait(self):
        self.assertEqual(self.client.rpc("overlay.health", {"wait": "full"}, nodeid=0)["status"],
                         "full")
        self.fails(EPROTO, "overlay.health", {"wait": "perfect"}, nodeid=0)

    def test_topology(self):
        leaf = {"rank": 1, "size": 1, "children": []}
        self.assertEqual(self.client.rpc("overlay.topology", {"rank": 0}, nodeid=0),
                         {"rank": 0, "size": 2, "children": [leaf]})
        self.assertEqual(self.client.rpc("overlay.topology", {"rank": 1}, nodeid=0), leaf)
        self.assertEqual(self.client.rpc("overlay.topology", {"rank": 1}, nodeid=1), leaf)
        for rank in (2, -1, 1 << 40):
            with self.assertRaises(Exception):
                self.client.rpc("overlay.topology", {"rank": rank}, nodeid=0)
        self.fails(ENOENT, "overlay.topology", {"rank": 0}, nodeid=1,
                   text="requested rank is not this broker or its direct child")

    def test_disconnect_of_what_is_no_child(self):
        self.fails(ENOENT, "overlay.disconnect-subtree", {"rank": 7}, nodeid=0)
        self.fails(EPROTO, "overlay.disconnect-subtree", {}, nodeid=0)


class Resource(Case):
    def check_R(self, R, ranks):
        """Version 1 of RFC 20."""
        self.assertEqual(R["version"], 1)
        execution = R["execution"]
        self.assertGreaterEqual(set(execution), {"R_lite", "starttime", "expiration"})
        self.assertEqual(bool(execution.get("nodelist")), bool(ranks))
        self.assertEqual([entry["rank"] for entry in execution["R_lite"]], ranks)

    def test_status(self):
        status = self.client.rpc("resource.status", nodeid=0)
        self.assertGreaterEqual(set(status), {"R", "online", "offline", "exclude", "drain"})
        self.check_R(status["R"], ["0-1"])
        self.assertEqual((status["online"], status["offline"], status["exclude"], status["drain"]),
                         ("0-1", "", "", {}))

    def test_journal(self):
        tag = self.client.request("resource.journal", {}, flags=STREAMING, nodeid=0)
        events = []
        while (answer := self.client.answer(tag))["events"]:
            event, = answer["events"]
            events.append(event["name"])
            self.assertIsInstance(event["timestamp"], float)
            self.assertIsInstance(event["context"], dict)
            self.assertEqual("R" in answer, event["name"] == "resource-define")
        self.assertEqual(events[0], "restart")
        self.assertIn("resource-define", events)
        self.client.rpc("resource.drain", {"targets": "0", "reason": "journal"}, nodeid=0)
        self.assertEqual(self.client.answer(tag)["events"][0]["context"]["reason"], "journal")
        self.client.rpc("resource.undrain", {"targets": "0"}, nodeid=0)
        self.assertEqual(self.client.answer(tag)["events"][0]["name"], "undrain")
        self.client.notify("resource.journal-cancel", {"matchtag": tag}, nodeid=0)
        self.assertEqual(self.client.response(tag).aux1, ENODATA)
        self.fails(EPROTO, "resource.journal", {}, nodeid=0)

    def test_sched_status(self):
        status = self.client.rpc("resource.sched-status", nodeid=0)
        self.assertGreaterEqual(set(status), {"all", "down", "allocated"})
        self.check_R(status["all"], ["0-1"])
        self.check_R(status["down"], [])
        self.check_R(status["allocated"], [])

    def test_drain_and_undrain(self):
        self.assertIsNone(self.client.rpc("resource.drain", {"targets": "1", "reason": "a word"},
                                          nodeid=0))
        drain = self.client.rpc("resource.status", nodeid=0)["drain"]
        self.assertEqual(list(drain), ["1"])
        self.keys(drain["1"], "timestamp", "reason")
        self.assertEqual(drain["1"]["reason"], "a word")
        self.check_R(self.client.rpc("resource.sched-status", nodeid=0)["down"], ["1"])
        self.fails(EEXIST, "resource.drain", {"targets": "0-1", "reason": "x"}, nodeid=0,
                   text="rank 1 already drained")
        self.client.rpc("resource.drain", {"targets": "1", "reason": "y", "mode": "overwrite"},
                        nodeid=0)
        self.assertIsNone(self.client.rpc("resource.undrain", {"targets": "1"}, nodeid=0))
        self.fails(EINVAL, "resource.undrain", {"targets": "1"}, nodeid=0,
                   text="rank 1 not drained")
        self.fails(EINVAL, "resource.drain", {"targets": "5"}, nodeid=0,
                   text="idset is out of range")
        for bad in ("", "x[", "0-", "nosuchhost"):
            self.fails(EINVAL, "resource.drain", {"targets": bad}, nodeid=0)


if __name__ == "__main__":
    unittest.main()
