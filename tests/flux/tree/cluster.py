"""Brokers over TCP and TLS on one machine, as they stand in pods: each may be started, killed and
started again while a test watches from the lead's socket."""

import json
import os
import random
import signal
import subprocess
import tempfile
import unittest

from client import STREAMING, Connection

FLUX = os.environ["FLUX"]
PORT = 8050


class Cluster:
    def __init__(self, test, size, *attributes, hosts=None, own_files=False):
        """`hosts`: words for each host's entry in [bootstrap]. `own_files`: the files of
        brokers but the lead are seen by themselves only, as on other hosts."""
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        test.addCleanup(self.end)
        self.path, self.size, self.attributes = folder.name, size, list(attributes)
        self.brokers = {}
        self.connections = []
        self.own_files = own_files
        self._write(hosts or [""] * size)

    def _write(self, hosts):
        # Addresses of their own: no port can be somebody else's.
        network = f"127.{random.randint(1, 254)}.{random.randint(0, 254)}"
        self.addresses = [f"{network}.{rank + 1}" for rank in range(self.size)]
        entries = "\n".join(
            f'{{ host = "h{rank}", bind = "tcp://{address}:{PORT}", '
            f'connect = "tcp://{address}:{PORT}"{words} }},'
            for rank, (address, words) in enumerate(zip(self.addresses, hosts)))
        for config in ("config", "other"):  # which differ by the key
            certificate = f"{self.path}/{config}.cert"
            subprocess.run([FLUX, "keygen", certificate], check=True, stdout=subprocess.DEVNULL)
            os.mkdir(f"{self.path}/{config}")
            with open(f"{self.path}/{config}/broker.toml", "w") as file:
                file.write(f'[bootstrap]\ncurve_cert = "{certificate}"\n'
                           f'hosts = [\n{entries}\n]\n')

    def start(self, *ranks, config="config"):
        for rank in ranks:
            os.makedirs(f"{self.path}/{rank}", exist_ok=True)
            environment = {**os.environ, "FLUX_FAKE_HOSTNAME": f"h{rank}"}
            environment.pop("FLUX_URI", None)
            with open(f"{self.path}/{rank}.log", "ab") as log:
                self.brokers[rank] = subprocess.Popen(
                    [*self._place(rank), FLUX, "broker", "-c", f"{self.path}/{config}", "-Sbroker.rc2_none=1",
                     f"-Srundir={self.path}/{rank}", f"-Sstatedir={self.path}/state",
                     *(f"-S{attribute}" for attribute in self.attributes)],
                    env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _place(self, rank):
        if not self.own_files or rank == 0:
            return []
        return ["unshare", "-mu", "sh", "-c",
                'mount -t tmpfs none "$0" && hostname "h${0##*/}" && exec "$@"',
                f"{self.path}/{rank}"]

    def kill(self, rank, signum=signal.SIGKILL):
        """Sends the signal and waits until the broker is gone."""
        self.brokers[rank].send_signal(signum)
        status = self.brokers[rank].wait(60)
        del self.brokers[rank]
        return status

    def connect(self, rank=0):
        """To the broker's socket, as soon as it answers there."""
        while True:
            try:
                connection = Connection(f"{self.path}/{rank}/local-{rank}")
                self.connections.append(connection)
                return connection
            except (FileNotFoundError, ConnectionError, EOFError):
                self._still_runs(rank)

    def _still_runs(self, rank):
        try:
            status = self.brokers[rank].wait(0.005)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"broker {rank} has ended with {status}:\n{self.log(rank)}")

    def log(self, rank):
        with open(f"{self.path}/{rank}.log", errors="replace") as file:
            return file.read()

    def await_online(self, ranks):
        """Until exactly these ranks are online, as rank 0 sees it."""
        with self.connect() as client:
            try:
                for group in client.follow(client.request(
                        "groups.get", {"name": "broker.online"}, nodeid=0, flags=STREAMING)):
                    if group["members"] == ranks:
                        return
            except TimeoutError:
                raise AssertionError(f"waited for {ranks}, have {group['members']}\n" + "".join(
                    f"--- {rank}\n{self.log(rank)}" for rank in self.brokers)) from None

    def await_health(self, status, rank=0):
        with self.connect() as client:
            return client.rpc("overlay.health", {"wait": status}, nodeid=rank)

    def run(self, *, nodes):
        """A job over so many nodes; gives the ranks it ran on."""
        with self.connect() as client:
            job = client.submit(["true"], nodes=nodes)
            events = self.events(client, job)
            status = events["finish"]["context"]["status"]
            assert status == 0, events
            R = json.loads(client.rpc("job-info.lookup", {"id": job, "keys": ["R"],
                                                          "flags": 0})["R"])
            return ",".join(entry["rank"] for entry in R["execution"]["R_lite"])

    @staticmethod
    def events(client, job):
        return {event["name"]: event for event in (json.loads(answer["event"]) for answer in
                client.stream("job-info.eventlog-watch",
                              {"id": job, "path": "eventlog", "flags": 0}))}

    def shut_down(self):
        """By the lead; every broker that runs must end in good order."""
        with self.connect() as client:
            client.rpc("shutdown.start", {"loglevel": 3}, nodeid=0)
        for rank, broker in self.brokers.items():
            status = broker.wait(60)
            assert status in (0, 128 + signal.SIGHUP), f"{rank}: {status}\n{self.log(rank)}"
        self.brokers.clear()

    def end(self):
        for connection in self.connections:
            connection.close()
        for broker in self.brokers.values():
            broker.kill()
            broker.wait()


class Case(unittest.TestCase):
    def cluster(self, size, *attributes, **more):
        return Cluster(self, size, *attributes, **more)

    def statuses(self, health):
        return {child["rank"]: child["status"] for child in health["children"]}
