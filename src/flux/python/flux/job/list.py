"""Lists of jobs."""

import errno
import os
import pwd

from flux import constants as c
from flux.future import WaitAllFuture
from flux.job.info import JobInfo, statetostr, strtoresult, strtostate
from flux.job.JobID import JobID
from flux.rpc import RPC

_ALL = ("all",)
_VIRTUAL_STATES = {"pending": c.FLUX_JOB_STATE_PENDING, "running": c.FLUX_JOB_STATE_RUNNING,
                   "active": c.FLUX_JOB_STATE_ACTIVE}


class JobListRPC(RPC):
    """A list on its way, which comes in parts."""

    _jobs = None

    def get_jobs(self):
        """Dictionaries of the jobs."""
        if self._jobs is None:
            self._jobs = []
            try:
                while True:
                    self._jobs.extend(self.get()["jobs"])
                    if not self._streaming:
                        break
                    self.reset()
            except OSError as reason:
                if reason.errno != errno.ENODATA:
                    self._jobs = None
                    raise
        return self._jobs

    def get_jobinfos(self):
        return (JobInfo(job) for job in self.get_jobs())


class JobListIdRPC(RPC):
    """One job on its way. FileNotFoundError if there is no such job."""

    def get_job(self):
        return self.get()["job"]

    def get_jobinfo(self):
        return JobInfo(self.get_job())


class JobListIdsFuture(WaitAllFuture):
    """Several jobs on their way. `errors` says which could not be found."""

    def __init__(self, flux_handle, ids, attrs):
        super().__init__()
        self._handle = flux_handle
        self._rpcs = [(jobid, job_list_id(flux_handle, jobid, attrs)) for jobid in ids]
        self.errors = []
        for _, future in self._rpcs:
            self.push(future)

    def get_jobs(self):
        jobs, self.errors = [], []
        for jobid, future in self._rpcs:
            try:
                jobs.append(future.get_job())
            except FileNotFoundError:
                self.errors.append("JobID {} unknown".format(jobid))
            except OSError as reason:
                self.errors.append("JobID {}: {}".format(jobid, reason))
        return jobs

    def get_jobinfos(self):
        return (JobInfo(job) for job in self.get_jobs())


def _request(flux_handle, max_entries, attrs, since, constraint):
    return JobListRPC(flux_handle, "job-list.list", {
        "max_entries": int(max_entries), "attrs": list(attrs), "since": since,
        "constraint": constraint}, flags=c.FLUX_RPC_STREAMING)


def _constraint(userid, states, results, name, queue):
    """RFC 31's operators, all of which a job must fulfill."""
    parts = []
    if userid is not None and userid != c.FLUX_USERID_UNKNOWN:
        parts.append({"userid": [userid]})
    # A state or a result is enough.
    either = [{key: [value]} for key, value in (("states", states), ("results", results)) if value]
    if either:
        parts.append({"or": either})
    if name:
        parts.append({"name": [name]})
    if queue:
        parts.append({"queue": [queue] if isinstance(queue, str) else list(queue)})
    return {"and": parts}


def job_list(flux_handle, max_entries=1000, attrs=_ALL, userid=None, states=0, results=0, since=0.0,
             name=None, queue=None):
    """Jobs of a user (default: this one; FLUX_USERID_UNKNOWN: of all), pending ones first. `states`
    and `results` are sums of bits of flux.constants."""
    userid = os.getuid() if userid is None else userid
    return _request(flux_handle, max_entries, attrs, since,
                    _constraint(userid, states, results, name, queue))


def job_list_inactive(flux_handle, since=0.0, max_entries=1000, attrs=_ALL, name=None, queue=None):
    """Jobs of all users that are over, the last first; those that ended after `since`."""
    return _request(flux_handle, max_entries, attrs, since, _constraint(
        None, c.FLUX_JOB_STATE_INACTIVE, 0, name, queue))


def job_list_id(flux_handle, jobid, attrs=_ALL):
    return JobListIdRPC(flux_handle, "job-list.list-id",
                        {"id": JobID(jobid), "attrs": list(attrs)})


def get_job(flux_handle, jobid):
    """A dictionary of all that is known of a job, None if there is no such job."""
    future = job_list_id(flux_handle, jobid)
    try:
        job = dict(future.get_job())
    except FileNotFoundError:
        return None
    info = future.get_jobinfo()
    job["state"] = statetostr(job["state"])
    for key in ("nnodes", "result", "returncode", "runtime", "priority", "waitstatus", "nodelist"):
        job[key] = getattr(info, key)
    job["exception"] = dict(vars(info.exception))
    job.setdefault("duration", "")
    return job


class JobList:
    """Jobs that fulfill conditions, as flux jobs has them.

    `ids` are all that is asked for if there are any. Otherwise: jobs of `user` (name or number,
    default: this one, "all": of all), whose state or result is among `filters` ("pending",
    "running", "inactive", "active", "sched" ..., "completed", "failed", "canceled", "timeout"),
    which ended after `since`, of that name and queue. `errors` has a line for each id that could not be found.
    """

    def __init__(self, flux_handle, attrs=_ALL, filters=(), ids=(), user=None, max_entries=1000,
                 since=0.0, name=None, queue=None, constraint=None):
        self.handle = flux_handle
        self.attrs = list(attrs)
        self.ids = [JobID(jobid) for jobid in ids]
        self.max_entries = max_entries
        self.since = since
        self.name = name
        self.queue = queue
        self.constraint = constraint
        self.states = 0
        self.results = 0
        self.errors = []
        self.set_user(user if user is not None else str(os.getuid()))
        for fname in filters:
            self.add_filter(fname)

    def set_user(self, user):
        """ValueError for a user that there is not."""
        if user == "all":
            self.userid = None
            return
        try:
            self.userid = pwd.getpwnam(str(user)).pw_uid
        except KeyError:
            try:
                self.userid = int(user)
            except ValueError:
                raise ValueError("Invalid user {} specified".format(user)) from None

    def add_filter(self, fname):
        """ValueError for a name that is neither a state's nor a result's."""
        name = fname.lower()
        try:
            if name in _VIRTUAL_STATES:
                self.states |= _VIRTUAL_STATES[name]
            elif name.upper() in ("COMPLETED", "FAILED", "CANCELED", "CANCELLED", "TIMEOUT"):
                self.results |= strtoresult(name)
            else:
                self.states |= strtostate(name)
        except KeyError:
            raise ValueError("Invalid filter specified: {}".format(fname)) from None

    def fetch_jobs(self):
        """A future with get_jobs() and get_jobinfos()."""
        if self.ids:
            return JobListIdsFuture(self.handle, self.ids, self.attrs)
        constraint = _constraint(self.userid, self.states, self.results, self.name, self.queue)
        if self.constraint:
            constraint["and"].append(self.constraint)
        return _request(self.handle, self.max_entries, self.attrs, self.since, constraint)

    def get_jobs(self):
        """Dictionaries of the jobs."""
        future = self.fetch_jobs()
        jobs = future.get_jobs()
        self.errors = getattr(future, "errors", [])
        return jobs

    def jobs(self):
        """JobInfos of the jobs."""
        return [JobInfo(job) for job in self.get_jobs()]
