"""Remote procedure calls (RFC 6)."""

import json

from flux import constants as c
from flux.future import Future
from flux.message import Message


class RPC(Future):
    """A request that was sent, and its response or responses.

    The payload is JSON: any object that json.dumps() takes, or its text. get() gives the response's
    in the same way, get_str() its text. A response with an error raises OSError with that errno and
    text.
    """

    def __init__(self, flux_handle, topic, payload=None, nodeid=c.FLUX_NODEID_ANY, flags=0):
        super().__init__(flux_handle)
        message = Message(c.FLUX_MSGTYPE_REQUEST, topic, payload)
        self.topic = message.topic
        self._streaming = bool(flags & c.FLUX_RPC_STREAMING)
        self._matchtag = c.FLUX_MATCHTAG_NONE
        message.aux1 = nodeid
        if nodeid == c.FLUX_NODEID_UPSTREAM:
            message.flags |= c.FLUX_MSGFLAG_UPSTREAM
            message.aux1 = flux_handle.get_rank()
        if self._streaming:
            message.flags |= c.FLUX_MSGFLAG_STREAMING
        if flags & c.FLUX_RPC_NORESPONSE:
            message.flags |= c.FLUX_MSGFLAG_NORESPONSE
        else:
            self._matchtag = flux_handle.connection.next_matchtag(self)
        message.aux2 = self._matchtag
        try:
            flux_handle.send(message)
        except OSError:
            flux_handle.connection.forget(self._matchtag)
            raise

    def deliver(self, message):
        super().deliver(message)
        if not self._streaming or message.errnum:
            self._handle.connection.forget(self._matchtag)

    def get_matchtag(self):
        return self._matchtag

    def get_str(self):
        return self._value().payload_str

    def get(self):
        text = self.get_str()
        return None if text is None else json.loads(text)

    def cancel_stream(self, topic):
        """Asks a service to end a stream; the end then comes as the last response (ENODATA)."""
        RPC(self._handle, topic, {"matchtag": self._matchtag}, flags=c.FLUX_RPC_NORESPONSE)
