"""Forwarded ports, what stands behind services, and certificates."""

import json
import os
import signal
import socket
import stat
import subprocess
import tempfile

from harness import MINICLUSTER, LocalTest, container, main, minicluster
from ports import fetch, fetching, local_port, openssl, shake_hands

WEB = {"image": "nginx", "name": "web", "ports": [80]}
# A server that the pod's address does not lead to.
INNER = ("sh -c 'mkdir /tmp/www && echo inner > /tmp/www/index.html && "
         "httpd -p 127.0.0.1:8081 -h /tmp/www && exec sleep 1000'")


class Ports(LocalTest):
    def forward(self, *words):
        return self.start("port-forward", *words)

    def port(self, process, remote):
        return local_port(self.read_line(process, f" -> {remote}"))

    def running(self):
        self.create(minicluster(container(INNER, image="busybox"), WEB))
        self.wait("condition=Ready")

    def test_carries_connections_into_the_pod(self):
        self.running()
        process = self.forward("flux-sample-0", ":80", "--address=127.0.0.1")
        port = self.port(process, 80)
        for _ in range(2):
            status, page = fetch(port)
            self.assertEqual(status, 200)
            self.assertIn("Welcome to nginx!", page)
        # Both ends of one connection, of which the first one ends while the other goes on.
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            client.shutdown(socket.SHUT_WR)
            with client.makefile("rb") as answer:
                self.assertIn(b"Welcome to nginx!", answer.read())
        process.send_signal(signal.SIGINT)
        ended = self.finish(process)
        self.assertEqual(ended.status, 0, ended)
        self.assertEqual(ended.out, f"Handling connection for {port}\n" * 3)
        self.assertEqual(ended.err, "")

        inner = self.forward("mc/flux-sample", ":8081", "--address=127.0.0.1")
        self.assertEqual(fetch(self.port(inner, 8081)), (200, "inner\n"))
        inner.send_signal(signal.SIGTERM)
        self.assertEqual(self.finish(inner).status, 128 + signal.SIGTERM)

        service = self.forward("svc/web", ":80", "--address=127.0.0.1")
        self.assertEqual(fetch(self.port(service, 80))[0], 200)
        self.good("delete", "mc", "flux-sample")
        ended = self.finish(service)
        self.assertEqual((ended.status, ended.err), (1, "error: lost connection to pod\n"), ended)

    def test_a_service_whose_port_is_not_that_of_its_pods(self):
        manifest = json.dumps({"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "other", "labels": {"app": "other"}},
             "spec": {"terminationGracePeriodSeconds": 0, "containers": [
                 {"name": "web", "image": "nginx",
                  "ports": [{"name": "page", "containerPort": 80}]}]}},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "front"},
             "spec": {"selector": {"app": "other"},
                      "ports": [{"name": "http", "port": 8080, "targetPort": "page"}]}}]})
        self.addCleanup(self.good, "delete", "-f", "-", stdin=manifest)
        self.good("apply", "-f", "-", stdin=manifest)
        self.wait("condition=Ready", "pod/other")
        for words in (("svc/front", ":8080"), ("front", ":http"), ("other", ":80")):
            process = self.forward(*words, "--address=127.0.0.1")
            self.assertEqual(fetch(self.port(process, 80))[0], 200)
            process.send_signal(signal.SIGINT)
            self.assertEqual(self.finish(process).status, 0)
        self.assertRegex(self.good("services"), r"\nfront +front +8080 +other/web +True +<none>\n")

    def test_what_does_not_answer_is_said(self):
        self.running()
        process = self.forward("flux-sample-0", ":81", "--address=127.0.0.1")
        port = self.port(process, 81)
        with socket.create_connection(("127.0.0.1", port)) as client:
            self.assertEqual(client.recv(1), b"")
        process.send_signal(signal.SIGINT)
        ended = self.finish(process)
        self.assertIn(f"an error occurred forwarding {port} -> 81 of pod flux-sample-0-", ended.err)
        self.assertIn("port 81: 127.0.0.1: Connection refused\n", ended.err)
        for words in (("none", "80"), ("svc/none", "80")):
            ended = self.command("port-forward", *words)
            self.assertEqual(ended.status, 1, ended)
            self.assertIn('"none" not found', ended.err)

    def test_services_and_what_is_behind_them(self):
        self.create(minicluster(container("sleep 1000", image="busybox"), WEB, size=2,
                                services=[{**WEB, "name": "db", "ports": [81]}]))
        self.wait("condition=Ready")
        table = self.good("services", "flux-sample")
        self.assertRegex(table, r"\ANAME +HOST +PORTS +POD +READY +REASON\n")
        self.assertRegex(table, r"\nweb +web +80 +flux-sample-0-\w+/web +True +<none>\n")
        items = json.loads(self.good("services", "flux-sample", "-o", "json"))["items"]
        hosts = {endpoint["host"]: endpoint for item in items for endpoint in item["endpoints"]}
        database = hosts[f"flux-sample-services.flux-service.{self.ns}.svc.cluster.local"]
        self.assertEqual((database["containers"], database["ports"]), (["db"], [81]))
        # What is listed works inside.
        for name in next(item for item in items if item["name"] == "web")["names"]:
            page = self.good("exec", "flux-sample-1", "-c", "flux-sample", "--",
                             *fetching(f"http://{name}/"))
            self.assertIn("Welcome to nginx!", page)


