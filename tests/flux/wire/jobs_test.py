"""The services behind jobs: job-ingest, job-manager, job-info, job-list (RFC 14, 15, 18, 20, 21)."""

import base64
import json
import unittest

from case import EINVAL, ENOENT, EPERM, Case
from client import STREAMING, USER, RpcError, sign

INACTIVE = 64
COMPLETED = 1


class Jobs(Case):
    def events(self, job, path="eventlog", flags=0):
        """The entries of an eventlog, up to its end."""
        return [json.loads(answer["event"]) for answer in self.client.stream(
            "job-info.eventlog-watch", {"id": job, "path": path, "flags": flags})]

    def wait(self, job):
        return {event["name"]: event for event in self.events(job)}

    def started(self, job):
        """Waits for the start; the tag of the stream, which goes on."""
        tag = self.client.request("job-info.eventlog-watch",
                                  {"id": job, "path": "eventlog", "flags": 0}, flags=STREAMING)
        while json.loads(self.client.answer(tag)["event"])["name"] != "start":
            pass
        return tag

    def lookup(self, job, *keys, **more):
        return self.client.rpc("job-info.lookup", {"id": job, "keys": list(keys), "flags": 0},
                               **more)


class Ingest(Jobs):
    def test_submit(self):
        first, second = (self.client.submit(["true"]) for _ in range(2))
        self.assertIsInstance(first, int)
        self.assertGreater(second, first)
        self.wait(second)

    def test_what_is_no_jobspec(self):
        good = {"urgency": 16, "flags": 0}
        for J in ("", "x", "a.b.c", "a.b", sign("{}"), sign("[]"), sign("{"), sign("null"),
                  sign('{"version": 2}'), sign("{}", userid=self.owner + 1)):
            with self.subTest(J=J), self.assertRaises(RpcError):
                self.client.rpc("job-ingest.submit", {"J": J, **good})
        for payload in ({}, good, {"J": 3, **good}, {"J": sign("{}"), "urgency": "x", "flags": 0}):
            with self.subTest(payload=payload), self.assertRaises(RpcError):
                self.client.rpc("job-ingest.submit", payload)

    def test_urgency_is_between_0_and_31(self):
        for urgency in (-1, 32):
            with self.assertRaises(RpcError) as caught:
                self.client.submit(["true"], urgency=urgency)
            self.assertEqual(caught.exception.errnum, EINVAL)


class Eventlog(Jobs):
    def test_main(self):
        names = [event["name"] for event in self.events(self.client.submit(["true"]))]
        self.assertEqual([name for name in names if name != "validate"],
                         ["submit", "depend", "priority", "alloc", "start", "finish", "release",
                          "free", "clean"])
        self.assertEqual(names[:2], ["submit", "validate"])

    def test_contexts(self):
        events = self.wait(self.client.submit(["false"]))
        self.assertEqual(events["submit"]["context"]["userid"], self.owner)
        self.assertEqual(events["submit"]["context"]["urgency"], 16)
        self.assertEqual(events["priority"]["context"]["priority"], 16)
        self.assertEqual(events["finish"]["context"]["status"], 1 << 8)
        self.assertEqual(events["release"]["context"]["final"], True)
        for event in events.values():
            self.assertGreater(event["timestamp"], 1e9)

    def test_exec_and_output(self):
        job = self.client.submit(["echo", "words"])
        self.wait(job)
        names = [event["name"] for event in self.events(job, "guest.exec.eventlog")]
        self.assertEqual(names[0], "init")
        for name in ("starting", "shell.init", "shell.start", "complete", "done"):
            self.assertIn(name, names)
        header, *data = self.events(job, "guest.output")
        self.assertEqual((header["name"], header["context"]["version"]), ("header", 1))
        words = [e["context"] for e in data if e["name"] == "data" and "data" in e["context"]]
        self.assertEqual([(w["stream"], w["rank"], w["data"]) for w in words],
                         [("stdout", "0", "words\n")])
        self.assertEqual(sorted(e["context"]["stream"] for e in data if e["context"].get("eof")),
                         ["stderr", "stdout"])

    def test_watch_and_cancel(self):
        job = self.client.submit(["sleep", "1000"])
        tag = self.started(job)
        self.client.notify("job-info.eventlog-watch-cancel", {"matchtag": tag})
        self.assertEqual(list(self.client.follow(tag)), [])
        self.client.rpc("job-manager.raise", {"id": job, "type": "cancel", "severity": 0})
        self.wait(job)

    def test_unknown(self):
        with self.assertRaises(RpcError) as caught:
            self.events(1234)
        self.assertEqual(caught.exception.errnum, ENOENT)
        with self.assertRaises(RpcError):
            self.events(self.client.submit(["true"]), "nosuch")


