"""A proxy before the API server that counts its client's writes, and calls a function right after the
n-th of them has been carried out, before the client hears of it."""

import base64
import http.client
import http.server
import json
import ssl
import threading
import urllib.parse

WRITES = ("POST", "PUT", "PATCH", "DELETE")
# What belongs to one connection, and must not be passed on.
OWN_HEADERS = {"connection", "transfer-encoding", "host", "authorization", "content-length"}


class WriteCounter:
    """Listens on loopback in plain HTTP; goes to the API server with a service account's token."""

    def __init__(self, kubeconfig, token):
        with open(kubeconfig, encoding="utf-8") as file:
            cluster = json.load(file)["clusters"][0]["cluster"]
        self.address = urllib.parse.urlsplit(cluster["server"]).netloc
        self.tls = ssl.create_default_context(
            cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        self.token = token
        self.lock = threading.Lock()
        self.writes = []
        self.stop_at, self.stop = 0, None
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that is killed breaks its connections
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def arm(self, count, stop):
        """Calls `stop` after `count` writes from now on; 0: never."""
        with self.lock:
            self.writes = []
            self.stop_at, self.stop = count, stop

    def wrote(self, method, path):
        """Whether this was the write after which the client is gone."""
        with self.lock:
            self.writes.append(f"{method} {path}")
            if len(self.writes) != self.stop_at:
                return False
        self.stop()
        return True

    def handler(self):
        counter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body in one piece, not each waiting for the other's acknowledgement.
            wbufsize = -1

            def forward(self):
                # A write may not be sent twice, so no connection is used again.
                upstream = http.client.HTTPSConnection(counter.address, context=counter.tls)
                try:
                    self.exchange(upstream)
                except (ConnectionError, TimeoutError):
                    self.close_connection = True
                finally:
                    upstream.close()

            def exchange(self, upstream):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name: value for name, value in self.headers.items()
                           if name.lower() not in OWN_HEADERS}
                headers["Authorization"] = "Bearer " + counter.token
                upstream.request(self.command, self.path, body, headers)
                answer = upstream.getresponse()
                path = self.path.split("?")[0]
                if self.command in WRITES and counter.wrote(self.command, path):
                    self.close_connection = True
                    return
                self.relay(answer)

            def relay(self, answer):
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in OWN_HEADERS:
                        self.send_header(name, value)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.flush()
                while piece := answer.read1(65536):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")
                self.wfile.flush()

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

            def log_message(self, *_):
                pass

        return Handler
