"""The first tutorial, word for word: nginx beside a Flux instance, its page fetched by the job."""

import os
import re

from harness import EXAMPLES, LocalTest, container, main, minicluster

FILE = os.path.join(EXAMPLES, "tests", "nginx-sidecar-service", "minicluster.yaml")


class NginxTutorial(LocalTest):
    def setUp(self):
        super().setUp()
        self.manifest = self.in_own_namespace(FILE)

    def test_create_get_logs_delete(self):
        page = self.page_of_nginx()
        self.assertIn("<h1>Welcome to nginx!</h1>", page)
        self.assertEqual(self.good("create", "-f", "-", stdin=self.manifest),
                         "minicluster.flux-framework.org/flux-sample created\n")
        follow = self.start("logs", "flux-sample-0", "-c", "flux-sample", "-f")
        follow_nginx = self.start("logs", "flux-sample-0", "-c", "nginx", "-f")
        self.wait_job()
        self.assert_output(self.finish(follow), page)
        self.assertIn("Configuration complete; ready for start up", self.finish(follow_nginx).out)
        self.assertEqual(self.good("logs", "flux-sample-0", "-c", "flux-sample"), page)
        self.assertRegex(self.good("logs", "flux-sample-0", "-c", "nginx"),
                         r'"GET / HTTP/1\.1" 200')
        self.assertRegex(self.good("get", "pods"),
                         r"\ANAME +READY +STATUS +RESTARTS +AGE\n"
                         r"flux-sample-0-[a-z0-9]{5} +0/2 +Completed +0 +\w+\n"
                         r"flux-sample-1-[a-z0-9]{5} +0/2 +Completed +0 +\w+\n\Z")
        self.assertEqual(self.good("delete", "-f", "-", stdin=self.manifest),
                         'minicluster.flux-framework.org "flux-sample" deleted\n')
        self.assertEqual(self.left_over(), [])

    def test_run_prints_the_page_alone(self):
        ended = self.command("run", "-", stdin=self.manifest)
        self.assertEqual(ended.status, 0, repr(ended))
        self.assertTrue(re.fullmatch(r"<!DOCTYPE html>.*</html>\n", ended.out, re.S), repr(ended))
        self.assertEqual(self.left_over(), [])

    def page_of_nginx(self):
        """What `curl localhost` prints inside the nginx container."""
        self.create(minicluster(container("sleep 1000"),
                                {"image": "nginx", "name": "nginx", "ports": [80]}, name="other"))
        self.wait("condition=Ready", "mc/other")
        page = self.good("exec", "mc/other", "-c", "nginx", "--", "sh", "-c",
                         "(apt-get update && apt-get install -y curl) > /dev/null 2>&1 && "
                         "curl -s localhost")
        self.good("delete", "mc", "other", "--force")
        return page


if __name__ == "__main__":
    main()
