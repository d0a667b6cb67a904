"""The API of the test cluster for benchmarks: kept-alive connections, several at once, so that the
client is not what is measured. kubectl would take longer to start than a cluster does."""

import base64
import concurrent.futures
import http.client
import json
import os
import ssl
import tempfile
import threading
import urllib.parse


class ApiError(Exception):
    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code


class Api:
    """Thread-safe: each thread has a connection of its own."""

    def __init__(self, kubeconfig=None):
        with open(kubeconfig or os.environ["KUBECONFIG"], encoding="utf-8") as file:
            config = json.load(file)  # as the test cluster writes it
        self.address = urllib.parse.urlsplit(config["clusters"][0]["cluster"]["server"]).netloc
        self.tls = self.context(config["clusters"][0]["cluster"], config["users"][0]["user"])
        self.threads = threading.local()

    @staticmethod
    def context(cluster, user):
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        tls = ssl.create_default_context(cadata=authority)
        with tempfile.NamedTemporaryFile() as file:  # the ssl module takes only files
            for part in ("client-certificate-data", "client-key-data"):
                file.write(base64.b64decode(user[part]))
            file.flush()
            tls.load_cert_chain(file.name)
        return tls

    def connect(self):
        return http.client.HTTPSConnection(self.address, context=self.tls)

    def request(self, method, path, body=None, kind="application/json"):
        if not hasattr(self.threads, "connection"):
            self.threads.connection = self.connect()
        connection = self.threads.connection
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"Content-Type": kind})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise ApiError(answer.status, text.decode())
        return json.loads(text)

    def get(self, path):
        return self.request("GET", path)

    def create(self, path, body):
        return self.request("POST", path, body)

    def delete(self, path, **options):
        try:
            self.request("DELETE", path, options)
        except ApiError as error:
            if error.code != 404:
                raise

    def create_all(self, path, bodies, at_once=8):
        """Returns when all have been created."""
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            for done in [pool.submit(self.create, path, body) for body in bodies]:
                done.result()

    def watch(self, path, version=""):
        """Events from `version` on (empty: what is there comes first, as ADDED), without end."""
        connection = self.connect()
        separator = "&" if "?" in path else "?"
        connection.request("GET", f"{path}{separator}watch=1&resourceVersion={version}")
        answer = connection.getresponse()
        try:
            while line := answer.readline():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise ApiError(event["object"].get("code"), line.decode())
                yield event
        finally:
            connection.close()

    def stream(self, path):
        """Lines of a log that is followed."""
        connection = self.connect()
        connection.request("GET", path)
        answer = connection.getresponse()
        if answer.status != 200:
            raise ApiError(answer.status, answer.read().decode())
        try:
            while line := answer.readline():
                yield line.decode()
        finally:
            connection.close()

    def delete_namespace(self, name):
        """Returns when it is gone."""
        path = f"/api/v1/namespaces/{name}"
        try:
            version = self.get(path)["metadata"]["resourceVersion"]
        except ApiError:
            return
        self.delete(path)
        for event in self.watch(f"/api/v1/namespaces?fieldSelector=metadata.name%3D{name}",
                                version):
            if event["type"] == "DELETED":
                return

    def new_namespace(self, name):
        self.delete_namespace(name)
        self.create("/api/v1/namespaces",
                    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
