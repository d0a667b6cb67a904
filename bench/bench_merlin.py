"""merlin: the same samples, of one second and one core each, in the two ways of the Merlin tutorials.
In examples/launchers/merlin each node has a worker of celery's, which runs one task after the other; in
examples/launchers/merlin-flux one worker hands all of them to Flux, which finds each its core."""

import argparse
import os
import subprocess
import tempfile

from kube_api import Api, ApiError
from measure import BIN, Table, run

NAMESPACE = "bench-merlin"
EXAMPLES = "examples/launchers"
SERVICES = f"{EXAMPLES}/merlin"
TASK = """#!/bin/sh
date +%s.%N
sleep 1
date +%s.%N
"""
# The tutorial's workflow with a task that notes when it ran, and without what comes before and after:
# the samples that brokerPre has queued.
PREPARE = """set -e
cat > task.sh
chmod +x task.sh
sed -e 's/N_SAMPLES: 10/N_SAMPLES: {samples}/' -e 's,$(build.workspace)/mpi_hello,/workflow/task.sh,' \
  flux/flux_par.yaml > flux/bench.yaml
merlin purge flux/flux_par.yaml -f
rm -rf studies
merlin run flux/bench.yaml
merlin run-workers flux/bench.yaml
timeout {limit} bash -c 'until [ "$(find studies -path "*/runs/*" -name MERLIN_FINISHED | wc -l)" = {samples} ]
do sleep 0.5; done'
merlin stop-workers
flux resource list -s all -no {{ncores}}
"""


def kubectl(*words, **options):
    return run("kubectl", "-n", NAMESPACE, *words, **options)


def apply(file, workspace):
    with open(file, encoding="utf-8") as manifest:
        text = manifest.read()
    kubectl("apply", "-f", "-", input=text.replace("namespace: flux-operator", f"namespace: {NAMESPACE}")
            .replace("/tmp/merlin-workflow", workspace))


def put_up_services(api, workspace):
    try:
        api.create("/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    except ApiError as error:
        raise SystemExit(f"{error}; kubectl delete namespace {NAMESPACE}") from error
    certificates = run(f"{BIN}/minicluster", "certs", "create", "rabbitmq", "redis", "--style=pem", "-n",
                       NAMESPACE, "--dry-run=client", "-o", "yaml")
    kubectl("apply", "-f", "-", input=certificates)
    kubectl("create", "-f", "-", input=run(f"{SERVICES}/secrets.sh", NAMESPACE))
    apply(f"{SERVICES}/services.yaml", workspace)


def in_lead(script, stdin=""):
    """Runs it in the lead pod, as Merlin's user and in its Flux instance; returns its output."""
    pod = kubectl("get", "pods", "-l", "batch.kubernetes.io/job-completion-index=0", "-o", "name").strip()
    return kubectl("exec", "-i", pod, "-c", "flux-sample", "--", "bash", "-c",
                   "cd /workflow; exec runuser -u fluxuser -- env HOME=/home/fluxuser \"SCRIPT=$0\" "
                   "flux proxy local:///run/flux/local 'bash -c \"$SCRIPT\"'", script, input=stdin)


def times(workspace):
    """When each of the tasks began and ended."""
    found = subprocess.run(["find", f"{workspace}/studies", "-name", "flux_run.out"], check=True,
                           capture_output=True, text=True)
    for name in found.stdout.split():
        with open(name, encoding="utf-8") as file:
            yield [float(line) for line in file]


def measure(folder, samples):
    """Tasks per second, how many cores had one on average, and how many there are."""
    with tempfile.TemporaryDirectory(prefix="bench-merlin-") as workspace:
        os.chmod(workspace, 0o755)  # as a host's directory that is made for the pods
        apply(f"{EXAMPLES}/{folder}/minicluster.yaml", workspace)
        kubectl("wait", "--for=condition=Ready", "mc/flux-sample", "--timeout=120s")
        wait_for_flux()
        cores = int(in_lead(PREPARE.format(samples=samples, limit=60 + samples), TASK).split()[-1])
        spans = list(times(workspace))
        kubectl("delete", "mc", "flux-sample")
    whole = max(end for _, end in spans) - min(begin for begin, _ in spans)
    return len(spans) / whole, sum(end - begin for begin, end in spans) / whole, cores


def wait_for_flux():
    pod = kubectl("get", "pods", "-l", "batch.kubernetes.io/job-completion-index=0", "-o", "name").strip()
    with subprocess.Popen(["kubectl", "-n", NAMESPACE, "logs", "-f", "-c", "flux-sample", pod],
                          stdout=subprocess.PIPE, text=True) as log:
        for line in log.stdout:
            if "quorum->run" in line:
                log.kill()
                return
    raise SystemExit(f"{pod}: Flux did not start")


def main():
    parser = argparse.ArgumentParser(prog="bench/run merlin", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=64)
    options = parser.parse_args()
    api = Api()
    put_up_services(api, "unused")
    try:
        figures = {folder: [measure(folder, options.samples) for _ in range(options.rounds)]
                   for folder in ("merlin", "merlin-flux")}
    finally:
        kubectl("delete", "namespace", NAMESPACE)
    cores = figures["merlin"][0][2]
    table = Table(f"{options.samples} samples of one second on one core, 4 pods with {cores} cores")
    for folder, values in figures.items():
        table.row(f"{folder}: tasks per second", [rate for rate, _, _ in values], "/s", digits=1)
        table.row(f"{folder}: cores busy", [busy for _, busy, _ in values], "", digits=1)
    table.ratio("merlin-flux / merlin, tasks per second",
                *([rate for rate, _, _ in figures[folder]] for folder in ("merlin-flux", "merlin")), "")


if __name__ == "__main__":
    main()