class Journal(Jobs):
    def test_all_jobs_in_one_stream(self):
        old = self.client.submit(["true"])
        self.wait(old)
        tag = self.client.request("job-manager.events-journal", {"full": True}, flags=STREAMING)
        history = {}
        while (answer := self.client.answer(tag))["id"] != -1:
            history[answer["id"]] = answer
        self.assertEqual([event["name"] for event in history[old]["events"]][-1], "clean")
        self.assertEqual(history[old]["jobspec"]["tasks"][0]["command"], ["true"])
        self.assertEqual(history[old]["R"]["version"], 1)
        self.assertEqual(answer["events"], [])
        new, events = self.client.submit(["false"]), {}
        while "clean" not in events:
            answer = self.client.answer(tag)
            if answer["id"] == new:
                event, = answer["events"]
                events[event["name"]] = (event, set(answer) - {"id", "events"})
        self.assertEqual(events["submit"][1], {"jobspec"})
        self.assertEqual(events["alloc"][1], {"R"})
        self.assertEqual(events["finish"][0]["context"]["status"], 1 << 8)
        self.client.notify("job-manager.events-journal-cancel", {"matchtag": tag})
        self.assertEqual(list(self.client.follow(tag)), [])


class Info(Jobs):
    def test_update_watch(self):
        job = self.client.submit(["sleep", "1000"])
        self.started(job)
        tag = self.client.request("job-info.update-watch", {"id": job, "key": "R", "flags": 0},
                                  flags=STREAMING)
        first = self.client.answer(tag)["R"]["execution"]["expiration"]
        self.client.rpc("job-manager.update", {
            "id": job, "updates": {"attributes.system.duration": 5000.0}})
        self.assertNotEqual(self.client.answer(tag)["R"]["execution"]["expiration"], first)
        self.client.rpc("job-manager.raise", {"id": job, "type": "cancel", "severity": 0})
        self.assertEqual(list(self.client.follow(tag)), [])

    def test_lookup(self):
        job = self.client.submit(["true"])
        self.wait(job)
        found = self.lookup(job, "jobspec", "R", "eventlog", "J")
        self.keys(found, "id", "jobspec", "R", "eventlog", "J")
        self.assertEqual(found["id"], job)
        self.assertEqual(json.loads(found["jobspec"])["tasks"][0]["command"], ["true"])
        self.assertEqual(json.loads(found["R"])["version"], 1)
        lines = found["eventlog"].splitlines()
        self.assertEqual(json.loads(lines[0])["name"], "submit")
        self.assertEqual(json.loads(lines[-1])["name"], "clean")

    def test_J_is_what_was_submitted(self):
        job = self.client.submit(["true"])
        header, jobspec, signature = self.lookup(job, "J")["J"].split(".")
        self.assertIn(b"mechanism\0snone\0", base64.b64decode(header))
        self.assertEqual(json.loads(base64.b64decode(jobspec))["tasks"][0]["command"], ["true"])
        self.assertEqual(signature, "none")

    def test_unknown(self):
        with self.assertRaises(RpcError) as caught:
            self.lookup(1234, "jobspec")
        self.assertEqual(caught.exception.errnum, ENOENT)
        with self.assertRaises(RpcError) as caught:
            self.lookup(self.client.submit(["true"]), "nosuch")
        self.assertEqual(caught.exception.errnum, ENOENT)

    def test_guests_see_only_their_own(self):
        job = self.client.submit(["true"])
        self.wait(job)
        with self.assertRaises(RpcError) as caught:
            self.lookup(job, "jobspec", userid=4242, rolemask=USER)
        self.assertEqual(caught.exception.errnum, EPERM)