class Certificates(LocalTest):
    def test_are_secrets_of_the_namespace(self):
        self.addCleanup(self.command, "delete", "secret", "mq-ca", "mq-server", "mq-client")
        self.good("certs", "create", "mq")
        ended = self.command("certs", "create", "mq")
        self.assertEqual(ended.status, 1, ended)
        self.assertIn('secrets "mq-ca" already exists', ended.err)
        server = self.object("secret", "mq-server")
        self.good("delete", "secret", "mq-client")
        self.assertEqual(self.good("certs", "apply", "mq"),
                         "secret/mq-ca unchanged\nsecret/mq-server unchanged\n"
                         "secret/mq-client created\n")
        self.assertEqual(self.object("secret", "mq-server"), server)
        self.good("certs", "rotate", "mq")
        self.assertNotEqual(self.object("secret", "mq-server")["data"], server["data"])

    def test_serve_and_are_kept(self):
        with tempfile.TemporaryDirectory() as directory:
            words = ("certs", "create", "mq", "--host", "mq", "--host", "127.0.0.1", "--dir",
                     os.path.join(directory, "certs"))
            self.good(*words)
            place = os.path.join(directory, "certs")
            for folder, _, files in os.walk(place):
                self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
                for file in files:
                    mode = stat.S_IMODE(os.stat(os.path.join(folder, file)).st_mode)
                    self.assertEqual(mode, 0o600)
            server, client = (os.path.join(place, name) for name in ("mq-server", "mq-client"))
            for name in ("mq", f"mq.{self.ns}.svc.cluster.local", "127.0.0.1"):
                self.assertEqual(shake_hands(server, client, name), "TLSv1.3")
            openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
                    os.path.join(server, "ca.crt"), os.path.join(server, "tls.crt"))
            ended = self.command(*words)
            self.assertEqual(ended.status, 1, ended)
            self.assertIn("already exists", ended.err)

    def test_keys_go_where_only_their_owner_reads(self):
        words = [MINICLUSTER, "certs", "create", "mq", "--dry-run=client", "-o", "json"]
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "certs.json")
            for mode, status in ((0o644, 1), (0o600, 0)):
                with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode), "w",
                          encoding="utf-8") as file:
                    os.fchmod(file.fileno(), mode)
                    ended = subprocess.run(words, stdout=file, stderr=subprocess.PIPE, check=False)
                self.assertEqual(ended.returncode, status, ended.stderr)
                self.assertEqual(os.path.getsize(path) > 0, status == 0)


if __name__ == "__main__":
    main()
