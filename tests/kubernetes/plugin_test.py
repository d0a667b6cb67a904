"""kubectl minicluster: the plugin's verbs on a real cluster."""

import json
import os
import subprocess

from harness import BIN, KubernetesTest, container, main, minicluster

SHELL = "echo ready; while ! test -e /tmp/over; do sleep 0.1; done"
INSTANCE = f"sh -c '{SHELL}'"


class Plugin(KubernetesTest):
    """kubectl finds its plugins on PATH; they are links beside minicluster."""

    def setUp(self):
        super().setUp()
        path = os.environ["PATH"]
        os.environ["PATH"] = BIN + os.pathsep + path
        self.addCleanup(os.environ.__setitem__, "PATH", path)

    def plugin(self, *words, stdin=None):
        """`kubectl minicluster VERB ... -n NAMESPACE`; words behind -- come last."""
        words = list(words)
        at = words.index("--") if "--" in words else len(words)
        words[at:at] = ["-n", self.ns]
        process = subprocess.Popen(["kubectl", "minicluster", *words], text=True,
                                   stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.processes.append(process)
        if stdin:
            process.stdin.write(stdin)
            process.stdin.close()
            process.stdin = None
        return process

    def plugged(self, *words, stdin=None, status=0):
        ended = self.finish(self.plugin(*words, stdin=stdin))
        self.assertEqual(ended.status, status, ended)
        return ended

    def running_instance(self, size=1):
        self.create(minicluster(container(INSTANCE), size=size))
        self.wait("condition=Running")

    def test_run(self):
        ended = self.plugged("run", "-", stdin=minicluster(container("echo hello"), size=2))
        self.assertEqual(ended.out, "hello\n")
        self.assertEqual(self.items("mc"), [])
        self.assertEqual(self.items("jobs"), [])

    def test_run_passes_the_status_on_and_keeps(self):
        manifest = minicluster(container("sh -c 'echo broken >&2; exit 3'"))
        ended = self.plugged("run", "--keep", "-", stdin=manifest, status=3)
        self.assertIn("broken", ended.out + ended.err)
        self.assertIn("kubectl minicluster -n " + self.ns + " delete mc flux-sample", ended.err)
        # The same again takes up where that one was: nothing runs twice.
        uid = self.object("mc", "flux-sample")["metadata"]["uid"]
        self.plugged("run", "--keep", "-", stdin=manifest, status=3)
        self.assertEqual(self.object("mc", "flux-sample")["metadata"]["uid"], uid)
        self.plugged("delete", "mc", "flux-sample")
        self.assertEqual(self.items("pods"), [])

    def test_run_that_is_killed_is_taken_up(self):
        manifest = minicluster(container(INSTANCE))
        first = self.plugin("run", "-", stdin=manifest)
        self.read_line(first, "ready")
        first.kill()
        second = self.plugin("run", "-", stdin=manifest)
        self.read_line(second, "ready")
        self.plugged("shell", "flux-sample", "--", "touch", "/tmp/over")
        self.assertEqual(self.finish(second).status, 0)
        self.assertEqual(self.items("mc"), [])

    def test_shell_status_submit_logs(self):
        self.running_instance(size=2)
        self.wait("condition=Ready")
        nodes = self.plugged("shell", "flux-sample", "--", "flux", "resource", "list", "-no",
                             "{nnodes}").out
        self.assertIn("2", nodes)
        self.assertEqual(self.plugged("shell", "flux-sample", "--", "sh", "-c", "exit 7",
                                      status=7).out, "")
        self.assertEqual(self.plugged("shell", "flux-sample", stdin="echo in $FLUX_URI\n").out,
                         "in local:///run/flux/local\n")
        job = self.plugged("submit", "flux-sample", "--", "echo", "submitted").out.strip()
        self.assertRegex(job, r"^(ƒ|f)\w+$")
        self.assertEqual(self.plugged("submit", "flux-sample", "--watch", "--", "echo",
                                      "watched").out, "watched\n")
        self.plugged("submit", "flux-sample", "--watch", "--", "sh", "-c", "exit 5", status=5)
        status = self.plugged("status", "flux-sample").out
        self.assertRegex(status, r"flux-sample +2 +2 +Running")
        self.assertIn(self.pod(0), status)
        self.assertIn(self.pod(1), status)
        self.assertIn("JOBID", status)
        self.assertIn("sh", status)
        self.plugged("shell", "flux-sample", "--", "touch", "/tmp/over")
        self.wait_job()
        self.assertEqual(self.plugged("logs", "flux-sample").out, "ready\n")
        self.assertEqual(self.plugged("run", "flux-sample").out, "ready\n")
        self.assertIn("has ended", self.plugged("shell", "flux-sample", status=1).err)

    def test_get_is_kubectls(self):
        self.running_instance(size=2)
        self.wait("condition=Ready")

        def columns(text):
            return [line.split()[:3] for line in text.splitlines()]

        self.assertEqual(columns(self.plugged("get", "pods").out), columns(self.good("get", "pods")))
        mine = json.loads(self.plugged("get", "pods", "-o", "json").out)["items"]
        theirs = {pod["metadata"]["name"]: pod["spec"] for pod in self.items("pods")}
        self.assertEqual({pod["metadata"]["name"]: pod["spec"] for pod in mine}, theirs)
        self.assertIn("/flux-sample", self.plugged("get", "mc", "-o", "name").out)

    def test_server_says_no(self):
        manifest = minicluster(container("true"), size=2)
        out = self.plugged("create", "-f", "-", "--dry-run=server", stdin=manifest).out
        self.assertEqual(out, "minicluster.flux-framework.org/flux-sample created (server dry run)\n")
        self.assertEqual(self.items("mc"), [])
        self.create(manifest)
        err = self.plugged("create", "-f", "-", stdin=manifest, status=1).err
        self.assertIn("Error from server (AlreadyExists)", err)
        err = self.plugged("logs", "nobody", status=1).err
        self.assertIn('Error from server (NotFound): pods "nobody" not found', err)

    def test_apply(self):
        manifest = minicluster(container(INSTANCE), size=1, maxSize=2)
        self.assertIn("created", self.plugged("apply", "-f", "-", stdin=manifest).out)
        self.assertIn("unchanged", self.plugged("apply", "-f", "-", stdin=manifest).out)
        larger = minicluster(container(INSTANCE), size=2, maxSize=2)
        self.assertIn("configured", self.plugged("apply", "-f", "-", stdin=larger).out)
        self.plugged("wait", "--for=condition=Ready", "mc/flux-sample", "--timeout=60s")
        self.assertEqual(len(self.pods()), 2)

    def test_completion(self):
        words = ["kubectl", "__complete", "minicluster", "sh"]
        out = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        self.assertIn("shell\t", out)


if __name__ == "__main__":
    main()
