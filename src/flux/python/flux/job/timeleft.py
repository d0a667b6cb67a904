"""How long the job or instance around this process may still run."""

import errno
import math
import os
import time

from flux.core.connection import error
from flux.core.handle import Flux
from flux.job.JobID import JobID


def _job_around(handle):
    """(handle, id): the job of this process, or that in which its instance runs."""
    if os.environ.get("FLUX_JOB_ID"):
        return handle, JobID(os.environ["FLUX_JOB_ID"])
    return Flux(handle.attr_get("parent-uri")), JobID(handle.attr_get("jobid"))


def timeleft(flux_handle=None):
    """Seconds, math.inf without limit. OSError outside of a job that runs."""
    handle = Flux() if flux_handle is None else flux_handle
    handle, jobid = _job_around(handle)
    job = handle.rpc("job-list.list-id", {"id": jobid, "attrs": ["state", "expiration"]}).get()[
        "job"]
    if "expiration" not in job:
        raise error(errno.EINVAL, "job has not started")
    return max(0.0, job["expiration"] - time.time()) if job["expiration"] else math.inf
