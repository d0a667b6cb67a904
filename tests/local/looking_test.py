"""get, describe, logs: what they show of a real cluster."""

import json

from harness import LocalTest, container, main, minicluster


class Looking(LocalTest):
    def setUp(self):
        super().setUp()
        self.create(minicluster(
            container("sh -c 'for i in 1 2 3; do echo line $i; done; sleep 1000'"),
            {"image": "nginx", "name": "nginx", "ports": [80]}, size=2))
        self.follow = self.start("logs", "flux-sample-0", "-f")
        for i in (1, 2, 3):
            self.assertEqual(self.follow.stdout.readline(), f"line {i}\n")

    def test_pods(self):
        table = self.good("get", "pods", "-o", "wide").splitlines()
        self.assertRegex(table[0], r"^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +"
                                   r"READINESS GATES$")
        self.assertRegex(table[1], r"^flux-sample-0-[a-z0-9]{5} +2/2 +Running +0 +\w+ +[0-9.]+ +\S+ +"
                                   r"<none> +<none>$")
        # kubectl's columns begin where their titles do.
        self.assertEqual(table[0].index("STATUS"), table[1].index("Running"))

    def test_json_and_yaml_agree(self):
        import yaml
        for kind in ("pods", "mc", "svc"):
            as_json = json.loads(self.good("get", kind, "-o", "json"))
            as_yaml = yaml.safe_load(self.good("get", kind, "-o", "yaml"))
            # PyYAML reads timestamps only where they are not quoted, and ours are.
            self.assertEqual(as_json, as_yaml)

    def test_names_can_be_used(self):
        names = self.good("get", "pods", "-o", "name").split()
        self.assertEqual(len(names), 2)
        for name in names:
            self.good("get", name)
            self.assertIn(name.removeprefix("pod/"), self.good("describe", name))

    def test_conditions(self):
        cluster = self.object("mc", "flux-sample")
        self.assertEqual(cluster["spec"]["size"], 2)
        self.assertEqual(cluster["status"]["phase"], "Running")
        conditions = {c["type"]: c["status"] for c in cluster["status"]["conditions"]}
        self.assertEqual(conditions["Accepted"], "True")
        self.assertEqual(conditions["Running"], "True")
        self.assertIn("Events:", self.good("describe", "mc", "flux-sample"))

    def test_logs(self):
        lines = "line 1\nline 2\nline 3\n"
        self.assertEqual(self.good("logs", "flux-sample-0", "-c", "flux-sample"), lines)
        self.assertEqual(self.good("logs", "flux-sample-0", "-c", "flux-sample", "--tail=2"),
                         "line 2\nline 3\n")
        self.assertEqual(self.good("logs", "flux-sample-0", "-c", "flux-sample", "--tail", "0"), "")
        self.assertRegex(self.good("logs", "flux-sample-0", "-c", "flux-sample", "--timestamps"),
                         r"\A(\d{4}-\d\d-\d\dT[0-9:.]+Z line \d\n){3}\Z")
        prefixed = self.good("logs", "flux-sample-0", "--all-containers", "--prefix")
        self.assertRegex(prefixed, r"\[pod/flux-sample-0-\w+/flux-sample\] line 1\n")
        self.assertRegex(prefixed, r"\[pod/flux-sample-0-\w+/nginx\] ")
        self.good("delete", "mc", "flux-sample", "--force")
        self.assertEqual(self.finish(self.follow).status, 0)

    def test_logs_since(self):
        self.assertEqual(self.good("logs", "flux-sample-0", "-c", "flux-sample", "--since=1h",
                                   "--tail=1"), "line 3\n")
        ended = self.command("logs", "flux-sample-0", "-c", "flux-sample",
                             "--since-time=2100-01-01T00:00:00Z")
        self.assert_output(ended, "")

    def test_watch_shows_the_end(self):
        watch = self.start("get", "mc", "-w")
        self.read_line(watch, "Running")
        self.good("delete", "mc", "flux-sample", "--force")
        self.read_line(watch, "Terminating")

    def test_shows_nothing_of_other_namespaces(self):
        ended = self.command("get", "pods", "-n", self.ns + "-none")
        self.assertEqual((ended.status, ended.out, ended.err),
                         (0, "", f"No resources found in {self.ns}-none namespace.\n"))
        self.assertIn(self.ns, self.good("get", "pods", "-A"))


if __name__ == "__main__":
    main()
