"""flux: the embedded Flux. Start of an instance, jobs per second, latency of the everyday commands,
memory and size. Beside each figure stand its goal and what flux-core 0.88 takes on two such cores.

Wall time depends on what else the machine does, so throughput names the CPU time of all processes
as well. The bare loops start programs with posix_spawn(3) and nothing else: what the kernel alone
takes for the processes of a job."""

import argparse
import os
import time

from flux_instance import FLUX, Instance, timed
from measure import Table

# The shortest run time that is one: executed by the broker's timer, without any process.
SIMULATED = "--setattr=system.exec.test.run_duration=0.000001s"
START = {1: ("<= 0.05", 1.14), 4: ("<= 0.10", 2.07), 8: ("<= 0.15", 2.75)}
TRUE = ["/bin/true"]
# A process that starts another, as the shell of a job starts its task.
PAIR = ["/bin/sh", "-c", "/bin/true; exit 0"]


def theirs(figure):
    return f"flux-core {figure}"


def brokers(size):
    return f"{size} broker" if size == 1 else f"{size} brokers"


def milliseconds(rounds, measure):
    """Warms up, then the median's material: `measure` returns (seconds, CPU seconds)."""
    measure()
    return [1000 * measure()[0] for _ in range(rounds)]


def spawn_rate(words, count):
    """Processes per second that the bare loop starts and waits for on all CPUs."""
    workers = os.cpu_count()
    begin = time.perf_counter()
    children = []
    for _ in range(workers):
        child = os.fork()
        if child == 0:
            for _ in range(count // workers):
                os.waitpid(os.posix_spawn(words[0], words, os.environ), 0)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return count / (time.perf_counter() - begin)


def bare_loops(rounds, count):
    table = Table("the kernel's share: a bare posix_spawn(3) loop on all CPUs, programs per second")
    single = [spawn_rate(TRUE, count) for _ in range(rounds)]
    double = [spawn_rate(PAIR, count) for _ in range(rounds)]
    one = [1000 * timed(TRUE, os.environ)[0] for _ in range(20)]
    table.row("/bin/true", single, "/s")
    table.row("sh that starts /bin/true, as a shell its task", double, "/s")
    table.row("/bin/true, one at a time", one, "ms", digits=2)
    return double


def start(rounds):
    table = Table("flux start --test-size=N true")
    for size, (goal, reference) in START.items():
        words = [FLUX, "start", f"--test-size={size}", "/bin/true"]
        timed(words, os.environ)
        figures = [timed(words, os.environ) for _ in range(rounds)]
        cpu = sum(used for _, used in figures) / rounds
        table.row(brokers(size), [seconds for seconds, _ in figures], "s", goal, digits=3,
                  more=f"{theirs(f'{reference} s')}; CPU {cpu:.3f} s")


def submit(instance, count, *more):
    """Submits `count` copies of true and waits for them: (jobs/s, CPU seconds per job)."""
    before = instance.cpu()
    seconds, used = instance.timed("submit", "--quiet", f"--cc=1-{count}", "--wait", *more, "true")
    return count / seconds, (used + instance.cpu() - before) / count


def real_jobs(counts, rounds, bare):
    table = Table("really executed `true` jobs: flux submit --quiet --cc=1-N --wait true")
    memory = {}
    for size in (1, 2):
        for count in counts:
            with Instance(size) as instance:
                idle = [instance.memory(broker) for broker in range(size)]
                submit(instance, 20)
                figures = [submit(instance, count) for _ in range(rounds)]
                memory[size, count] = idle, [instance.memory(broker) for broker in range(size)]
            rates = [rate for rate, _ in figures]
            cpu = 1000 * sum(used for _, used in figures) / rounds
            table.row(f"{brokers(size)}, {count:,} jobs", rates, "/s", ">= 800",
                      more=f"{theirs('30 to 40 /s')}; CPU {cpu:.2f} ms/job")
            table.ratio("  of the bare loop of sh and /bin/true", rates, [max(bare)] * rounds, "")
    return memory


def tenths(instance, count):
    """The rates at which the first and the last tenth of the jobs have ended."""
    times = instance.output("jobs", "-a", "-n", f"--count={count}", "-o", "{t_cleanup}")
    ends = sorted(map(float, times.split()))
    tenth = len(ends) // 10
    return tenth / (ends[tenth] - ends[0]), tenth / (ends[-1] - ends[-1 - tenth])


def simulated_jobs(counts):
    table = Table("simulated jobs: flux submit --quiet --cc=1-N --wait " + SIMULATED + " true")
    for count in counts:
        with Instance(1) as instance:
            rate, cpu = submit(instance, count, SIMULATED)
            first, last = tenths(instance, count)
            _, most = instance.memory(0)
        used = f"CPU {1000 * cpu:.3f} ms/job, lead at most {most:.0f} MB"
        table.row(f"{count:,} jobs", [rate], "/s", ">= 20k", more=f"{theirs('79 /s')}; {used}")
        table.row("  first tenth", [first], "/s")
        table.row("  last tenth", [last], "/s")
        table.ratio("  last tenth to the first", [last], [first], ">= 0.9")


def latency(rounds):
    table = Table("latency of commands, from their start to their end")

    def row(what, instance, goal, reference, *words):
        values = milliseconds(rounds, lambda: instance.timed(*words))
        table.row(what, values, "ms", goal, digits=2, more=theirs(f"{reference} ms"))

    with Instance(1) as instance:
        row("flux run hostname", instance, "<= 8", 175, "run", "hostname")
        row("flux submit true", instance, "<= 3", 147, "submit", "true")
        row("flux proxy URI true", instance, "<= 5", 144, "proxy", instance.uri, "true")
    with Instance(1) as instance:
        submit(instance, 1000, SIMULATED)
        row("flux jobs -a, 1,000 jobs", instance, "<= 10", 355, "jobs", "-a")
    with Instance(8) as instance:
        row("flux exec -r all true, 8 brokers", instance, "<= 5", 31, "exec", "-r", "all", "true")

    def eight():
        begin = time.perf_counter()
        pids = [os.posix_spawn(TRUE[0], TRUE, os.environ) for _ in range(8)]
        for pid in pids:
            os.waitpid(pid, 0)
        return time.perf_counter() - begin, 0

    table.row("  bare: 8 x posix_spawn of /bin/true", milliseconds(rounds, eight), "ms", digits=2)


def resident(memory):
    table = Table("memory: VmRSS (most ever: VmHWM)")
    goals = {"lead idle": "<= 6", "leaf idle": "<= 4", "lead after 1,000 jobs": "<= 12"}
    reference = {"lead idle": 15, "leaf idle": 12, "lead after 1,000 jobs": 360}

    def row(what, figures):
        now, most = figures
        known = theirs(f"{reference[what]} MB; ") if what in reference else ""
        table.row(what, [now], "MB", goals.get(what, ""), digits=1,
                  more=f"{known}most {most:.1f} MB")

    for count in sorted({count for _, count in memory}):
        idle, after = memory[2, count]
        if count == min(count for _, count in memory):
            row("lead idle", idle[0])
            row("leaf idle", idle[1])
        row(f"lead after {count:,} jobs", after[0])
        row(f"leaf after {count:,} jobs", after[1])


def size():
    table = Table("size of the program")
    table.row("flux", [os.path.getsize(FLUX) / 1e6], "MB", "<= 8", digits=1,
              more=theirs("75 MB in many files"))


def main():
    parser = argparse.ArgumentParser(prog="bench/run flux")
    parser.add_argument("--quick", action="store_true", help="few rounds, 1,000 jobs at most")
    parser.add_argument("--rounds", type=int, help="of starts and commands; default 20")
    parser.add_argument("--jobs", type=int, nargs="+", help="executed jobs; default 1000 10000")
    parser.add_argument("--job-rounds", type=int, default=1, help="of executed jobs; default 1")
    parser.add_argument("--simulated", type=int, nargs="+",
                        help="simulated jobs; default 1000 8000 64000")
    options = parser.parse_args()
    few = options.quick
    rounds = options.rounds or (5 if few else 20)
    counts = options.jobs or ([200] if few else [1000, 10000])
    simulated = options.simulated or ([1000] if few else [1000, 8000, 64000])
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} before the first measurement")
    bare = bare_loops(3, 100 if few else 1000)
    start(rounds)
    latency(rounds)
    memory = real_jobs(counts, options.job_rounds, bare)
    simulated_jobs(simulated)
    resident(memory)
    size()


main()
