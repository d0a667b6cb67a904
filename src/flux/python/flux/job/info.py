"""What job-list says of a job, with what follows from it."""

import os
import pwd
import signal
import time

from flux import constants as c
from flux.job.JobID import JobID

# State: bit, letter.
_STATES = {"NEW": (c.FLUX_JOB_STATE_NEW, "N"), "DEPEND": (c.FLUX_JOB_STATE_DEPEND, "D"),
           "PRIORITY": (c.FLUX_JOB_STATE_PRIORITY, "P"), "SCHED": (c.FLUX_JOB_STATE_SCHED, "S"),
           "RUN": (c.FLUX_JOB_STATE_RUN, "R"), "CLEANUP": (c.FLUX_JOB_STATE_CLEANUP, "C"),
           "INACTIVE": (c.FLUX_JOB_STATE_INACTIVE, "I")}
_RESULTS = {"COMPLETED": (c.FLUX_JOB_RESULT_COMPLETED, "CD"),
            "FAILED": (c.FLUX_JOB_RESULT_FAILED, "F"),
            "CANCELED": (c.FLUX_JOB_RESULT_CANCELED, "CA"),
            "TIMEOUT": (c.FLUX_JOB_RESULT_TIMEOUT, "TO")}
# The return code of a job that was canceled before it ran.
_NEVER_RAN = -128


def _name_of(table, number, short, unknown):
    for name, (bit, abbreviation) in table.items():
        if bit == number:
            return abbreviation if short else name
    return unknown


def statetostr(stateid, fmt="L"):
    """"RUN", or "R" with the format "S"."""
    return _name_of(_STATES, stateid, fmt == "S", "(unknown)")


def resulttostr(resultid, fmt="L"):
    """"COMPLETED", or "CD" with the format "S"; "" for none."""
    return _name_of(_RESULTS, resultid, fmt == "S", "")


def statustostr(stateid, resultid, fmt="L"):
    """The state of a job that is active, else its result."""
    if stateid == c.FLUX_JOB_STATE_INACTIVE and resultid:
        return resulttostr(resultid, fmt)
    return statetostr(stateid, fmt)


def strtostate(name):
    return _STATES[name.upper()][0]


def strtoresult(name):
    name = name.upper()
    return _RESULTS["CANCELED" if name == "CANCELLED" else name][0]


def get_username(userid):
    try:
        return pwd.getpwuid(userid).pw_name
    except KeyError:
        return str(userid)


class InfoList(list):
    def __str__(self):
        return ",".join(str(entry) for entry in self)


class AnnotationsInfo:
    """Annotations as attributes: job.annotations.sched.t_estimate. "" where there is none."""

    def __init__(self, annotations):
        self.annotations = annotations or {}

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = self.__dict__.get("annotations", {}).get(name, "")
        return AnnotationsInfo(value) if isinstance(value, dict) else value

    def __bool__(self):
        return bool(self.annotations)

    def __str__(self):
        return str(self.annotations) if self.annotations else ""

    __repr__ = __str__


class ExceptionInfo:
    """Whether a job had an exception, and which; "" for what there is not."""

    def __init__(self, occurred, severity, _type, note):
        self.occurred = occurred
        self.severity = severity
        self.type = _type
        self.note = note

    def __repr__(self):
        return "ExceptionInfo({!r}, {!r}, {!r}, {!r})".format(self.occurred, self.severity,
                                                            self.type, self.note)


