"""What the benchmarks share: timing, medians and the table of figures beside their goals."""

import os
import statistics
import subprocess
import sys
import time

BIN = os.environ.get("MINICLUSTER_BIN", "build/bin")


def run(*words, **options):
    """Runs a command to its end and returns its stdout; a failure ends the benchmark with stderr."""
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def seconds_until(text, *words, **options):
    """Starts a command and returns the seconds until `text` stands in its stdout, and the rest of
    the time until it has ended."""
    begin = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    seen, output = None, b""
    while chunk := process.stdout.read1(65536):
        output += chunk
        if seen is None and text.encode() in output:
            seen = time.monotonic() - begin
    process.wait()
    if seen is None:
        errors = process.stderr.read().decode()
        sys.exit(f"{' '.join(words)}: '{text}' never came\n{output.decode()}{errors}")
    return seen, time.monotonic() - begin - seen


def median(values):
    return statistics.median(values)


class Table:
    """Figures in rows: what, measured, goal."""

    def __init__(self, title):
        print(f"\n{title}")
        print(f"  {'':44} {'median':>10} {'min..max':>18}  goal")

    def row(self, what, values, unit, goal="", digits=0, more=""):
        """`more`: what others gave; printed behind the goal."""
        spread = f"{min(values):.{digits}f}..{max(values):.{digits}f}"
        print(f"  {what:44} {median(values):>7.{digits}f} {unit:2} {spread:>18}  {goal:8}{more}".rstrip())

    def ratio(self, what, ours, theirs, goal):
        """Pair by pair, so that a machine that gets slower counts for both."""
        ratios = [a / b for a, b in zip(ours, theirs)]
        self.row(what, ratios, "", goal, digits=2)
