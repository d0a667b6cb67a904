"""The output of jobs (RFC 24)."""

import base64
import collections
import errno

from flux import constants as c
from flux.core.connection import error
from flux.eventlog import EventLogEvent
from flux.idset import IDset
from flux.job.event import JobEventWatchFuture, JobException, event_watch
from flux.job.JobID import JobID

LOG_QUIET = -1
LOG_FATAL, LOG_ERROR, LOG_WARN, LOG_NOTICE, LOG_DEBUG, LOG_TRACE = 2, 3, 4, 5, 6, 7
_LEVELS = {LOG_ERROR: "ERROR: ", LOG_WARN: " WARN: ", LOG_NOTICE: "", LOG_DEBUG: "DEBUG: ",
           LOG_TRACE: "TRACE: "}

JobOutput = collections.namedtuple("JobOutput", "stdout stderr log")


def _text_of(context):
    data = context.get("data")
    if data is None or context.get("encoding") != "base64":
        return data
    return base64.b64decode(data).decode("utf-8", errors="surrogateescape")


def _log_line(context):
    place = context.get("file")
    return "flux-{}[{}]: {}{}{}".format(
        context.get("component", "shell"), context.get("rank", 0),
        _LEVELS.get(context["level"], "FATAL: "),
        "{}: ".format(place) if place else "", context["message"])


def _tasks_of(tasks):
    return None if tasks in (None, "*", "all") else IDset(tasks)


class OutputEvent(EventLogEvent):
    """An entry of the output: `name` is "data" (with `stream`, `rank`: an IDset, `data`), "log"
    (with `level`, `message`), "redirect" (with `stream`, `rank`, `path`) or "header"."""

    def __init__(self, event, labelio=False):
        super().__init__(event)
        context = self.context
        self.stream = context.get("stream")
        self.rank = IDset(str(context.get("rank", "")))
        self.path = context.get("path")
        self.level = context.get("level")
        self.message = _log_line(context) if self.name == "log" else None
        self.data = _text_of(context) if self.name == "data" else None
        if self.data and labelio:
            self.data = "".join("{}: {}".format(context["rank"], line)
                                for line in self.data.splitlines(True))


class JobOutputEventWatch(JobEventWatchFuture):
    """The entries of a job's output, one after the other."""

    def __init__(self, flux_handle, jobid, tasks="*", labelio=False, log_stderr_level=LOG_TRACE,
                 nowait=False):
        super().__init__(flux_handle, "job-info.eventlog-watch",
                         {"id": JobID(jobid), "path": "guest.output",
                          "flags": 0 if nowait else c.FLUX_JOB_EVENT_WATCH_WAITCREATE},
                         flags=c.FLUX_RPC_STREAMING)
        self.tasks = _tasks_of(tasks)
        self.labelio = labelio
        self.log_stderr_level = log_stderr_level

    def _is_wanted(self, event):
        return self.tasks is None or event.name != "data" or bool(self.tasks.intersect(event.rank))

    def get_event(self, autoreset=True):
        """The next entry, None at the end."""
        while True:
            event = super().get_event(autoreset)
            if event is None:
                return None
            event = OutputEvent(event, self.labelio)
            if self._is_wanted(event) or not autoreset:
                return event


def output_event_watch_async(flux_handle, jobid, tasks="*", labelio=False, nowait=False):
    """A future of the entries. With `nowait`, FileNotFoundError for a job without output so far."""
    return JobOutputEventWatch(flux_handle, jobid, tasks, labelio, nowait=nowait)


def output_event_watch(flux_handle, jobid, tasks="*", labelio=False, nowait=False):
    """Yields the entries of a job's output until it is complete."""
    future = output_event_watch_async(flux_handle, jobid, tasks, labelio, nowait)
    try:
        while True:
            event = future.get_event()
            if event is None:
                return
            yield event
    except GeneratorExit:
        future.cancel(stop=True)
        raise


def _shown(event, log_stderr_level):
    """(stream, text) of an entry, (None, None) of one that shows nothing."""
    if event.name == "data" and event.data:
        return event.stream, event.data
    if event.name == "log":
        return ("stderr" if event.level <= log_stderr_level else "log"), event.message + "\n"
    if event.name == "redirect":
        ranks = event.rank
        who = "{}: ".format(ranks) if ranks.count() > 1 else ""
        return "stderr", "{}{} redirected to {}\n".format(who, event.stream, event.path)
    return None, None


def _await_start(flux_handle, jobid):
    """Yields what a user should see if the job never starts, and then raises OSError with EIO."""
    begin = None
    for event in event_watch(flux_handle, jobid):
        begin = event.timestamp if begin is None else begin
        if event.name == "start":
            return
        if event.name == "exception" and event.context["severity"] == 0:
            yield "stderr", "{:.3f}s: {}\n".format(event.timestamp - begin, JobException(event))
    raise error(errno.EIO, "job {} never started".format(JobID(jobid)))


