"""Sidecars: up before the job, ended after it, whatever they do."""

from harness import LocalTest, container, main, minicluster

NGINX = {"image": "nginx", "name": "nginx", "ports": [80]}


class Sidecars(LocalTest):
    def test_answers_before_the_job_starts(self):
        # A sidecar that takes its time; without the wait the job would find nobody.
        slow = {"image": "busybox", "name": "slow", "ports": [8000],
                "command": "sh -c 'trap exit TERM; sleep 2; "
                           "while true; do echo hi | nc -l -p 8000; done'"}
        ended = self.run_job(minicluster(container("nc localhost 8000", image="busybox"), slow))
        self.assert_output(ended, "hi\n")

    def test_never_ends(self):
        endless = {"image": "busybox", "name": "endless",
                   "command": "sh -c 'trap \"\" TERM; while true; do sleep 1; done'"}
        self.create(minicluster(container("true"), endless))
        self.wait_job()
        self.good("delete", "mc", "flux-sample", "--force")

    def test_crashes_and_is_started_again(self):
        crashing = {"image": "busybox", "name": "crashing",
                    "command": "sh -c 'echo run; exit 9'"}
        self.create(minicluster(container("sleep 1000"), crashing))
        watch = self.start("get", "pods", "-w", "--no-headers")
        self.read_line(watch, "CrashLoopBackOff")
        watch.terminate()
        self.finish(watch)
        status = self.object("pod", "flux-sample-0")["status"]["containerStatuses"][1]
        self.assertEqual(status["name"], "crashing")
        self.assertGreaterEqual(status["restartCount"], 1)
        description = self.good("describe", "pod", "flux-sample-0")
        self.assertRegex(description, r"Exit Code: +9\n")
        self.assertEqual(self.good("logs", "flux-sample-0", "-c", "crashing", "-p"), "run\n")

    def test_missing_image(self):
        ended = self.run_job(minicluster(
            container("true"), {"image": "no-such-image.invalid/x:1", "name": "missing"}))
        self.assertEqual(ended.status, 1, repr(ended))
        self.assertIn("no-such-image.invalid/x:1", ended.err)
        self.assertEqual(self.left_over(), [])

    def test_in_every_pod(self):
        self.create(minicluster(container("sleep 1000"), NGINX, size=3))
        self.wait("condition=Ready")
        self.assertEqual(self.good("get", "pods", "--no-headers").count("2/2"), 3)
        for index in range(3):
            hostname = self.good("exec", f"flux-sample-{index}", "-c", "nginx", "--", "hostname")
            self.assertEqual(hostname, f"flux-sample-{index}\n")


if __name__ == "__main__":
    main()
