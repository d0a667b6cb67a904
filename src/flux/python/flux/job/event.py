"""Eventlogs of jobs (RFC 21), event by event."""

import errno

from flux import constants as c
from flux.core.connection import error
from flux.core.handle import Flux
from flux.eventlog import EventLogEvent
from flux.job.JobID import JobID
from flux.rpc import RPC

MAIN_EVENTLOG = "eventlog"


class JobException(Exception):
    """A job had an exception (RFC 21). Severity 0 ends a job."""

    def __init__(self, event):
        super().__init__(event)
        self.timestamp = event.timestamp
        self.type = event.context.get("type")
        self.note = event.context.get("note")
        self.severity = event.context.get("severity")

    def __str__(self):
        return "job.exception: type={} severity={}{}".format(
            self.type, self.severity, " note=" + self.note if self.note else "")


class JobEventWatchFuture(RPC):
    """The events of a log, one after the other."""

    def get_event(self, autoreset=True):
        """The next event, None at the end. Without `autoreset` the same until reset()."""
        try:
            event = EventLogEvent(self.get()["event"])
        except OSError as reason:
            if reason.errno == errno.ENODATA:
                return None
            raise
        if autoreset:
            self.reset()
        return event

    def cancel(self, stop=False):
        """Ends the watch: None is the last event then. With `stop` no callback comes any more."""
        self.cancel_stream("job-info.eventlog-watch-cancel")
        if stop:
            self.stop()


def event_watch_async(flux_handle, jobid, eventlog=MAIN_EVENTLOG, nowait=False):
    """A future of the events of a job's eventlog: "eventlog", "guest.exec.eventlog" or
    "guest.output". It waits for a log that is not there yet, unless `nowait`."""
    if not isinstance(flux_handle, Flux):
        raise error(errno.EINVAL, "not a Flux handle")
    waits = eventlog != MAIN_EVENTLOG and not nowait
    return JobEventWatchFuture(
        flux_handle, "job-info.eventlog-watch",
        {"id": JobID(jobid), "path": eventlog,
         "flags": c.FLUX_JOB_EVENT_WATCH_WAITCREATE if waits else 0},
        flags=c.FLUX_RPC_STREAMING)


def event_watch(flux_handle, jobid, eventlog=MAIN_EVENTLOG, nowait=False):
    """Yields the events until the log is complete."""
    watcher = event_watch_async(flux_handle, jobid, eventlog, nowait)
    ended = False
    try:
        while not ended:
            event = watcher.get_event()
            ended = event is None
            if not ended:
                yield event
    except GeneratorExit:
        watcher.cancel(stop=True)
        raise


def event_wait(flux_handle, jobid, name, eventlog=MAIN_EVENTLOG, raiseJobException=True):
    """Waits for the event `name`. JobException if the job has a fatal one before; OSError with
    ENODATA if the log ends without the event."""
    for event in event_watch(flux_handle, jobid, eventlog):
        if event.name == name:
            return event
        if raiseJobException and event.name == "exception" and event.context["severity"] == 0:
            raise JobException(event)
    raise error(errno.ENODATA)
