"""kubernetes-start: from the creation of the nginx tutorial's MiniCluster (with an empty `pre`, images
present) to the page in the lead's log; from the creation of an `echo` to Succeeded, alone and beside a
sidecar that never ends; and a plain Job with the same containers, which no operator has to make."""

import argparse
import time

from kube_api import Api, ApiError
from measure import Table

NAMESPACE = "bench-start"
CLUSTERS = f"/apis/flux-framework.org/v1alpha1/namespaces/{NAMESPACE}/miniclusters"
JOBS = f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
IMAGE = "ghcr.io/flux-framework/flux-restful-api:latest"
NAME = "flux-sample"
# The tutorial installs curl for this, which would be most of the time.
FETCH = ("exec 3<>/dev/tcp/localhost/80; printf \"GET / HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n\" >&3; "
         "cat <&3")
NGINX = {"image": "nginx", "name": "nginx", "ports": [80]}


def minicluster(command, *sidecars):
    return {"apiVersion": "flux-framework.org/v1alpha1", "kind": "MiniCluster",
            "metadata": {"name": NAME},
            "spec": {"size": 2, "logging": {"quiet": True},
                     "containers": [{"image": IMAGE, "runFlux": True, "command": command},
                                    *sidecars]}}


def plain_job():
    """As the operator makes it, but for everything that is Flux's."""
    sidecar = {"name": "nginx", "image": "nginx", "imagePullPolicy": "IfNotPresent",
               "restartPolicy": "Always",
               "startupProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1,
                                "failureThreshold": 600}}
    main_container = {"name": NAME, "image": IMAGE, "imagePullPolicy": "IfNotPresent",
                      "command": ["bash", "-c", FETCH]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": NAME},
            "spec": {"completions": 2, "parallelism": 2, "completionMode": "Indexed",
                     "template": {"spec": {"restartPolicy": "Never", "initContainers": [sidecar],
                                           "containers": [main_container]}}}}


def lead_started(api, version):
    """The name of pod 0, once its main container has a log."""
    for event in api.watch(PODS, version):
        pod = event["object"]
        if pod["metadata"].get("labels", {}).get("batch.kubernetes.io/job-completion-index") != "0":
            continue
        for status in pod.get("status", {}).get("containerStatuses", []):
            if status["name"] == NAME and not {"running", "terminated"}.isdisjoint(status["state"]):
                return pod["metadata"]["name"]
    raise ApiError(0, "the watch has ended")


def seconds_to_page(api, path, body):
    version = api.get(PODS)["metadata"]["resourceVersion"]
    begin = time.monotonic()
    api.create(path, body)
    pod = lead_started(api, version)
    for line in api.stream(f"{PODS}/{pod}/log?container={NAME}&follow=true"):
        if "</html>" in line:
            return time.monotonic() - begin
    raise ApiError(0, f"the page never came; the log of {pod} has ended")


def seconds_to_succeeded(api, body):
    version = api.get(CLUSTERS)["metadata"]["resourceVersion"]
    begin = time.monotonic()
    api.create(CLUSTERS, body)
    for event in api.watch(CLUSTERS, version):
        for condition in event["object"].get("status", {}).get("conditions", []):
            if (condition["type"], condition["status"]) == ("Failed", "True"):
                raise ApiError(0, condition["message"])
            if (condition["type"], condition["status"]) == ("Succeeded", "True"):
                return time.monotonic() - begin
    raise ApiError(0, "the watch has ended")


def remove(api, path):
    """And wait until its pods are gone: the next round must not share the machine with them."""
    version = api.get(PODS)["metadata"]["resourceVersion"]
    left = {pod["metadata"]["name"] for pod in api.get(PODS)["items"]}
    api.delete(f"{path}/{NAME}", propagationPolicy="Background")
    if left:
        for event in api.watch(PODS, version):
            if event["type"] == "DELETED":
                left.discard(event["object"]["metadata"]["name"])
            if not left:
                return


def main():
    parser = argparse.ArgumentParser(prog="bench/run kubernetes-start")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    api = Api()
    api.new_namespace(NAMESPACE)
    page, plain, echo, beside = [], [], [], []
    fetch = f"bash -c '{FETCH}'"
    try:
        for _ in range(rounds):
            page.append(seconds_to_page(api, CLUSTERS, minicluster(fetch, NGINX)))
            remove(api, CLUSTERS)
            plain.append(seconds_to_page(api, JOBS, plain_job()))
            remove(api, JOBS)
            echo.append(seconds_to_succeeded(api, minicluster("echo hello")))
            remove(api, CLUSTERS)
            beside.append(seconds_to_succeeded(api, minicluster("echo hello", NGINX)))
            remove(api, CLUSTERS)
    finally:
        api.delete_namespace(NAMESPACE)
    table = Table("from create on, present images, 2 pods over 2 nodes")
    table.row("tutorial: page in the lead's log", page, "s", "<= 3.0", digits=2,
              more="Go operator 3.4 s, with flux-core 0.88")
    table.row("a plain Job with the same sidecar: page", plain, "s", digits=2)
    table.row("echo: Succeeded", echo, "s", "<= 3.5", digits=2, more="Go operator 6.2 s")
    table.row("echo beside nginx: Succeeded", beside, "s", digits=2, more="Go operator: never")


main()
