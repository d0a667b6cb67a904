"""flux.Flux: messages, RPCs, events, futures and the reactor."""

import errno
import os
import signal
import subprocess
import syslog
import unittest
from unittest import mock

import flux
from case import Case
from flux import constants
from flux.future import WaitAllFuture


class Handle(Case):
    def test_where(self):
        self.assertEqual((self.flux.get_rank(), self.flux.get_size()), (0, 2))
        with flux.Flux(os.environ["FLUX_URI"].encode()) as other:
            self.assertEqual(other.attr_get("local-uri"), self.flux.attr_get("local-uri"))

    def test_no_broker(self):
        with mock.patch.dict(os.environ, FLUX_LOCAL_CONNECTOR_RETRY_COUNT="1"):
            with self.assertRaises(FileNotFoundError):
                flux.Flux("local:///no/such/socket")
        for uri in ("http://x/y", "local://x", "ssh:///x", "ssh://-x/y", "ssh://x"):
            self.fails(errno.EINVAL, flux.Flux, uri)

    def test_a_broker_on_another_host(self):
        path = self.flux.attr_get("local-uri")[len("local://"):]
        with open("ssh", "w") as ssh:
            ssh.write('#!/bin/sh\necho "$@" > seen\nshift $(($# - 1))\nexec sh -c "$1"\n')
        os.chmod("ssh", 0o755)
        with mock.patch.dict(os.environ, FLUX_SSH="./ssh", FLUX_SSH_RCMD="flux"):
            with flux.Flux("ssh://me@there:2222" + path) as other:
                self.assertEqual(other.get_size(), 2)
                self.assertEqual(other.rpc("config.get").get(), {})
            with open("seen") as seen:
                self.assertEqual(seen.read(), "-p 2222 me@there flux relay {}\n".format(path))
            with self.assertRaises(OSError):
                flux.Flux("ssh://there/no/such/socket")

    def test_attributes(self):
        with self.assertRaises(FileNotFoundError):
            self.flux.attr_get("nosuch")
        self.flux.attr_set("log-stderr-level", "2")
        self.assertEqual(self.flux.attr_get("log-stderr-level"), "2")
        self.flux.attr_set("log-stderr-level", "3")
        self.assertEqual(self.flux.attr_get("log-stderr-level"), "3")

    def test_configuration(self):
        self.assertEqual(self.flux.conf_get("no.such.key", default=7), 7)
        self.assertEqual(self.flux.conf_get(), self.flux.rpc("config.get").get())

    def test_log(self):
        self.flux.log(syslog.LOG_INFO, "a line from Python")
        self.flux.rpc("attr.get", {"name": "rank"}).get()
        self.assertIn("a line from Python", subprocess.check_output(["flux", "dmesg"]).decode())

    def test_use_after_close(self):
        self.flux.close()
        self.fails(errno.EBADF, self.flux.rpc, "attr.get", {"name": "rank"})


class Rpcs(Case):
    def test_answers(self):
        for nodeid in (0, 1, constants.FLUX_NODEID_ANY):
            with self.subTest(nodeid=nodeid):
                answer = self.flux.rpc("attr.get", {"name": "rank"}, nodeid=nodeid)
                self.assertEqual(answer.get()["value"], str(nodeid % 0xFFFFFFFF))
                self.assertIn('"value"', answer.get_str())

    def test_errors(self):
        future = self.flux.rpc("nosuch.method", {})
        text = self.fails(errno.ENOSYS, future.get)
        self.assertEqual(text, "No service matching nosuch.method is registered")
        self.assertEqual(future.error_string(), text)
        self.fails(errno.EHOSTUNREACH, self.flux.rpc("attr.get", {"name": "x"}, nodeid=7).get)

    def test_text_is_sent_as_it_is(self):
        self.assertEqual(self.flux.rpc("attr.get", '{"name": "rank"}').get()["value"], "0")

    def test_answers_in_any_order(self):
        futures = [self.flux.rpc("attr.get", {"name": name}) for name in ("size", "rank", "size")]
        self.assertEqual([future.get()["value"] for future in reversed(futures)], ["2", "0", "2"])

    def test_wait_for(self):
        future = self.flux.rpc("attr.get", {"name": "rank"})
        self.assertIs(future.wait_for(60), future)
        self.assertTrue(future.is_ready())
        self.flux.service_register("silent").get()
        self.fails(errno.ETIMEDOUT, self.flux.rpc("silent.method", {}).wait_for, 0.01)
        self.flux.service_unregister("silent").get()


