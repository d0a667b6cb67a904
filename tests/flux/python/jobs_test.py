"""flux.job and flux.resource"""

import errno
import os
import signal
import subprocess
import time
import unittest

import flux
import flux.job
from case import Case
from flux import constants, job, resource
from flux.job import JobspecV1
from flux.uri import FluxURIResolver, JobURI


class Jobs(Case):
    def tearDown(self):
        for left in job.JobList(self.flux, filters=["active"]).jobs():
            try:
                job.cancel(self.flux, left.id)
            except OSError as reason:
                self.assertEqual(reason.strerror, "job is inactive")
            job.result(self.flux, left.id)

    def submit(self, *command, **more):
        options = {key: more.pop(key) for key in list(more) if key in ("urgency", "waitable")}
        return job.submit(self.flux, JobspecV1.from_command(list(command), **more), **options)

    def shell(self, text, **more):
        return self.submit("sh", "-c", text, **more)


class Submission(Jobs):
    def test_id(self):
        jobid = self.submit("true")
        self.assertIsInstance(jobid, job.JobID)
        self.assertEqual(subprocess.check_output(["flux", "job", "last"]).decode().strip(),
                         str(jobid))

    def test_text(self):
        text = JobspecV1.from_command(["true"]).dumps()
        self.assertEqual(job.result(self.flux, job.submit(self.flux, text)).result, "COMPLETED")

    def test_what_is_refused(self):
        self.fails(errno.EINVAL, job.submit, self.flux, None)
        self.fails(errno.EINVAL, job.submit, None, JobspecV1.from_command(["true"]))
        self.fails(errno.EINVAL, job.submit, self.flux, "{}")
        self.fails(errno.EINVAL, self.submit, "true", urgency=99)
        with self.assertRaises(TypeError):
            job.submit(self.flux, 7)

    def test_many_at_once(self):
        ids = []
        jobspec = JobspecV1.from_command(["true"])
        for _ in range(20):
            job.submit_async(self.flux, jobspec).then(lambda f: ids.append(f.get_id()))
        self.flux.reactor_run()
        self.assertEqual(len(set(ids)), 20)

    def test_environment_and_directory(self):
        jobid = self.shell("echo $WORD; pwd", environment=dict(os.environ, WORD="word"), cwd="/")
        self.assertEqual(job.job_output(self.flux, jobid).stdout, "word\n/\n")

    def test_output_to_files(self):
        jobspec = JobspecV1.from_command(["sh", "-c", "echo out; echo err >&2"])
        jobspec.stdout, jobspec.stderr = "o.{{id}}", "e.{{id}}"
        jobid = job.submit(self.flux, jobspec)
        job.event_wait(self.flux, jobid, "clean")
        with open("o.{}".format(jobid)) as out, open("e.{}".format(jobid)) as err:
            self.assertEqual((out.read(), err.read()), ("out\n", "err\n"))

    def test_batch(self):
        jobspec = JobspecV1.from_batch_command(
            "#!/bin/sh\nflux getattr size\nflux config get tbon.topo\ncat $1\n", "nested",
            args=["{{tmpdir}}/words"], num_slots=2, num_nodes=2, conf={"tbon": {"topo": "kary:2"}})
        jobspec.add_file("words", "some words\n")
        jobid = job.submit(self.flux, jobspec)
        self.assertEqual(job.result(self.flux, jobid).returncode, 0)
        self.assertEqual(job.job_output(self.flux, jobid).stdout, "2\nkary:2\nsome words\n")

    def test_an_instance_within(self):
        nested = job.submit(self.flux, JobspecV1.from_nest_command(["sleep", "1000"]))
        job.event_wait(self.flux, nested, "memo")
        uri = job.job_list_id(self.flux, nested).get_jobinfo().uri
        self.assertTrue(uri.startswith("ssh://"))
        for form in (uri, JobURI(uri).local, FluxURIResolver().resolve(str(nested)).local):
            with flux.Flux(form) as inside:
                self.assertEqual(inside.attr_get("jobid"), str(nested))
        with self.assertRaises(ValueError):
            FluxURIResolver().resolve(str(job.JobID(12345)))

    def test_per_resource(self):
        jobspec = JobspecV1.per_resource(["echo", "x"], nnodes=2, per_resource_type="node",
                                         per_resource_count=2)
        self.assertEqual(job.job_output(self.flux, job.submit(self.flux, jobspec)).stdout,
                         "x\n" * 4)

    def test_python_in_a_job(self):
        jobid = self.submit("python3", "-c", "import flux; print(flux.Flux().get_rank())")
        self.assertEqual(job.job_output(self.flux, jobid), ("0\n", "", ""))


