"""Submission of jobs."""

import base64
import errno
import os

from flux import constants as c
from flux.core.connection import error
from flux.core.handle import Flux
from flux.job.JobID import JobID
from flux.rpc import RPC


def _text_of(jobspec):
    if jobspec is None:
        raise error(errno.EINVAL, "jobspec must not be None")
    if isinstance(jobspec, bytes):
        return jobspec
    if hasattr(jobspec, "dumps"):
        jobspec = jobspec.dumps(ensure_ascii=False)
    if not isinstance(jobspec, str):
        raise TypeError("jobspec must be a Jobspec or its text")
    return jobspec.encode("utf-8", errors="surrogateescape")


def sign(jobspec):
    """RFC 15 with the mechanism "none": the broker knows by the socket who sends it."""
    header = "version\0i1\0userid\0i{}\0mechanism\0snone\0".format(os.geteuid()).encode()
    return ".".join((base64.b64encode(header).decode(), base64.b64encode(jobspec).decode(), "none"))


class SubmitFuture(RPC):
    """A submission on its way."""

    def get_id(self):
        """Waits for the id. OSError says why the job was not accepted."""
        return JobID(self.get()["id"])


def submit_async(flux_handle, jobspec, urgency=c.FLUX_JOB_URGENCY_DEFAULT, waitable=False,
                 debug=False, pre_signed=False, novalidate=False):
    """Submits a job, see submit()."""
    if not isinstance(flux_handle, Flux):
        raise error(errno.EINVAL, "not a Flux handle")
    text = _text_of(jobspec)
    flags = 0
    for wanted, flag in ((waitable, c.FLUX_JOB_WAITABLE), (debug, c.FLUX_JOB_DEBUG),
                         (novalidate, c.FLUX_JOB_NOVALIDATE)):
        flags |= flag if wanted else 0
    return SubmitFuture(flux_handle, "job-ingest.submit", {
        "J": text.decode() if pre_signed else sign(text), "urgency": urgency, "flags": flags})


def submit(flux_handle, jobspec, urgency=c.FLUX_JOB_URGENCY_DEFAULT, waitable=False, debug=False,
           pre_signed=False, novalidate=False):
    """Submits a Jobspec, or the JSON text of one; gives the JobID.

    `urgency` is 0 (held) to 31. Only jobs that are `waitable` can be waited for with wait(); only
    the instance owner may submit such. OSError says why a job was not accepted.
    """
    return submit_async(flux_handle, jobspec, urgency, waitable, debug, pre_signed,
                        novalidate).get_id()


def submit_get_id(future):
    if not isinstance(future, SubmitFuture):
        raise error(errno.EINVAL)
    return future.get_id()
