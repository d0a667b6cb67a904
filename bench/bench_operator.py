"""operator: many MiniClusters of size 2 at once on nodes of kwok, whose pods are ready as soon as they
are scheduled: seconds until all Jobs exist, the operator's API requests, memory and CPU; and, made by
a client without any operator, Jobs alone and all objects that the operator makes."""

import argparse
import collections
import contextlib
import json
import os
import subprocess
import time

from kube_api import Api
from measure import Table, run
from object_copies import Copies

NAMESPACE = "bench-operator"
CLUSTERS = f"/apis/flux-framework.org/v1alpha2/namespaces/{NAMESPACE}/miniclusters"
JOBS = f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
OPERATOR_NAMESPACE = "minicluster-system"
LEASES = f"/apis/coordination.k8s.io/v1/namespaces/{OPERATOR_NAMESPACE}/leases"
FAKE_NODE = {"nodeSelector": {"type": "kwok"},
             "tolerations": [{"key": "kwok.x-k8s.io/node", "operator": "Exists"}]}
# What the Go operator (2026) gave on this test cluster, and plain Jobs with it.
GO = {100: "Go operator 20 s, plain Jobs 0.4 s", 500: "Go operator 83 s, plain Jobs 2.1 s"}
GOAL = {100: "<= 1", 500: "<= 5"}


def minicluster(index):
    return {"apiVersion": "flux-framework.org/v1alpha2", "kind": "MiniCluster",
            "metadata": {"name": f"bench-{index}"},
            "spec": {"size": 2, "pod": FAKE_NODE,
                     "containers": [{"image": "busybox", "runFlux": True, "command": "sleep 1"}]}}


def plain_job(index):
    container = {"name": "main", "image": "busybox", "command": ["sleep", "1"]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": f"bench-{index}"},
            "spec": {"completions": 2, "parallelism": 2, "completionMode": "Indexed",
                     "template": {"spec": {"restartPolicy": "Never", "containers": [container],
                                           **FAKE_NODE}}}}


def watch_until(api, path, count, wanted):
    """Until `count` objects have been as `wanted`. The API server may end a watch whose client is
    slow: then the next one begins with what is there."""
    seen = set()
    while True:
        for event in api.watch(path):
            if wanted(event["object"]):
                seen.add(event["object"]["metadata"]["name"])
            if len(seen) == count:
                return


def seconds_until_all(api, path, make, count):
    """From the first create until all creates are answered, and until `count` Jobs exist; and when
    it began."""
    begin = time.monotonic()
    api.create_all(path, [make(index) for index in range(count)])
    created = time.monotonic() - begin
    watch_until(api, JOBS, count, lambda job: True)
    return time.monotonic() - begin, created, begin


def wait_until_settled(api, count):
    """All MiniClusters are ready, as their status says."""
    watch_until(api, CLUSTERS, count, lambda cluster: cluster.get("status", {}).get("ready") == 2)


class Operator:
    """The process in the cluster and what the API server has noted about it."""

    def __init__(self):
        self.audit = os.path.join(
            os.environ["KUBECONFIG"].removesuffix("certificates/admin.kubeconfig"),
            "node1", "log", "audit.log")

    def restart(self, api):
        """A new process, so that its peak memory is this run's; returns when it leads."""
        deployment = ("-n", OPERATOR_NAMESPACE, "deployment/minicluster-operator")
        old = self.pods(api)
        run("kubectl", "rollout", "restart", *deployment)
        run("kubectl", "rollout", "status", *deployment, "--timeout=120s")
        for event in api.watch(LEASES):
            pod = event["object"]["spec"].get("holderIdentity", "").rsplit("_", 1)[0]
            if pod in self.pods(api) - old:
                return self.process(pod)
        return None

    @staticmethod
    @contextlib.contextmanager
    def away():
        """Without any operator meanwhile."""
        deployment = ("-n", OPERATOR_NAMESPACE, "deployment/minicluster-operator")
        run("kubectl", "scale", *deployment, "--replicas=0")
        run("kubectl", "wait", "-n", OPERATOR_NAMESPACE, "--for=delete", "pod", "--all")
        try:
            yield
        finally:
            run("kubectl", "scale", *deployment, "--replicas=1")
            run("kubectl", "rollout", "status", *deployment, "--timeout=120s")

    @staticmethod
    def pods(api):
        items = api.get(f"/api/v1/namespaces/{OPERATOR_NAMESPACE}/pods")["items"]
        return {pod["metadata"]["name"] for pod in items}

    @staticmethod
    def process(pod):
        """The id of the process of this pod, as the machine counts."""
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    if f"POD_NAME={pod}".encode() in file.read().split(b"\0"):
                        return entry
            except OSError:
                continue
        raise LookupError(f"no process of {pod} on this machine")

    @staticmethod
    def cpu(process):
        """Seconds of user and system time."""
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def memory(process, field):
        """In MB; VmRSS: now, VmHWM: at most."""
        with open(f"/proc/{process}/status", encoding="utf-8") as file:
            line = next(line for line in file if line.startswith(field))
        return int(line.split()[1]) / 1024

    def position(self):
        return os.path.getsize(self.audit)

    def requests(self, begin):
        """Counter of (verb, resource) in the API server's audit log since a position."""
        count = collections.Counter()
        with open(self.audit, encoding="utf-8") as file:
            file.seek(begin)
            for line in file:
                event = json.loads(line)
                if not event["user"]["username"].startswith(
                        f"system:serviceaccount:{OPERATOR_NAMESPACE}:"):
                    continue
                thing = event.get("objectRef", {"resource": event["requestURI"]})
                name = "/".join(filter(None, (thing["resource"], thing.get("subresource"))))
                count[event["verb"], name] += 1
        return count


