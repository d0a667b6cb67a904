"""The Merlin tutorial as its page prints it, for either engine: RabbitMQ and Redis beside a
MiniCluster, ten samples and every other step of Merlin's flux_par, RabbitMQ's death in the middle of
it, and all of it once more.
"""

import os
import subprocess
import tempfile

from commands import LIMIT, MINICLUSTER
from manifests import EXAMPLES
from shell import Shell

FOLDER = os.path.join(EXAMPLES, "launchers", "merlin")
FLUX_FOLDER = os.path.join(EXAMPLES, "launchers", "merlin-flux")
AS_USER = ("export PYTHONPATH=$PYTHONPATH:/home/fluxuser/.local/lib/python3.10/site-packages; "
           "sudo -E LD_LIBRARY_PATH=$LD_LIBRARY_PATH -E PATH=$PATH -E HOME=/home/fluxuser "
           "-E PYTHONPATH=$PYTHONPATH -u fluxuser flux proxy local:///var/run/flux/local")
HELLO = "Hello world from processor flux-sample-[0-3], rank 0 out of 1 processors\n"


# A sample that has begun goes on when a file says so.
HELD = "touch started; until [ -e /workflow/go-on ]; do sleep 0.2; done; "
BROKER_ANSWERS = 'merlin info 2>&1 | grep -q "broker server connection: OK"'
WORKERS_GONE = "! flux pgrep merlin > /dev/null"
PATIENCE = 2 * LIMIT  # seconds: workers look every few for what has gone, and longer each time


class Proxied(Shell):
    """The shell that `flux proxy` gives the tutorial's user."""

    def __init__(self, shell):  # pylint: disable=super-init-not-called  # the terminal is in use
        self.terminal = shell.terminal
        self.terminal.type(AS_USER + "\n")
        self.terminal.expect(":/workflow$ ")
        self.run("PS1='REA''DY> '")

    def until(self, condition):
        """Waits for a condition of the shell, as a person would look again."""
        ended = self.run(f"timeout {PATIENCE} bash -c 'until {condition}; do sleep 0.2; done'; "
                         "echo ended with $?", PATIENCE + LIMIT)
        if not ended.endswith("ended with 0\n"):
            raise AssertionError(f"not within {PATIENCE} s: {condition}\n{ended}"
                                 + self.run("flux jobs -a; tree studies"))


