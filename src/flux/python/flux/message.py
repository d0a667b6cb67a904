"""Messages (RFC 3), and watchers of those that no RPC of this handle waits for."""

import fnmatch
import json
import struct

from flux import constants as c
from flux.core.watchers import Watcher

_MAGIC = 0x8E
_VERSION = 1
# The last frame: magic, version, type, flags; then user, roles and two numbers that mean what the
# type says, in network order.
_PROTO = struct.Struct(">BBBBIIII")
_LONG = struct.Struct(">I")


def _frame(data):
    if len(data) < 255:
        return bytes((len(data),)) + data
    return b"\xff" + _LONG.pack(len(data)) + data


def _split(body):
    frames, at = [], 0
    while at < len(body):
        size, at = body[at], at + 1
        if size == 255:
            size, at = _LONG.unpack_from(body, at)[0], at + _LONG.size
        frames.append(bytes(body[at:at + size]))
        at += size
    if at != len(body) or not frames or len(frames[-1]) != _PROTO.size:
        raise ValueError("message is cut short")
    return frames


def encode_payload(payload):
    """None: none. Text and bytes as they are, anything else as JSON; a NUL ends it."""
    if payload is None:
        return None
    if not isinstance(payload, (str, bytes)):
        payload = json.dumps(payload, ensure_ascii=False)
    if isinstance(payload, str):
        payload = payload.encode("utf-8", errors="surrogateescape")
    return payload if payload.endswith(b"\0") else payload + b"\0"


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


class Message:
    """A request, response or event. Payloads are JSON, unless taken as `payload_str`."""

    def __init__(self, type_id=c.FLUX_MSGTYPE_REQUEST, topic=None, payload=None):
        self.type = type_id
        self.flags = 0
        self.userid = c.FLUX_USERID_UNKNOWN
        self.rolemask = c.FLUX_ROLE_NONE
        # A request's node and matchtag, a response's errno and matchtag, an event's sequence.
        self.aux1 = c.FLUX_NODEID_ANY if type_id == c.FLUX_MSGTYPE_REQUEST else 0
        self.aux2 = c.FLUX_MATCHTAG_NONE
        self.routes = []
        self._topic = None
        self._payload = None
        self.topic = topic
        self.payload = payload

    @property
    def topic(self):
        return self._topic

    @topic.setter
    def topic(self, value):
        self._topic = _text(value)

    @property
    def payload_str(self):
        if self._payload is None:
            return None
        return self._payload.rstrip(b"\0").decode("utf-8", errors="surrogateescape")

    @payload_str.setter
    def payload_str(self, value):
        self._payload = encode_payload(value)

    @property
    def payload(self):
        text = self.payload_str
        return None if text is None else json.loads(text)

    @payload.setter
    def payload(self, value):
        self._payload = encode_payload(value)

    @property
    def type_str(self):
        return {c.FLUX_MSGTYPE_REQUEST: "request", c.FLUX_MSGTYPE_RESPONSE: "response",
                c.FLUX_MSGTYPE_EVENT: "event", c.FLUX_MSGTYPE_CONTROL: "control"}[self.type]

    @property
    def errnum(self):
        return self.aux1 if self.type == c.FLUX_MSGTYPE_RESPONSE else 0

    @property
    def nodeid(self):
        return self.aux1

    @property
    def seq(self):
        return self.aux1

    @property
    def matchtag(self):
        return self.aux2

    def encode(self):
        """The frames of the message, without what the transport puts before them."""
        flags = self.flags
        if self._topic is not None:
            flags |= c.FLUX_MSGFLAG_TOPIC
        if self._payload is not None:
            flags |= c.FLUX_MSGFLAG_PAYLOAD
        body = b""
        if flags & c.FLUX_MSGFLAG_ROUTE:
            body = b"".join(map(_frame, self.routes)) + _frame(b"")
        if self._topic is not None:
            body += _frame(self._topic.encode())
        if self._payload is not None:
            body += _frame(self._payload)
        return body + _frame(_PROTO.pack(_MAGIC, _VERSION, self.type, flags, self.userid,
                                         self.rolemask, self.aux1, self.aux2))

    @classmethod
    def decode(cls, body):
        """ValueError for what is no message."""
        frames = _split(body)
        magic, version, kind, flags, userid, rolemask, aux1, aux2 = _PROTO.unpack(frames.pop())
        if (magic, version) != (_MAGIC, _VERSION):
            raise ValueError("message has an unknown version")
        message = cls(kind)
        message.flags, message.userid, message.rolemask = flags, userid, rolemask
        message.aux1, message.aux2 = aux1, aux2
        if flags & c.FLUX_MSGFLAG_ROUTE:
            end = frames.index(b"")
            message.routes, frames = frames[:end], frames[end + 1:]
        if flags & c.FLUX_MSGFLAG_TOPIC:
            message.topic = frames.pop(0)
        if flags & c.FLUX_MSGFLAG_PAYLOAD:
            message._payload = frames.pop(0)
        return message

    def response(self, errnum=0, payload=None):
        """The answer to this request."""
        answer = Message(c.FLUX_MSGTYPE_RESPONSE, self.topic, payload)
        answer.flags = self.flags & (c.FLUX_MSGFLAG_ROUTE | c.FLUX_MSGFLAG_STREAMING)
        answer.routes = list(self.routes)
        answer.userid, answer.rolemask = self.userid, self.rolemask
        answer.aux1, answer.aux2 = errnum, self.aux2
        return answer


class MessageWatcher(Watcher):
    """Calls callback(handle, watcher, message, args) for messages of a type and topic."""

    def __init__(self, flux_handle, type_mask, callback, topic_glob="*", match_tag=None, args=None):
        super().__init__(flux_handle)
        self.type_mask = type_mask
        self.topic_glob = _text(topic_glob)
        self.match_tag = match_tag
        self.callback = callback
        self.args = args

    def matches(self, message):
        if not message.type & self.type_mask:
            return False
        if self.match_tag not in (None, c.FLUX_MATCHTAG_NONE) and (
                message.matchtag != self.match_tag):
            return False
        return not self.topic_glob or fnmatch.fnmatchcase(message.topic or "", self.topic_glob) or (
            message.type == c.FLUX_MSGTYPE_EVENT and message.topic == self.topic_glob)

    def handle_message(self, message):
        self.callback(self._handle, self, message, self.args)

    def _attach(self, reactor):
        reactor.messages.append(self)

    def _detach(self, reactor):
        reactor.messages.remove(self)