def ordinary(requests):
    """Without watches and the renewal of leases."""
    return {key: value for key, value in requests.items()
            if key[0] != "watch" and key[1] != "leases"}


def same_objects(api, operator, count):
    """Seconds that a client takes for the objects that the operator has made."""
    copies = Copies(api, NAMESPACE, minicluster(0)["metadata"]["name"])
    with operator.away():
        api.new_namespace(NAMESPACE)
        return copies.seconds_for(CLUSTERS, [minicluster(index) for index in range(count)])


def measure(api, operator, count, table):
    api.new_namespace(NAMESPACE)
    plain, *_ = seconds_until_all(api, JOBS, plain_job, count)
    api.new_namespace(NAMESPACE)
    process = operator.restart(api)
    idle, begin = operator.memory(process, "VmRSS"), operator.position()
    cpu = operator.cpu(process)
    ours, created, began = seconds_until_all(api, CLUSTERS, minicluster, count)
    wait_until_settled(api, count)
    ready = time.monotonic() - began
    requests, used = ordinary(operator.requests(begin)), operator.cpu(process) - cpu
    most = operator.memory(process, "VmHWM")
    table.row(f"{count}: until all Jobs exist", [ours], "s", GOAL.get(count, ""), digits=2,
              more=GO.get(count, ""))
    table.row(f"{count}: of this, the client's creates", [created], "s", digits=2)
    table.row(f"{count}: until all are Ready", [ready], "s", digits=2)
    alone = same_objects(api, operator, count)
    table.row(f"{count}: the same by a client, no operator", [alone], "s", digits=2)
    table.ratio(f"{count}: the operator to this client", [ours], [alone], "")
    table.row(f"{count}: plain Jobs, no operator", [plain], "s", digits=2)
    table.row(f"{count}: requests each until Ready", [sum(requests.values()) / count], "", "<= 8",
              digits=2, more="Go operator 8, no events")
    for (verb, resource), number in sorted(requests.items(), key=lambda item: -item[1]):
        if number * 50 >= count:
            table.row(f"    {verb} {resource}", [number / count], "", digits=2)
    table.row(f"{count}: operator's CPU", [used], "s", "<= 2" if count == 500 else "", digits=2,
              more="Go operator 9.2 s for 500")
    table.row(f"{count}: memory idle", [idle], "MB", "<= 15", digits=1, more="Go operator 40 MB")
    table.row(f"{count}: memory at most", [most], "MB",
              "<= 30" if count == 500 else "", digits=1, more="Go operator 102 MB at 500")


def settled(operator, seconds, table):
    # What the last changes have set off is over when the counter stands still for a while.
    begin = operator.position()
    while True:
        time.sleep(5)
        if not ordinary(operator.requests(begin)):
            break
        begin = operator.position()
    begin = operator.position()
    time.sleep(seconds)
    requests = ordinary(operator.requests(begin))
    table.row("requests a minute when settled", [sum(requests.values()) * 60 / seconds], "", "0",
              digits=1, more="Go operator 600 lists")


def main():
    parser = argparse.ArgumentParser(prog="bench/run operator")
    parser.add_argument("--counts", default="1,100,500", help="how many MiniClusters at once")
    parser.add_argument("--settled", type=int, default=60, help="seconds to look at the settled")
    options = parser.parse_args()
    subprocess.run(("tests/kubernetes/cluster", "fake-nodes", "10"), check=True)
    api, operator = Api(), Operator()
    table = Table("MiniClusters of size 2 on nodes of kwok")
    try:
        for count in map(int, options.counts.split(",")):
            measure(api, operator, count, table)
        settled(operator, options.settled, table)
    finally:
        api.delete_namespace(NAMESPACE)
        run("kubectl", "delete", "nodes", "-l", "type=kwok")


main()
