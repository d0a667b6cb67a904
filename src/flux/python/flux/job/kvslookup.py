"""What the KVS keeps of jobs: jobspec, R, eventlog, J."""

import base64
import json

from flux import constants as c
from flux.job.JobID import JobID
from flux.rpc import RPC

_JSON_KEYS = ("jobspec", "R")


def _decoded(data):
    return {key: json.loads(value) if key in _JSON_KEYS and isinstance(value, str) else value
            for key, value in data.items()}


class JobInfoLookupRPC(RPC):
    def get_decode(self):
        """Jobspec and R as dictionaries."""
        return _decoded(self.get())


def job_info_lookup(flux_handle, jobid, keys=("jobspec",), flags=0):
    """A future of the texts of these keys. FileNotFoundError if there is no such job or key."""
    return JobInfoLookupRPC(flux_handle, "job-info.lookup",
                            {"id": JobID(jobid), "keys": list(keys), "flags": flags})


class _Lookup:
    """One job's keys: the jobspec with updates, as submitted (`original`), or `base`, what the job
    began with."""

    def __init__(self, flux_handle, jobid, keys, decode, original, base):
        self.jobid = JobID(jobid)
        self._keys = list(keys)
        self._decode = decode
        self._original = original and "jobspec" in self._keys
        wanted = [key for key in self._keys if not (self._original and key == "jobspec")]
        if self._original and "J" not in wanted:
            wanted.append("J")
        self._future = job_info_lookup(flux_handle, jobid, wanted,
                                       0 if base else c.FLUX_JOB_LOOKUP_CURRENT)

    def get(self):
        data = self._future.get()
        if self._original:
            data["jobspec"] = base64.b64decode(data["J"].split(".")[1]).decode()
            if "J" not in self._keys:
                del data["J"]
        return _decoded(data) if self._decode else data


def job_kvs_lookup(flux_handle, jobid, keys=("jobspec",), decode=True, original=False, base=False):
    """A dictionary of these keys; None if there is no such job or key."""
    try:
        return _Lookup(flux_handle, jobid, keys, decode, original, base).get()
    except FileNotFoundError:
        return None


class JobKVSLookup:
    """The same for several jobs; `errors` has a line for each that could not be found."""

    def __init__(self, flux_handle, ids=(), keys=("jobspec",), decode=True, original=False,
                 base=False):
        self.errors = []
        self._lookups = [_Lookup(flux_handle, jobid, keys, decode, original, base)
                         for jobid in ids]

    def fetch_data(self):
        return self

    def data(self):
        found, self.errors = [], []
        for lookup in self._lookups:
            try:
                found.append(lookup.get())
            except OSError as reason:
                self.errors.append("{}: {}".format(lookup.jobid, reason.strerror))
        return found
