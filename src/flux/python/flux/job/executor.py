"""Jobs as futures of concurrent.futures, fulfilled by threads in the background."""

import collections
import concurrent.futures
import itertools
import logging
import os
import socket
import threading

from flux.constants import FLUX_POLLIN
from flux.core.handle import Flux
from flux.job.event import JobException, event_watch_async
from flux.job.JobID import JobID
from flux.job.kill import cancel_async
from flux.job.submit import submit_async

# What is raised for a result of a future that has one. Before Python 3.8 nothing is.
_InvalidState = getattr(concurrent.futures, "InvalidStateError", RuntimeError)

LOGGER = logging.getLogger("flux.job.executor")

_EVENTS = frozenset((
    "submit", "validate", "invalidate", "set-flags", "jobspec-update", "resource-update",
    "dependency-add", "dependency-remove", "depend", "priority", "urgency", "alloc", "prolog-start",
    "prolog-finish", "start", "finish", "release", "epilog-start", "epilog-finish", "free",
    "flux-restart", "exception", "debug", "memo", "clean"))


def _call(callback, *args):
    """An error in a callback is the user's; it must not end the thread of all jobs."""
    try:
        callback(*args)
    except Exception:
        LOGGER.exception("exception calling callback for %r", args[0])


class FluxExecutorFuture(concurrent.futures.Future):
    """A job. result() is its exit status, minus the signal that ended it; JobException if it ended
    by an exception. cancel() cancels a job that has not started. Made by FluxExecutor only."""

    EVENTS = _EVENTS

    def __init__(self, owning_thread_id, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._owner = owning_thread_id
        self._id_condition = threading.Condition()
        self._id_known = False
        self._id = None
        self._id_error = None
        self._id_callbacks = []
        self._events = []
        self._event_callbacks = collections.defaultdict(list)
        self._event_lock = threading.RLock()

    # The id.

    def _set_jobid(self, jobid, reason=None):
        with self._id_condition:
            if self._id_known:
                return
            self._id, self._id_error, self._id_known = jobid, reason, True
            callbacks, self._id_callbacks = self._id_callbacks, []
            self._id_condition.notify_all()
        for callback in callbacks:
            _call(callback, self)

    def _check_thread(self, what):
        if threading.get_ident() == self._owner:
            raise RuntimeError("Cannot wait for the {} in the thread that brings it".format(what))

    def jobid(self, timeout=None):
        """The job's id; waits for it. RuntimeError if the job was not accepted, CancelledError if
        it was canceled before, TimeoutError of concurrent.futures after `timeout` seconds."""
        with self._id_condition:
            if not self._id_known:
                self._check_thread("jobid")
            if not self._id_condition.wait_for(lambda: self._id_known, timeout):
                raise concurrent.futures.TimeoutError()
        if self._id_error is not None:
            if isinstance(self._id_error, concurrent.futures.CancelledError):
                raise concurrent.futures.CancelledError()
            raise RuntimeError("job could not be submitted due to {}".format(
                self._id_error)) from self._id_error
        return self._id

    def add_jobid_callback(self, callback):
        """callback(self) as soon as jobid() does not wait."""
        with self._id_condition:
            if not self._id_known:
                self._id_callbacks.append(callback)
                return self
        _call(callback, self)
        return self

    # Events.

    def _set_event(self, event):
        with self._event_lock:
            self._events.append(event)
            callbacks = list(self._event_callbacks[event.name])
        for callback in callbacks:
            _call(callback, self, event)

    def add_event_callback(self, event, callback):
        """callback(self, event) for each event of that name in the eventlog, past ones too."""
        if event not in self.EVENTS:
            raise ValueError(event)
        with self._event_lock:
            past = [entry for entry in self._events if entry.name == event]
            self._event_callbacks[event].append(callback)
        for entry in past:
            _call(callback, self, entry)
        return self

    # As in concurrent.futures.

    def add_done_callback(self, fn):
        super().add_done_callback(fn)
        return self

    def _check_wait(self, timeout):
        if timeout is None and not self.done():
            self._check_thread("result")

    def result(self, timeout=None):
        self._check_wait(timeout)
        return super().result(timeout)

    def exception(self, timeout=None):
        self._check_wait(timeout)
        return super().exception(timeout)

    def cancel(self):
        cancelled = super().cancel()
        if cancelled:
            # For those who wait for an id that never comes.
            self._set_jobid(None, concurrent.futures.CancelledError())
        return cancelled


def _fail(future, reason):
    """Sets an exception unless there is a result already."""
    future._set_jobid(None, reason)
    if not future.done():
        try:
            future.set_exception(reason)
        except _InvalidState:
            pass  # canceled in this moment


def _set_result(future, setter, value):
    """False if it is too late: the future was canceled."""
    if future.done():
        return False
    try:
        getattr(future, setter)(value)
    except _InvalidState:
        return False
    return True


class _Worker:
    """A thread that brings the futures of the jobs that it is given, with a handle of its own."""

    def __init__(self, name, broken, handle_args, handle_kwargs):
        # Daemonic: a program that forgets shutdown() must end all the same.
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._broken = broken
        self._flux_arguments = (handle_args, handle_kwargs)
        self._flux = None
        self._work = collections.deque()
        self._open = set()  # futures whose jobs are watched or on their way
        self._stopping = False
        self._lost = False
        self._lock = threading.Lock()
        self._mine, self._theirs = socket.socketpair()

    # For other threads.

    def post(self, function, *args):
        """False if the thread has lost its connection and does nothing any more."""
        with self._lock:
            if not self._lost:
                self._work.append((function, args))
                self._wake()
            return not self._lost

    def stop(self):
        with self._lock:
            self._stopping = True
            self._wake()

    def drop_pending(self):
        """Cancels the futures of jobs that were not submitted yet."""
        with self._lock:
            work = list(self._work)
        for _, args in work:
            args[0].cancel()

    def _wake(self):
        try:
            self._theirs.send(b"\0", socket.MSG_DONTWAIT)
        except OSError:
            pass  # it is awake, or has ended

    # The thread.

    def _run(self):
        try:
            self._flux = Flux(*self._flux_arguments[0], **self._flux_arguments[1])
            self._flux.fd_watcher_create(self._mine, self._on_wake, FLUX_POLLIN).start()
            self._flux.reactor_run()
        except Exception as reason:
            self._break(reason)
        finally:
            with self._lock:
                self._mine.close()
                self._theirs.close()
            if self._flux is not None:
                self._flux.close()

    def _break(self, reason):
        self._broken.set()
        LOGGER.debug("thread of FluxExecutor ends by %r", reason)
        with self._lock:
            self._lost = True
            futures = [args[0] for _, args in self._work] + list(self._open)
            self._work.clear()
        for future in futures:
            _fail(future, reason)

    def _on_wake(self, *_unused):
        self._mine.recv(4096)
        while True:
            with self._lock:
                if not self._work:
                    break
                function, args = self._work.popleft()
            try:
                function(*args)
            except Exception as reason:
                self._failed(args[0], reason)
        self._end_if_done()

    def _failed(self, future, reason):
        """Ends a future; without a connection, all."""
        if isinstance(reason, ConnectionError):
            raise reason
        _fail(future, reason)
        self._close(future)

    def _close(self, future):
        self._open.discard(future)
        self._end_if_done()

    def _end_if_done(self):
        with self._lock:
            if self._stopping and not self._work and not self._open:
                self._flux.reactor_stop()

    # What it does.

    def submit(self, future, args, kwargs):
        self._open.add(future)
        future._owner = self.thread.ident
        if future.cancelled():
            self._close(future)
            return
        submit_async(self._flux, *args, **kwargs).then(self._submitted, future)

    def attach(self, future, jobid):
        self._open.add(future)
        future._owner = self.thread.ident
        future._set_jobid(jobid)
        number = JobID(jobid)
        if not 0 <= number < 1 << 64:
            raise OverflowError("{} is out of the range of jobids".format(jobid))
        self._watch(future, number)

    def _submitted(self, rpc, future):
        try:
            jobid = rpc.get_id()
        except OSError as reason:
            self._failed(future, reason)
            return
        future._set_jobid(jobid)
        self._watch(future, jobid)

    def _watch(self, future, jobid):
        # Called in the thread of whoever cancels.
        future.add_done_callback(
            lambda done: done.cancelled() and self.post(self._cancel, done, jobid))
        event_watch_async(self._flux, jobid).then(self._event, future, jobid)

    def _cancel(self, _future, jobid):
        # A job that has ended meanwhile is no error.
        cancel_async(self._flux, jobid).then(lambda _: None)

    def _event(self, watch, future, jobid):
        try:
            event = watch.get_event()
        except FileNotFoundError:
            self._failed(future, ValueError("{} does not match any job".format(jobid)))
        except OSError as reason:
            self._failed(future, reason)
        else:
            if event is None:
                self._close(future)
            else:
                _take_event(future, event)


def _take_event(future, event):
    future._set_event(event)
    if event.name == "start" and not future.done() and not future.running():
        future.set_running_or_notify_cancel()
    elif event.name == "finish":
        status = event.context["status"]
        _set_result(future, "set_result", -os.WTERMSIG(status) if os.WIFSIGNALED(status)
                    else os.WEXITSTATUS(status))
    elif event.name == "exception" and event.context["severity"] == 0:
        _set_result(future, "set_exception", JobException(event))


class FluxExecutor:
    """Submits jobs and brings their futures, in `threads` threads.

    `handle_args` and `handle_kwargs` are those of flux.Flux(). shutdown(), or the end of a `with`,
    waits for all jobs. As flux-core's, but without polling: `poll_interval` has no effect.
    """

    EVENTS = _EVENTS
    _counter = itertools.count()

    def __init__(self, threads=1, thread_name_prefix="", poll_interval=0.1, handle_args=(),
                 handle_kwargs=None):
        if threads < 1:
            raise ValueError("the number of threads must be > 0")
        prefix = thread_name_prefix or "FluxExecutor-{}".format(next(self._counter))
        self._broken_event = threading.Event()
        self._shutdown = False
        self._lock = threading.Lock()
        self._workers = [_Worker("{}-{}".format(prefix, number), self._broken_event, handle_args,
                                 handle_kwargs or {}) for number in range(threads)]
        self._next = itertools.cycle(self._workers)
        for worker in self._workers:
            worker.thread.start()

    def _post(self, name, *args):
        with self._lock:
            if self._shutdown:
                raise RuntimeError("cannot schedule new futures after shutdown")
            worker = next(self._next)
            future = FluxExecutorFuture(worker.thread.ident)
            if self._broken_event.is_set() or not worker.post(getattr(worker, name), future, *args):
                raise RuntimeError("Executor is broken, new futures cannot be scheduled")
        return future

    def submit(self, *args, **kwargs):
        """A future of a new job; the arguments are those of flux.job.submit(), no handle."""
        return self._post("submit", args, kwargs)

    def attach(self, jobid):
        """A future of a job that there is already."""
        return self._post("attach", jobid)

    def shutdown(self, wait=True, *, cancel_futures=False):
        """No more jobs. With `wait`, waits until all are over."""
        with self._lock:
            self._shutdown = True
        for worker in self._workers:
            if cancel_futures:
                worker.drop_pending()
            worker.stop()
        if wait:
            for worker in self._workers:
                worker.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.shutdown()
        return False