class MerlinTutorial:
    """Mixed into a CommandTest. Needs `lead()`, the name of pod 0."""

    crash = ""  # what `describe` says of a crash below "Terminated"

    def setUp(self):
        # Before anything else, so that it goes last: until then pods may write to it.
        workspace = tempfile.TemporaryDirectory(prefix="minicluster-merlin-")
        self.addCleanup(workspace.cleanup)
        self.workspace = workspace.name
        os.chmod(self.workspace, 0o755)  # as a host's directory that is made for the pods
        super().setUp()

    def manifest(self, name, folder=FOLDER):
        """An example in the test's namespace, its workspace in the test's own folder."""
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = file.read()
        return (text.replace("namespace: flux-operator", f"namespace: {self.ns}")
                .replace("/tmp/merlin-workflow", self.workspace))

    def put_up(self, folder=FOLDER):
        self.addCleanup(self.take_down)
        certificates = subprocess.run(
            [MINICLUSTER, "certs", "create", "rabbitmq", "redis", "--style=pem", "-n", self.ns,
             "--dry-run=client", "-o", "yaml"], check=True, capture_output=True, text=True)
        self.good("apply", "-f", "-", stdin=certificates.stdout)
        secrets = subprocess.run([os.path.join(FOLDER, "secrets.sh"), self.ns], check=True,
                                 capture_output=True, text=True)
        self.good("create", "-f", "-", stdin=secrets.stdout)
        self.assertIn("deployment.apps/rabbitmq created",
                      self.good("apply", "-f", "-", stdin=self.manifest("services.yaml")))
        self.assertEqual(self.good("apply", "-f", "-",
                                   stdin=self.manifest("minicluster.yaml", folder)),
                         "minicluster.flux-framework.org/flux-sample created\n")
        self.wait("condition=Ready")

    def take_down(self):
        """Whatever there is of it, also after a test that failed halfway."""
        names = [f"{service}-{role}" for service in ("rabbitmq", "redis")
                 for role in ("ca", "server", "client")]
        for name in ("minicluster.yaml", "services.yaml"):
            self.command("delete", "--ignore-not-found", "-f", "-", stdin=self.manifest(name))
        self.command("delete", "--ignore-not-found", "secrets", "merlin", *names)

    def see_tasks_launched(self):
        """What the broker's log begins with; returns once Flux is up."""
        follow = self.start("logs", self.lead(), "-c", "flux-sample", "-f")
        self.read_line(follow, "quorum-full: quorum->run")
        follow.kill()
        log = self.good("logs", self.lead(), "-c", "flux-sample")
        for text in ("Copying example 'flux_par' to /workflow/flux", "10 samples loaded.",
                     "Launching tasks."):
            self.assertIn(text, log)

    def shell(self):
        return Proxied(Shell(self.terminal("exec", "-it", self.lead(), "-c", "flux-sample", "--",
                                           "bash", columns=250)))

    def check_study(self, shell, study):
        """All ten samples and every step have finished."""
        steps = shell.run(f"ls -1d {study}/build/MERLIN_FINISHED {study}/build/mpi_hello "
                          f"{study}/runs/*/MERLIN_FINISHED {study}/data/MERLIN_FINISHED")
        self.assertEqual(len(steps.splitlines()), 13, steps)
        self.assertEqual(shell.run(f"cat {study}/runs/*/flux_run.out | grep -c '{HELLO.strip()}'"),
                         "10\n")
        # `import flux` has worked, and all ten jobs are in the KVS of Merlin's instance.
        self.assertRegex(shell.run(f"cat {study}/data/flux_timings.out"),
                         r"(?m)^Job [0-9a-f.]+\.guest\.exec: init: \d+\.\d+ start \d+\.\d+ "
                         r"complete \d+\.\d+ done \d+\.\d+ $")

    def finished(self, study, count=10):
        return f"[ $(ls {study}/runs/*/MERLIN_FINISHED 2>/dev/null | wc -l) -ge {count} ]"

    def follow_tutorial(self):
        self.see_tasks_launched()
        shell = self.shell()
        self.assertEqual(shell.run("whoami"), "fluxuser\n")
        info = shell.run("merlin info")
        self.assertIn("broker server connection: OK\nresults server connection: OK\n", info)
        self.assertNotIn(self.password(), info)
        self.assertIn("Launching tasks.", shell.run(
            f"sed 's|^     $(LAUNCHER)|     {HELD}&|' flux/flux_par.yaml > flux/held.yaml; "
            "merlin run flux/held.yaml"))
        look = self.shell()
        first, second = look.run("ls -1d studies/*").split()
        shell.run("merlin run-workers flux/flux_par.yaml")
        self.kill_rabbitmq(look, second)
        self.see_stopped(look, first)
        # On a slow machine the first study's stop comes before the second's end: new workers.
        look.until(f"{self.finished(second)} || {WORKERS_GONE}")
        if look.run("flux pgrep merlin") == "":
            look.run("merlin run-workers flux/flux_par.yaml > workers.log")
        self.see_stopped(look, second)
        self.see_crash()
        look.until(WORKERS_GONE)
        self.assertRegex(look.run("flux jobs -a"),
                         r" fluxuser merlin +CD +4 +4 +\S+ flux-sample-\[0-3\]\n")
        self.assertIn("mpi_hello", look.run("tree studies"))

    def kill_rabbitmq(self, look, study):
        """While each of the four workers has a sample in hand, and the others are queued."""
        look.until(f"[ $(ls {study}/runs/*/started 2>/dev/null | wc -l) -ge 4 ]")
        self.command("exec", "deploy/rabbitmq", "--", "rabbitmqctl", "eval",
                     "erlang:halt(137, [{flush, false}]).")
        look.until(BROKER_ANSWERS)
        look.run("touch go-on")

    def see_stopped(self, look, study):
        """The study's last step has run, after all others."""
        look.until(f"[ -e {study}/stop_workers/stop_workers.slurm.out ]")
        self.check_study(look, study)

    def see_crash(self):
        """Which container it was, and how it ended."""
        self.assertRegex(self.good("get", "pods", "-l", "app=rabbitmq"),
                         r"\nrabbitmq-\S+ +1/1 +Running +1 \(\w+ ago\) +\w+\n")
        self.assertRegex(self.good("describe", "pods", "-l", "app=rabbitmq"),
                         r"\n  rabbitmq:\n(.*\n)*? +Last State: +Terminated\n" + self.crash
                         + r"(.*\n)*? +Restart Count: +1\n")

    def once_more(self):
        shell = self.shell()
        shell.run("until merlin purge flux/flux_par.yaml -f 2>&1 | grep 'No messages'; do :; done")
        self.assertRegex(shell.run("flux job purge --force --num-limit=0"),
                         r"\Apurged \d+ inactive jobs, 0 remaining\n\Z")
        shell.run("rm -r studies; merlin run flux/flux_par.yaml")
        study = shell.run("ls -1d studies/*").strip()
        look = self.shell()
        shell.run("merlin run-workers flux/flux_par.yaml")
        self.see_stopped(look, study)
        # Rather than wait for the minute that Merlin gives its workers.
        look.run("merlin stop-workers")
        look.until(WORKERS_GONE)
        self.assertRegex(look.run("flux jobs -a"), r" merlin +CD ")

    def see_flux_place_tasks(self):
        """One worker of celery's for all nodes; Flux finds the samples theirs."""
        self.see_tasks_launched()
        shell, look = self.shell(), self.shell()
        shell.run("merlin run-workers flux/flux_par.yaml")
        study = look.run("ls -1d studies/*").strip()
        self.see_stopped(look, study)
        jobs = look.run("flux proxy $(flux pgrep merlin) flux jobs -a -no {name}:{status}:{nodelist}")
        self.assertEqual(len(jobs.splitlines()), 10, jobs)
        self.assertEqual(jobs.count("mpi_hello:COMPLETED:flux-sample-"), 10, jobs)
        self.assertGreater(len(set(jobs.splitlines())), 1, jobs)
        workers = look.run("flux proxy $(flux pgrep merlin) 'flux exec -r all sh -c \"ps -eo comm,args\"'"
                           " | grep -c '^celery '")
        cores = look.run("flux resource list -s all -no {ncores}")
        self.assertEqual(int(workers), 1 + int(cores))  # celery and one hand for each core

    def password(self):
        return self.good("exec", self.lead(), "-c", "flux-sample", "--", "cat",
                         "/etc/merlin/rabbitmq-password").strip()
