"""Requests of any content don't end a broker: valid ones with parts replaced, on every topic."""

import os
import random
import unittest

from case import Case
from client import (ANY, EVENT, NORESPONSE, REQUEST, RESPONSE, STREAMING, UP, Message, payload_of,
                    sign, with_header)

# What to begin with. Left out: what would do its work (shutdown.start, rexec.exec with a command,
# killing of processes that are not ours).
SEEDS = {
    "attr.get": {"name": "size"}, "attr.list": {}, "attr.set": {"name": "x", "value": "y"},
    "attr.rm": {"name": "x"}, "broker.ping": {"seq": 1}, "broker.rusage": {"who": "self"},
    "config.get": {}, "config.load": {"a": {"b": [1, 2.5, None]}}, "config.reload": {},
    "event.publish": {"topic": "a.b", "flags": 0, "payload": "e30A"},
    "event.subscribe": {"topic": "a"}, "event.unsubscribe": {"topic": "a"},
    "groups.get": {"name": "g"}, "groups.join": {"name": "g"}, "groups.leave": {"name": "g"},
    "groups.update": {"update": {"g": [{"ranks": "0-1", "set": True}]}},
    "job-info.lookup": {"id": 1, "keys": ["R", "J"], "flags": 0},
    "job-info.eventlog-watch": {"id": 1, "path": "eventlog", "flags": 0},
    "job-info.eventlog-watch-cancel": {"matchtag": 1},
    "job-info.update-watch": {"id": 1, "key": "R", "flags": 0},
    "job-ingest.submit": {"J": "", "urgency": 16, "flags": 0},
    "job-list.list": {"max_entries": 10, "attrs": ["all"], "since": 0.0, "constraint": {
        "and": [{"states": ["running", 8]}, {"not": [{"userid": [0]}]}, {"t_submit": [">1.5"]},
                {"hostlist": ["a[0-3]"]}, {"ranks": ["0-3"]}, {"name": ["x"]}]}},
    "job-list.list-id": {"id": 1, "attrs": ["state"], "state": 4}, "job-list.job-stats": {},
    "job-info.update-lookup": {"id": 1, "key": "R", "flags": 0},
    "job-manager.events-journal": {"full": True, "allow": {"submit": 1}, "deny": {}},
    "job-manager.events-journal-cancel": {"matchtag": 1},
    "job-manager.drain": {}, "job-manager.getinfo": {}, "job-manager.history.get": {},
    "job-manager.kill": {"id": 1, "signum": 15}, "job-manager.memo": {
        "id": 1, "volatile": False, "memo": {"a": {"b": 1}}},
    "job-manager.purge": {"age_limit": 10.0, "num_limit": 3, "batch": 10, "force": True},
    "job-manager.queue-enable": {"enable": True, "reason": "r", "all": False, "name": "q"},
    "job-manager.queue-list": {}, "job-manager.queue-start": {"start": True, "all": True},
    "job-manager.queue-status": {"name": "q"},
    "job-manager.raise": {"id": 1, "type": "cancel", "severity": 0, "note": "n"},
    "job-manager.raiseall": {"dry_run": True, "userid": 0, "states": 8, "severity": 0,
                             "type": "cancel", "note": "n"},
    "job-manager.stats-get": {}, "job-manager.update": {
        "id": 1, "updates": {"attributes.system.duration": 1.0}},
    "job-manager.urgency": {"id": 1, "urgency": 16}, "job-manager.wait": {"id": 1},
    "kvs.commit": {"namespace": "primary", "flags": 0, "ops": [
        {"key": "a.b", "flags": 0, "dirent": {"ver": 1, "type": "val", "data": "e30="}},
        {"key": "s", "flags": 0, "dirent": {"ver": 1, "type": "symlink",
                                            "data": {"target": "a.b"}}}]},
    "kvs.getroot": {"namespace": "primary", "flags": 0},
    "kvs.lookup": {"key": "a.b", "namespace": "primary", "flags": 0},
    "kvs.lookup-plus": {"key": "a", "namespace": "primary", "flags": 1},
    "log.append": "<13>1 2026-11-23T04:14:08.438197Z 0 x - - - y", "log.clear": {},
    "log.dmesg": {"follow": True}, "log.cancel": {"matchtag": 1},
    "overlay.health": {"wait": "full"}, "overlay.topology": {"rank": 0},
    "overlay.hello": {"rank": 1, "size": 2, "uuid": "u", "status": 1, "version": 1},
    "resource.drain": {"targets": "0-1", "reason": "r", "mode": "update"},
    "resource.undrain": {"targets": "0-1"}, "resource.status": {}, "resource.sched-status": {},
    "resource.journal": {}, "resource.journal-cancel": {"matchtag": 1}, "module.list": {},
    "resource-probe.get": {}, "rexec.list": {}, "rexec.wait": {"pid": 1},
    "rexec.exec": {"cmd": {"cwd": "/", "cmdline": [], "env": {"A": "b"}, "opts": {},
                           "channels": ["C"]}, "flags": 3, "local_flags": 0},
    "rexec.write": {"matchtag": 1, "io": {"stream": "stdin", "rank": "0", "data": "x"}},
    "sched.feasibility": {"jobspec": {}}, "feasibility.check": {"jobspec": {}},
    "sched.resource-status": {}, "service.add": {"service": "s"},
    "service.remove": {"service": "s"}, "state-machine.get": {}, "state-machine.wait": {},
    "state-machine.monitor": {"final": 4},
}
JOBSPEC = {"version": 1, "resources": [{"type": "node", "count": {"min": 1, "max": 4}, "with": [
    {"type": "slot", "label": "task", "count": 1, "exclusive": True, "with": [
        {"type": "core", "count": 1}, {"type": "gpu", "count": 1}]}]}],
    "tasks": [{"command": ["true"], "slot": "task", "count": {"per_slot": 1}}],
    "attributes": {"system": {"duration": 1.5, "cwd": "/", "environment": {}, "queue": "q",
                              "dependencies": [{"scheme": "afterok", "value": "f1"}],
                              "constraints": {"properties": ["p"]},
                              "shell": {"options": {"verbose": 1}}, "job": {"name": "n"}}}}