class Manager(Jobs):
    def test_raise(self):
        job = self.client.submit(["sleep", "1000"])
        self.assertIsNone(self.client.rpc("job-manager.raise", {
            "id": job, "type": "cancel", "severity": 0, "note": "enough"}))
        exception = self.wait(job)["exception"]["context"]
        self.assertEqual((exception["type"], exception["severity"], exception["note"],
                          exception["userid"]), ("cancel", 0, "enough", self.owner))
        self.fails(ENOENT, "job-manager.raise", {"id": 99, "type": "cancel", "severity": 0},
                   text="unknown job id")
        self.fails(EINVAL, "job-manager.raise", {"id": job, "type": "cancel", "severity": 9})

    def test_kill(self):
        job = self.client.submit(["sleep", "1000"])
        tag = self.client.request("job-info.eventlog-watch", {
            "id": job, "path": "guest.exec.eventlog", "flags": 1}, flags=STREAMING)
        while json.loads(self.client.answer(tag)["event"])["name"] != "shell.start":
            pass
        self.fails(EINVAL, "job-manager.kill", {"id": job, "signum": 1000})
        self.assertIsNone(self.client.rpc("job-manager.kill", {"id": job, "signum": 15}))
        self.assertEqual(self.wait(job)["finish"]["context"]["status"] & 0x7f or
                         self.wait(job)["finish"]["context"]["status"] >> 8, 143)
        self.fails(EINVAL, "job-manager.kill", {"id": job, "signum": 15})

    def test_urgency_and_hold(self):
        job = self.client.submit(["true"], urgency=0)
        listed = self.client.rpc("job-list.list-id", {"id": job, "attrs": ["state", "urgency"]})
        self.assertEqual(listed["job"]["urgency"], 0)
        self.client.rpc("job-manager.urgency", {"id": job, "urgency": 20})
        self.assertEqual(self.wait(job)["urgency"]["context"],
                         {"urgency": 20, "userid": self.owner})
        self.fails(EINVAL, "job-manager.urgency", {"id": 99, "urgency": 3}, text="unknown job")

    def test_queue(self):
        status = self.client.rpc("job-manager.queue-status", nodeid=0)
        self.assertGreaterEqual(set(status), {"enable", "start"})
        self.assertEqual((status["enable"], status["start"]), (True, True))
        self.assertEqual(self.client.rpc("job-manager.queue-list", nodeid=0), {"queues": []})
        self.assertIsNone(self.client.rpc("job-manager.queue-enable", {
            "enable": False, "reason": "a rest", "all": False}, nodeid=0))
        with self.assertRaises(RpcError) as caught:
            self.client.submit(["true"])
        self.assertEqual((caught.exception.errnum, caught.exception.text),
                         (EINVAL, "job submission is disabled: a rest"))
        self.client.rpc("job-manager.queue-enable", {"enable": True, "all": False}, nodeid=0)

    def test_idle_drain_history_purge(self):
        job = self.client.submit(["true"])
        self.client.rpc("job-manager.drain", nodeid=0)
        self.assertEqual(self.client.rpc("job-manager.idle", nodeid=0), {"pending": 0})
        self.assertEqual(self.client.rpc("job-manager.history.get")["jobs"][0], job)
        stats = self.client.rpc("job-manager.stats-get", nodeid=0)
        self.assertGreaterEqual(stats["inactive_jobs"], 1)
        purged = self.client.rpc("job-manager.purge", {"age_limit": -1.0, "num_limit": 0,
                                                       "batch": 100, "force": True}, nodeid=0)
        self.assertGreaterEqual(purged["count"], 1)
        self.fails(ENOENT, "job-list.list-id", {"id": job, "attrs": []})

    def test_wait(self):
        job = self.client.submit(["sh", "-c", "exit 3"], flags=4)
        answer = self.client.rpc("job-manager.wait", {"id": job})
        self.assertEqual((answer["id"], answer["success"]), (job, False))
        self.assertIn("exit code 3", answer["errstr"])
        self.fails(10, "job-manager.wait", {"id": job})

    def test_wait_for_any(self):
        job = self.client.submit(["true"], flags=4)
        # Any job, as flux-core's JSON library writes the id 2^64 - 1.
        self.assertEqual(self.client.rpc("job-manager.wait", {"id": -1})["id"], job)
        self.fails(10, "job-manager.wait", {"id": -1})

    def test_history_slices(self):
        older, newer = (self.client.submit(["true"]) for _ in range(2))
        for text, jobs in (("[:1]", [newer]), ("[1:2]", [older]), ("[1::-1]", [older, newer])):
            answer = self.client.rpc("job-manager.history.get", {"slice": text})
            self.assertEqual(answer["jobs"], jobs, text)
        self.fails(EINVAL, "job-manager.history.get", {"slice": "1"})

    def test_purge_by_id(self):
        job = self.client.submit(["true"])
        self.wait(job)
        self.assertEqual(self.client.rpc("job-manager.purge-id", {"id": job, "force": 1},
                                         nodeid=0), {"count": 1})
        self.fails(ENOENT, "job-manager.purge-id", {"id": job, "force": 1}, nodeid=0)


