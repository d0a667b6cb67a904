"""Waiting for jobs to end."""

import collections
import errno

from flux import constants as c
from flux.core.connection import error
from flux.eventlog import EventLogEvent
from flux.job.info import JobInfo
from flux.job.JobID import JobID
from flux.rpc import RPC

# Which event begins what.
_TIMES = {"submit": "t_submit", "alloc": "t_run", "finish": "t_cleanup", "clean": "t_inactive"}

JobWaitResult = collections.namedtuple("JobWaitResult", "jobid success errstr")


class JobWaitFuture(RPC):
    def get_status(self):
        """JobWaitResult: id, whether the job succeeded, and if not, why."""
        answer = self.get()
        return JobWaitResult(JobID(answer["id"]), answer["success"], answer.get("errstr", ""))


def wait_async(flux_handle, jobid=c.FLUX_JOBID_ANY):
    if isinstance(jobid, str) or jobid != c.FLUX_JOBID_ANY:
        jobid = JobID(jobid)
    else:
        jobid = -1  # flux-core's JSON library takes no integer beyond int64
    return JobWaitFuture(flux_handle, "job-manager.wait", {"id": jobid})


def wait(flux_handle, jobid=c.FLUX_JOBID_ANY):
    """Waits for a job that was submitted with waitable=True, or for any such. Each can be waited
    for once; ChildProcessError if there is none."""
    return wait_async(flux_handle, jobid).get_status()


def wait_get_status(future):
    if not isinstance(future, JobWaitFuture):
        raise error(errno.EINVAL)
    return future.get_status()


class JobResultFuture(RPC):
    """The end of a job, from its eventlog."""

    def __init__(self, flux_handle, jobid):
        jobid = JobID(jobid)
        self._info = {"id": jobid, "state": c.FLUX_JOB_STATE_NEW, "exception_occurred": False}
        super().__init__(flux_handle, "job-info.eventlog-watch",
                         {"id": jobid, "path": "eventlog", "flags": 0}, flags=c.FLUX_RPC_STREAMING)

    def deliver(self, message):
        if not message.errnum:
            self._note(message.payload["event"])
        elif message.errnum == errno.ENODATA:
            self._handle.connection.forget(self._matchtag)
            self.fulfill(self._finished())
        else:
            super().deliver(message)

    def _note(self, text):
        event = EventLogEvent(text)
        info, context = self._info, event.context
        if event.name in _TIMES:
            info.setdefault(_TIMES[event.name], event.timestamp)
        if event.name == "submit":
            info.update(userid=context["userid"], urgency=context["urgency"])
        elif event.name == "finish":
            info["waitstatus"] = context["status"]
        elif event.name == "exception":
            self._note_exception(context)
            if context["severity"] == 0:
                info.setdefault("t_cleanup", event.timestamp)
        elif event.name == "clean":
            info["state"] = c.FLUX_JOB_STATE_INACTIVE

    def _note_exception(self, context):
        info = self._info
        # The most severe counts, of several the first.
        if info["exception_occurred"] and info["exception_severity"] <= context["severity"]:
            return
        info.update(exception_occurred=True, exception_severity=context["severity"],
                    exception_type=context["type"], exception_note=context.get("note", ""))

    def _finished(self):
        info = self._info
        if info.get("exception_severity") == 0:
            info["result"] = {"cancel": c.FLUX_JOB_RESULT_CANCELED,
                              "timeout": c.FLUX_JOB_RESULT_TIMEOUT}.get(
                                  info["exception_type"], c.FLUX_JOB_RESULT_FAILED)
        else:
            info["result"] = (c.FLUX_JOB_RESULT_FAILED if info.get("waitstatus", 1)
                              else c.FLUX_JOB_RESULT_COMPLETED)
        info["success"] = info["result"] == c.FLUX_JOB_RESULT_COMPLETED
        return info

    def get_dict(self):
        return dict(self._value())

    get = get_dict

    def get_info(self):
        """JobInfo with result, returncode, runtime, exception ... of the job."""
        return JobInfo(self._value())


def result_async(flux_handle, jobid, flags=0):
    return JobResultFuture(flux_handle, jobid)


def result(flux_handle, jobid, flags=0):
    """Waits for the end of a job; gives a JobInfo."""
    return result_async(flux_handle, jobid).get_info()
