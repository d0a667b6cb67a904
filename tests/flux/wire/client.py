"""A client of a Flux broker's local socket.

Written from the format's description (RFC 3 for messages, RFC 6 for RPCs, the framing and handshake
of flux-core's local:// connector), and on purpose without a look at src/flux/wire: what both
understand in the same way is the format.
"""

import base64
import itertools
import json
import os
import socket
import struct

REQUEST, RESPONSE, EVENT, CONTROL = 1, 2, 4, 8
TOPIC, PAYLOAD, NORESPONSE, ROUTE, UPSTREAM, PRIVATE, STREAMING = 1, 2, 4, 8, 16, 32, 64
OWNER, USER, LOCAL = 1, 2, 4
ANY, UP = 0xFFFFFFFF, 0xFFFFFFFE
UNKNOWN_USER = 0xFFFFFFFF
MAGIC = 0xFFEE0012
ENODATA = 61
# Long enough for a machine that does ten other things; a test that waits so long has failed.
PATIENCE = 60


class RpcError(Exception):
    """An answer with an errno."""

    def __init__(self, errnum, text):
        super().__init__(f"errno {errnum}: {text}")
        self.errnum = errnum
        self.text = text


class Message:
    """The frames of one message."""

    def __init__(self, kind, topic=None, payload=None, *, flags=0, userid=UNKNOWN_USER, rolemask=0,
                 aux1=0, aux2=0, routes=()):
        self.kind, self.topic, self.payload, self.flags = kind, topic, payload, flags
        self.userid, self.rolemask, self.aux1, self.aux2 = userid, rolemask, aux1, aux2
        self.routes = list(routes)
        if topic is not None:
            self.flags |= TOPIC
        if payload is not None:
            self.flags |= PAYLOAD

    def encode(self):
        body = b""
        if self.flags & ROUTE:
            body += b"".join(frame(route.encode()) for route in self.routes) + frame(b"")
        if self.flags & TOPIC:
            body += frame(self.topic.encode())
        if self.flags & PAYLOAD:
            body += frame(self.payload)
        return body + frame(struct.pack(">BBBBIIII", 0x8E, 1, self.kind, self.flags, self.userid,
                                        self.rolemask, self.aux1, self.aux2))

    @staticmethod
    def decode(body):
        frames = split(body)
        assert len(frames[-1]) == 20, f"last frame has {len(frames[-1])} bytes"
        magic, version, kind, flags, userid, rolemask, aux1, aux2 = struct.unpack(
            ">BBBBIIII", frames.pop())
        assert (magic, version) == (0x8E, 1), (magic, version)
        routes = []
        if flags & ROUTE:
            end = frames.index(b"")
            routes = [route.decode() for route in frames[:end]]
            frames = frames[end + 1:]
        topic = frames.pop(0).decode() if flags & TOPIC else None
        payload = frames.pop(0) if flags & PAYLOAD else None
        assert not frames, "frames that no flag announces"
        return Message(kind, topic, payload, flags=flags, userid=userid, rolemask=rolemask,
                       aux1=aux1, aux2=aux2, routes=routes)

    @property
    def text(self):
        """The payload as text; JSON and text payloads end with a NUL."""
        if self.payload is None:
            return None
        assert self.payload.endswith(b"\0"), self.payload[-20:]
        return self.payload[:-1].decode()

    @property
    def json(self):
        return None if self.payload is None else json.loads(self.text)


def frame(data):
    """Its length, in one byte or in 0xff and four, and the data."""
    if len(data) < 255:
        return bytes([len(data)]) + data
    return b"\xff" + struct.pack(">I", len(data)) + data


def split(body):
    frames = []
    while body:
        size, start = body[0], 1
        if size == 255:
            size, start = struct.unpack(">I", body[1:5])[0], 5
        assert len(body) >= start + size, "frame is cut short"
        frames.append(body[start:start + size])
        body = body[start + size:]
    return frames


def with_header(body):
    """The magic goes in the host's byte order, the length in the network's."""
    return struct.pack("=I", MAGIC) + struct.pack(">I", len(body)) + body


def payload_of(value):
    """None: no payload; bytes as they are; text and JSON with the NUL that ends them."""
    if value is None or isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode() + b"\0"


