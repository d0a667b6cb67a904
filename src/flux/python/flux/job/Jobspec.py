"""Jobspecs (RFC 14, 25): what a job runs, and with what resources."""

import collections.abc
import copy
import datetime
import json
import math
import os

from flux.job import shape
from flux.job.files import job_file
from flux.util import parse_fsd

_OPTIONS = "system.shell.options."
# What flux-core sets for output that is to be seen at once.
_UNBUFFERED_TIMEOUT = 0.05


def _seconds(duration):
    if isinstance(duration, str):
        seconds = parse_fsd(duration)
    elif isinstance(duration, datetime.timedelta):
        seconds = duration.total_seconds()
    elif isinstance(duration, (int, float)) and not isinstance(duration, bool):
        seconds = float(duration)
    else:
        raise TypeError("duration must be a number, string or timedelta")
    if seconds < 0 or math.isnan(seconds):
        raise ValueError("duration must not be negative")
    return 0.0 if math.isinf(seconds) else seconds


def _load(stream):
    """JSON, which is YAML too; other YAML needs PyYAML, which the user brings."""
    text = stream.read() if hasattr(stream, "read") else stream
    if isinstance(text, bytes):
        text = text.decode()
    try:
        return json.loads(text)
    except ValueError:
        import yaml
        return yaml.safe_load(text)


