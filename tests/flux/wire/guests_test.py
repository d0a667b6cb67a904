"""Who may come in (RFC 12): other users, with and without [access] allow-guest-user, and what those
cost that do not behave. Each test has a broker of its own, at a socket that everybody can reach."""

import os
import subprocess
import sys
import tempfile
import traceback
import unittest

from case import EPERM
from client import LOCAL, USER, Connection, RpcError

NOBODY = 65534
EMFILE = 24


def as_nobody(function):
    """Runs it in a process of another user."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            function()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


@unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
class Guests(unittest.TestCase):
    def broker(self, *options):
        folder = tempfile.TemporaryDirectory(dir="/tmp")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        path = f"{folder.name}/socket"
        environment = {name: value for name, value in os.environ.items() if name != "FLUX_URI"}
        broker = subprocess.Popen(
            [os.environ["FLUX"], "broker", f"-Slocal-uri=local://{path}", *options, "sh", "-c",
             "echo up; read line"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(broker.wait)
        self.addCleanup(broker.stdout.close)
        self.addCleanup(broker.stdin.close)
        self.assertEqual(broker.stdout.readline(), b"up\n")
        return path

    def test_strangers_get_eperm_and_nothing_else(self):
        path = self.broker()

        def knock():
            with Connection(path) as client:
                assert client.status == EPERM, client.status
                assert client.closed()

        self.assertTrue(as_nobody(knock))

    def test_guests_are_who_the_socket_says(self):
        path = self.broker("--conf=access.allow-guest-user=true")

        def visit():
            with Connection(path) as client:
                assert client.status == 0
                for lie in ({}, {"userid": 0, "rolemask": 1}, {"rolemask": 0xFFFFFFFF}):
                    answer = client.rpc("broker.ping", **lie)
                    assert (answer["userid"], answer["rolemask"]) == (NOBODY, USER | LOCAL), answer
                assert client.attribute("size") == "1"
                for topic in ("rexec.exec", "shutdown.start", "attr.set", "log.dmesg",
                              "config.load", "resource.drain"):
                    try:
                        client.rpc(topic, {}, userid=0, rolemask=1)
                        raise AssertionError(topic)
                    except RpcError as error:
                        assert error.errnum == EPERM, (topic, error)

        self.assertTrue(as_nobody(visit))

    def test_guest_that_does_not_read_costs_little(self):
        path = self.broker("--conf=access.allow-guest-user=true")

        def hoard():
            with Connection(path) as client:
                pad = {"pad": "x" * (1 << 20)}
                try:
                    for _ in range(400):
                        client.request("broker.ping", pad)
                except (BrokenPipeError, ConnectionResetError):
                    return
                raise AssertionError("was never cut off")

        self.assertTrue(as_nobody(hoard))
        with Connection(path) as owner:
            self.assertLess(owner.rpc("broker.rusage")["maxrss"], 100 << 10)

    def test_many_connections_of_a_guest(self):
        path = self.broker("--conf=access.allow-guest-user=true")

        def swarm():
            held = [Connection(path) for _ in range(260)]
            assert [client.status for client in held].count(EMFILE) == 4
            for client in held:
                client.close()

        self.assertTrue(as_nobody(swarm))
        with Connection(path) as owner:
            self.assertEqual(owner.attribute("size"), "1")

    def test_configuration_lets_guests_in_later(self):
        path = self.broker()
        with Connection(path) as owner:
            owner.rpc("config.load", {"access": {"allow-guest-user": True}})

        def visit():
            with Connection(path) as client:
                assert client.status == 0

        self.assertTrue(as_nobody(visit))


class Owner(unittest.TestCase):
    def test_more_connections_than_descriptors(self):
        """The broker says EMFILE, and goes on when some are closed."""
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/socket"
            environment = {name: value for name, value in os.environ.items() if name != "FLUX_URI"}
            broker = subprocess.Popen(
                ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", os.environ["FLUX"], "broker",
                 f"-Slocal-uri=local://{path}", "sh", "-c", "echo up; read line"],
                env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.assertEqual(broker.stdout.readline(), b"up\n")
            held = [Connection(path) for _ in range(80)]
            statuses = [client.status for client in held]
            self.assertEqual(set(statuses), {0, EMFILE})
            held[0].rpc("broker.ping")
            for client in held[1:]:
                client.close()
            while True:  # until it has noticed
                with Connection(path) as client:
                    if client.status == 0:
                        break
            held[0].close()
            broker.communicate(b"\n")
            self.assertEqual(broker.returncode, 0)


if __name__ == "__main__":
    unittest.main()
