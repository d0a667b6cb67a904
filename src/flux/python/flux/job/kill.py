"""Ending jobs."""

import signal

from flux.job.JobID import JobID
from flux.rpc import RPC


def kill_async(flux_handle, jobid, signum=signal.SIGTERM):
    return RPC(flux_handle, "job-manager.kill", {"id": JobID(jobid), "signum": int(signum)})


def kill(flux_handle, jobid, signum=signal.SIGTERM):
    """Sends a signal to the tasks of a running job."""
    return kill_async(flux_handle, jobid, signum).get()


def raise_async(flux_handle, jobid, type="cancel", severity=0, note=None):
    payload = {"id": JobID(jobid), "type": type, "severity": severity}
    if note:
        payload["note"] = note
    return RPC(flux_handle, "job-manager.raise", payload)


def raise_job(flux_handle, jobid, type="cancel", severity=0, note=None):
    """Raises an exception for a job; one of severity 0 ends it."""
    return raise_async(flux_handle, jobid, type, severity, note).get()


def cancel_async(flux_handle, jobid, reason=None):
    return raise_async(flux_handle, jobid, "cancel", 0, reason)


def cancel(flux_handle, jobid, reason=None):
    """Cancels a job, pending or running."""
    return cancel_async(flux_handle, jobid, reason).get()