class List(Jobs):
    def test_list(self):
        jobs = []
        for _ in range(3):
            jobs.append(self.client.submit(["true"]))
            self.wait(jobs[-1])
        listed, = self.client.stream("job-list.list", {
            "max_entries": 0, "attrs": ["name", "state", "result", "t_submit", "ntasks"],
            "constraint": {"states": [INACTIVE]}})
        mine = [job for job in listed["jobs"] if job["id"] in jobs]
        self.assertEqual([job["id"] for job in mine], jobs[::-1])
        for job in mine:
            self.keys(job, "id", "name", "state", "result", "t_submit", "ntasks")
            self.assertEqual((job["state"], job["result"], job["ntasks"]),
                             (INACTIVE, COMPLETED, 1))

    def test_constraints(self):
        job = self.client.submit(["false"], system={"job": {"name": "special"}})
        self.wait(job)

        def ids(constraint, **more):
            return [entry["id"] for answer in self.client.stream("job-list.list", {
                "max_entries": 1000, "attrs": [], "constraint": constraint, **more})
                for entry in answer["jobs"]]

        special = {"name": ["special"]}
        self.assertEqual(ids(special), [job])
        for op, wanted in ((({"and": [special, {"states": ["inactive"]}]}), [job]),
                           ({"and": [special, {"results": ["failed"]}]}, [job]),
                           ({"and": [special, {"not": [{"userid": [self.owner]}]}]}, []),
                           ({"and": [special, {"or": [{"states": ["running"]}]}]}, [])):
            with self.subTest(constraint=op):
                self.assertEqual(ids(op), wanted)
        with self.assertRaises(RpcError):
            ids({"nosuch": [1]})
        self.assertEqual(len(ids({}, max_entries=1)), 1)

    def test_list_id(self):
        job = self.client.submit(["true"])
        self.wait(job)
        found = self.client.rpc("job-list.list-id", {"id": job, "attrs": ["all"]})["job"]
        for attribute in ("id", "userid", "urgency", "priority", "t_submit", "t_depend", "t_run",
                          "t_cleanup", "t_inactive", "state", "name", "ntasks", "nnodes", "ranks",
                          "nodelist", "success", "result", "waitstatus", "ncores", "cwd",
                          "duration", "exception_occurred", "expiration"):
            with self.subTest(attribute=attribute):
                self.assertIn(attribute, found)
        self.fails(EINVAL, "job-list.list-id", {"id": job, "attrs": ["nosuch"]})

    def test_stats(self):
        self.wait(self.client.submit(["true"]))
        stats = self.client.rpc("job-list.job-stats")
        self.assertGreaterEqual(set(stats), {"job_states", "successful", "failed", "canceled",
                                             "timeout", "inactive_purged"})
        self.assertEqual(set(stats["job_states"]), {"depend", "priority", "sched", "run",
                                                    "cleanup", "inactive", "total"})


if __name__ == "__main__":
    unittest.main()
