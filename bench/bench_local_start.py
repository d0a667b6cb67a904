"""local-start: the nginx tutorial on the local engine against a shell script with `docker`; the time
from the lead broker's start to the running job; the memory of an idle broker."""

import argparse
import os
import shutil
import tempfile

from measure import BIN, Table, run, seconds_until

FLUX_IMAGE = "minicluster-bench/curl:latest"
NAMESPACE = "bench"
PAGE_END = "</html>"

MANIFEST = """apiVersion: flux-framework.org/v1alpha1
kind: MiniCluster
metadata:
  name: {name}
  namespace: {namespace}
spec:
  logging:
    quiet: true
  size: {size}
  containers:
    - image: {image}
      runFlux: true
      command: {command}
{more}"""

NGINX = """    - image: nginx
      name: nginx
      ports:
        - 80
"""


def write_manifest(folder, name, size, command, more=""):
    path = os.path.join(folder, name + ".yaml")
    with open(path, "w") as file:
        file.write(MANIFEST.format(name=name, namespace=NAMESPACE, size=size, image=FLUX_IMAGE,
                                   command=command, more=more))
    return path


def make_image():
    """The tutorial's image with curl in it, which is what its `pre` hook makes."""
    if run("docker", "images", "-q", FLUX_IMAGE).strip():
        return
    run("docker", "rm", "-f", "minicluster-bench-curl")
    run("docker", "run", "--name", "minicluster-bench-curl",
        "ghcr.io/flux-framework/flux-restful-api:latest",
        "sh", "-c", "apt-get update && apt-get install -y curl")
    run("docker", "commit", "minicluster-bench-curl", FLUX_IMAGE)
    run("docker", "rm", "minicluster-bench-curl")


def copy_mount(manifest, name, folder):
    """What the engine puts into the Flux containers, as a folder for the script's bind mount."""
    run(f"{BIN}/minicluster", "create", "-f", manifest)
    run(f"{BIN}/minicluster", "wait", "-n", NAMESPACE, "--for=condition=Succeeded",
        f"minicluster/{name}", "--timeout=60s")
    container = run("docker", "ps", "-aq", "--filter", "label=app.kubernetes.io/name=" + name,
                    "--filter", "volume=/opt/minicluster").split()[0]
    run("docker", "cp", f"{container}:/opt/minicluster", folder)
    image = next(tag for tag in run("docker", "images", "--format", "{{.Repository}}:{{.Tag}}").split()
                 if tag.startswith("minicluster/tools:"))
    run(f"{BIN}/minicluster", "delete", "-f", manifest)
    return os.path.join(folder, "minicluster"), image


def tutorial(folder, rounds):
    name = "bench-page"
    manifest = write_manifest(folder, name, 2, "curl -s localhost", NGINX)
    mount, tools = copy_mount(manifest, name, folder)
    environment = dict(os.environ, NAME=name, SUBDOMAIN="flux-service", NAMESPACE=NAMESPACE,
                       MOUNT=mount, TOOLS=tools, IMAGE=FLUX_IMAGE)
    ours, ours_end, one, one_end, side, side_end = [], [], [], [], [], []
    for _ in range(rounds):
        for times, ends, words, env in (
                (ours, ours_end, (f"{BIN}/minicluster", "run", manifest), None),
                (one, one_end, ("bash", "bench/docker-script.sh", "one-by-one"), environment),
                (side, side_end, ("bash", "bench/docker-script.sh", "side-by-side"), environment)):
            first, rest = seconds_until(PAGE_END, *words, env=env)
            times.append(1000 * first)
            ends.append(1000 * rest)
    table = Table("nginx tutorial with an empty pre hook, images present: create to page")
    table.row("minicluster run", ours, "ms")
    table.row("docker commands, one by one", one, "ms")
    table.row("docker commands, side by side", side, "ms")
    table.ratio("ratio to one by one", ours, one, "<= 1.0")
    table.ratio("ratio to side by side", ours, side, "<= 1.0")
    table.row("minicluster: page to all removed", ours_end, "ms")
    table.row("docker one by one: page to all removed", one_end, "ms")
    table.row("docker side by side: page to all removed", side_end, "ms")


def broker_to_job(folder, size, rounds, goal):
    """The job prints when its lead broker was started and what time it is now. The lead starts last,
    as its container might: the figure is Flux's, not that of starting `size` containers."""
    name = f"bench-start-{size}"
    # The followers' brokers have been looking for their lead for a while when it comes.
    manifest = write_manifest(
        folder, name, size, "sh -c 'echo $(flux getattr broker.starttime) $(date +%s.%N) done'",
        "      commands:\n        brokerPre: sleep 3\n")
    times = []
    for _ in range(rounds):
        start, now, _ = run(f"{BIN}/minicluster", "run", manifest).split()
        times.append(1000 * (float(now) - float(start)))
    table = Table(f"lead broker start to job running, {size} pods")
    table.row("embedded Flux", times, "ms", goal)


def idle_memory(folder):
    """Peak resident memory of the brokers of an instance that has run one job and idles."""
    name = "bench-idle"
    manifest = write_manifest(
        folder, name, 2, "sh -c 'for p in /proc/[0-9]*; do tr \"\\0\" \" \" < $p/cmdline | "
        "grep -q \"flux.*broker\\|flux.*start\" && grep VmHWM $p/status; done; "
        "echo brokers'")
    values = [float(line.split()[1]) / 1024
              for line in run(f"{BIN}/minicluster", "run", manifest).splitlines() if "VmHWM" in line]
    table = Table("memory: VmHWM of the lead broker beside its first job")
    # The job sees itself and its shell as well: the broker is the largest.
    table.row("lead broker", [max(values)], "MB", "<= 6", digits=1)


def main():
    parser = argparse.ArgumentParser(prog="bench/run local-start")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    make_image()
    folder = tempfile.mkdtemp(prefix="minicluster-bench-")
    try:
        tutorial(folder, rounds)
        broker_to_job(folder, 2, rounds, "<= 100")
        broker_to_job(folder, 8, rounds, "<= 250")
        idle_memory(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
