"""Pods of a running cluster that fail."""

import os
import signal

from harness import LocalTest, container, docker, main, minicluster

IMAGE = "ghcr.io/flux-framework/flux-restful-api:latest"


class Followers(LocalTest):
    def flux_status(self, pod):
        return self.object("pod", pod)["status"]["containerStatuses"][0]

    def crash(self, pod):
        """Kills the container's first process, as the kernel might: a `docker kill` would count as
        the user's wish."""
        container_id = self.flux_status(pod)["containerID"].removeprefix("docker://")
        pid = int(docker("inspect", "-f", "{{.State.Pid}}", container_id))
        os.kill(pid, signal.SIGKILL)

    def flux(self, *words):
        return self.good("exec", "flux-sample-0", "-c", "flux-sample", "--", "sudo", "-u", "flux",
                         "flux", "proxy", "local:///run/flux/local", "flux", *words)

    def test_killed_follower_comes_back_and_joins_again(self):
        self.create(minicluster(container(image=IMAGE), size=3, interactive=True))
        self.wait("condition=Ready")
        watch = self.start("get", "pods", "-w", "--no-headers")
        self.read_line(watch, "flux-sample-2")
        self.crash("flux-sample-1")
        # The rest works without it, and it works with it once it is back.
        self.assertEqual(self.flux("run", "-N1", "true"), "")
        self.assertEqual(sorted(self.flux("run", "-N3", "hostname").split()),
                         ["flux-sample-0", "flux-sample-1", "flux-sample-2"])
        watch.terminate()
        self.finish(watch)
        status = self.flux_status("flux-sample-1")
        self.assertEqual(status["restartCount"], 1)
        self.assertIn("running", status["state"])
        self.assertEqual(self.flux_status("flux-sample-0")["restartCount"], 0)

    def test_killed_lead_ends_the_job(self):
        process = self.start("run", "-", stdin=minicluster(
            container("sh -c 'echo begun; sleep 1000'"), size=2))
        self.read_line(process, "begun")
        self.crash("flux-sample-0")
        ended = self.finish(process)
        self.assertEqual(ended.status, 137, repr(ended))
        self.assertIn("exit status 137", ended.err)
        self.assertEqual(self.left_over(), [])


if __name__ == "__main__":
    main()
