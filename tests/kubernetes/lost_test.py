"""What is lost comes again: a follower, the lead, the services pod."""

from harness import INDEX, KubernetesTest, container, main, minicluster

WEB = {"image": "nginx", "name": "web", "ports": [80]}


class Lost(KubernetesTest):
    def lose(self, pod):
        """Deletes it and waits until another one of its kind is there and ready."""
        index = self.object("pod", pod)["metadata"]["labels"].get(INDEX)
        self.good("delete", "pod", pod, "--wait=false")
        self.good("wait", "--for=delete", f"pod/{pod}", "--timeout=90s")
        selector = f"job-name=flux-sample,{INDEX}={index}"
        self.wait_until(lambda each: self.is_ready(each) and each["metadata"]["name"] != pod,
                        "pods", "-l", selector)

    def test_follower_rejoins(self):
        self.create(minicluster(container(), size=3, interactive=True))
        self.wait("condition=Ready")
        lead = self.pod(0)
        self.assertEqual(self.run_everywhere(3), ["flux-sample-0", "flux-sample-1", "flux-sample-2"])
        self.lose(self.pod(2))
        self.assertEqual(self.pod(0), lead, "the lead was made again too")
        self.assertEqual(self.run_everywhere(3), ["flux-sample-0", "flux-sample-1", "flux-sample-2"])
        self.assertNotEqual(self.conditions().get("Failed", {}).get("status"), "True")

    def run_everywhere(self, nodes):
        """Hostnames from a job on all nodes; it waits in the queue until they are up."""
        return sorted(self.flux("run", "-N", str(nodes), "hostname").split())

    def test_lost_lead_restarts_the_instance(self):
        self.create(minicluster(container(), size=2, interactive=True))
        self.wait("condition=Ready")
        before = self.pod(0)
        self.lose(before)
        self.wait("condition=Ready")
        self.assertEqual(self.run_everywhere(2), ["flux-sample-0", "flux-sample-1"])
        self.assertEqual(self.object("mc", "flux-sample")["status"]["leadPod"], self.pod(0))

    def test_services_pod_is_made_again(self):
        self.create(minicluster(container("sleep 1000", image="busybox"), services=[WEB]))
        self.wait("condition=Ready")
        self.good("wait", "--for=condition=Ready", "pod/flux-sample-services", "--timeout=60s")
        before = self.object("pod", "flux-sample-services")["metadata"]["uid"]
        self.good("delete", "pod", "flux-sample-services", "--wait=false")
        self.wait_until(lambda pod: pod["metadata"]["uid"] != before and self.is_ready(pod),
                        "pods", "--field-selector=metadata.name=flux-sample-services")
        page = self.fetch("http://flux-sample-services.flux-service/")
        self.assertIn("Welcome to nginx!", page)

    def fetch(self, url):
        # The new pod's address comes into DNS a moment after the pod is ready.
        return self.good("exec", self.pod(0), "-c", "flux-sample", "--", "sh", "-c",
                         f"until timeout 5 wget -q -O - {url}; do :; done")


if __name__ == "__main__":
    main()
