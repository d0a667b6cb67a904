"""Handshake, framing, and the way of a request (RFC 3, RFC 6, RFC 12)."""

import struct
import unittest

from case import EHOSTUNREACH, EMSGSIZE, ENOSYS, EPERM, EPROTO, Case
from client import (ANY, CONTROL, EVENT, LOCAL, NORESPONSE, OWNER, REQUEST, RESPONSE, ROUTE, UP,
                    USER, Message, payload_of, with_header)


def ping(tag=1, **fields):
    return Message(REQUEST, "broker.ping", payload_of({"seq": 1}), aux1=ANY, aux2=tag, **fields)


class Framing(Case):
    def test_response_has_routes_and_delimiter(self):
        self.client.send(ping(77))
        answer = self.client.receive()
        self.assertEqual(answer.kind, RESPONSE)
        self.assertTrue(answer.flags & ROUTE)
        self.assertEqual((answer.topic, answer.aux1, answer.aux2, answer.routes),
                         ("broker.ping", 0, 77, []))

    def test_message_in_single_bytes(self):
        for byte in with_header(ping().encode()):
            self.client.send_bytes(bytes([byte]))
        self.assertEqual(self.client.receive().json["seq"], 1)

    def test_several_messages_at_once(self):
        self.client.send_bytes(b"".join(with_header(ping(tag).encode()) for tag in range(1, 101)))
        self.assertEqual([self.client.receive().aux2 for _ in range(100)], list(range(1, 101)))

    def test_long_frames(self):
        for size in (254, 255, 256, 70000, 3 << 20):
            self.assertEqual(len(self.client.rpc("broker.ping", {"pad": "p" * size})["pad"]), size)
        topic = "nosuch." + "x" * 300
        self.fails(ENOSYS, topic, text=f"No service matching {topic} is registered")

    def test_what_is_no_message_ends_the_connection(self):
        proto = struct.pack(">BBBBIIII", 0x8E, 1, REQUEST, 0, 0, 0, 0, 0)
        for data in (b"GET / HTTP/1.1\r\n\r\n",
                     struct.pack("=I", 0xFFEE0012) + b"\xff\xff\xff\xff",
                     with_header(b""), with_header(b"\x14" + proto[:10]),
                     with_header(b"\x14\x8f" + proto[1:]),  # magic
                     with_header(b"\x14\x8e\x02" + proto[2:]),  # version
                     with_header(b"\x14\x8e\x01\x03" + proto[3:]),  # two types at once
                     with_header(b"\x05abc\x14\x8e\x01\x01\x01" + proto[4:]),
                     with_header(b"\x14\x8e\x01\x01\x08" + proto[4:])):  # no delimiter
            with self.subTest(data=data[:40]):
                client = self.connect()
                client.send_bytes(data)
                self.assertTrue(client.closed())
        self.client.rpc("broker.ping")

    def test_half_a_message_and_gone(self):
        for _ in range(50):
            with self.connect() as client:
                client.send_bytes(with_header(ping().encode())[:20])
        self.client.rpc("broker.ping")

    def test_control_and_stray_answers_are_ignored(self):
        self.client.send(Message(CONTROL))
        self.client.send(Message(RESPONSE, "broker.ping", aux2=1, flags=ROUTE))
        self.client.send(Message(RESPONSE, "broker.ping", aux2=1, flags=ROUTE, routes=["x" * 36]))
        self.client.send(Message(EVENT, flags=0))
        self.client.rpc("broker.ping")