class Connection:
    """A connection to the broker at FLUX_URI, or to a path."""

    def __init__(self, path=None):
        if path is None:
            uri = os.environ["FLUX_URI"]
            assert uri.startswith("local://")
            path = uri[len("local://"):]
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        try:
            self.socket.connect(path)
            self.status = self._read(1)[0]
        except BaseException:
            self.socket.close()
            raise
        self.matchtags = itertools.count(1)
        self.kept = []

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def _read(self, size):
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise EOFError("the broker has closed the connection")
            data += piece
        return data

    # Messages.

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send(self, message):
        self.send_bytes(with_header(message.encode()))

    def receive(self):
        """The next message, whatever it is."""
        if self.kept:
            return self.kept.pop(0)
        return self._receive()

    def _receive(self):
        magic, = struct.unpack("=I", self._read(4))
        size, = struct.unpack(">I", self._read(4))
        assert magic == MAGIC, hex(magic)
        return Message.decode(self._read(size))

    def next(self, wanted):
        """The next message for which `wanted` holds; others are kept for later."""
        for index, message in enumerate(self.kept):
            if wanted(message):
                return self.kept.pop(index)
        while True:
            message = self._receive()
            if wanted(message):
                return message
            self.kept.append(message)

    # RPCs.

    def request(self, topic, payload=None, *, nodeid=ANY, flags=0, **more):
        """Sends a request and gives its matchtag (0 where no answer is wanted)."""
        tag = 0 if flags & NORESPONSE else next(self.matchtags)
        self.send(Message(REQUEST, topic, payload_of(payload), flags=flags, aux1=nodeid, aux2=tag,
                          **more))
        return tag

    def response(self, tag):
        return self.next(lambda m: m.kind == RESPONSE and m.aux2 == tag)

    def answer(self, tag):
        """The payload of the next answer; RpcError if it is an error."""
        response = self.response(tag)
        if response.aux1 != 0:
            raise RpcError(response.aux1, response.text)
        return response.json

    def rpc(self, topic, payload=None, **more):
        return self.answer(self.request(topic, payload, **more))

    def stream(self, topic, payload=None, **more):
        """All answers of a stream, up to its regular end."""
        return list(self.follow(self.request(topic, payload, flags=STREAMING, **more)))

    def follow(self, tag):
        while True:
            try:
                yield self.answer(tag)
            except RpcError as error:
                if error.errnum != ENODATA:
                    raise
                return

    def notify(self, topic, payload=None, **more):
        self.request(topic, payload, flags=NORESPONSE, **more)

    def event(self, prefix=""):
        return self.next(lambda m: m.kind == EVENT and m.topic.startswith(prefix))

    def closed(self):
        """Waits for the broker to close the connection."""
        try:
            while True:
                self._receive()
        except (EOFError, ConnectionResetError):
            return True

    # What is asked for all the time.

    def attribute(self, name, **more):
        return self.rpc("attr.get", {"name": name}, **more)["value"]

    def submit(self, command, *, nodes=0, system=None, **more):
        """Submits a job of one task; gives its id."""
        slot = {"type": "slot", "label": "task", "count": 1,
                "with": [{"type": "core", "count": 1}]}
        resources = [{"type": "node", "count": nodes, "with": [slot]}] if nodes else [slot]
        jobspec = {
            "version": 1, "resources": resources,
            "tasks": [{"command": command, "slot": "task", "count": {"per_slot": 1}}],
            "attributes": {"system": {"duration": 0, "cwd": "/", "environment":
                                      {"PATH": os.environ["PATH"]}, **(system or {})}}}
        return self.rpc("job-ingest.submit",
                        {"J": sign(json.dumps(jobspec)), "urgency": 16, "flags": 0, **more})["id"]


def sign(jobspec, userid=None):
    """RFC 15, mechanism "none": header, payload and signature, of which the last says nothing."""
    fields = (("version", "i1"), ("userid", f"i{os.geteuid() if userid is None else userid}"),
              ("mechanism", "snone"))
    header = "".join(f"{key}\0{value}\0" for key, value in fields)
    return ".".join((base64.b64encode(header.encode()).decode(),
                     base64.b64encode(jobspec.encode()).decode(), "none"))
