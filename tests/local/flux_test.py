"""The Flux instance of a cluster: jobs over the pods, interactive clusters, size 4."""

from harness import LocalTest, container, main, minicluster

PROXY = ("flux", "proxy", "local:///run/flux/local")
AS_FLUX = ("sudo", "-u", "flux")
IMAGE = "ghcr.io/flux-framework/flux-restful-api:latest"


class Flux(LocalTest):
    def flux(self, *words, pod="flux-sample-0"):
        """A Flux command in the lead pod, as the tutorials call it; `flux proxy` gives its words to a
        shell."""
        return self.good("exec", pod, "-c", "flux-sample", "--", *AS_FLUX, *PROXY, "flux", *words)

    def test_job_runs_on_all_pods(self):
        ended = self.run_job(minicluster(container("hostname"), size=4, tasks=4))
        self.assertEqual(ended.status, 0, repr(ended))
        self.assertEqual(sorted(ended.out.split()), [f"flux-sample-{i}" for i in range(4)])

    def test_launcher_starts_jobs_itself(self):
        ended = self.run_job(minicluster(
            container("sh -c 'flux resource list -no {nnodes} && flux run -N2 hostname | sort'",
                      launcher=True), size=2))
        self.assertEqual(ended.status, 0, repr(ended))
        self.assertEqual(ended.out.split()[-2:], ["flux-sample-0", "flux-sample-1"])

    def test_interactive(self):
        self.create(minicluster(container(image=IMAGE), size=2, interactive=True))
        self.wait("condition=Ready")
        self.assertEqual(self.flux("getattr", "size"), "2\n")
        self.assertEqual(sorted(self.flux("run", "-N2", "hostname").split()),
                         ["flux-sample-0", "flux-sample-1"])
        self.assertEqual(sorted(self.flux("exec", "-r", "all", "hostname").split()),
                         ["flux-sample-0", "flux-sample-1"])
        job = self.flux("submit", "sh", "-c", "'echo from a job; exit 3'").strip()
        attached = self.command("exec", "mc/flux-sample", "-c", "flux-sample", "--", *AS_FLUX,
                                *PROXY, "flux", "job", "attach", job)
        self.assertEqual((attached.status, attached.out), (3, "from a job\n"), repr(attached))
        self.assertIn(job, self.flux("jobs", "-a"))
        # The container ends with its instance, and may take the command that asked for it along.
        ended = self.command("exec", "flux-sample-0", "-c", "flux-sample", "--", *AS_FLUX,
                             *PROXY, "flux", "shutdown")
        self.assertIn(ended.status, (0, 137), repr(ended))
        self.wait_job()
        self.assertIn("Completed", self.good("get", "pod", "flux-sample-0"))

    def test_users(self):
        """As in flux-core: root may do what the owner may, but has no jobs of its own."""
        self.create(minicluster(container(image=IMAGE), interactive=True))
        self.wait("condition=Ready")
        self.assertEqual(self.flux("run", "id", "-un"), "flux\n")
        job = self.flux("submit", "sleep", "1000").strip()
        as_root = ("exec", "flux-sample-0", "-c", "flux-sample", "--", *PROXY, "flux")
        refused = self.command(*as_root, "run", "true")
        self.assertEqual(refused.status, 1, repr(refused))
        self.assertIn("submission of jobs as user root not supported", refused.err)
        self.assertNotIn(job, self.good(*as_root, "jobs", "-a"))
        self.assertIn(job, self.good(*as_root, "jobs", "-A"))
        self.good(*as_root, "cancel", job)
        self.flux("job", "wait-event", job, "clean")
        self.assertIn(job, self.flux("jobs", "-f", "canceled"))

    def test_busybox(self):
        # No bash, no sudo, no curl, no C library.
        ended = self.run_job(minicluster(container("id -un", image="busybox"), size=2, tasks=2))
        self.assert_output(ended, "flux\nflux\n")


if __name__ == "__main__":
    main()