class Jobspec:
    """A jobspec of any version. `jobspec` is the whole as a dictionary."""

    def __init__(self, resources, tasks, **kwargs):
        self.jobspec = {"resources": resources, "tasks": tasks,
                        "attributes": kwargs.get("attributes") or {},
                        "version": kwargs.get("version", 1)}
        self._check()

    def _check(self):
        for key in ("resources", "tasks"):
            value = self.jobspec[key]
            if not isinstance(value, list):
                raise TypeError("{} must be a list".format(key))
            if not value or not all(isinstance(entry, dict) for entry in value):
                raise ValueError("{} must be a list of dictionaries".format(key))
        if not isinstance(self.jobspec["attributes"], dict):
            raise TypeError("attributes must be a dictionary")
        if not isinstance(self.jobspec["version"], int) or self.jobspec["version"] < 1:
            raise ValueError("version must be an integer >= 1")
        for task in self.tasks:
            if not isinstance(task.get("command"), (list, str)) or not task["command"]:
                raise ValueError("a task needs a command")
        for _, resource, _ in self.resource_walk():
            if "type" not in resource or "count" not in resource:
                raise ValueError("a resource needs a type and a count")

    @classmethod
    def from_yaml_stream(cls, yaml_stream):
        loaded = _load(yaml_stream)
        if not isinstance(loaded, dict) or not {"resources", "tasks", "version"} <= set(loaded):
            raise ValueError("a jobspec has resources, tasks, attributes and version")
        return cls(loaded["resources"], loaded["tasks"], version=loaded["version"],
                   attributes=loaded.get("attributes"))

    @classmethod
    def from_yaml_file(cls, filename):
        with open(os.fspath(filename), "rb") as stream:
            return cls.from_yaml_stream(stream)

    # Parts.

    @property
    def resources(self):
        return self.jobspec["resources"]

    @property
    def tasks(self):
        return self.jobspec["tasks"]

    @property
    def attributes(self):
        return self.jobspec["attributes"]

    @property
    def version(self):
        return self.jobspec["version"]

    def dumps(self, **kwargs):
        return json.dumps(self.jobspec, **kwargs)

    def __str__(self):
        return str(self.jobspec)

    def __repr__(self):
        return "{}({!r}, {!r}, attributes={!r}, version={!r})".format(
            type(self).__name__, self.resources, self.tasks, self.attributes, self.version)

    def __copy__(self):
        return copy.deepcopy(self)

    def resource_walk(self):
        """(parent, resource, count of it in all) for each resource."""
        def walk(parent, resources, factor):
            for resource in resources:
                count = resource.get("count", 1)
                total = factor * (count.get("min", 1) if isinstance(count, dict) else count)
                yield parent, resource, total
                yield from walk(resource, resource.get("with", ()), total)
        return walk(None, self.resources, 1)

    def resource_counts(self):
        """{type: count}"""
        counts = {}
        for _, resource, total in self.resource_walk():
            counts[resource["type"]] = counts.get(resource["type"], 0) + total
        return counts

    def __iter__(self):
        for _, resource, _ in self.resource_walk():
            yield resource

    # Attributes by dotted keys.

    @staticmethod
    def _path(key):
        """Keys belong to attributes.system unless they begin otherwise."""
        parts = key.split(".")
        if parts[0] == "attributes":
            return parts[1:]
        return parts if parts[0] in ("system", "user") else ["system"] + parts

    def setattr(self, key, val):
        parts = self._path(key)
        place = self.attributes
        for part in parts[:-1]:
            if not isinstance(place.get(part), dict):
                place[part] = {}
            place = place[part]
        place[parts[-1]] = val

    def getattr(self, key):
        """KeyError if there is none."""
        place = self.attributes
        for part in self._path(key):
            if not isinstance(place, dict) or part not in place:
                raise KeyError(key)
            place = place[part]
        return place

    def _optional(self, key, default=None):
        try:
            return self.getattr(key)
        except KeyError:
            return default

    def _remove(self, key):
        parent, _, name = key.rpartition(".")
        place = self._optional(parent)
        if isinstance(place, dict):
            place.pop(name, None)

    def setattr_shell_option(self, key, val):
        self.setattr(_OPTIONS + key, val)

    def getattr_shell_option(self, key):
        return self.getattr(_OPTIONS + key)

    def add_file(self, path, data, perms=0o0600, encoding=None):
        """A file that each node of the job finds as {{tmpdir}}/`path`: `data` is its content if it
        has a newline, is a dictionary (for JSON) or `encoding` is given, else a local path."""
        files = dict(self._optional("system.files", {}))
        files[path] = job_file(data, perms, encoding)
        self.setattr("system.files", files)

    # Attributes with names of their own.

    def _set_text(self, key, value, what):
        if not isinstance(value, str):
            raise TypeError("{} must be a string".format(what))
        self.setattr(key, value)

    @property
    def duration(self):
        """Seconds; 0 is without limit. Set with a number, a timedelta or text like "1.5h"."""
        return self.getattr("system.duration")

    @duration.setter
    def duration(self, duration):
        self.setattr("system.duration", _seconds(duration))

    @property
    def queue(self):
        return self._optional("system.queue")

    @queue.setter
    def queue(self, queue):
        self._set_text("system.queue", queue, "queue")

    @property
    def bank(self):
        return self._optional("system.bank")

    @bank.setter
    def bank(self, bank):
        self._set_text("system.bank", bank, "bank")

    @property
    def name(self):
        return self._optional("system.job.name")

    @name.setter
    def name(self, name):
        self._set_text("system.job.name", name, "name")

    @property
    def cwd(self):
        return self._optional("system.cwd")

    @cwd.setter
    def cwd(self, cwd):
        self._set_text("system.cwd", os.fspath(cwd), "cwd")

    @property
    def environment(self):
        return self._optional("system.environment")

    @environment.setter
    def environment(self, environ):
        if not isinstance(environ, collections.abc.Mapping):
            raise ValueError("environment must be a mapping")
        self.setattr("system.environment", dict(environ))

    def _stream(self, name):
        direction = "input" if name == "stdin" else "output"
        return _OPTIONS + "{}.{}.".format(direction, name)

    def _set_stream(self, name, path):
        if not isinstance(path, (str, os.PathLike)):
            raise TypeError("the path of {} must be a string".format(name))
        self.setattr(self._stream(name) + "type", "file")
        self.setattr(self._stream(name) + "path", os.fspath(path))

    def _get_stream(self, name):
        return self._optional(self._stream(name) + "path")

    @property
    def stdin(self):
        return self._get_stream("stdin")

    @stdin.setter
    def stdin(self, path):
        self._set_stream("stdin", path)

    @property
    def stdout(self):
        return self._get_stream("stdout")

    @stdout.setter
    def stdout(self, path):
        self._set_stream("stdout", path)

    @property
    def stderr(self):
        return self._get_stream("stderr")

    @stderr.setter
    def stderr(self, path):
        self._set_stream("stderr", path)

    input, output, error = stdin, stdout, stderr

    @property
    def unbuffered(self):
        return self._optional(self._stream("stdout") + "buffer.type") == "none"

    @unbuffered.setter
    def unbuffered(self, value):
        if not isinstance(value, bool):
            raise TypeError("unbuffered must be a boolean")
        for name in ("stdout", "stderr"):
            if value:
                self.setattr(self._stream(name) + "buffer.type", "none")
            else:
                self._remove(self._stream(name) + "buffer.type")
        timeout = _OPTIONS + "output.batch-timeout"
        if value:
            self.setattr(timeout, _UNBUFFERED_TIMEOUT)
        elif self._optional(timeout) == _UNBUFFERED_TIMEOUT:
            self._remove(timeout)

    def _apply(self, options):
        """The further arguments of from_command() and its likes."""
        known = {"duration", "environment", "env_expand", "cwd", "rlimits", "name", "input",
                 "output", "error", "label_io", "unbuffered", "queue", "bank"}
        unknown = set(options) - known
        if unknown:
            raise TypeError("unexpected keyword argument '{}'".format(sorted(unknown)[0]))
        environment = options.get("environment")
        self.environment = os.environ if environment is None else environment
        self.cwd = options.get("cwd") or os.getcwd()
        self.duration = options.get("duration") or 0
        for key in ("name", "input", "output", "error", "queue", "bank"):
            if options.get(key):
                setattr(self, key, options[key])
        for key, option in (("env_expand", "env-expand"), ("rlimits", "rlimit")):
            value = options.get(key)
            if value is not None and not isinstance(value, collections.abc.Mapping):
                raise ValueError("{} must be a mapping".format(key))
            if value:
                self.setattr_shell_option(option, dict(value))
        if options.get("label_io"):
            self.setattr_shell_option("output.stdout.label", True)
            self.setattr_shell_option("output.stderr.label", True)
        if options.get("unbuffered"):
            self.unbuffered = True
        return self


