"""Pods of a running cluster that fail."""

from harness import LocalTest, container, docker, main, minicluster


class Followers(LocalTest):
    def container_id(self, pod):
        status = self.object("pod", pod)["status"]["containerStatuses"][0]
        return status["containerID"].removeprefix("docker://")

    def test_killed_follower_comes_back(self):
        self.create(minicluster(container(), size=2, interactive=True))
        self.wait("condition=Ready")
        docker("kill", self.container_id("flux-sample-1"))
        self.wait("condition=Ready=false", "pod/flux-sample-1")
        self.wait("condition=Ready", "pod/flux-sample-1")
        ended = self.command("exec", "flux-sample-0", "-c", "flux-sample", "--", "flux", "proxy",
                             "local:///run/flux/local", "flux", "run", "-N2", "hostname")
        self.assertEqual(sorted(ended.out.split()), ["flux-sample-0", "flux-sample-1"], repr(ended))
        self.assertGreaterEqual(
            self.object("pod", "flux-sample-1")["status"]["containerStatuses"][0]["restartCount"], 1)

    def test_killed_lead_ends_the_job(self):
        process = self.start("run", "-", stdin=minicluster(
            container("sh -c 'echo begun; sleep 1000'"), size=2))
        self.read_line(process, "begun")
        docker("kill", self.container_id("flux-sample-0"))
        ended = self.finish(process)
        self.assertEqual(ended.status, 137, repr(ended))
        self.assertIn("exit status 137", ended.err)
        self.assertEqual(self.left_over(), [])


if __name__ == "__main__":
    main()
