"""The event loop of a handle: its futures, watchers and timers."""

import collections
import heapq
import itertools
import select
import time

from flux import constants as c

_EVENTS = ((c.FLUX_POLLIN, select.POLLIN | select.POLLHUP), (c.FLUX_POLLOUT, select.POLLOUT),
           (c.FLUX_POLLERR, select.POLLERR))


class _Timer:
    def __init__(self, when, callback):
        self.when = when
        self.callback = callback


class Reactor:
    """Runs callbacks while anything is left that could still happen. Not for several threads."""

    def __init__(self, connection):
        self._connection = connection
        self._timers = []
        self._order = itertools.count()
        self._fds = {}
        self._active = 0
        self._stopped = None
        self.running = 0
        self.messages = []  # started MessageWatchers
        self.ready = collections.deque()  # futures with a callback that have news
        self._waiting = 0  # futures whose callback is still to come

    # What is waited for.

    def call_after(self, seconds, callback):
        timer = _Timer(time.monotonic() + seconds, callback)
        heapq.heappush(self._timers, (timer.when, next(self._order), timer))
        return timer

    def cancel(self, timer):
        """A timer without callback is passed over; its place in the heap goes with its time."""
        if timer is not None:
            timer.callback = None

    def add_fd(self, fd, events, callback):
        self._fds.setdefault(fd, []).append((events or c.FLUX_POLLIN, callback))

    def remove_fd(self, fd, callback):
        rest = [entry for entry in self._fds.get(fd, ()) if entry[1] != callback]
        if rest:
            self._fds[fd] = rest
        else:
            self._fds.pop(fd, None)

    def future_waits(self, count):
        self._waiting += count

    def incref(self):
        self._active += 1

    def decref(self):
        self._active -= 1

    # Running.

    def stop(self, result=0):
        self._stopped = result

    def is_idle(self):
        return not (self._active > 0 or self._waiting or self.messages or self._fds or self.ready or
                    any(timer.callback for _, _, timer in self._timers))

    def run(self, flags=0):
        """Until stopped or idle. An exception of a callback ends it and is passed on."""
        self._stopped = None
        self.running += 1
        try:
            while self._stopped is None and not self.is_idle():
                self._once(wait=not flags & c.FLUX_REACTOR_NOWAIT)
                if flags & (c.FLUX_REACTOR_NOWAIT | c.FLUX_REACTOR_ONCE):
                    break
        finally:
            self.running -= 1
        return self._stopped or 0

    def _once(self, wait):
        self._dispatch()
        if self._stopped is not None or self.is_idle():
            return
        for fd, events in self._poll(self._timeout() if wait and not self.ready else 0):
            if fd == self._connection.fileno():
                self._connection.read_available()
            else:
                self._call_fd(fd, events)
        self._expire()
        self._dispatch()

    def _timeout(self):
        """Milliseconds until the next timer; None without one."""
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)
        if not self._timers:
            return None
        # Rounded up: waking too early would mean to ask again and again.
        return max(0, int((self._timers[0][0] - time.monotonic()) * 1000) + 1)

    def _poll(self, timeout):
        poll = select.poll()
        poll.register(self._connection.fileno(), select.POLLIN)
        for fd, entries in self._fds.items():
            poll.register(fd, sum({bits for wanted, _ in entries for flag, bits in _EVENTS
                                   if wanted & flag}))
        return poll.poll(timeout)

    def _call_fd(self, fd, events):
        for wanted, callback in list(self._fds.get(fd, ())):
            if any(wanted & flag and events & bits for flag, bits in _EVENTS):
                callback()

    def _expire(self):
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now and self._stopped is None:
            timer = heapq.heappop(self._timers)[2]
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback()

    def _dispatch(self):
        """Gives messages and fulfilled futures to whoever waits for them."""
        seen = None
        # Callbacks that wait for an answer read what else comes meanwhile.
        while self._stopped is None and (self.ready or seen != self._connection.kept):
            seen = self._connection.kept
            for message in self._connection.take_messages(self._wants):
                self._watcher_of(message).handle_message(message)
            while self.ready and self._stopped is None:
                self.ready.popleft().run_callback()

    def _watcher_of(self, message):
        return next((w for w in self.messages if w.matches(message)), None)

    def _wants(self, message):
        return self._stopped is None and self._watcher_of(message) is not None