class JobspecV1(Jobspec):
    """A jobspec of version 1 (RFC 25).

    All constructors take, besides the size of the job: duration, environment (default: that of this
    process), env_expand, cwd (default: that of this process), rlimits, name, input, output, error,
    label_io, unbuffered, queue and bank.
    """

    def __init__(self, resources, tasks, **kwargs):
        if kwargs.get("version", 1) != 1:
            raise ValueError("version must be 1")
        attributes = kwargs.get("attributes") or {}
        attributes.setdefault("system", {}).setdefault("duration", 0)
        super().__init__(resources, tasks, attributes=attributes, version=1)

    @classmethod
    def from_command(cls, command, num_tasks=1, cores_per_task=1, gpus_per_task=None,
                     num_nodes=None, exclusive=False, **kwargs):
        """As flux submit: `num_tasks` tasks, on `num_nodes` nodes if that is given."""
        size = shape.per_task(num_tasks, cores_per_task, gpus_per_task, num_nodes, exclusive)
        return cls(*shape.build(size, command))._apply(kwargs)

    @classmethod
    def per_resource(cls, command, ncores=None, nnodes=None, per_resource_type=None,
                     per_resource_count=None, gpus_per_node=None, exclusive=False, **kwargs):
        """As flux submit --tasks-per-node and --tasks-per-core: `per_resource_count` tasks for
        each "node" or "core"."""
        size = shape.per_resource(ncores, nnodes, gpus_per_node, exclusive)
        jobspec = cls(*shape.build(size, command))._apply(kwargs)
        if per_resource_type is not None:
            if per_resource_type not in ("node", "core"):
                raise ValueError("per_resource_type must be 'node' or 'core'")
            count = 1 if per_resource_count is None else per_resource_count
            shape.at_least_one(count, "per_resource_count")
            jobspec.setattr_shell_option("per-resource", {"type": per_resource_type,
                                                          "count": count})
        return jobspec

    @classmethod
    def from_nest_command(cls, command, num_slots=1, cores_per_slot=1, gpus_per_slot=None,
                          num_nodes=None, broker_opts=None, exclusive=False, conf=None, **kwargs):
        """As flux alloc: `command` in a Flux instance of its own. `conf` is its configuration."""
        words = ["flux", "broker"] + list(broker_opts or ())
        if conf:
            words.append("-c{{tmpdir}}/conf.json")
        words += [command] if isinstance(command, str) else list(command)
        jobspec = cls.from_command(words, num_slots, cores_per_slot, gpus_per_slot, num_nodes,
                                   exclusive, **kwargs)
        jobspec.setattr_shell_option("per-resource", {"type": "node"})
        for option, value in (("mpi", "none"), ("exit-timeout", "none"), ("pmi", "simple")):
            jobspec.setattr_shell_option(option, value)
        if conf:
            if isinstance(conf, str):
                conf = json.loads(conf)
            jobspec.add_file("conf.json", conf)
        return jobspec

    @classmethod
    def from_batch_command(cls, script, jobname, args=None, num_slots=1, cores_per_slot=1,
                           gpus_per_slot=None, num_nodes=None, broker_opts=None, exclusive=False,
                           conf=None, **kwargs):
        """As flux batch: the text of a script, in a Flux instance of its own."""
        if not script.startswith("#!"):
            raise ValueError("{} does not appear to be a script".format(jobname))
        jobspec = cls.from_nest_command(["{{tmpdir}}/script"] + list(args or ()), num_slots,
                                        cores_per_slot, gpus_per_slot, num_nodes, broker_opts,
                                        exclusive, conf, **kwargs)
        jobspec.add_file("script", script, perms=0o0700, encoding="utf-8")
        jobspec.name = jobname
        return jobspec


def validate_jobspec(jobspec, require_version=None):
    """(True, None) for the text or dictionary of a jobspec, (False, what is wrong) otherwise."""
    try:
        text = jobspec if isinstance(jobspec, (str, bytes)) else json.dumps(jobspec)
        loaded = Jobspec.from_yaml_stream(text)
        if require_version is not None and loaded.version != require_version:
            raise ValueError("version must be {}".format(require_version))
    except (ValueError, TypeError, AttributeError, ImportError) as reason:
        return False, str(reason)
    return True, None
