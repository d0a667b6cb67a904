"""Forwarded ports and certificates, as the end-to-end tests of both engines look at them."""

import http.client
import os
import re
import ssl
import subprocess

from commands import LIMIT


def local_port(line):
    """Of "Forwarding from 127.0.0.1:8080 -> 80"."""
    found = re.fullmatch(r"Forwarding from 127\.0\.0\.1:(\d+) -> \d+\n", line)
    assert found, line
    return int(found.group(1))


def fetch(port, path="/"):
    """Status and text of a page at a port of this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def fetching(url):
    """The words that print a page in a container, once its server listens: being ready comes from
    its process where it has no probe."""
    return ["sh", "-c", 'until wget -q -O - "$0" 2>/dev/null; do :; done', url]


def shake_hands(server, client, name):
    """A TLS handshake in memory, both sides with the files of a folder each; the version."""
    contexts = []
    for purpose, folder in ((ssl.Purpose.CLIENT_AUTH, server), (ssl.Purpose.SERVER_AUTH, client)):
        context = ssl.create_default_context(purpose, cafile=os.path.join(folder, "ca.crt"))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(os.path.join(folder, "tls.crt"), os.path.join(folder, "tls.key"))
        contexts.append(context)
    ways = [ssl.MemoryBIO(), ssl.MemoryBIO()]  # to the server, to the client
    sides = [contexts[0].wrap_bio(ways[0], ways[1], server_side=True),
             contexts[1].wrap_bio(ways[1], ways[0], server_hostname=name)]
    left = [1, 0]
    for _ in range(10):
        for side in list(left):
            try:
                sides[side].do_handshake()
                left.remove(side)
            except ssl.SSLWantReadError:
                pass
        if not left:
            return sides[1].version()
    raise AssertionError("the handshake came to no end")


def openssl(*words):
    return subprocess.run(("openssl",) + words, check=True, capture_output=True, text=True,
                          timeout=LIMIT).stdout