class Reactor(Case):
    def test_then(self):
        seen = []
        self.flux.rpc("attr.get", {"name": "size"}).then(
            lambda future, word, more: seen.append((future.get()["value"], word, more)), "x",
            more=1)
        self.assertGreaterEqual(self.flux.reactor_run(), 0)
        self.assertEqual(seen, [("2", "x", 1)])

    def test_then_twice(self):
        future = self.flux.rpc("attr.get", {"name": "size"}).then(lambda _: None)
        self.fails(errno.EEXIST, future.then, lambda _: None)

    def test_then_of_what_is_there(self):
        seen = []
        future = self.flux.rpc("attr.get", {"name": "size"}).wait_for(60)
        future.then(lambda f: seen.append(f.get()["value"]))
        self.flux.reactor_run()
        self.assertEqual(seen, ["2"])

    def test_an_rpc_within_a_callback(self):
        seen = []

        def first(_):
            seen.append(self.flux.rpc("attr.get", {"name": "rank"}).get()["value"])
            self.flux.rpc("attr.get", {"name": "size"}).then(
                lambda f: seen.append(f.get()["value"]))

        self.flux.rpc("attr.get", {"name": "size"}).then(first)
        self.flux.reactor_run()
        self.assertEqual(seen, ["0", "2"])

    def test_errors_of_callbacks_are_passed_on(self):
        self.flux.rpc("attr.get", {"name": "size"}).then(lambda _: 1 / 0)
        with self.assertRaises(ZeroDivisionError):
            self.flux.reactor_run()

    def test_timeout_of_then(self):
        self.flux.service_register("mute").get()
        caught = []
        self.flux.rpc("mute.method", {}).then(
            lambda f: caught.append(self.fails(errno.ETIMEDOUT, f.get)), timeout=0.01)
        self.flux.reactor_run()
        self.assertEqual(len(caught), 1)
        self.flux.service_unregister("mute").get()

    def test_wait_all(self):
        future = WaitAllFuture([self.flux.rpc("attr.get", {"name": "size"}) for _ in range(3)])
        values = []
        future.then(lambda f: values.extend(child.get()["value"] for child in f.children))
        self.flux.reactor_run()
        self.assertEqual(values, ["2", "2", "2"])
        future = WaitAllFuture([self.flux.rpc("attr.get", {"name": "size"}) for _ in range(3)])
        self.assertEqual([child.get()["value"] for child in future.wait_for(60).get()], ["2"] * 3)
        self.assertTrue(future.is_ready())
        self.assertTrue(self.flux.get_reactor().is_idle())

    def test_timers(self):
        ticks = []

        def tick(handle, watcher, _revents, args):
            ticks.append(args)
            if len(ticks) == 3:
                handle.reactor_stop()
                watcher.stop()

        with self.flux.timer_watcher_create(0.001, tick, repeat=0.001, args="x"):
            self.assertEqual(self.flux.reactor_run(), 0)
        self.assertEqual(ticks, ["x"] * 3)
        self.fails(errno.EINVAL, self.flux.timer_watcher_create, -1, tick)

    def test_files(self):
        read, write = os.pipe()
        seen = []

        def ready(_handle, watcher, fd, _args):
            seen.append(os.read(fd, 10))
            watcher.stop()

        self.flux.fd_watcher_create(read, ready, constants.FLUX_POLLIN).start()
        self.flux.timer_watcher_create(0.001, lambda *_: os.write(write, b"words")).start()
        self.flux.reactor_run()
        self.assertEqual(seen, [b"words"])
        os.close(read)
        os.close(write)

    def test_signals(self):
        seen = []

        def arrived(handle, watcher, signum, _args):
            seen.append(signum)
            watcher.stop()

        before = signal.getsignal(signal.SIGUSR1)
        self.flux.signal_watcher_create(signal.SIGUSR1, arrived).start()
        self.flux.timer_watcher_create(
            0.001, lambda *_: os.kill(os.getpid(), signal.SIGUSR1)).start()
        self.flux.reactor_run()
        self.assertEqual(seen, [signal.SIGUSR1])
        self.assertEqual(signal.getsignal(signal.SIGUSR1), before)

    def test_nothing_to_do(self):
        self.assertEqual(self.flux.reactor_run(), 0)
        self.assertEqual(self.flux.reactor_run(None, constants.FLUX_REACTOR_NOWAIT), 0)


class Events(Case):
    def test_received_by_prefix(self):
        self.flux.event_subscribe("tests.a")
        self.flux.event_send("tests.b", {"n": 0})
        self.flux.event_send("tests.a.x", {"n": 1})
        event = self.flux.event_recv()
        self.assertEqual((event.topic, event.payload), ("tests.a.x", {"n": 1}))
        self.flux.event_unsubscribe("tests.a")

    def test_watched(self):
        seen = []

        def arrived(handle, _watcher, message, args):
            seen.append((message.topic, message.payload["n"], args))
            if len(seen) == 2:
                handle.reactor_stop()

        self.flux.event_subscribe("watched")
        with self.flux.msg_watcher_create(arrived, constants.FLUX_MSGTYPE_EVENT, "watched.*",
                                          args="x"):
            for number in range(2):
                self.flux.event_send("watched.here", {"n": number})
            self.flux.reactor_run()
        self.assertEqual(seen, [("watched.here", 0, "x"), ("watched.here", 1, "x")])


class Services(Case):
    def test_answered_in_parts(self):
        self.flux.service_register("parts").get()

        def serve(handle, _watcher, message, _args):
            for number in range(message.payload["count"]):
                handle.respond(message, {"n": number})
            handle.respond_error(message, errno.ENODATA)

        numbers = []

        def answered(future):
            try:
                numbers.append(future.get()["n"])
                future.reset()
            except OSError as error:
                numbers.append(error.errno)
                self.flux.reactor_stop()

        with self.flux.msg_watcher_create(serve, constants.FLUX_MSGTYPE_REQUEST, "parts.*"):
            self.flux.rpc("parts.get", {"count": 3}, flags=constants.FLUX_RPC_STREAMING).then(
                answered)
            self.flux.reactor_run()
        self.assertEqual(numbers, [0, 1, 2, errno.ENODATA])
        self.fails(errno.EEXIST, self.flux.service_register("parts").get)
        self.flux.service_unregister("parts").get()
        self.fails(errno.ENOSYS, self.flux.rpc("parts.get", {}).get)


if __name__ == "__main__":
    unittest.main()