class Waiting(Jobs):
    def test_wait(self):
        jobid = self.shell("exit 3", waitable=True)
        result = job.wait(self.flux, jobid)
        self.assertEqual((result.jobid, result.success), (jobid, False))
        self.assertIn("exit code 3", result.errstr)
        with self.assertRaises(ChildProcessError):
            job.wait(self.flux, jobid)

    def test_wait_for_any(self):
        ids = {self.submit("true", waitable=True) for _ in range(3)}
        self.assertEqual({job.wait(self.flux).jobid for _ in ids}, ids)

    def test_result(self):
        held = self.submit("true", urgency=0)
        job.cancel(self.flux, held, "why not")
        for jobid, wanted in (
                (self.submit("true"), ("COMPLETED", 0, False)),
                (self.submit("false"), ("FAILED", 1, False)),
                (self.submit("nosuchprog"), ("FAILED", 127, True)),
                (held, ("CANCELED", -128, True))):
            info = job.result(self.flux, jobid)
            self.assertEqual((info.result, info.returncode, info.exception.occurred), wanted)
            self.assertEqual(info.id, jobid)
        self.assertEqual((info.exception.type, info.exception.note, info.runtime),
                         ("cancel", "why not", 0.0))

    def test_time_limit(self):
        info = job.result(self.flux, self.submit("sleep", "1000", duration="0.1s"))
        self.assertEqual((info.result, info.exception.type), ("TIMEOUT", "timeout"))
        self.assertNotEqual(info.returncode, 0)

    def test_results_of_several(self):
        ends = {}
        for number in range(3):
            job.result_async(self.flux, self.shell("exit {}".format(number))).then(
                lambda f, n: ends.update({n: f.get_info().returncode}), number)
        self.flux.reactor_run()
        self.assertEqual(ends, {0: 0, 1: 1, 2: 2})

    def test_kill(self):
        jobid = self.submit("sleep", "1000")
        job.event_wait(self.flux, jobid, "shell.start", eventlog="guest.exec.eventlog")
        job.kill(self.flux, jobid, signal.SIGKILL)
        self.assertEqual(job.result(self.flux, jobid).returncode, 137)

    def test_bad_ids(self):
        for function in (job.kill, job.cancel):
            with self.assertRaises(ValueError):
                function(self.flux, "abc!")
            with self.assertRaises(OSError):
                function(self.flux, 123)
        with self.assertRaises(FileNotFoundError):
            job.result(self.flux, 123)


