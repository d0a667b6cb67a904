"""Hooks: where they run, what becomes of their output, and what a failing one does."""

import os
import tempfile

from harness import LocalTest, container, main, minicluster

ALL = ("init", "pre", "brokerPre", "workerPre", "post")


class Hooks(LocalTest):
    def test_each_runs_where_and_when_it_should(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            ended = self.run_job(minicluster(
                container("sh -c 'echo job >> /work/$(hostname)'", volumes={
                    "work": {"path": "/work"}},
                    # Hooks run as root, the job as the flux user.
                    commands={name: f"echo {name} >> /work/$(hostname); chmod 666 /work/*"
                              for name in ALL}),
                size=2, volumes={"work": {"storageClass": "hostpath", "path": folder}}))
            self.assertEqual(ended.status, 0, repr(ended))
            told = {}
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    told[name] = file.read().split()
        self.assertEqual(told, {"flux-sample-0": ["init", "pre", "brokerPre", "job", "post"],
                                "flux-sample-1": ["init", "pre", "workerPre", "post"]})

    def test_failing_hook_when_strict(self):
        ended = self.run_job(minicluster(
            container("echo never", commands={"pre": "echo why; exit 7"}),
            logging={"strict": True}))
        self.assert_output(ended, "", 7)
        self.assertRegex(ended.err, r"container flux-sample: \w+, exit status 7")

    def test_failing_hook_when_not_strict(self):
        ended = self.run_job(minicluster(
            container("echo still", commands={"pre": "exit 7"}), logging={"strict": False}))
        self.assert_output(ended, "still\n")

    def test_quiet_hides_the_output_of_hooks(self):
        ended = self.run_job(minicluster(
            container("echo job", commands={"pre": "echo hook", "post": "echo after"})))
        self.assert_output(ended, "job\n")

    def test_loud_shows_the_output_of_hooks(self):
        ended = self.run_job(minicluster(
            container("echo job", commands={"pre": "echo hook"}), quiet=False))
        self.assertEqual(ended.status, 0, repr(ended))
        self.assertIn("hook\n", ended.out + ended.err)
        self.assertIn("job\n", ended.out)

    def test_shell_without_bash(self):
        ended = self.run_job(minicluster(
            container("cat /tmp/made", image="busybox",
                      commands={"pre": "for i in 1 2; do echo $i; done > /tmp/made"})))
        self.assert_output(ended, "1\n2\n")


if __name__ == "__main__":
    main()
