"""A Flux instance for a benchmark, commands in it, and what its brokers use."""

import os
import subprocess
import time

from measure import BIN

FLUX = os.path.join(BIN, "flux")
TICKS = os.sysconf("SC_CLK_TCK")
# Its end is ours: the program reads its stdin until we close it.
PROGRAM = 'echo "$FLUX_URI"; exec cat'


def timed(words, env):
    """Runs a command without output to its end: (seconds, CPU seconds of it and its children).
    With posix_spawn(3), for subprocess takes longer to start a program than some of them to run."""
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    actions = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawnp(words[0], words, env, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    seconds = time.perf_counter() - begin
    os.close(null)
    if status != 0:
        raise RuntimeError(f"{' '.join(words)}: exit status {os.waitstatus_to_exitcode(status)}")
    return seconds, used.ru_utime + used.ru_stime


def processes():
    """(pid, parent's pid, words) of all processes."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stat, open(f"/proc/{name}/cmdline") as cmdline:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
                yield int(name), parent, cmdline.read().split("\0")
        except OSError:
            continue  # it has ended


class Instance:
    """`flux start --test-size=SIZE`, alive within a `with` block."""

    def __init__(self, size):
        self.size = size

    def __enter__(self):
        words = [FLUX, "start", f"--test-size={self.size}", "sh", "-c", PROGRAM]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.uri = self.process.stdout.readline().strip()
        if not self.uri:
            raise RuntimeError("the Flux instance did not start")
        self.env = dict(os.environ, FLUX_URI=self.uri)
        self.env["PATH"] = os.path.dirname(os.path.abspath(FLUX)) + ":" + self.env["PATH"]
        self.brokers = self._brokers()
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def _brokers(self):
        """The brokers' pids; the lead's first."""
        lead = int(self.output("getattr", "broker.pid"))
        followers = [pid for pid, parent, words in processes()
                     if parent == self.process.pid and "broker" in words and pid != lead]
        return [lead] + sorted(followers)

    def output(self, *words):
        return subprocess.run([FLUX, *words], env=self.env, check=True, capture_output=True,
                              text=True).stdout

    def timed(self, *words):
        return timed([FLUX, *words], self.env)

    def cpu(self):
        """CPU seconds of all brokers and of the shells and tasks that they have waited for."""
        ticks = 0
        for pid in self.brokers:
            with open(f"/proc/{pid}/stat") as file:
                ticks += sum(map(int, file.read().rsplit(")", 1)[1].split()[11:15]))
        return ticks / TICKS

    def memory(self, broker):
        """(resident, most ever resident) of a broker in MB."""
        with open(f"/proc/{self.brokers[broker]}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
