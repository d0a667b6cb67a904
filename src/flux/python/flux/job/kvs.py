"""The directories of a job in the KVS (RFC 16)."""

from flux.job.JobID import JobID
from flux.kvs import get_dir


def job_kvs(flux_handle, jobid):
    """The job's directory, with its jobspec, R and eventlog."""
    return get_dir(flux_handle, JobID(jobid).kvs, namespace="primary")


def job_kvs_guest(flux_handle, jobid):
    """What the job's user may write to."""
    return get_dir(flux_handle, JobID(jobid).kvs + ".guest", namespace="primary")
