"""The services pod: up before Flux starts, back after a crash with its data; and what the status
says of services and sidecars that don't come up: which container, and why.
"""

import json
import subprocess

from harness import LIMIT, MINICLUSTER, KubernetesTest, container, main, minicluster
from registry_tutorials import FULL, PUSH_TOO_MUCH, small_registry

NO_IMAGE = "localhost:1/no-such/image:1"


def service(command, port=5000, **fields):
    return {"image": "busybox", "name": "registry", "ports": [port], "command": command, **fields}


class Services(KubernetesTest):
    def test_answer_before_flux_starts(self):
        slow = service("sh -c 'sleep 2; mkdir /www; echo hi > /www/index.html; trap exit TERM; "
                       "httpd -f -p 5000 -h /www & wait'")
        self.create(minicluster(
            container("wget -q -O - http://flux-sample-services.flux-service:5000/",
                      image="busybox"), services=[slow]))
        self.wait_job()
        self.assertEqual(self.logs(), "hi\n")

    def test_come_back_with_their_data(self):
        registry = {"image": "ghcr.io/oras-project/registry:latest", "name": "registry",
                    "ports": [5000],
                    "volumes": {"data": {"path": "/var/lib/registry", "emptyDir": True}}}
        manifest = json.loads(minicluster(
            container(image="busybox"), interactive=True, services=[registry],
            network={"headlessName": "flux-service"}))
        manifest["apiVersion"] = "flux-framework.org/v1alpha2"
        self.create(json.dumps(manifest))
        self.wait("condition=Ready")
        in_registry = ("exec", "flux-sample-services", "--", "sh", "-c")
        self.good(*in_registry, "echo kept > /var/lib/registry/file")
        # A crash: its first process is told to end, and says that it did not end well.
        self.command(*in_registry, "kill 1")
        self.wait_until(lambda pod: self.is_ready(pod) and all(
            each["restartCount"] == 1 for each in pod["status"]["containerStatuses"]),
                        "pod", "flux-sample-services")
        self.assertEqual(self.good(*in_registry, "cat /var/lib/registry/file"), "kept\n")
        self.assertEqual(self.good("exec", self.pod(0), "-c", "flux-sample", "--", "wget", "-q",
                                   "-O", "-", "http://flux-sample-services.flux-service:5000/v2/"),
                         "{}")
        self.wait("condition=Ready")

    def test_status_names_the_container_and_the_cause(self):
        broken = {
            "crash": ({"services": [service("sh -c 'echo no configuration >&2; exit 3'")]},
                      "pod crash-services: container registry: CrashLoopBackOff, it ended with "
                      "exit status 3: no configuration"),
            "mute": ({"services": [service("sh -c 'trap exit TERM; sleep 100000 & wait'")]},
                     "pod mute-services: container registry: it runs, but nothing answers on its "
                     "port 5000"),
            "absent": ({"services": [{"image": NO_IMAGE, "name": "registry"}]},
                       f"ImagePullBackOff {NO_IMAGE}"),
            "wrong": ({"beside": {"image": "nginx", "name": "web", "ports": [81]}},
                      "container web: it runs, but nothing answers on its port 81"),
        }
        for name, (spec, _) in broken.items():
            beside = [spec.pop("beside")] if "beside" in spec else []
            self.create(minicluster(container(image="busybox"), *beside, name=name,
                                    interactive=True, **spec))
        for name, (_, expected) in broken.items():
            self.wait_until(lambda cluster, expected=expected: expected in self.not_ready(cluster),
                            "mc", name)
            self.assertIn(expected, " ".join(self.good("describe", "mc", name).split()))

    def test_full_disk_of_a_registry(self):
        self.create(small_registry(minicluster))
        self.wait("condition=Ready")
        pushed = self.command("exec", self.pod(0), "-c", "flux-sample", "--", "bash",
                              "-c", PUSH_TOO_MUCH)
        self.assertIn(" 500 ", pushed.out, repr(pushed))
        plugin = subprocess.run((MINICLUSTER, "--engine", "kubernetes", "-n", self.ns, "status",
                                 "flux-sample"), check=True, capture_output=True, text=True,
                                timeout=LIMIT)
        self.assertRegex(plugin.stdout, FULL)

    @staticmethod
    def not_ready(cluster):
        """The message of the condition Ready, as long as it is false."""
        for each in cluster.get("status", {}).get("conditions", []):
            if (each["type"], each["status"]) == ("Ready", "False"):
                return each["message"]
        return ""


if __name__ == "__main__":
    main()