class Routing(Case):
    def test_errors_of_the_broker(self):
        self.fails(ENOSYS, "nosuch.x", text="No service matching nosuch.x is registered")
        self.fails(ENOSYS, "nosuch.x", nodeid=0)
        self.fails(ENOSYS, "nosuch.x", nodeid=1)
        self.fails(ENOSYS, "attr.nosuch", text="Unknown service method 'attr.nosuch'")
        self.fails(EHOSTUNREACH, "broker.ping", nodeid=2)
        self.fails(EHOSTUNREACH, "broker.ping", nodeid=UP)

    def test_payload_that_is_no_object(self):
        for payload in (b"{\0", b"[]\0", b"3\0", b"\0", b'{"a":1}', b"\xff\xfe\0", b"{}x\0"):
            with self.subTest(payload=payload):
                self.fails(EPROTO, "attr.get", payload)

    def test_no_response(self):
        self.client.send(ping(5, flags=NORESPONSE))
        self.client.notify("nosuch.x")
        self.client.send(ping(6))
        self.assertEqual(self.client.receive().aux2, 6)

    def test_matchtag_zero_is_answered(self):
        self.client.send(ping(0))
        self.assertEqual(self.client.receive().aux2, 0)

    def test_every_service_answers_ping(self):
        for service in ("broker", "attr", "log", "groups", "overlay", "rexec", "config",
                        "state-machine", "kvs", "job-manager", "job-info", "job-ingest",
                        "job-list", "resource", "sched"):
            with self.subTest(service=service):
                answer = self.client.rpc(service + ".ping", {"seq": 4, "pad": "x"})
                self.assertEqual((answer["seq"], answer["pad"]), (4, "x"))

    def test_ping_shows_the_way(self):
        here = self.client.rpc("broker.ping", nodeid=0)["route"].split("!")
        there = self.client.rpc("broker.ping", nodeid=1)["route"].split("!")
        self.assertEqual([len(hop) for hop in here], [8, 8])
        self.assertEqual(there[:2], here)
        self.assertEqual(len(there), 3)

    def test_request_goes_up_to_the_service(self):
        uri = self.client.attribute("local-uri", nodeid=1)
        below = self.connect(uri[len("local://"):])
        self.assertEqual(below.attribute("rank"), "1")
        self.assertEqual(below.attribute("rank", nodeid=UP), "0")
        self.assertEqual(below.attribute("rank", nodeid=0), "0")
        self.assertIn("submit_disable", below.rpc("job-manager.ping", {"submit_disable": 1}))
        self.fails(ENOSYS, "nosuch.x", client=below,
                   text="No service matching nosuch.x is registered")


class Size(Case):
    """What a broker takes from a client, but its neighbour would not take with one route more."""

    LARGEST = 64 << 20

    def test_largest_request_does_not_cut_the_tree(self):
        overhead = len(Message(REQUEST, "broker.ping", b"", aux1=1, aux2=1).encode()) + 4
        self.client.send(Message(REQUEST, "broker.ping", b"x" * (self.LARGEST - overhead), aux1=1,
                                 aux2=5))
        self.assertEqual(self.client.response(5).aux1, EMSGSIZE)
        self.assertEqual(self.client.attribute("rank", nodeid=1), "1")

    def test_endless_route_does_not_cut_the_tree(self):
        self.client.send(Message(REQUEST, "broker.ping", flags=ROUTE, aux1=1, aux2=5,
                                 routes=["r"] * 256))
        self.assertEqual(self.client.response(5).aux1, EMSGSIZE)
        self.assertEqual(self.client.attribute("rank", nodeid=1), "1")


class Credentials(Case):
    def test_owner_is_stamped(self):
        here = self.client.rpc("broker.ping")
        self.assertEqual((here["userid"], here["rolemask"]), (self.owner, OWNER | LOCAL))
        there = self.client.rpc("broker.ping", nodeid=1)
        self.assertEqual((there["userid"], there["rolemask"]), (self.owner, OWNER))

    def test_owner_may_take_anothers_part(self):
        answer = self.client.rpc("broker.ping", userid=4242, rolemask=USER)
        self.assertEqual((answer["userid"], answer["rolemask"]), (4242, USER))

    def test_guests_are_kept_from_what_is_the_owners(self):
        guest = {"userid": 4242, "rolemask": USER}
        for topic in ("attr.set", "attr.rm", "broker.rusage", "config.load", "config.reload",
                      "groups.join", "groups.leave", "log.append", "log.clear", "log.dmesg",
                      "resource.drain", "resource.undrain", "rexec.exec", "rexec.kill",
                      "rexec.list", "rexec.write", "rexec.wait", "shutdown.start",
                      "state-machine.monitor", "job-manager.queue-enable"):
            with self.subTest(topic=topic):
                self.fails(EPERM, topic, {}, **guest)
        self.assertEqual(self.client.rpc("attr.get", {"name": "size"}, **guest)["value"], "2")
        self.assertEqual(self.client.rpc("state-machine.get", **guest)["state"], "run")
        for topic in ("resource.status", "resource.sched-status", "overlay.health"):
            self.assertIsInstance(self.client.rpc(topic, **guest), dict)


if __name__ == "__main__":
    unittest.main()
