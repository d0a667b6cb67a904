"""Futures: results that come later, waited for or taken by a callback in the reactor (RFC 6)."""

import collections
import errno
import time

from flux.core.connection import error


class Future:
    """A result, or a stream of them: reset() makes way for the next.

    get() and wait_for() wait for the result. With then() a callback gets the future in
    Flux.reactor_run(), again after each reset() for a stream.
    """

    def __init__(self, flux_handle=None):
        self._handle = flux_handle
        self._result = None  # (errnum, text, value)
        self._later = collections.deque()  # results that a reset() makes way for
        self._callback = None
        self._awaited = False  # the callback is still to be called for the next result
        self._timer = None

    # Where results come from.

    def fulfill(self, value=None):
        self._add((0, None, value))

    def fulfill_error(self, errnum, text=None):
        self._add((errnum, text, None))

    def _add(self, result):
        self._later.append(result)
        if self._awaited:
            self._reactor().ready.append(self)

    def deliver(self, message):
        """A response to the request of this future."""
        if message.errnum:
            self.fulfill_error(message.errnum, message.payload_str)
        else:
            self.fulfill(message)

    # Waiting.

    def _reactor(self):
        return self._handle.get_reactor()

    def _take(self):
        if self._result is None and self._later:
            self._result = self._later.popleft()
            self._stop_timer()
        return self._result is not None

    def _has_news(self):
        return self._result is not None or bool(self._later)

    def is_ready(self):
        if not self._take():
            self._handle.connection.wait_until(self._has_news, 0)
        return self._take()

    def wait_for(self, timeout=-1.0):
        """OSError with ETIMEDOUT after `timeout` seconds; without end if that is negative."""
        limit = None if timeout is None or timeout < 0 else timeout
        if not self._take() and self._handle is not None:
            self._handle.connection.wait_until(self._has_news, limit)
        if not self._take():
            raise error(errno.ETIMEDOUT)
        return self

    def _value(self):
        self.wait_for()
        errnum, text, value = self._result
        if errnum:
            raise error(errnum, text)
        return value

    def get(self):
        return self._value()

    def error_string(self):
        """The text of the error, None if there is none."""
        if not self._take() or not self._result[0]:
            return None
        return error(*self._result[:2]).strerror

    def reset(self):
        if self._result is None:
            return
        self._result = None
        if self._callback is not None:
            self._start()

    # Callbacks.

    def then(self, callback, *args, **kwargs):
        """callback(self, *args, **kwargs) is called in the reactor. With `timeout` seconds, it gets
        an error of ETIMEDOUT if nothing came before. OSError with EEXIST for a second callback."""
        if self._callback is not None:
            raise error(errno.EEXIST)
        timeout = kwargs.pop("timeout", -1.0)
        self._callback = lambda: callback(self, *args, **kwargs)
        self._start(timeout)
        return self

    def _start(self, timeout=-1.0):
        reactor = self._reactor()
        if not self._awaited:
            self._awaited = True
            reactor.future_waits(1)
        if self._has_news():
            reactor.ready.append(self)
        elif timeout is not None and timeout >= 0:
            self._timer = reactor.call_after(timeout, self._time_out)

    def _time_out(self):
        self._timer = None
        if not self._has_news():
            self.fulfill_error(errno.ETIMEDOUT)

    def _stop_timer(self):
        if self._timer is not None:
            self._reactor().cancel(self._timer)
            self._timer = None

    def run_callback(self):
        """For the reactor, which may have the future in its list more than once."""
        if self._awaited and self._take():
            self._no_longer_awaited()
            self._callback()

    def _no_longer_awaited(self):
        self._awaited = False
        self._reactor().future_waits(-1)

    def stop(self):
        """No callback any more."""
        if self._awaited:
            self._no_longer_awaited()
        self._callback = None
        self._stop_timer()

    # Whose it is.

    def get_flux(self):
        return self._handle

    def get_handle(self):
        return self._handle

    def get_reactor(self):
        return self._reactor()

    def incref(self):
        """Objects of Python live as long as somebody needs them."""

    def decref(self):
        """As incref()."""

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        return None


class WaitAllFuture(Future):
    """Ready when all of its children are."""

    def __init__(self, children=None):
        super().__init__(None)
        self.children = []
        self._missing = 0
        for child in children or ():
            self.push(child)

    def push(self, child, name=None):
        self.children.append(child)
        self._handle = self._handle or child.get_flux()

    def then(self, callback, *args, **kwargs):
        super().then(callback, *args, **kwargs)
        self._missing = len(self.children)
        for child in self.children:
            child.then(self._one_more)
        if not self.children:
            self.fulfill(self.children)
        return self

    def _one_more(self, _child):
        self._missing -= 1
        if self._missing == 0:
            self.fulfill(self.children)

    def is_ready(self):
        return all(child.is_ready() for child in self.children)

    def wait_for(self, timeout=-1.0):
        deadline = time.monotonic() + timeout
        for child in self.children:
            child.wait_for(max(0.0, deadline - time.monotonic()) if timeout >= 0 else timeout)
        if not self._has_news():
            self.fulfill(self.children)
        return super().wait_for(timeout)
