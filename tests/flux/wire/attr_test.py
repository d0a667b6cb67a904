"""The services attr, config, state-machine and broker: facts about one broker."""

import os
import unittest

from case import EINVAL, ENOENT, ENOSYS, EPERM, EPROTO, Case
from client import ENODATA, STREAMING, RpcError

RUN, SHUTDOWN = 4, 6


class Attr(Case):
    def test_get(self):
        self.assertEqual(self.client.rpc("attr.get", {"name": "size"}), {"value": "2", "flags": 1})
        self.assertEqual(self.client.attribute("rank", nodeid=1), "1")
        self.fails(EPROTO, "attr.get", {})
        self.fails(EPROTO, "attr.get", {"name": 3})
        # The command then says strerror() of the errno.
        self.fails(ENOENT, "attr.get", {"name": "nosuch"}, text=None)

    def test_set_and_remove(self):
        self.assertIsNone(self.client.rpc("attr.set", {"name": "test.x", "value": "1"}))
        self.assertEqual(self.client.rpc("attr.get", {"name": "test.x"}),
                         {"value": "1", "flags": 0})
        self.client.rpc("attr.set", {"name": "test.x", "value": "2"})
        self.assertEqual(self.client.attribute("test.x"), "2")
        self.assertIsNone(self.client.rpc("attr.rm", {"name": "test.x"}))
        self.fails(ENOENT, "attr.get", {"name": "test.x"})
        for name in ("size", "rank", "version", "tbon.level", "hostlist", "broker.pid"):
            self.fails(EPERM, "attr.set", {"name": name, "value": "9"})
            self.fails(EPERM, "attr.rm", {"name": name})

    def test_list(self):
        names = self.client.rpc("attr.list")["names"]
        for name in ("broker.boot-method", "broker.cleanup-timeout", "broker.critical-ranks",
                     "broker.mapping", "broker.pid", "broker.quorum", "broker.quorum-warn",
                     "broker.shutdown-timeout", "broker.shutdown-warn", "broker.starttime",
                     "broker.uuid", "hostlist", "hostname", "instance-level", "local-uri",
                     "log-critical-level", "log-forward-level", "log-level", "log-ring-size",
                     "log-stderr-level", "log-stderr-mode", "rank", "rundir", "security.owner",
                     "size", "statedir", "tbon.connect_timeout", "tbon.descendants", "tbon.level",
                     "tbon.maxlevel", "tbon.tcp_user_timeout", "tbon.topo", "version"):
            with self.subTest(name=name):
                self.assertIn(name, names)
                self.assertIsInstance(self.client.attribute(name), str)

    def test_values(self):
        client = self.client
        self.assertEqual(client.attribute("security.owner"), str(self.owner))
        self.assertEqual(client.attribute("version"), "0.88.0")
        self.assertEqual(client.attribute("broker.mapping"), "[[0,1,2,1]]")
        self.assertEqual([client.attribute("tbon." + name, nodeid=rank)
                          for rank in (0, 1) for name in ("level", "maxlevel", "descendants")],
                         ["0", "1", "1", "1", "1", "0"])
        self.assertEqual(client.attribute("tbon.parent-endpoint", nodeid=1),
                         client.attribute("tbon.endpoint"))

    def test_levels_of_the_log_are_numbers(self):
        self.client.rpc("attr.set", {"name": "log-stderr-level", "value": "4"})
        self.assertEqual(self.client.attribute("log-stderr-level"), "4")
        self.fails(EINVAL, "attr.set", {"name": "log-stderr-level", "value": "many"})
        self.client.rpc("attr.set", {"name": "log-stderr-level", "value": "3"})


class Config(Case):
    def test_get_load_reload(self):
        before = self.client.rpc("config.get")
        self.assertIsInstance(before, dict)
        self.assertIsNone(self.client.rpc("config.load", {**before, "test": {"a": [1, "b"]}}))
        self.assertEqual(self.client.rpc("config.get")["test"], {"a": [1, "b"]})
        self.assertIsNone(self.client.rpc("config.reload"))
        self.assertEqual(self.client.rpc("config.get"), before)

    def test_bad_configuration_changes_nothing(self):
        before = self.client.rpc("config.get")
        self.fails(EINVAL, "config.load", {"access": {"allow-guest-user": 7}})
        self.fails(EPROTO, "config.load", b"[]\0")
        self.assertEqual(self.client.rpc("config.get"), before)


class StateMachine(Case):
    def test_get_and_wait(self):
        state = self.client.rpc("state-machine.get")
        self.keys(state, "state", "duration")
        self.assertEqual(state["state"], "run")
        self.assertGreaterEqual(state["duration"], 0)
        self.assertIsNone(self.client.rpc("state-machine.wait"))

    def test_monitor(self):
        self.assertEqual(self.client.stream("state-machine.monitor", {"final": RUN}),
                         [{"state": RUN}])
        tag = self.client.request("state-machine.monitor", {"final": SHUTDOWN}, flags=STREAMING)
        self.assertEqual(self.client.answer(tag), {"state": RUN})
        self.client.notify("state-machine.disconnect")
        self.client.rpc("broker.ping")
        self.assertEqual(self.client.kept, [])


class Broker(Case):
    def test_rusage(self):
        for who in ("self", "children", "thread"):
            usage = self.client.rpc("broker.rusage", {"who": who})
            self.keys(usage, "utime", "stime", "maxrss", "ixrss", "idrss", "isrss", "minflt",
                      "majflt", "nswap", "inblock", "oublock", "msgsnd", "msgrcv", "nsignals",
                      "nvcsw", "nivcsw")
        self.assertGreater(self.client.rpc("broker.rusage")["maxrss"], 0)
        self.fails(EINVAL, "broker.rusage", {"who": "nobody"})

    def test_socket_is_open_to_all_and_guarded_by_credentials(self):
        path = self.client.attribute("local-uri")[len("local://"):]
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o777)
        self.assertEqual(os.stat(os.path.dirname(path)).st_mode & 0o077, 0)


class Module(Case):
    def test_list(self):
        # What flux-core's `flux module list` unpacks.
        def listed(rank):
            modules = self.client.rpc("module.list", nodeid=rank)["mods"]
            for module in modules:
                self.assertIsInstance(module["path"], str)
                self.assertEqual((module["status"], module["sendqueue"], module["recvqueue"]),
                                 (1, 0, 0))
                self.assertGreaterEqual(module["idle"], 0)
            return {module["name"]: module["services"] for module in modules}
        lead = listed(0)
        self.assertEqual(lead["sched-simple"], ["feasibility", "sched"])
        self.assertGreaterEqual(set(lead), {"kvs", "job-manager", "resource", "heartbeat"})
        self.assertNotIn("kvs", listed(1))
        self.fails(ENOSYS, "module.load", {"path": "x", "args": []})


class Shutdown(Case):
    def test_only_the_lead_can(self):
        self.fails(EINVAL, "shutdown.start", {"loglevel": 3}, nodeid=1,
                   text="shutdown may only be initiated on rank 0")


if __name__ == "__main__":
    unittest.main()
