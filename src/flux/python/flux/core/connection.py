"""The connection to a broker, as flux-core's connectors speak it."""

import collections
import errno
import select
import struct
import time

from flux.constants import FLUX_MSGTYPE_RESPONSE
from flux.core.dial import dial, error
from flux.message import Message

_MAGIC = 0xFFEE0012
# The magic goes in the order of the host's bytes, the length of what follows in the network's.
_MAGIC_FIELD = struct.Struct("=I")
_SIZE_FIELD = struct.Struct(">I")
_HEADER_SIZE = _MAGIC_FIELD.size + _SIZE_FIELD.size
_PIECE = 1 << 18


class Connection:
    """Sends and receives messages. Responses go to the futures that wait for them by matchtag, all
    else is kept until somebody takes it."""

    def __init__(self, uri=None):
        self._socket, self._helper = dial(uri)
        try:
            status = self._socket.recv(1)
        except OSError:
            status = b""
        if status != b"\0":
            self.close()
            raise error(status[0] if status else errno.ECONNRESET)
        self._closed = False
        self._buffer = bytearray()
        self._messages = collections.deque()
        self.kept = 0  # how many messages ever were for no future
        self._futures = {}
        self._last_matchtag = 0

    def fileno(self):
        return self._socket.fileno()

    def close(self):
        self._closed = True
        self._socket.close()
        if self._helper is not None:
            self._helper.wait()  # it ends with the socket
            self._helper = None

    def __del__(self):
        # Programs need not close a handle; no time is for a helper's end here.
        if hasattr(self, "_socket"):
            self._socket.close()

    # Sending.

    def next_matchtag(self, future):
        self._last_matchtag = self._last_matchtag % 0xFFFFFFFF + 1
        self._futures[self._last_matchtag] = future
        return self._last_matchtag

    def forget(self, matchtag):
        self._futures.pop(matchtag, None)

    def send(self, message):
        if self._closed:
            raise error(errno.EBADF)
        body = message.encode()
        try:
            self._socket.sendall(_MAGIC_FIELD.pack(_MAGIC) + _SIZE_FIELD.pack(len(body)) + body)
        except BrokenPipeError:
            raise error(errno.ECONNRESET) from None

    # Receiving.

    def read_available(self):
        """Reads what there is and hands it out; waits if there is nothing."""
        if self._closed:
            raise error(errno.EBADF)
        piece = self._socket.recv(_PIECE)
        if not piece:
            raise error(errno.ECONNRESET, "lost connection to Flux broker")
        self._buffer += piece
        at = 0
        while len(self._buffer) - at >= _HEADER_SIZE:
            magic, = _MAGIC_FIELD.unpack_from(self._buffer, at)
            size, = _SIZE_FIELD.unpack_from(self._buffer, at + _MAGIC_FIELD.size)
            if magic != _MAGIC:
                raise error(errno.EPROTO)
            end = at + _HEADER_SIZE + size
            if len(self._buffer) < end:
                break
            self._deliver(Message.decode(self._buffer[at + _HEADER_SIZE:end]))
            at = end
        del self._buffer[:at]

    def wait(self, timeout=None):
        """Reads once there is something; False if `timeout` seconds went by before."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        if not poll.poll(None if timeout is None else max(0, timeout) * 1000):
            return False
        self.read_available()
        return True

    def wait_until(self, done, timeout=None):
        """Reads until done() holds; False if `timeout` seconds went by before."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not done():
            left = None if deadline is None else deadline - time.monotonic()
            if not self.wait(left) and left is not None and left <= 0:
                return done()
        return True

    def _deliver(self, message):
        future = None
        if message.type == FLUX_MSGTYPE_RESPONSE:
            future = self._futures.get(message.matchtag)
        if future is not None:
            future.deliver(message)
            return
        self._messages.append(message)
        self.kept += 1

    # What no future waits for.

    def take_messages(self, wanted):
        """Those for which wanted(message) holds, one by one: it may change its mind meanwhile."""
        for _ in range(len(self._messages)):
            message = self._messages.popleft()
            if wanted(message):
                yield message
            else:
                self._messages.append(message)

    def find_message(self, wanted):
        """The first such message, taken out; None without one."""
        for index, message in enumerate(self._messages):
            if wanted(message):
                del self._messages[index]
                return message
        return None