VALUES = [None, True, False, 0, 1, -1, 2, 16, 1 << 31, 1 << 32, (1 << 63) - 1, -(1 << 63), 1 << 64,
          1.5, -0.0, 1e308, "", "x", "a.b", ".", "..", "0-1", "0-4294967295", "[0-99999999]",
          "a[0-9999999]", "f1", "ƒ1", "\0", "\x7f", "é", "x" * 5000, "{{id}}", "%s%n", "all",
          "primary", [], {}, [[]], [{}], {"": ""}, {"a": {"b": {}}}, ["0", 0, None], [1] * 300]


class Random(Case):
    def setUp(self):
        super().setUp()
        self.dice = random.Random(int(os.environ.get("SEED", "5")))

    def mutated(self, value, chance):
        """The value with some of its parts replaced, left out or added."""
        dice = self.dice
        if dice.random() < chance:
            return dice.choice(VALUES)
        if isinstance(value, dict):
            out = {key: self.mutated(part, chance) for key, part in value.items()
                   if dice.random() > chance / 2}
            if dice.random() < chance / 2:
                out[dice.choice(["", "x", "id", "flags", "ops", "key"])] = dice.choice(VALUES)
            return out
        if isinstance(value, list):
            return [self.mutated(part, chance) for part in value for _ in
                    range(dice.choice((1, 1, 1, 1, 0, 2)))]
        return value

    def payload(self, topic):
        value = SEEDS[topic]
        if topic == "job-ingest.submit":
            value = {**value, "J": sign((payload_of(self.mutated(JOBSPEC, 0.05)) or b"x")[:-1].decode())}
        data = payload_of(self.mutated(value, self.dice.choice((0, 0.05, 0.2)))) or b"null\0"
        if self.dice.random() < 0.05:
            data = bytearray(data)
            for _ in range(self.dice.randint(1, 4)):
                data[self.dice.randrange(len(data))] = self.dice.randrange(256)
        return bytes(data)

    def message(self):
        topic = self.dice.choice(list(SEEDS))
        payload = self.payload(topic)
        if topic == "rexec.exec" and b"cmdline" in payload and b'"cmdline": []' not in payload:
            payload = b"{}\0"  # nothing is really to be started
        return Message(
            REQUEST, topic, payload,
            flags=self.dice.choice((0, 0, NORESPONSE, STREAMING, 8, 16, 32)),
            aux1=self.dice.choice((ANY, ANY, 0, 1, 2, UP)), aux2=self.dice.choice((0, 1, 7, ANY)),
            userid=self.dice.choice((ANY, 0, 4242)), rolemask=self.dice.choice((0, 0, 1, 2, 15)),
            routes=self.dice.choice(((), (), ("x",), ("a" * 36, "b" * 36))))

    def alive(self):
        """Both brokers, and what stands behind jobs."""
        with self.connect() as client:
            for rank in (0, 1):
                client.rpc("broker.ping", nodeid=rank)
            for service in ("job-manager", "kvs", "job-list"):
                client.rpc(service + ".ping")

    def drain(self, client):
        """Takes what has come, so that the broker is not the one that waits."""
        client.socket.settimeout(0)
        try:
            while client.socket.recv(1 << 20):
                pass
        except BlockingIOError:
            pass
        client.socket.settimeout(60)

    def test_requests(self):
        client = self.connect()
        for number in range(30000):
            try:
                client.send(self.message())
            except (BrokenPipeError, ConnectionResetError):
                client = self.connect()
            if number % 50 == 0:
                self.drain(client)
            if number % 1000 == 0:
                client.close()
                client = self.connect()
                self.alive()
        client.close()
        self.alive()

    def test_broken_messages(self):
        """Bytes of messages changed, cut and repeated: the connection may end, not the broker."""
        for number in range(4000):
            data = bytearray(with_header(self.message().encode()))
            for _ in range(self.dice.randint(1, 3)):
                at = self.dice.randrange(len(data))
                action = self.dice.randrange(3)
                if action == 0:
                    data[at] = self.dice.randrange(256)
                elif action == 1:
                    del data[at:at + self.dice.randint(1, 9)]
                else:
                    data[at:at] = data[at:at + self.dice.randint(1, 9)]
                data = data or bytearray(b"x")
            with self.connect() as client:
                client.socket.sendall(bytes(data))
        self.alive()

    def test_events_and_answers(self):
        self.client.rpc("event.subscribe", {"topic": ""})
        for _ in range(8000):
            message = self.message()
            message.kind = self.dice.choice((EVENT, RESPONSE, 8))
            self.client.send(message)
        self.client.rpc("event.unsubscribe", {"topic": ""})
        self.alive()


if __name__ == "__main__":
    unittest.main()
