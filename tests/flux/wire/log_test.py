"""The services log (RFC 5424 lines) and event (RFC 3)."""

import base64
import unittest

from case import EINVAL, ENOENT, EPERM, EPROTO, Case
from client import (ENODATA, EVENT, OWNER, PRIVATE, STREAMING, USER, Message, RpcError, payload_of)


def line(text, severity=5):
    return f"<{8 + severity}>1 2026-11-23T04:14:08.438197Z 0 tester - - - {text}"


class Log(Case):
    def dmesg(self):
        lines = []
        tag = self.client.request("log.dmesg", {"follow": False}, flags=STREAMING)
        while (response := self.client.response(tag)).aux1 == 0:
            lines.append(response.payload.rstrip(b"\0").decode(errors="replace"))
        self.assertEqual(response.aux1, ENODATA)
        return lines

    def test_append_is_text_and_dmesg_gives_it_back(self):
        self.client.notify("log.append", line("first words"))
        self.client.notify("log.append", line("second words"))
        words = [entry for entry in self.dmesg() if "words" in entry]
        self.assertEqual(words, [line("first words"), line("second words")])

    def test_follow_and_cancel(self):
        tag = self.client.request("log.dmesg", {"follow": True, "nobacklog": True},
                                  flags=STREAMING)
        self.client.notify("log.append", line("news"))
        self.assertEqual(self.client.response(tag).text, line("news"))
        self.client.notify("log.cancel", {"matchtag": tag})
        self.assertEqual(self.client.response(tag).aux1, ENODATA)

    def test_cancel_of_anothers_stream(self):
        other = self.connect()
        tag = other.request("log.dmesg", {"follow": True, "nobacklog": True}, flags=STREAMING)
        other.rpc("broker.ping")
        self.client.notify("log.cancel", {"matchtag": tag})
        self.client.notify("log.append", line("still there"))
        self.assertEqual(other.response(tag).text, line("still there"))

    def test_clear(self):
        self.client.notify("log.append", line("to be forgotten"))
        self.assertIsNone(self.client.rpc("log.clear"))
        self.assertEqual([entry for entry in self.dmesg() if "forgotten" in entry], [])

    def test_not_a_stream(self):
        self.fails(EPROTO, "log.dmesg", {"follow": False})

    def test_ring_keeps_the_last(self):
        size = int(self.client.attribute("log-ring-size"))
        for number in range(size + 10):
            self.client.notify("log.append", line(f"n{number}"))
        lines = self.dmesg()
        self.assertLessEqual(len(lines), size)
        self.assertEqual(lines[-1], line(f"n{size + 9}"))

    def test_any_text(self):
        for text in (b"\0", b"<\0", b"<999>1 x\0", b"<13>\0", b"no header\0", b"<13>1 2026\0",
                     b"\xff\xfe\0", b"<13>1 - - - - - - \0"):
            self.client.notify("log.append", text)
        self.dmesg()


