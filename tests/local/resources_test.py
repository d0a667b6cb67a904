"""Resource limits reach the container, and what happens beyond them."""

from harness import LocalTest, container, docker, main, minicluster


class Resources(LocalTest):
    def test_limits_are_set(self):
        self.create(minicluster(container("sleep 1000", resources={
            "limits": {"cpu": "500m", "memory": "64Mi"}})))
        self.wait("condition=Running")
        status = self.object("pod", "flux-sample-0")["status"]["containerStatuses"][0]
        limits = docker("inspect", "--format",
                        "{{.HostConfig.NanoCpus}} {{.HostConfig.CpuQuota}} {{.HostConfig.Memory}}",
                        status["containerID"].removeprefix("docker://")).split()
        self.assertIn(limits[:2], (["500000000", "0"], ["0", "50000"]))
        self.assertEqual(limits[2], str(64 << 20))
        self.assertRegex(self.good("describe", "pod", "flux-sample-0"),
                         r"Limits:\n +cpu: +500m\n +memory: +64Mi\n")

    def test_out_of_memory(self):
        hungry = {"image": "busybox", "name": "hungry",
                  "command": "sh -c 'sleep 1; tail /dev/zero'",
                  "resources": {"limits": {"memory": "16Mi"}}}
        self.create(minicluster(container("sleep 1000"), hungry))
        watch = self.start("get", "pods", "-w", "--no-headers")
        line = watch.stdout.readline()
        while line and "OOMKilled" not in line and "CrashLoopBackOff" not in line:
            line = watch.stdout.readline()
        watch.terminate()
        self.assertIn("hungry", self.good("describe", "pod", "flux-sample-0"))
        self.assertRegex(self.good("describe", "pod", "flux-sample-0"), r"Exit Code: +137\n")
        self.finish(watch)


if __name__ == "__main__":
    main()