class Events(Jobs):
    ALL = ["submit", "validate", "depend", "priority", "alloc", "start", "finish", "release",
           "free", "clean"]

    def test_watch(self):
        events = list(job.event_watch(self.flux, self.submit("true")))
        self.assertEqual([event.name for event in events], self.ALL)
        self.assertEqual(events[6].context, {"status": 0})

    def test_watch_in_the_reactor(self):
        names = []

        def arrived(future, word):
            self.assertEqual(word, "word")
            event = future.get_event()
            if event is None:
                self.flux.reactor_stop()
            else:
                names.append(event.name)
                future.reset()  # which get_event() did already: programs do both

        job.event_watch_async(self.flux, self.submit("true")).then(arrived, "word")
        self.flux.reactor_run()
        self.assertEqual(names, self.ALL)

    def test_without_autoreset(self):
        future = job.event_watch_async(self.flux, self.submit("true"))
        for _ in range(2):
            self.assertEqual(future.get_event(autoreset=False).name, "submit")
        future.reset()
        self.assertEqual(future.get_event().name, "validate")
        future.cancel()

    def test_cancel_of_a_watch(self):
        jobid = self.submit("sleep", "1000")
        future = job.event_watch_async(self.flux, jobid)
        names = []
        while True:
            event = future.get_event()
            if event is None:
                break
            names.append(event.name)
            if event.name == "start":
                future.cancel()
        self.assertEqual(names, self.ALL[:6])

    def test_cancel_that_stops(self):
        jobid = self.submit("sleep", "1000")
        names = []

        def arrived(future):
            names.append(future.get_event().name)
            if names[-1] == "start":
                future.cancel(stop=True)

        job.event_watch_async(self.flux, jobid).then(arrived)
        self.flux.reactor_run()
        self.assertEqual(names[-1], "start")

    def test_wait(self):
        jobid = self.submit("true")
        self.assertEqual(job.event_wait(self.flux, jobid, "clean").name, "clean")
        self.fails(errno.ENODATA, job.event_wait, self.flux, jobid, "nosuch")
        self.fails(errno.ENOENT, job.event_wait, self.flux, 123, "start")

    def test_exceptions(self):
        jobid = self.submit("true", num_tasks=9999)
        with self.assertRaises(job.JobException) as caught:
            job.event_wait(self.flux, jobid, "start")
        self.assertEqual((caught.exception.type, caught.exception.severity), ("alloc", 0))
        self.fails(errno.ENODATA, job.event_wait, self.flux, jobid, "start",
                   raiseJobException=False)


class Output(Jobs):
    TEXT = "echo one; echo two; echo bad >&2"

    def test_whole(self):
        self.assertEqual(job.job_output(self.flux, self.shell(self.TEXT)),
                         ("one\ntwo\n", "bad\n", ""))

    def test_tasks(self):
        jobid = self.shell("echo $FLUX_TASK_RANK", num_tasks=2)
        self.assertEqual(sorted(job.job_output(self.flux, jobid, labelio=True).stdout.splitlines()),
                         ["0: 0", "1: 1"])
        self.assertEqual(job.job_output(self.flux, jobid, tasks="1").stdout, "1\n")

    def test_lines(self):
        jobid = self.shell("printf 'one\\ntw'; sleep 0.01; printf 'o\\nthree'")
        self.assertEqual(list(job.output_watch_lines(self.flux, jobid)),
                         [("stdout", line) for line in ("one", "two", "three")])

    def collected(self, future, method):
        texts = []
        future.then(lambda f: texts.append(getattr(f, method)()))
        self.flux.reactor_run()
        return texts

    def test_in_the_reactor(self):
        texts = self.collected(job.output_watch_async(self.flux, self.shell(self.TEXT)),
                               "get_output")
        self.assertEqual(texts.pop(), (None, None))
        self.assertEqual(["".join(text for stream, text in texts if stream == wanted)
                          for wanted in ("stdout", "stderr", None)], ["one\ntwo\n", "bad\n", ""])

    def test_lines_in_the_reactor(self):
        # In one write, and thus one entry.
        jobid = self.shell("printf 'one\\ntwo\\nthree'")
        lines = self.collected(job.output_watch_lines_async(self.flux, jobid), "getline")
        self.assertEqual(lines, [("stdout", "one"), ("stdout", "two"), ("stdout", "three"),
                                 (None, None)])

    def test_errors_in_the_reactor(self):
        caught = []
        job.output_watch_async(self.flux, 123).then(
            lambda f: caught.append(self.fails(errno.ENOENT, f.get_output)))
        self.flux.reactor_run()
        self.assertEqual(len(caught), 1)

    def test_messages_of_the_shell(self):
        jobid = self.submit("nosuchprog")
        self.assertRegex(job.job_output(self.flux, jobid).stderr, r"flux-shell\[0\]: FATAL: .*nosuch")
        self.assertRegex(job.job_output(self.flux, jobid, log_stderr_level=-1).log, "nosuchprog")

    def test_events(self):
        events = list(job.output_event_watch(self.flux, self.shell("echo x")))
        self.assertEqual(events[0].name, "header")
        data = [event for event in events if event.data]
        self.assertEqual([(e.stream, str(e.rank), e.data) for e in data], [("stdout", "0", "x\n")])

    def test_what_is_not_there(self):
        with self.assertRaises(FileNotFoundError):
            job.job_output(self.flux, 123)
        held = self.submit("true", urgency=0)
        with self.assertRaises(FileNotFoundError):
            job.job_output(self.flux, held, nowait=True)
        job.cancel(self.flux, held)
        with self.assertRaises(job.JobException):
            job.job_output(self.flux, held)
        shown = []
        with self.assertRaises(OSError) as caught:
            shown.extend(job.output_watch(self.flux, held))
        self.assertEqual(caught.exception.errno, errno.EIO)
        self.assertEqual(caught.exception.strerror, "job {} never started".format(held))


