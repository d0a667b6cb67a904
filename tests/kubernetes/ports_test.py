"""Forwarded ports, services and certificates on a real cluster, with the same verbs."""

import base64
import json
import os
import signal
import socket
import tempfile

from harness import MINICLUSTER, KubernetesTest, container, main, minicluster
from ports import fetch, local_port, shake_hands

WEB = {"image": "nginx", "name": "web", "ports": [80]}

# What is no MiniCluster's: a Service whose port is not that of its pods.
OTHER = """
apiVersion: v1
kind: Pod
metadata: {name: other, labels: {app: other}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: web
    image: nginx
    imagePullPolicy: IfNotPresent
    ports: [{name: page, containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: other}
spec: {selector: {app: other}, ports: [{name: http, port: 8080, targetPort: page}]}
"""


class Ports(KubernetesTest):
    def words_of(self, words):
        if words[0] != "minicluster":
            return super().words_of(words)
        return [MINICLUSTER, "--engine=kubernetes", "-n", self.ns, *words[1:]]

    def forward(self, *words):
        return self.start("minicluster", "port-forward", "--address=127.0.0.1", *words)

    def port(self, process, remote):
        return local_port(self.read_line(process, f" -> {remote}"))

    def test_ports_and_services(self):
        self.create(minicluster(container("sleep 1000", image="busybox"), WEB))
        self.good("apply", "-f", "-", stdin=OTHER)
        # It waits for a pod that is still being made.
        other = self.forward("svc/other", ":8080")
        self.assertEqual(fetch(self.port(other, 80))[0], 200)
        self.wait("condition=Ready")
        process = self.forward("flux-sample-0", ":80")
        port = self.port(process, 80)
        for _ in range(2):
            self.assertIn("Welcome to nginx!", fetch(port)[1])
        process.send_signal(signal.SIGINT)
        ended = self.finish(process)
        self.assertEqual((ended.status, ended.out, ended.err),
                         (0, f"Handling connection for {port}\n" * 2, ""))

        refused = self.forward("mc/flux-sample", ":81")
        with socket.create_connection(("127.0.0.1", self.port(refused, 81))) as client:
            self.assertEqual(client.recv(1), b"")
        refused.send_signal(signal.SIGINT)
        self.assertIn("refused", self.finish(refused).err)

        table = self.good("minicluster", "services", "flux-sample")
        self.assertRegex(table, r"\nflux-sample-web +web +80 +flux-sample-0-\w+/web +True +<none>")
        items = json.loads(self.good("minicluster", "services", "flux-sample", "-o", "json"))
        web = next(item for item in items["items"] if item["name"] == "flux-sample-web")
        for name in web["names"]:
            page = self.good("exec", self.pod(0), "-c", "flux-sample", "--", "wget", "-q", "-O",
                             "-", f"http://{name}/")
            self.assertIn("Welcome to nginx!", page)

        self.good("delete", "pod", "other", "--now")
        ended = self.finish(other)
        self.assertEqual((ended.status, ended.err), (1, "error: lost connection to pod\n"), ended)

    def folder(self, directory, secret):
        """The files of a Secret."""
        place = os.path.join(directory, secret)
        os.makedirs(place, exist_ok=True)
        for name, value in self.object("secret", secret)["data"].items():
            with open(os.path.join(place, name), "wb") as file:
                file.write(base64.b64decode(value))
        return place

    def test_certificates(self):
        self.good("minicluster", "certs", "create", "mq")
        self.assertEqual(self.object("secret", "mq-server")["type"], "kubernetes.io/tls")
        with tempfile.TemporaryDirectory() as directory:
            def shake():
                return shake_hands(self.folder(directory, "mq-server"),
                                   self.folder(directory, "mq-client"),
                                   f"mq.{self.ns}.svc.cluster.local")
            self.assertEqual(shake(), "TLSv1.3")
            ended = self.command("minicluster", "certs", "create", "mq")
            self.assertEqual(ended.status, 1, ended)
            self.assertIn('secrets "mq-ca" already exists', ended.err)
            self.good("delete", "secret", "mq-client")
            before = self.object("secret", "mq-server")["data"]
            self.assertEqual(self.good("minicluster", "certs", "apply", "mq"),
                             "secret/mq-ca unchanged\nsecret/mq-server unchanged\n"
                             "secret/mq-client created\n")
            self.assertEqual(self.object("secret", "mq-server")["data"], before)
            self.assertEqual(shake(), "TLSv1.3")
            self.good("minicluster", "certs", "rotate", "mq", "--authority")
            self.assertNotEqual(self.object("secret", "mq-server")["data"], before)
            self.assertEqual(shake(), "TLSv1.3")
            manifest = self.good("minicluster", "certs", "create", "db", "--style=pem",
                                 "--dry-run=client", "-o", "yaml")
            self.assertEqual(self.good("apply", "-f", "-", stdin=manifest),
                             "secret/db-ca created\nsecret/db-server created\n"
                             "secret/db-client created\n")


if __name__ == "__main__":
    main()
