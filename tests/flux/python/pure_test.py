"""What needs no broker: ids, jobspecs, sets, durations, messages."""

import copy
import datetime
import errno
import json
import math
import os
import pickle
import signal
import unittest
from unittest import mock

from flux import constants
from flux.core.handle import Flux
from flux.core.reactor import Reactor
from flux.eventlog import EventLogEvent
from flux.future import Future
from flux.hostlist import Hostlist
from flux.idset import IDSET_FLAG_BRACKETS, IDSET_FLAG_RANGE, IDset
from flux.job import JobID, JobInfo, Jobspec, JobspecV1, validate_jobspec
from flux.message import Message
from flux.resource import ResourceSet
from flux.uri import JobURI
from flux.util import parse_datetime, parse_fsd


class Attributes(unittest.TestCase):
    def test_only_what_never_changes_is_kept(self):
        handle = Flux.__new__(Flux)
        handle._attributes = {}
        handle.rpc = mock.Mock()
        handle.rpc.return_value.get.side_effect = [
            {"value": "1", "flags": 2}, {"value": "2", "flags": 3}, {"value": "3", "flags": 1}]
        self.assertEqual([handle.attr_get("x") for _ in range(3)], ["1", "2", "2"])


class JobIds(unittest.TestCase):
    # RFC 19's examples, and flux-core's.
    FORMS = ((0, "0x0", "0000.0000.0000.0000", "f1"), (1, "0x1", "0000.0000.0000.0001", "f2"),
             (65535, "0xffff", "0000.0000.0000.ffff", "fLUv"),
             (6787342413402046, "0x181d0d4d850fbe", "0018.1d0d.4d85.0fbe", "fuzzybunny"),
             (18446744073709551614, "0xfffffffffffffffe", "ffff.ffff.ffff.fffe", "fjpXCZedGfVP"))

    def test_forms(self):
        for number, hexadecimal, dothex, f58 in self.FORMS:
            with self.subTest(number=number):
                jobid = JobID(number)
                self.assertEqual((jobid.dec, jobid.hex, jobid.dothex, jobid.kvs, jobid.f58plain),
                                 (str(number), hexadecimal, dothex, "job." + dothex, f58))
                for text in (str(number), hexadecimal, dothex, "job." + dothex, f58,
                             "\u0192" + f58[1:], " " + f58 + "\n"):
                    self.assertEqual(JobID(text), number)
                self.assertEqual(repr(jobid), "JobID({})".format(number))

    def test_text_is_f58(self):
        jobid = JobID(65535)
        with mock.patch.dict(os.environ, {"FLUX_F58_FORCE_ASCII": "1"}):
            self.assertEqual((str(jobid), "{:>6}".format(jobid), jobid.f58),
                             ("fLUv", "  fLUv", "fLUv"))
        self.assertEqual("{:d}".format(jobid), "65535")

    def test_is_a_number(self):
        self.assertEqual(json.dumps({"id": JobID("fLUv")}), '{"id": 65535}')
        self.assertEqual(pickle.loads(pickle.dumps(JobID(7))), JobID(7))

    def test_what_is_none(self):
        for text in ("", "f", "fl0", "xyz", "-1", "0x", "0000.0000", "job.12", "1.5",
                     "18446744073709551616", "\u0663"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                JobID(text)
        with self.assertRaises(TypeError):
            JobID(None)


class Jobspecs(unittest.TestCase):
    def test_one_task(self):
        jobspec = JobspecV1.from_command(["app", "-x"], environment={"A": "b"}, cwd="/work")
        self.assertEqual(jobspec.jobspec, {
            "resources": [{"type": "slot", "count": 1, "with": [{"type": "core", "count": 1}],
                           "label": "task"}],
            "tasks": [{"command": ["app", "-x"], "slot": "task", "count": {"per_slot": 1}}],
            "attributes": {"system": {"duration": 0.0, "environment": {"A": "b"}, "cwd": "/work"}},
            "version": 1})

    def test_nodes(self):
        jobspec = JobspecV1.from_command(["app"], num_tasks=4, num_nodes=2, cores_per_task=3,
                                         gpus_per_task=1, exclusive=True)
        self.assertEqual(jobspec.resources, [{
            "type": "node", "count": 2, "exclusive": True, "with": [{
                "type": "slot", "count": 2, "label": "task", "with": [
                    {"type": "core", "count": 3}, {"type": "gpu", "count": 1}]}]}])
        self.assertEqual(jobspec.resource_counts(), {"node": 2, "slot": 4, "core": 12, "gpu": 4})
        uneven = JobspecV1.from_command(["app"], num_tasks=5, num_nodes=2)
        self.assertEqual(uneven.tasks[0]["count"], {"total": 5})
        self.assertEqual(uneven.resource_counts()["slot"], 6)

    def test_per_resource(self):
        jobspec = JobspecV1.per_resource(["app"], nnodes=2, per_resource_type="node",
                                         per_resource_count=3)
        self.assertEqual(jobspec.getattr_shell_option("per-resource"), {"type": "node", "count": 3})
        self.assertTrue(jobspec.resources[0]["exclusive"])

    def test_sizes_that_make_no_sense(self):
        for size in ({"num_tasks": 0}, {"num_tasks": 1.5}, {"num_tasks": 1, "num_nodes": 2},
                     {"cores_per_task": -1}, {"gpus_per_task": -1}, {"exclusive": True}):
            with self.subTest(size=size), self.assertRaises(ValueError):
                JobspecV1.from_command(["app"], **size)

    def test_defaults_are_those_of_the_process(self):
        jobspec = JobspecV1.from_command(["app"])
        self.assertEqual((jobspec.environment, jobspec.cwd), (dict(os.environ), os.getcwd()))

    def test_nest(self):
        jobspec = JobspecV1.from_nest_command(["app"], num_slots=2, num_nodes=2, conf={"a": 1},
                                              broker_opts=["-v"])
        self.assertEqual(jobspec.tasks[0]["command"],
                         ["flux", "broker", "-v", "-c{{tmpdir}}/conf.json", "app"])
        self.assertEqual(jobspec.getattr("system.files")["conf.json"]["data"], {"a": 1})
        self.assertEqual(jobspec.getattr_shell_option("per-resource.type"), "node")

    def test_batch(self):
        jobspec = JobspecV1.from_batch_command("#!/bin/sh\ntrue\n", "name", args=["x"])
        script = jobspec.getattr("files")["script"]
        self.assertEqual((script["data"], script["mode"] & 0o777, script["encoding"]),
                         ("#!/bin/sh\ntrue\n", 0o700, "utf-8"))
        self.assertEqual(jobspec.tasks[0]["command"][-2:], ["{{tmpdir}}/script", "x"])
        self.assertEqual(jobspec.name, "name")
        with self.assertRaises(ValueError):
            JobspecV1.from_batch_command("true\n", "name")

    def test_duration(self):
        jobspec = JobspecV1.from_command(["app"])
        for value in (100.5, datetime.timedelta(seconds=100.5), "100.5s", "100.5"):
            jobspec.duration = value
            self.assertEqual(jobspec.duration, 100.5)
        for value in (-1, "10h5m", datetime.timedelta(seconds=-5)):
            with self.assertRaises(ValueError):
                jobspec.duration = value
        with self.assertRaises(TypeError):
            jobspec.duration = []

    def test_streams(self):
        jobspec = JobspecV1.from_command(["app"], output="out.{{id}}")
        jobspec.stderr, jobspec.stdin = "err", "in"
        self.assertEqual((jobspec.stdout, jobspec.error), ("out.{{id}}", "err"))
        self.assertEqual(jobspec.getattr("shell.options.input.stdin"),
                         {"type": "file", "path": "in"})
        with self.assertRaises(TypeError):
            jobspec.stdout = None

    def test_unbuffered(self):
        jobspec = JobspecV1.from_command(["app"], unbuffered=True)
        self.assertEqual(jobspec.getattr_shell_option("output.stdout.buffer.type"), "none")
        jobspec.unbuffered = False
        self.assertFalse(jobspec.unbuffered)
        with self.assertRaises(KeyError):
            jobspec.getattr_shell_option("output.batch-timeout")

    def test_attributes(self):
        jobspec = JobspecV1.from_command(["app"])
        jobspec.setattr("cow", 1)
        jobspec.setattr("user.dog", 2)
        jobspec.setattr("attributes.goat", 3)
        jobspec.setattr_shell_option("verbose", 4)
        self.assertEqual([jobspec.getattr(key) for key in (
            "system.cow", "attributes.user.dog", "attributes.goat",
            "attributes.system.shell.options.verbose")], [1, 2, 3, 4])

    def test_files(self):
        jobspec = JobspecV1.from_command(["app"])
        jobspec.add_file("a", "x\ny")
        jobspec.add_file("b", b"\xff")
        jobspec.add_file("c", __file__)
        files = jobspec.getattr("files")
        self.assertEqual((files["a"]["data"], files["b"]["data"]), ("x\ny", "/w=="))
        self.assertIn("class Jobspecs", files["c"]["data"])
        with self.assertRaises(FileNotFoundError):
            jobspec.add_file("d", "/no/such/file")

    def test_bad_arguments(self):
        for options in ({"duration": "1f"}, {"environment": "foo"}, {"env_expand": 1},
                        {"rlimits": True}):
            with self.subTest(options=options), self.assertRaises(ValueError):
                JobspecV1.from_command(["sleep"], **options)
        with self.assertRaises(TypeError):
            JobspecV1.from_command(["sleep"], nosuch=1)
        jobspec = JobspecV1.from_command(["sleep"])
        with self.assertRaises(TypeError):
            jobspec.queue = 12

    def test_text(self):
        jobspec = JobspecV1.from_command(["app"], name="x")
        self.assertEqual(eval(repr(jobspec)).jobspec, jobspec.jobspec)
        self.assertEqual(Jobspec.from_yaml_stream(jobspec.dumps()).jobspec, jobspec.jobspec)
        self.assertEqual(copy.copy(jobspec).jobspec, jobspec.jobspec)
        self.assertEqual(validate_jobspec(jobspec.dumps(), 1), (True, None))
        self.assertFalse(validate_jobspec(jobspec.dumps(), 2)[0])
        for text in ("{}", "[]", '{"version": 1, "resources": [], "tasks": []}'):
            with self.subTest(text=text), self.assertRaises((ValueError, TypeError)):
                Jobspec.from_yaml_stream(text)


class Sets(unittest.TestCase):
    def test_idset(self):
        ids = IDset("0-3,7")
        self.assertEqual((str(ids), list(ids), len(ids), repr(ids)),
                         ("0-3,7", [0, 1, 2, 3, 7], 5, "IDset('0-3,7')"))
        ids.set_flags(IDSET_FLAG_RANGE | IDSET_FLAG_BRACKETS)
        self.assertEqual(str(ids), "[0-3,7]")
        self.assertEqual(str(IDset("0-9").clear(3, 5).set(20) | IDset("4")), "0-2,4,6-9,20")
        self.assertEqual((ids.first(), ids.last(), ids.next(3)), (0, 7, 7))
        for text in ("x", "3-1", "1,,2", "-1", "1-"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                IDset(text)

    def test_hostlist(self):
        for text, count in (("", 0), ("foo0", 1), ("foo[0-10]", 11), ("foo0,bar1", 2),
                            ("a[08-11],b", 5), ("foo[0-3,7-9,1],bar,bar[0-1]", 11)):
            with self.subTest(text=text):
                self.assertEqual((str(Hostlist(text)), len(Hostlist(text))), (text, count))
        hosts = Hostlist("foo[0-10]")
        self.assertEqual(hosts.delete("foo1,foo3,foo5"), 3)
        self.assertEqual(str(hosts), "foo[0,2,4,6-10]")
        self.assertEqual(str(Hostlist("foo[7,6,5]").sort()), "foo[5-7]")
        self.assertEqual(list(Hostlist("foo[0-9]")[1:3]), ["foo1", "foo2"])
        for text in ("[]", "foo[", "foo]", "foo[[1,3]", "foo[x-y]", "foo[0-1,2--5]"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                Hostlist(text)
        with self.assertRaises(TypeError):
            Hostlist(["foo", 42])

    R = {"version": 1, "execution": {
        "R_lite": [{"rank": "0-3", "children": {"core": "0-3", "gpu": "0"}}], "starttime": 0,
        "expiration": 0, "nodelist": ["fluke[0-3]"]}}

    def test_resources(self):
        everything = ResourceSet(json.dumps(self.R))
        self.assertEqual((str(everything), everything.ncores, everything.ngpus, everything.nnodes,
                          str(everything.nodelist), str(everything.ranks)),
                         ("rank[0-3]/core[0-3],gpu0", 16, 4, 4, "fluke[0-3]", "0-3"))
        some = everything.copy().remove_ranks("2-3")
        self.assertEqual(str(everything - some), "rank[2-3]/core[0-3],gpu0")
        self.assertEqual(str(everything & some), str(some))
        self.assertEqual(ResourceSet(some.encode()).to_dict(), some.to_dict())
        self.assertEqual(str(some.nodelist), "fluke[0-1]")
        everything.set_property("xx", "0-1")
        for constraint, ranks in (({"properties": ["xx"]}, "0-1"), ({"properties": ["^xx"]}, "2-3"),
                                  ({"not": [{"properties": ["xx"]}]}, "2-3"),
                                  ({"properties": ["nosuch"]}, "")):
            self.assertEqual(str(everything.copy_constraint(constraint).ranks), ranks)
        for bad, error in (("", ValueError), ({"version": 199}, ValueError), ({}, KeyError),
                           ((1, 2), TypeError)):
            with self.assertRaises(error):
                ResourceSet(bad)


class Texts(unittest.TestCase):
    def test_durations(self):
        for text, seconds in (("30", 30), ("30s", 30), ("1.5h", 5400), ("100ms", 0.1),
                              ("2d", 172800), ("inf", math.inf)):
            self.assertEqual(parse_fsd(text), seconds)
        for text in ("", "-1", "1x", "1h5m", "s"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                parse_fsd(text)

    def test_times(self):
        now = datetime.datetime(2021, 6, 10, 8, 0, 0)
        for text, wanted in (("now", now), ("+1.5m", now + datetime.timedelta(seconds=90)),
                             ("-1", now - datetime.timedelta(seconds=1)),
                             ("6/10/2021 08:00", now), ("2021-06-10T08:00:00", now),
                             ("Jun 10, 2021 8am", now),
                             ("tomorrow", datetime.datetime(2021, 6, 11)),
                             ("noon tomorrow", datetime.datetime(2021, 6, 11, 12))):
            with self.subTest(text=text):
                self.assertEqual(parse_datetime(text, now), wanted.astimezone())
        for text in ("blursday", "6/45/2021", "+1x", "-"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                parse_datetime(text, now)

    def test_uris(self):
        uri = JobURI("ssh://foo.com/tmp/foo")
        self.assertEqual((uri.local, uri.remote), ("local:///tmp/foo", "ssh://foo.com/tmp/foo"))
        uri = JobURI("local:///tmp/foo", remote_hostname="there")
        self.assertEqual((uri.local, uri.remote), ("local:///tmp/foo", "ssh://there/tmp/foo"))
        for text in ("", "foo:///x"):
            with self.assertRaises(ValueError):
                JobURI(text).local

    def test_events(self):
        event = EventLogEvent('{"timestamp": 1.5, "name": "finish", "context": {"status": 0}}')
        self.assertEqual((event.name, event.timestamp, event.context["status"]), ("finish", 1.5, 0))
        with self.assertRaises(ValueError):
            EventLogEvent("{}")


class Jobs(unittest.TestCase):
    def job(self, **more):
        return JobInfo(dict({"id": 1, "state": constants.FLUX_JOB_STATE_INACTIVE}, **more))

    def test_states(self):
        job = JobInfo({"id": 1, "state": constants.FLUX_JOB_STATE_SCHED, "urgency": 0})
        self.assertEqual((job.state, job.status, job.status_abbrev, job.returncode, job.result,
                          job.contextual_info, job.runtime, job.nodelist),
                         ("SCHED", "SCHED", "S", "", "", "held", 0.0, ""))

    def test_results(self):
        # Before Python 3.8 signals have names only.
        words = getattr(signal, "strsignal", lambda number: signal.Signals(number).name)
        for job, wanted in (
                (self.job(result=1, waitstatus=0), ("COMPLETED", "CD", 0, "Exit 0")),
                (self.job(result=2, waitstatus=3 << 8), ("FAILED", "F", 3, "Exit 3")),
                (self.job(result=2, waitstatus=143 << 8), ("FAILED", "F", 143, words(15))),
                (self.job(result=2, waitstatus=9), ("FAILED", "F", -9, words(9))),
                (self.job(result=4, exception_note="why"),
                 ("CANCELED", "CA", -128, "Canceled: why")),
                (self.job(result=8, waitstatus=142 << 8), ("TIMEOUT", "TO", 142, "Timeout"))):
            self.assertEqual((job.status, job.status_abbrev, job.returncode, job.inactive_reason),
                             wanted)

    def test_annotations(self):
        job = self.job(annotations={"user": {"uri": "ssh://x"}})
        self.assertEqual((job.uri, job.annotations.user.uri, job.annotations.sched),
                         ("ssh://x", "ssh://x", ""))
        self.assertIsNone(self.job().uri)
        with self.assertRaises(AttributeError):
            self.job().nosuch


class Messages(unittest.TestCase):
    def test_there_and_back(self):
        request = Message(constants.FLUX_MSGTYPE_REQUEST, "a.b", {"x": "y" * 300})
        request.aux2 = 7
        answer = Message.decode(Message.decode(request.encode()).response(2, {"no": 1}).encode())
        self.assertEqual((answer.topic, answer.errnum, answer.matchtag, answer.payload),
                         ("a.b", 2, 7, {"no": 1}))
        self.assertEqual(Message.decode(request.encode()).payload, {"x": "y" * 300})

    def test_what_is_cut_short(self):
        whole = Message(constants.FLUX_MSGTYPE_EVENT, "a", {"x": 1}).encode()
        for size in range(len(whole)):
            with self.subTest(size=size), self.assertRaises((ValueError, IndexError)):
                Message.decode(whole[:size])


class NoConnection:
    kept = 0

    @staticmethod
    def take_messages(_wanted):
        return ()


class NoHandle:
    def __init__(self):
        self.reactor = Reactor(NoConnection())

    def get_reactor(self):
        return self.reactor


class Futures(unittest.TestCase):
    def setUp(self):
        self.handle = NoHandle()
        self.future = Future(self.handle)
        self.seen = []

    def note(self, future):
        try:
            self.seen.append(future.get())
            future.reset()
        except OSError as reason:
            self.seen.append(reason.errno)

    def test_results_that_came_at_once(self):
        self.future.then(self.note)
        for result in (1, 2, 3):
            self.future.fulfill(result)
        self.future.fulfill_error(errno.ENODATA)
        self.assertEqual(self.handle.reactor.run(), 0)
        self.assertEqual(self.seen, [1, 2, 3, errno.ENODATA])
        self.assertTrue(self.handle.reactor.is_idle())

    def test_results_that_came_before(self):
        self.future.fulfill(1)
        self.assertEqual(self.future.get(), 1)
        self.future.fulfill_error(errno.ENODATA)
        self.future.then(self.note)
        self.future.reset()
        self.handle.reactor.run()
        self.assertEqual(self.seen, [errno.ENODATA])
        self.assertTrue(self.handle.reactor.is_idle())

    def test_stop(self):
        self.future.then(self.note).stop()
        self.future.fulfill(1)
        self.handle.reactor.run()
        self.assertEqual(self.seen, [])
        self.assertTrue(self.handle.reactor.is_idle())

    def test_the_reset_of_nothing_loses_nothing(self):
        self.future.fulfill(1)
        self.future.fulfill(2)
        for _ in range(3):
            self.future.reset()
        self.assertEqual(self.future.get(), 1)


if __name__ == "__main__":
    unittest.main()
