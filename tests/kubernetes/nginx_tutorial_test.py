"""The first tutorial with kubectl, word for word: namespace, create, get pods, logs, delete."""

import os

from harness import EXAMPLES, KubernetesTest, container, main, minicluster

FILE = os.path.join(EXAMPLES, "tests", "nginx-sidecar-service", "minicluster.yaml")


class NginxTutorial(KubernetesTest):
    namespace = "flux-operator"  # the tutorial's own

    def test_create_get_logs_delete(self):
        page = self.page_of_nginx()
        self.assertIn("<h1>Welcome to nginx!</h1>", page)
        self.assertEqual(self.good("create", "-f", FILE),
                         "minicluster.flux-framework.org/flux-sample created\n")
        # The names of the tutorial's pods have a suffix that differs each time.
        self.wait("condition=Ready")
        lead = self.pod(0)
        follow = self.start("logs", lead, "-c", "flux-sample", "-f")
        follow_nginx = self.start("logs", lead, "-c", "nginx", "-f")
        self.wait_job()
        self.assert_output(self.finish(follow), page)
        self.assertIn("Configuration complete; ready for start up", self.finish(follow_nginx).out)
        self.assertEqual(self.good("logs", lead, "-c", "flux-sample"), page)
        self.assertRegex(self.good("logs", lead, "-c", "nginx"), r'"GET / HTTP/1\.1" 200')
        self.assertRegex(self.good("get", "pods"),
                         r"\ANAME +READY +STATUS +RESTARTS +AGE\n"
                         r"flux-sample-0-[a-z0-9]{5} +0/2 +Completed +0 +\w+\n"
                         r"flux-sample-1-[a-z0-9]{5} +\d/2 +\w+ +0 +\w+\n\Z")
        self.assertIn('minicluster.flux-framework.org "flux-sample" deleted',
                      self.good("delete", "-f", FILE))
        self.good("wait", "--for=delete", "pod", "--all", "--timeout=60s")
        # What is left is the namespace's own.
        self.assertEqual(self.good("get", "mc,jobs,pods,services,secrets", "-o", "name"), "")
        self.assertEqual(self.good("get", "configmaps", "-o", "name"),
                         "configmap/kube-root-ca.crt\n")

    def test_pods_run_as_the_tutorial_shows_them(self):
        """While the job runs, both pods are there with both containers."""
        self.create(minicluster(container("sleep 1000"),
                                {"image": "nginx", "name": "nginx", "ports": [80]}, size=2))
        self.wait("condition=Ready")
        self.assertRegex(self.good("get", "pods"),
                         r"\ANAME +READY +STATUS +RESTARTS +AGE\n"
                         r"flux-sample-0-[a-z0-9]{5} +2/2 +Running +0 +\w+\n"
                         r"flux-sample-1-[a-z0-9]{5} +2/2 +Running +0 +\w+\n\Z")
        self.assertRegex(self.good("get", "mc"),
                         r"\ANAME +SIZE +READY +STATUS +AGE\nflux-sample +2 +2 +Running +\w+\n\Z")

    def page_of_nginx(self):
        """What `curl localhost` prints inside the nginx container."""
        self.create(minicluster(container("sleep 1000"),
                                {"image": "nginx", "name": "nginx", "ports": [80]}, name="other"))
        self.wait("condition=Ready", "mc/other")
        page = self.good("exec", self.pod(0, "other"), "-c", "nginx", "--", "sh", "-c",
                         "(apt-get update && apt-get install -y curl) > /dev/null 2>&1 && "
                         "curl -s localhost")
        self.good("delete", "mc", "other")
        return page


if __name__ == "__main__":
    main()