class Listing(Jobs):
    def finished(self, *command):
        jobid = self.submit(*command)
        job.event_wait(self.flux, jobid, "clean")
        return jobid

    def test_by_id(self):
        jobid = self.finished("false")
        listing = job.JobList(self.flux, ids=[jobid, str(jobid), 12345])
        jobs = list(listing.jobs())
        self.assertEqual([(j.id, j.name, j.status_abbrev, j.returncode) for j in jobs],
                         [(jobid, "false", "F", 1)] * 2)
        self.assertEqual(listing.errors, ["JobID {} unknown".format(job.JobID(12345))])

    def test_filters(self):
        good, bad = self.finished("true"), self.finished("false")
        held = self.submit("true", urgency=0)

        def ids(*filters, **more):
            return [j.id for j in job.JobList(self.flux, filters=filters, **more).jobs()]

        self.assertIn(good, ids("completed"))
        self.assertNotIn(bad, ids("completed"))
        self.assertIn(bad, ids("failed"))
        self.assertEqual(ids("pending"), [held])
        self.assertEqual(ids("active", max_entries=1), [held])
        self.assertIn(good, ids("inactive", name="true"))
        self.assertNotIn(good, ids("inactive", name="false"))
        self.assertEqual(ids("inactive", since=time.time()), [])
        self.assertIn(good, ids("inactive", user="all"))
        for bad_argument in ({"filters": ["nosuch"]}, {"user": "nosuchuser"}):
            with self.assertRaises(ValueError):
                job.JobList(self.flux, **bad_argument)

    def test_functions(self):
        jobid = self.finished("true")
        listed = job.job_list(self.flux, attrs=["userid"]).get_jobs()
        self.assertIn({"id": jobid, "userid": os.getuid()}, listed)
        self.assertEqual(job.job_list_inactive(self.flux, 0.0, 1).get_jobs()[0]["id"], jobid)
        self.assertIn("jobs", job.job_list(self.flux).get())
        self.assertEqual(job.job_list_id(self.flux, jobid).get_jobinfo().name, "true")
        with self.assertRaises(FileNotFoundError):
            job.job_list_id(self.flux, 12345).get_job()
        states = job.job_list(self.flux, states=constants.FLUX_JOB_STATE_INACTIVE).get_jobinfos()
        self.assertEqual({info.state for info in states}, {"INACTIVE"})
        # The class with a payload of one's own, as flux-restful-api has it.
        rpc = flux.job.list.JobListIdRPC(self.flux, "job-list.list-id",
                                         {"id": jobid, "attrs": ["all"]})
        self.assertEqual(rpc.get()["job"]["id"], jobid)
        self.assertEqual(rpc.get_jobinfo()._nnodes, 1)

    def test_get_job(self):
        jobid = self.finished("false")
        found = job.get_job(self.flux, jobid)
        self.assertEqual((found["id"], found["state"], found["result"], found["returncode"],
                          found["exception"]["occurred"]), (jobid, "INACTIVE", "FAILED", 1, False))
        self.assertIsNone(job.get_job(self.flux, 12345))

    def test_dictionary(self):
        info = job.job_list_id(self.flux, self.finished("true")).get_jobinfo().to_dict()
        self.assertEqual((info["name"], info["status"], info["exception"]),
                         ("true", "COMPLETED", {"occurred": False}))

    def test_stats(self):
        before = job.JobStats(self.flux)
        self.assertEqual(before.active, -1)
        before.update_sync()
        self.finished("true")
        seen = []
        job.JobStats(self.flux).update(callback=lambda stats, x: seen.append((stats.successful, x)),
                                       x=1)
        self.flux.reactor_run()
        self.assertEqual(seen, [(before.successful + 1, 1)])


