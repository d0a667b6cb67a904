"""Services and sidecars that don't come up, or don't stay: status and describe say which container
it is, and why; a service that crashes comes back with its data.
"""

import json
import time

from harness import LIMIT, LocalTest, container, main, minicluster
from registry_tutorials import FULL, PUSH_TOO_MUCH, small_registry


def service(command, **fields):
    return {"image": "busybox", "name": "registry", "ports": [5000], "command": command, **fields}


class Trouble(LocalTest):
    def create_interactive(self, *beside, **spec):
        self.create(minicluster(container(image="busybox"), *beside, interactive=True, **spec))

    def wait_told(self, expected, *words):
        """Until the command says so; there is nothing to watch, each time costs what it does."""
        end = time.monotonic() + LIMIT
        while expected not in (out := " ".join(self.good(*words).split())):
            self.assertLess(time.monotonic(), end, f"{expected!r} did not come, only {out!r}")

    def test_service_that_crashes(self):
        self.create_interactive(services=[service("sh -c 'echo no configuration >&2; exit 3'")])
        expected = ("pod flux-sample-services: container registry: CrashLoopBackOff, it ended with "
                    "exit status 3")
        self.wait_told(f"Ready=False (ServicesNotReady): {expected}", "status", "flux-sample")
        self.wait_told(expected, "describe", "mc", "flux-sample")

    def test_service_that_never_answers(self):
        self.create_interactive(services=[service("sleep 100000")])
        self.wait("condition=Ready")
        expected = ("Flux does not run in this container yet: it waits until this answers: "
                    "registry")
        self.wait_told(expected, "status", "flux-sample")
        self.wait_told(expected, "describe", "mc", "flux-sample")

    def test_wrong_port_of_a_sidecar(self):
        self.create_interactive({"image": "nginx", "name": "web", "ports": [81]})
        self.wait("condition=Ready")
        self.wait_told("it waits until this answers: web", "describe", "mc", "flux-sample")

    def test_full_disk_of_a_registry(self):
        self.create(small_registry(minicluster))
        self.wait("condition=Ready")
        pushed = self.command("exec", "flux-sample-0", "--", "bash", "-c", PUSH_TOO_MUCH)
        self.assertIn(" 500 ", pushed.out, repr(pushed))
        for verb in (("status",), ("describe", "mc")):
            self.assertRegex(self.good(*verb, "flux-sample"), FULL)

    def test_service_that_comes_back_with_its_data(self):
        registry = {"image": "ghcr.io/oras-project/registry:latest", "name": "registry",
                    "ports": [5000],
                    "volumes": {"data": {"path": "/var/lib/registry", "emptyDir": True}}}
        manifest = json.loads(minicluster(container(image="busybox"), interactive=True,
                                          services=[registry]))
        manifest["apiVersion"] = "flux-framework.org/v1alpha2"
        self.create(json.dumps(manifest))
        self.wait("condition=Ready")
        in_registry = ("exec", "flux-sample-services", "--", "sh", "-c")
        self.good(*in_registry, "echo kept > /var/lib/registry/file")
        # A crash: its first process is told to end, and says that it did not end well.
        watch = self.start("get", "pods", "-w", "--no-headers")
        self.command(*in_registry, "kill 1")
        # " 1 (2s ago)": the one restart.
        self.assertIn("flux-sample-services", self.read_line(watch, " 1 ("))
        watch.terminate()
        self.wait("condition=Ready", "pod/flux-sample-services")
        self.assertEqual(self.good(*in_registry, "cat /var/lib/registry/file"), "kept\n")


if __name__ == "__main__":
    main()
