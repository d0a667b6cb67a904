"""How a MiniCluster ends: with its job's exit status, whatever its sidecars do."""

from harness import KubernetesTest, container, main, minicluster

ENDLESS = {"image": "busybox", "name": "endless",
           "command": "sh -c 'trap \"\" TERM; while true; do sleep 1; done'"}


class Completion(KubernetesTest):
    def status(self):
        return self.object("mc", "flux-sample")["status"]

    def test_succeeded(self):
        self.create(minicluster(container("echo hello"), size=2))
        self.wait_job()
        self.assertEqual(self.logs(), "hello\n")
        status = self.status()
        self.assertEqual((status["phase"], status["exitCode"]), ("Succeeded", 0))
        self.assertLessEqual(status["startTime"], status["completionTime"])
        self.assertTrue(status["leadPod"].startswith("flux-sample-0-"))
        self.good("wait", "--for=condition=Complete", "job/flux-sample", "--timeout=60s")
        generation = self.object("mc", "flux-sample")["metadata"]["generation"]
        for condition in self.conditions().values():
            self.assertEqual(condition["observedGeneration"], generation, condition)

    def test_failing_job(self):
        self.create(minicluster(container("sh -c 'echo broken >&2; exit 3'"), size=2))
        self.wait_job(succeeded=False)
        status = self.status()
        self.assertEqual((status["phase"], status["exitCode"]), ("Failed", 3))
        self.assertIn("3", self.conditions()["Failed"]["message"])
        self.assertNotEqual(self.conditions().get("Succeeded", {}).get("status"), "True")
        self.wait("condition=Failed", "job/flux-sample")
        # It was not tried again.
        leads = [pod for pod in self.pods() if pod["metadata"]["name"].startswith("flux-sample-0")]
        self.assertEqual([pod["status"]["phase"] for pod in leads], ["Failed"])

    def test_sidecar_that_never_ends(self):
        self.create(minicluster(container("echo done"), ENDLESS, size=2))
        self.wait_job()
        self.assertEqual(self.logs(), "done\n")
        self.wait("condition=Complete", "job/flux-sample")

    def test_cleanup(self):
        watch = self.start("get", "mc", "--watch", "-o",
                           "jsonpath={.metadata.name} {.status.phase}\n")
        self.create(minicluster(container("echo done"), cleanup=True))
        self.read_line(watch, "Succeeded")
        self.good("wait", "--for=delete", "mc/flux-sample", "--timeout=60s")
        self.good("wait", "--for=delete", "pod", "--all", "--timeout=60s")

    def test_time_to_live(self):
        self.create(minicluster(container("echo done"), ttlSecondsAfterFinished=2))
        self.wait_job()
        self.good("wait", "--for=delete", "mc/flux-sample", "--timeout=60s")

    def test_suspend_and_resume(self):
        self.create(minicluster(container("echo done"), suspend=True))
        self.wait("condition=Suspended")
        self.assertEqual(self.pods(), [])
        self.good("patch", "mc", "flux-sample", "--type=merge", "-p", '{"spec":{"suspend":false}}')
        self.wait_job()
        self.assertEqual(self.logs(), "done\n")
        self.assertNotEqual(self.conditions()["Suspended"]["status"], "True")


class Story(KubernetesTest):
    def test_describe_tells_it(self):
        self.create(minicluster(container("sh -c 'exit 4'")))
        self.wait_job(succeeded=False)
        self.wait_until(lambda event: "Failed" in event["reason"], "events")
        text = self.good("describe", "mc", "flux-sample")
        self.assertIn("Events:", text)
        events = text[text.index("Events:"):]
        self.assertRegex(events, r"Warning +\S*Failed")
        self.assertIn("4", events)
        self.assertGreaterEqual(len(self.events()), 2)


if __name__ == "__main__":
    main()
