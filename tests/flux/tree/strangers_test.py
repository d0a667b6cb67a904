"""Who has no key, or nothing to say, does not come in and keeps nobody out."""

import os
import signal
import socket
import unittest

from client import STREAMING
from cluster import PORT, Case


class Strangers(Case):
    def await_log(self, cluster, words):
        """Until the lead has said so."""
        with cluster.connect() as client:
            tag = client.request("log.dmesg", {"follow": True}, flags=STREAMING)
            while True:
                line = client.response(tag).text
                if words in line:
                    return line

    def test_broker_with_another_key_stays_outside(self):
        cluster = self.cluster(3, "broker.quorum=1", "log-stderr-level=7")
        cluster.start(0)
        cluster.start(1, config="other")
        self.await_log(cluster, "did not prove that it has this instance's key")
        cluster.start(2)
        cluster.await_online("0,2")
        cluster.kill(1)
        cluster.start(1)
        cluster.await_online("0-2")
        cluster.shut_down()

    def dial(self, cluster, data=b""):
        connection = socket.create_connection((cluster.addresses[0], PORT))
        self.addCleanup(connection.close)
        connection.sendall(data)
        return connection

    def test_connections_that_say_nothing_or_nonsense(self):
        cluster = self.cluster(2, "broker.quorum=1")
        cluster.start(0)
        cluster.await_online("0")
        for data in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01", os.urandom(4096)):
            for _ in range(30):
                try:
                    self.dial(cluster, data)
                except (ConnectionResetError, BrokenPipeError):
                    pass
        cluster.start(1)
        cluster.await_online("0-1")
        with cluster.connect() as client:
            self.assertLess(len(os.listdir(f"/proc/{cluster.brokers[0].pid}/fd")), 100)
            self.assertLess(client.rpc("broker.rusage")["maxrss"], 20 << 10)
        cluster.shut_down()

    def start_elsewhere(self, cluster, rank):
        """With directories of its own, as on another host."""
        cluster.path, path = f"{cluster.path}/again", cluster.path
        os.mkdir(cluster.path)
        for name in ("config", "config.cert"):
            os.symlink(f"{path}/{name}", f"{cluster.path}/{name}")
        cluster.start(rank)
        cluster.path = path

    def test_second_broker_of_a_rank_takes_the_place_of_the_first(self):
        cluster = self.cluster(2)
        cluster.start(0, 1)
        cluster.await_online("0-1")
        first = cluster.brokers[1]
        with cluster.connect() as client:
            watch = client.request("groups.get", {"name": "broker.online"}, nodeid=0,
                                   flags=STREAMING)
            self.assertEqual(client.answer(watch)["members"], "0-1")
            first.send_signal(signal.SIGSTOP)  # as if its host had been cut off
            self.start_elsewhere(cluster, 1)
            self.assertEqual(client.answer(watch)["members"], "0")
            self.assertEqual(client.answer(watch)["members"], "0-1")
        first.kill()
        first.wait()
        cluster.shut_down()


if __name__ == "__main__":
    unittest.main()