class Kept(Jobs):
    def test_lookup(self):
        jobid = self.submit("true")
        job.event_wait(self.flux, jobid, "clean")
        self.assertEqual(job.job_kvs(self.flux, jobid)["jobspec"]["tasks"][0]["command"], ["true"])
        self.assertIn("exec", job.job_kvs_guest(self.flux, jobid))
        data = job.job_kvs_lookup(self.flux, jobid, keys=["jobspec", "R"])
        self.assertEqual((data["id"], data["R"]["version"]), (jobid, 1))
        self.assertIsInstance(
            job.job_kvs_lookup(self.flux, jobid, decode=False)["jobspec"], str)
        original = job.job_kvs_lookup(self.flux, jobid, original=True)
        self.assertIn("environment", original["jobspec"]["attributes"]["system"])
        self.assertNotIn("J", original)
        self.assertIsNone(job.job_kvs_lookup(self.flux, 12345))
        lookup = job.JobKVSLookup(self.flux, [jobid, 12345], keys=["R"])
        self.assertEqual(([d["id"] for d in lookup.data()], len(lookup.errors)), ([jobid], 1))

    def test_updates(self):
        jobid = self.submit("true", urgency=0)
        self.flux.rpc("job-manager.update", {
            "id": jobid, "updates": {"attributes.system.duration": 100.0}}).get()
        for more, duration in (({}, 100.0), ({"base": True}, 0), ({"original": True}, 0)):
            with self.subTest(more=more):
                jobspec = job.job_kvs_lookup(self.flux, jobid, **more)["jobspec"]
                self.assertEqual(jobspec["attributes"]["system"]["duration"], duration)

    def test_timeleft(self):
        program = "import flux.job; print(0 < flux.job.timeleft() <= 60)"
        jobid = self.submit("python3", "-c", program, duration="1m")
        self.assertEqual(job.job_output(self.flux, jobid).stdout, "True\n")
        with self.assertRaises(OSError):
            job.timeleft(self.flux)


class Resources(Case):
    def test_list(self):
        listed = resource.resource_list(self.flux).get()
        self.assertEqual((listed.all.nnodes, listed.down.nnodes, str(listed.up.ranks)),
                         (2, 0, "0-1"))
        self.assertEqual(listed.free.ncores, listed.up.ncores - listed.allocated.ncores)
        self.assertEqual(listed["free"].state, "free")

    def test_status(self):
        status = resource.resource_status(self.flux).get_status()
        self.assertEqual((str(status.online), str(status.drained), str(status.avail)),
                         ("0-1", "", "0-1"))


if __name__ == "__main__":
    unittest.main()
