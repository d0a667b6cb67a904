"""Watchers: what a reactor waits for. One that is not started does nothing."""

import errno
import os
import signal


class Watcher:
    """The common part. As a context manager a watcher is started and, at the end, destroyed."""

    def __init__(self, flux_handle):
        self._handle = flux_handle
        self._started = False

    def start(self):
        if not self._started:
            self._started = True
            self._attach(self._handle.get_reactor())
        return self

    def stop(self):
        if self._started:
            self._started = False
            self._detach(self._handle.get_reactor())
        return self

    def destroy(self):
        self.stop()

    @property
    def active(self):
        return self._started

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.destroy()

    def _attach(self, reactor):
        raise NotImplementedError

    def _detach(self, reactor):
        raise NotImplementedError


class TimerWatcher(Watcher):
    """Calls callback(handle, watcher, revents, args) after `after` seconds, then every `repeat`."""

    def __init__(self, flux_handle, after, callback, repeat=0.0, args=None):
        if after < 0 or repeat < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        super().__init__(flux_handle)
        self.after = after
        self.repeat = repeat
        self.callback = callback
        self.args = args
        self._timer = None

    def _attach(self, reactor):
        self._timer = reactor.call_after(self.after, self._expired)

    def _detach(self, reactor):
        reactor.cancel(self._timer)

    def _expired(self):
        if self.repeat > 0:
            self._timer = self._handle.get_reactor().call_after(self.repeat, self._expired)
        else:
            self._started = False
        self.callback(self._handle, self, 0, self.args)


class FDWatcher(Watcher):
    """Calls callback(handle, watcher, fd, args) when a file descriptor is ready."""

    def __init__(self, flux_handle, fd_int, events, callback, args=None):
        super().__init__(flux_handle)
        self.fd_int = fd_int if isinstance(fd_int, int) else fd_int.fileno()
        self.events = events
        self.callback = callback
        self.args = args

    def _attach(self, reactor):
        reactor.add_fd(self.fd_int, self.events, self._ready)

    def _detach(self, reactor):
        reactor.remove_fd(self.fd_int, self._ready)

    def _ready(self):
        self.callback(self._handle, self, self.fd_int, self.args)


class SignalWatcher(Watcher):
    """Calls callback(handle, watcher, signum, args) for a signal. Only in the main thread."""

    def __init__(self, flux_handle, signum, callback, args=None):
        super().__init__(flux_handle)
        self.signum = signum
        self.callback = callback
        self.args = args
        self._previous = None

    def _attach(self, reactor):
        self._read, self._write = os.pipe()
        # Outside the handler of a signal nothing is safe but to leave a note of it.
        self._previous = signal.signal(self.signum, lambda *_: os.write(self._write, b"\0"))
        reactor.add_fd(self._read, 1, self._arrived)

    def _detach(self, reactor):
        signal.signal(self.signum, self._previous)
        reactor.remove_fd(self._read, self._arrived)
        os.close(self._read)
        os.close(self._write)

    def _arrived(self):
        os.read(self._read, 1)
        self.callback(self._handle, self, self.signum, self.args)
