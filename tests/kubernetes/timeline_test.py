"""timeline: what is known of a cluster's phases on Kubernetes, also when its containers are gone."""

import json
import subprocess

from harness import LIMIT, MINICLUSTER, KubernetesTest, container, main, minicluster

NGINX = {"image": "nginx", "name": "nginx", "ports": [80]}


class Timelines(KubernetesTest):
    def timeline(self):
        drawn = subprocess.run(
            [MINICLUSTER, "--engine", "kubernetes", "-n", self.ns, "timeline", "flux-sample", "-o",
             "json"], check=True, capture_output=True, text=True, timeout=LIMIT)
        return json.loads(drawn.stdout)

    def names(self, timeline, kind):
        return [[span["name"] for span in lane["spans"]]
                for lane in timeline["lanes"] if lane["kind"] == kind]

    def test_while_it_runs_and_after_the_end(self):
        self.create(minicluster(container("sh -c 'echo go; cat /tmp/end; echo done'",
                                          commands={"pre": "mkfifo -m 666 /tmp/end"}), NGINX, size=2))
        self.wait("condition=Ready")
        follow = self.start("logs", self.pod(0), "-c", "flux-sample", "-f")
        self.read_line(follow, "go")
        running = self.timeline()
        self.assertTrue(running["live"])
        self.assertEqual(len(self.names(running, "Pod")), 2)
        self.assertIn("hook pre", self.names(running, "Pod")[1])
        self.assertEqual(self.names(running, "Job")[0][-1], "run")
        self.good("exec", self.pod(0), "-c", "flux-sample", "--", "sh", "-c", "echo > /tmp/end")
        self.wait_job()

        ended = self.timeline()
        self.assertEqual((ended["status"], ended["live"], ended["notes"]), ("Succeeded", False, []))
        lead, follower = self.names(ended, "Pod")
        for names in (lead, follower):
            self.assertIn("hook pre", names)
            self.assertIn("Flux runs", names)
        self.assertIn("Flux ends", lead)
        job = next(lane for lane in ended["lanes"] if lane["kind"] == "Job")
        self.assertIn("CD, 1 task", job["detail"])
        self.assertFalse(any(span["open"] for span in job["spans"]), job)
        self.assertEqual(len(self.names(ended, "Container")), 2)
        # Nothing of it is taken for what went wrong.
        self.assertNotIn("minicluster journal", self.good("describe", "mc", "flux-sample"))


if __name__ == "__main__":
    main()