def output_watch(flux_handle, jobid, tasks="*", labelio=False, log_stderr_level=LOG_TRACE,
                 nowait=False):
    """Yields (stream, text): "stdout", "stderr", and "log" for messages of the shell above
    `log_stderr_level`, which otherwise are part of stderr."""
    if not nowait:
        yield from _await_start(flux_handle, jobid)
    for event in output_event_watch(flux_handle, jobid, tasks, labelio, nowait):
        stream, text = _shown(event, log_stderr_level)
        if stream:
            yield stream, text


class _Lines:
    """Cuts what streams bring into lines."""

    def __init__(self, keepends):
        self._keepends = keepends
        self._rest = {}

    def add(self, stream, text):
        lines = (self._rest.pop(stream, "") + text).splitlines(True)
        if lines and not lines[-1].endswith("\n"):
            self._rest[stream] = lines.pop()
        return [(stream, line if self._keepends else line.rstrip("\n")) for line in lines]

    def end(self):
        rest, self._rest = self._rest, {}
        return list(rest.items())


def output_watch_lines(flux_handle, jobid, tasks="*", labelio=False, log_stderr_level=LOG_TRACE,
                       keepends=False, nowait=False):
    """As output_watch(), line by line."""
    lines = _Lines(keepends)
    for stream, text in output_watch(flux_handle, jobid, tasks, labelio, log_stderr_level, nowait):
        yield from lines.add(stream, text)
    yield from lines.end()


class JobOutputWatch(JobOutputEventWatch):
    """The texts of a job's output, one after the other. The callback is called for each."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._texts = collections.deque()

    def _show(self, stream, text):
        self._texts.append((stream, text))

    def _show_end(self):
        self._texts.append((None, None))

    def _read_event(self):
        event = self.get_event()
        if event is None:
            self._show_end()
            return
        stream, text = _shown(event, self.log_stderr_level)
        if stream:
            self._show(stream, text)

    def get_output(self):
        """(stream, text); (None, None) at the end."""
        while not self._texts:
            self._read_event()
        return self._texts.popleft()

    def run_callback(self):
        if not self._awaited or not self._take():
            return
        self._no_longer_awaited()
        if self._result[0] not in (0, errno.ENODATA):
            self._callback()  # get_output() says what is wrong
            return
        self._read_event()
        left = None
        while self._texts and len(self._texts) != left and self._callback is not None:
            left = len(self._texts)
            self._callback()


class JobOutputWatchLines(JobOutputWatch):
    """The lines of a job's output."""

    def __init__(self, *args, keepends=False, **kwargs):
        super().__init__(*args, **kwargs)
        self._lines = _Lines(keepends)

    def _show(self, stream, text):
        self._texts.extend(self._lines.add(stream, text))

    def _show_end(self):
        self._texts.extend(self._lines.end() + [(None, None)])

    def getline(self):
        """(stream, line); (None, None) at the end."""
        return self.get_output()


def output_watch_async(flux_handle, jobid, tasks="*", labelio=False, log_stderr_level=LOG_TRACE,
                       nowait=False):
    """A future of the texts of a job's output: get_output() in its callback."""
    return JobOutputWatch(flux_handle, jobid, tasks, labelio, log_stderr_level, nowait)


def output_watch_lines_async(flux_handle, jobid, tasks="*", labelio=False,
                             log_stderr_level=LOG_TRACE, keepends=False, nowait=False):
    """A future of the lines of a job's output: getline()."""
    return JobOutputWatchLines(flux_handle, jobid, tasks, labelio, log_stderr_level, nowait,
                               keepends=keepends)


def _await_start_or_raise(flux_handle, jobid):
    for event in event_watch(flux_handle, jobid):
        if event.name == "start":
            return
        if event.name == "exception" and event.context["severity"] == 0:
            raise JobException(event)


def job_output(flux_handle, jobid, tasks="*", labelio=False, log_stderr_level=LOG_TRACE,
               nowait=False):
    """All output of a job as JobOutput(stdout, stderr, log). Waits until the job is over; with
    `nowait` it is what there is. JobException for a job that never started."""
    if not nowait:
        _await_start_or_raise(flux_handle, jobid)
        entries = output_event_watch(flux_handle, jobid, tasks, labelio)
    else:
        answer = flux_handle.rpc("job-info.lookup", {
            "id": JobID(jobid), "keys": ["guest.output"], "flags": 0}).get()
        wanted = _tasks_of(tasks)
        entries = (event for event in (OutputEvent(line, labelio) for line
                                       in answer["guest.output"].splitlines())
                   if wanted is None or event.name != "data" or wanted.intersect(event.rank))
    texts = {"stdout": [], "stderr": [], "log": []}
    for event in entries:
        stream, text = _shown(event, log_stderr_level)
        if stream:
            texts[stream].append(text)
    return JobOutput(*("".join(texts[stream]) for stream in ("stdout", "stderr", "log")))
