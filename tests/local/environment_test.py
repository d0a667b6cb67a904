"""What the command does with its surroundings: closed output, full disks, terminals."""

import os
import subprocess

from harness import LIMIT, MINICLUSTER, LocalTest, Terminal, container, main, minicluster


class Environment(LocalTest):
    def test_reader_that_goes(self):
        status = subprocess.run(
            ["bash", "-c", f"{MINICLUSTER} help | true; echo ${{PIPESTATUS[0]}}"],
            capture_output=True, text=True, timeout=LIMIT, check=True)
        self.assertIn(status.stdout, ("141\n", "0\n"))
        self.assertEqual(status.stderr, "")

    def test_full_disk(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            ended = subprocess.run([MINICLUSTER, "help"], stdout=full, stderr=subprocess.PIPE,
                                   text=True, timeout=LIMIT, check=False)
        self.assertEqual((ended.returncode, ended.stderr),
                         (1, "error: write /dev/stdout: No space left on device\n"))

    def test_progress_on_a_terminal_and_elsewhere(self):
        manifest = minicluster(container("echo job"))
        plain = self.run_job(manifest)
        self.assert_output(plain, "job\n")
        self.assertNotIn("\x1b", plain.err)
        quiet = self.run_job(manifest, "--quiet")
        self.assertEqual((quiet.out, quiet.err), ("job\n", ""))
        path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"{self.ns}.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(manifest)
        self.addCleanup(os.remove, path)
        terminal = self.terminal("run", path)
        terminal.expect("containers")
        terminal.expect("job\r\n")
        self.assertEqual(terminal.status(), 0)

    def test_unknown_things_are_suggested(self):
        for words, hint in ((("gte", "pods"), "get"), (("get", "podz"), "pods"),
                            (("logs", "x", "--folow"), "--follow")):
            ended = self.command(*words)
            self.assertEqual(ended.status, 1)
            self.assertIn(f"Did you mean this?\n\t{hint}\n", ended.err)

    def test_no_secrets_in_the_process_list(self):
        manifest = minicluster(container("sleep 1000"), users=[
            {"name": "peenut", "password": "s3cr3t-w"}])
        self.create(manifest)
        self.wait("condition=Running")
        for name in os.listdir("/proc"):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    self.assertNotIn(b"s3cr3t-w", file.read(), name)
            except OSError:
                pass  # it has ended in the meantime
        self.assertNotIn("s3cr3t-w", self.good("get", "all", "-o", "yaml"))
        self.assertNotIn("s3cr3t-w", self.good("describe", "mc,pods"))


if __name__ == "__main__":
    main()
