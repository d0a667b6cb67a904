"""Pods of a running cluster that fail."""

from harness import LocalTest, container, docker, main, minicluster


class Followers(LocalTest):
    def container_id(self, pod):
        status = self.object("pod", pod)["status"]["containerStatuses"][0]
        return status["containerID"].removeprefix("docker://")

    def test_killed_follower_is_seen_and_the_rest_works(self):
        self.create(minicluster(container(), size=2, interactive=True))
        self.wait("condition=Ready")
        docker("kill", self.container_id("flux-sample-1"))
        self.wait("condition=Ready=false", "pod/flux-sample-1")
        state = self.object("pod", "flux-sample-1")["status"]["containerStatuses"][0]["state"]
        self.assertEqual(state["terminated"]["exitCode"], 137)
        ended = self.command("exec", "flux-sample-0", "-c", "flux-sample", "--", "flux", "proxy",
                             "local:///run/flux/local", "flux", "run", "-N1", "hostname")
        self.assert_output(ended, "flux-sample-0\n")

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