class JobInfo:
    """A job as job-list describes it. Attributes that were not asked for, or that the job does not
    have yet, are 0, 0.0 or ""."""

    defaults = {
        "userid": 0, "urgency": 0, "priority": 0, "state_id": 0, "name": "", "cwd": "", "queue": "",
        "project": "", "bank": "", "ntasks": "", "ncores": "", "nnodes": "", "ranks": "",
        "nodelist": "", "success": "", "result_id": 0, "t_submit": 0.0, "t_depend": 0.0,
        "t_run": 0.0, "t_cleanup": 0.0, "t_inactive": 0.0, "expiration": 0.0, "duration": 0.0,
        "waitstatus": "", "exception_occurred": "", "exception_severity": "",
        "exception_type": "", "exception_note": "",
    }

    def __init__(self, info_resp):
        info = dict(info_resp)
        for key, other in (("state", "state_id"), ("result", "result_id")):
            if key in info:
                info[other] = info.pop(key)
        self._id = JobID(info.pop("id"))
        self._annotations = AnnotationsInfo(info.pop("annotations", None))
        self._dependencies = InfoList(info.pop("dependencies", ()))
        for key, value in dict(self.defaults, **info).items():
            setattr(self, "_" + key, value)
        self._exception = ExceptionInfo(self._exception_occurred, self._exception_severity,
                                        self._exception_type, self._exception_note)
        self._given = set(info)

    def __getattr__(self, name):
        # What the class itself does not compute is what job-list gave.
        try:
            return self.__dict__["_" + name]
        except KeyError:
            raise AttributeError("JobInfo has no attribute '{}'".format(name)) from None

    def __repr__(self):
        return "JobInfo({!r}, {!r})".format(self._id, self.status)

    def _is_in(self, states):
        return bool(self._state_id & states)

    @property
    def state(self):
        return statetostr(self._state_id)

    @property
    def state_single(self):
        return statetostr(self._state_id, "S")

    @property
    def result(self):
        return resulttostr(self._result_id)

    @property
    def result_abbrev(self):
        return resulttostr(self._result_id, "S")

    @property
    def status(self):
        return statustostr(self._state_id, self._result_id)

    @property
    def status_abbrev(self):
        return statustostr(self._state_id, self._result_id, "S")

    @property
    def username(self):
        return get_username(self._userid)

    user_name = username

    @property
    def returncode(self):
        """The exit status, minus the signal, -128 for a job that was canceled before it ran; "" for
        one that is active."""
        if self._waitstatus != "":
            if os.WIFSIGNALED(self._waitstatus):
                return -os.WTERMSIG(self._waitstatus)
            return os.WEXITSTATUS(self._waitstatus)
        return _NEVER_RAN if self._result_id == c.FLUX_JOB_RESULT_CANCELED else ""

    def get_runtime(self, roundup=False):
        if not self._t_run:
            return 0.0
        seconds = max(0.0, (self._t_cleanup or time.time()) - self._t_run)
        return round(seconds + 0.5) if roundup else seconds

    @property
    def runtime(self):
        return self.get_runtime()

    @property
    def t_remaining(self):
        if not self._is_in(c.FLUX_JOB_STATE_RUN) or not self._expiration:
            return 0.0
        return max(0.0, self._expiration - time.time())

    def get_remaining_time(self):
        return self.t_remaining

    @property
    def uri(self):
        """Where the instance of a job that is one can be reached; None for others."""
        return self._annotations.user.uri or None if self._annotations.user else None

    @property
    def contextual_time(self):
        return self._duration if self._is_in(c.FLUX_JOB_STATE_PENDING) else self.runtime

    @property
    def contextual_info(self):
        if self._is_in(c.FLUX_JOB_STATE_DEPEND):
            return "depends:" + str(self._dependencies)
        if self._is_in(c.FLUX_JOB_STATE_PRIORITY):
            return "priority-wait"
        if not self._is_in(c.FLUX_JOB_STATE_SCHED):
            return self._nodelist
        if self._urgency == 0 or self._priority == 0:
            return "held" if self._urgency == 0 else "priority-hold"
        return str(self._annotations.sched.reason_pending) if self._annotations.sched else ""

    @property
    def inactive_reason(self):
        """Why a job is over, in words."""
        if not self._is_in(c.FLUX_JOB_STATE_INACTIVE):
            return ""
        note = self._exception.note
        if self._result_id == c.FLUX_JOB_RESULT_CANCELED:
            return "Canceled: " + note if note else "Canceled"
        if self._result_id == c.FLUX_JOB_RESULT_TIMEOUT:
            return "Timeout"
        if self._exception.severity == 0:
            return "Exception: type={} note={}".format(self._exception.type, note)
        code = self.returncode
        if code == "":
            return ""
        number = -code if code < 0 else code - 128
        try:
            return _signal_text(signal.Signals(number))
        except ValueError:
            return "Exit {}".format(code)

    def to_dict(self, filtered=True):
        """All as a dictionary; `filtered`: without what the job does not have."""
        out = {"id": int(self._id)}
        for key in sorted(self._given - {"state_id", "result_id"}):
            if not key.startswith("exception_"):
                out[key] = getattr(self, "_" + key)
        for key in ("state", "result", "status", "returncode", "runtime", "username"):
            out[key] = getattr(self, key)
        out["exception"] = dict(vars(self._exception))
        out["dependencies"] = list(self._dependencies)
        out["annotations"] = self._annotations.annotations
        if filtered:
            out["exception"] = {k: v for k, v in out["exception"].items() if v != ""}
            out = {k: v for k, v in out.items() if v not in ("", None, [], {})}
        return out


def _signal_text(signum):
    # strsignal() came with Python 3.8.
    return signal.strsignal(signum) if hasattr(signal, "strsignal") else signum.name