class Event(Case):
    def publish(self, topic, payload=None, **more):
        self.client.send(Message(EVENT, topic, payload_of(payload), **more))

    def test_message_goes_to_subscribers(self):
        self.client.rpc("event.subscribe", {"topic": "tests.a"})
        self.publish("tests.b")
        self.publish("tests.a.b", {"x": 1})
        self.publish("tests.a")
        first, second = self.client.event(), self.client.event()
        self.assertEqual((first.topic, first.json, first.userid, first.rolemask & OWNER),
                         ("tests.a.b", {"x": 1}, self.owner, OWNER))
        self.assertEqual((second.topic, second.payload), ("tests.a", None))
        self.assertEqual(second.aux1, first.aux1 + 1)

    def test_every_broker_hears_it(self):
        below = self.connect(self.client.attribute("local-uri", nodeid=1)[len("local://"):])
        for client in (self.client, below):
            client.rpc("event.subscribe", {"topic": "tree"})
        below.send(Message(EVENT, "tree.x", payload_of("text, no JSON")))
        heard = [client.event() for client in (self.client, below)]
        self.assertEqual([message.text for message in heard], ["text, no JSON"] * 2)
        self.assertEqual(heard[0].aux1, heard[1].aux1)

    def test_unsubscribe_counts(self):
        topic = {"topic": "count"}
        for _ in range(2):
            self.client.rpc("event.subscribe", topic)
        self.publish("count.1")
        self.client.rpc("event.unsubscribe", topic)
        self.publish("count.2")
        self.client.rpc("event.unsubscribe", topic)
        self.publish("count.3")
        self.client.rpc("broker.ping")
        self.client.rpc("broker.ping", nodeid=1)
        self.assertEqual([message.topic for message in self.client.kept], ["count.1", "count.2"])
        self.fails(ENOENT, "event.unsubscribe", topic)

    def test_publish_by_rpc(self):
        self.client.rpc("event.subscribe", {"topic": "rpc"})
        data = base64.b64encode(payload_of({"y": 2})).decode()
        answer = self.client.rpc("event.publish", {"topic": "rpc.x", "flags": 0, "payload": data})
        event = self.client.event()
        self.assertEqual((event.json, event.aux1), ({"y": 2}, answer["seq"]))
        for bad in ({"flags": 0}, {"topic": "rpc.x"}, {"topic": "", "flags": 0},
                    {"topic": "a\0b", "flags": 0},
                    {"topic": "rpc.x", "flags": 1}, {"topic": "rpc.x", "flags": 0, "payload": "%"}):
            self.fails(EPROTO, "event.publish", bad)

    def test_empty_topic_means_all(self):
        self.client.rpc("event.subscribe", {"topic": ""})
        self.publish("any.thing")
        self.assertEqual(self.client.event("any").topic, "any.thing")

    def test_heartbeat_where_somebody_listens(self):
        below = self.connect(self.client.attribute("local-uri", nodeid=1)[len("local://"):])
        below.rpc("event.subscribe", {"topic": "heartbeat.pulse"})
        first, second = below.event("heartbeat"), below.event("heartbeat")
        self.assertEqual((first.topic, first.payload, first.rolemask & OWNER),
                         ("heartbeat.pulse", None, OWNER))
        self.assertGreater(second.aux1, first.aux1)
        self.assertEqual(self.client.rpc("heartbeat.stats-get"), {"period": 2.0})
        below.rpc("event.unsubscribe", {"topic": "heartbeat.pulse"})
        members = self.client.request("groups.get", {"name": "heartbeat.listeners"},
                                      flags=STREAMING, nodeid=0)
        while self.client.answer(members)["members"] != "":
            pass

    def test_subscription_ends_with_its_connection(self):
        with self.connect() as gone:
            gone.rpc("event.subscribe", {"topic": "gone"})
        self.publish("gone.x")
        self.client.rpc("broker.ping")


class ClientService(Case):
    """A client that stands for a service (service.add), as job shells do."""

    def test_requests_come_and_answers_go_back(self):
        provider = self.connect()
        provider.rpc("service.add", {"service": "tests-echo"})
        tag = self.client.request("tests-echo.say", {"word": "hello"})
        request = provider.receive()
        self.assertEqual((request.topic, request.json, request.userid),
                         ("tests-echo.say", {"word": "hello"}, self.owner))
        self.assertEqual([len(route) for route in request.routes], [36])
        request.kind, request.aux1 = 2, 0
        provider.send(request)
        self.assertEqual(self.client.answer(tag), {"word": "hello"})

    def test_provider_hears_of_disconnect(self):
        provider = self.connect()
        provider.rpc("service.add", {"service": "tests-hear"})
        with self.connect() as user:
            user.request("tests-hear.x")
            self.assertEqual(provider.receive().topic, "tests-hear.x")
        self.assertEqual(provider.receive().topic, "tests-hear.disconnect")

    def test_lost_provider_answers_with_an_error(self):
        provider = self.connect()
        provider.rpc("service.add", {"service": "tests-lost"})
        tag = self.client.request("tests-lost.x")
        provider.receive()
        provider.close()
        with self.assertRaises(RpcError):
            self.client.answer(tag)
        self.fails(38, "tests-lost.x", text="No service matching tests-lost.x is registered")

    def test_names(self):
        self.client.rpc("service.add", {"service": "tests-name"})
        self.fails(17, "service.add", {"service": "tests-name"})
        self.fails(17, "service.add", {"service": "attr"})
        self.fails(EINVAL, "service.add", {"service": "a.b"})
        self.fails(ENOENT, "service.remove", {"service": "tests-name"}, client=self.connect())
        self.client.rpc("service.remove", {"service": "tests-name"})
        self.fails(ENOENT, "service.remove", {"service": "tests-name"})

    def test_guest_takes_only_its_own_names(self):
        guest = {"userid": 4242, "rolemask": USER}
        self.fails(EPERM, "service.add", {"service": "tests-guest"}, **guest)


class PrivateEvent(Case):
    def test_only_owner_and_sender(self):
        self.client.rpc("event.subscribe", {"topic": "secret"})
        self.client.send(Message(EVENT, "secret.x", flags=PRIVATE))
        self.assertTrue(self.client.event().flags & PRIVATE)


if __name__ == "__main__":
    unittest.main()
