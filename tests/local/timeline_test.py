"""timeline: what it draws of a real cluster, while it runs and after its end."""

import json
import os
import shlex
import tempfile
import xml.etree.ElementTree

from harness import LocalTest, container, docker, main, minicluster

NGINX = {"image": "nginx", "name": "nginx", "ports": [80]}


class Timelines(LocalTest):
    def timeline(self, name="flux-sample"):
        return json.loads(self.good("timeline", name, "-o", "json"))

    def lane(self, timeline, kind, nth=0):
        lanes = [lane for lane in timeline["lanes"] if lane["kind"] == kind]
        self.assertGreater(len(lanes), nth, timeline)
        return lanes[nth]

    def assert_steps(self, lane, *names):
        """These steps are there, in this order, and each begins where the one before ends."""
        spans = lane["spans"]
        for before, after in zip(spans, spans[1:]):
            self.assertEqual(before["end"], after["begin"], lane)
        rest = iter(span["name"] for span in spans)
        for name in names:
            self.assertIn(name, rest, spans)

    def create_with_slow_sidecar(self):
        """nginx starts a second after the hook before Flux, so Flux has to wait for it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        mounted = {"volumes": {"work": {"path": "/work"}}}
        slow = "until [ -e /work/$(hostname) ]; do sleep 0.1; done; sleep 1; exec nginx -g 'daemon off;'"
        self.create(minicluster(
            container("hostname", commands={"pre": "touch /work/$(hostname)"}, **mounted),
            {**NGINX, "command": f"sh -c {shlex.quote(slow)}", **mounted},
            size=2, volumes={"work": {"storageClass": "hostpath", "path": folder.name}}))

    def test_after_the_end(self):
        self.create_with_slow_sidecar()
        self.wait_job()
        timeline = self.timeline()
        self.assertEqual((timeline["status"], timeline["live"], timeline["notes"]),
                         ("Succeeded", False, []))
        for nth in (0, 1):
            self.assert_steps(self.lane(timeline, "Pod", nth), "hook pre", "waiting for nginx",
                              "Flux starts", "Flux runs")
        self.assert_steps(self.lane(timeline, "Pod"), "Flux runs", "Flux ends")
        self.assertEqual(self.lane(timeline, "Container")["name"], "nginx")
        job = self.lane(timeline, "Job")
        self.assertTrue(job["name"].endswith(" hostname"), job)
        self.assertIn("CD, 1 task on rank 0", job["detail"])
        self.assertIn("run", [span["name"] for span in job["spans"]])
        self.assertAlmostEqual(sum(share["seconds"] for share in timeline["shares"]),
                               timeline["seconds"], delta=0.05)
        # The engine's own idea of the lead's start.
        lead = docker("ps", "-aq", "--filter", "label=flux-framework.org/role=lead", "--filter",
                      f"label=flux-framework.org/namespace={self.ns}").strip()
        started = docker("inspect", "-f", "{{.State.StartedAt}}", lead)
        first = next(span for span in self.lane(timeline, "Pod")["spans"]
                     if span["name"] == "users and files")
        self.assertLessEqual(started[:19], first["begin"][:19])
        self.check_forms()

    def check_forms(self):
        text = self.good("timeline", "flux-sample")
        self.assertNotIn("\x1b", text)
        self.assertIn("Where the time went:\n", text)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)
        terminal = self.terminal("timeline", "flux-sample", columns=120)
        drawn = terminal.expect("Where the time went:")
        self.assertIn("\x1b[32m", drawn)
        self.assertEqual(terminal.status(), 0)
        with tempfile.TemporaryDirectory() as directory:
            for ending, start in (("svg", "<?xml"), ("html", "<!DOCTYPE html>"), ("json", "{"),
                                  ("txt", "flux-sample (")):
                path = os.path.join(directory, "drawn." + ending)
                self.assertEqual(self.good("timeline", "flux-sample", "-o", path), "")
                with open(path, encoding="utf-8") as file:
                    self.assertTrue(file.read().startswith(start), path)
            xml.etree.ElementTree.parse(os.path.join(directory, "drawn.svg"))

    def test_while_it_runs(self):
        self.create(minicluster(container("sh -c 'echo go; sleep 1000'")))
        follow = self.start("logs", "flux-sample", "-f")
        self.read_line(follow, "go")
        timeline = self.timeline()
        self.assertTrue(timeline["live"])
        job = self.lane(timeline, "Job")
        self.assertEqual(job["spans"][-1]["name"], "run")
        self.assertTrue(job["spans"][-1]["open"])
        self.assertIn("jobs run", [share["name"] for share in timeline["shares"]])

    def test_an_interactive_cluster(self):
        self.create(minicluster(container(), interactive=True, size=2))
        self.wait("condition=Ready")
        self.good("shell", "flux-sample", "--", "flux", "run", "true")
        timeline = self.timeline()
        self.assert_steps(self.lane(timeline, "Pod"), "Flux starts", "Flux runs")
        self.assertTrue(self.lane(timeline, "Job")["name"].endswith(" true"))

    def test_a_hook_that_fails(self):
        self.create(minicluster(container("hostname", commands={"pre": "exit 7"})))
        self.wait_job(succeeded=False)
        lane = self.lane(self.timeline(), "Pod")
        self.assertTrue(lane["failed"])
        self.assertIn("exit status 7", lane["detail"])
        self.assertIn("hook commands.pre failed", lane["detail"])

    def test_refusals(self):
        ended = self.command("timeline", "flux-sample", "-o", "png")
        self.assertEqual(ended.status, 1)
        self.assertIn('unable to match a printer suitable for the output format "png"', ended.err)
        ended = self.command("timeline", "nobody")
        self.assertEqual(ended.status, 1)
        self.assertIn("NotFound", ended.err)


if __name__ == "__main__":
    main()
