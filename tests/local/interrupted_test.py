"""`run` that is interrupted: Ctrl-C cleans up, kill -9 at any point and running it again gives the
same end."""

import os
import signal
import subprocess

from harness import LocalTest, container, main, minicluster


class Interrupted(LocalTest):
    def setUp(self):
        super().setUp()
        self.manifest = minicluster(container("echo done"),
                                    {"image": "nginx", "name": "nginx", "ports": [80]}, size=2)

    def start_long_job(self):
        process = self.start("run", "-", stdin=minicluster(
            container("sh -c 'echo begun; sleep 1000'")))
        self.read_line(process, "begun")
        return process

    def test_signals_clean_up(self):
        for signum, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            process = self.start_long_job()
            process.send_signal(signum)
            ended = self.finish(process)
            self.assertEqual(ended.status, status, repr(ended))
            self.assertEqual(self.left_over(), [])

    def test_second_signal_does_not_wait(self):
        process = self.start("run", "-", stdin=minicluster(
            container("sh -c 'trap \"\" TERM INT; echo begun; while true; do sleep 1; done'")))
        self.read_line(process, "begun")
        process.send_signal(signal.SIGINT)
        line = process.stderr.readline()
        while line and "Stop" not in line and "stop" not in line:
            line = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process).status, 130)
        self.assertEqual(self.left_over(), [])

    def test_closed_output_cleans_up(self):
        process = self.start("run", "-", stdin=minicluster(
            container("sh -c 'while echo more; do sleep 0.1; done'")))
        self.read_line(process, "more")
        process.stdout.close()
        process.wait(timeout=60)
        self.assertEqual(process.returncode, 141)
        process.stdout = open(os.devnull, encoding="utf-8")
        self.assertEqual(self.left_over(), [])

    def test_killed_anywhere_and_run_again(self):
        whole = self.measure()
        points = 16
        for point in range(points):
            with self.subTest(point=point):
                process = self.start("run", "-q", "-", stdin=self.manifest)
                try:
                    process.wait(timeout=whole * (point + 0.5) / points)
                except subprocess.TimeoutExpired:
                    pass
                process.kill()
                self.finish(process)
                again = self.run_job(self.manifest, "-q")
                self.assert_output(again, "done\n")
                self.assertEqual(self.left_over(), [])

    def test_killed_and_deleted(self):
        whole = self.measure()
        points = 8
        for point in range(points):
            with self.subTest(point=point):
                process = self.start("run", "-q", "-", stdin=self.manifest)
                try:
                    process.wait(timeout=whole * (point + 0.5) / points)
                except subprocess.TimeoutExpired:
                    pass
                process.kill()
                self.finish(process)
                self.good("delete", "mc", "flux-sample", "--ignore-not-found")
                self.assertEqual(self.left_over(), [])

    def measure(self):
        """How long an undisturbed run takes, so that the kills are spread over it."""
        import time
        began = time.monotonic()
        self.assert_output(self.run_job(self.manifest, "-q"), "done\n")
        return time.monotonic() - began


if __name__ == "__main__":
    main()
