"""Commands under test: run to their end, in the background or on a terminal, and what a test says
about them. Whatever a test starts is ended with it.

A test waits for conditions (output that comes, a process that ends), never for time; the limit
below only ends what hangs.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest

BIN = os.environ.get("MINICLUSTER_BIN_DIR") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "bin")
MINICLUSTER = os.path.join(BIN, "minicluster")
LIMIT = 120  # seconds until something counts as hanging


class Ended:
    """How a command ended: status, out, err."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __repr__(self):
        return f"exit status {self.status}\n--- out\n{self.out}\n--- err\n{self.err}"


class Terminal:
    """A command on a pseudo terminal."""

    def __init__(self, words, rows=30, columns=100, env=None):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(words[0], words, env or os.environ)
        self.resize(rows, columns)
        self.seen = ""

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.fd, text.encode())

    def expect(self, text, limit=LIMIT):
        """Reads until `text` has come; returns everything up to its end."""
        end = time.monotonic() + limit
        while text not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            piece = b""
            if ready:
                try:
                    piece = os.read(self.fd, 65536)
                except OSError:
                    pass  # Linux's way to say that the other side has closed
            if not piece:
                raise AssertionError(f"{text!r} did not come, only {self.seen!r}")
            self.seen += piece.decode(errors="replace")
        cut = self.seen.index(text) + len(text)
        before, self.seen = self.seen[:cut], self.seen[cut:]
        return before

    def attributes(self):
        """Of the terminal: what it is set to at the moment."""
        return termios.tcgetattr(self.fd)

    def status(self):
        """Reads to the end; returns the exit status (128 + signal)."""
        while True:
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                break
            if not piece:
                break
            self.seen += piece.decode(errors="replace")
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


class CommandTest(unittest.TestCase):
    """A test that runs one command, kubectl or one like it; `words_of` says which."""

    maxDiff = None

    def setUp(self):
        self.processes = []

    def words_of(self, words):
        """The whole command for these arguments."""
        raise NotImplementedError

    def end_processes(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.communicate()

    # Running the command

    def start(self, *words, stdin=None, **options):
        """Starts the command in the background; it is ended with the test."""
        process = subprocess.Popen(
            self.words_of(words), text=True,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.processes.append(process)
        if stdin is not None:
            pipe, process.stdin = process.stdin, None
            try:
                pipe.write(stdin)
                pipe.close()
            except BrokenPipeError:
                pass  # it has ended without reading
        return process

    def finish(self, process):
        try:
            out, err = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail(f"still running after {LIMIT} s\n--- out\n{out}\n--- err\n{err}")
        return Ended(process.returncode, out, err)

    def command(self, *words, stdin=None, **options):
        return self.finish(self.start(*words, stdin=stdin, **options))

    def good(self, *words, stdin=None):
        """Runs the command, which must succeed; returns its output."""
        ended = self.command(*words, stdin=stdin)
        self.assertEqual(ended.status, 0, f"{' '.join(self.words_of(words))}: {ended}")
        return ended.out

    def terminal(self, *words, rows=30, columns=100):
        terminal = Terminal(self.words_of(words), rows, columns)
        self.addCleanup(terminal.close)
        return terminal

    # The verbs that kubectl and minicluster share

    def create(self, manifest):
        return self.good("create", "-f", "-", stdin=manifest)

    def wait(self, condition, what="mc/flux-sample", timeout=LIMIT * 3 // 4):
        return self.good("wait", f"--for={condition}", what, f"--timeout={timeout}s")

    def wait_job(self, succeeded=True, what="mc/flux-sample"):
        self.wait("condition=" + ("Succeeded" if succeeded else "Failed"), what)

    def object(self, *words):
        return json.loads(self.good("get", *words, "-o", "json"))

    # What a test says about a command

    def assert_output(self, ended, out, status=0):
        self.assertEqual((ended.status, ended.out), (status, out), repr(ended))

    def read_line(self, process, text):
        """Reads stdout of a started command until a line holds `text`."""
        end = time.monotonic() + LIMIT
        seen = ""
        while True:
            piece = self.read_some(process, max(0, end - time.monotonic()))
            if not piece:
                process.kill()
                self.fail(f"{text!r} did not come, only {seen!r}: {process.stderr.read()}")
            seen += piece
            for line in seen.splitlines(keepends=True):
                if text in line and line.endswith("\n"):
                    return line

    @staticmethod
    def read_some(process, timeout):
        """What a started command has printed; nothing if it ends or none comes in time."""
        ready, _, _ = select.select([process.stdout], [], [], timeout)
        return os.read(process.stdout.fileno(), 65536).decode() if ready else ""


def main():
    unittest.main(verbosity=2, argv=[sys.argv[0], *sys.argv[1:]])
