"""What the end-to-end tests on Kubernetes share: kubectl as the command under test, a namespace for
each test, and the promise that nothing is left in the cluster, however a test ends.

The operator must be installed: ./test kubernetes does that, or tests/kubernetes/install on a cluster
that runs.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
# pylint: disable=wrong-import-position,unused-import  # passed on to the tests
from commands import BIN, LIMIT, MINICLUSTER, CommandTest, Ended, main
from manifests import EXAMPLES, container, minicluster

CLUSTER = os.path.join(HERE, "cluster")
OPERATOR_NAMESPACE = "minicluster-system"
INDEX = "batch.kubernetes.io/job-completion-index"
GROUP = "flux-framework.org"


def cluster(*words):
    """Does something to the test cluster itself, see `cluster --help`."""
    return subprocess.run((CLUSTER,) + words, check=True, capture_output=True, text=True,
                          timeout=LIMIT).stdout


class KubernetesTest(CommandTest):
    namespace = None  # a name of the test's own

    def setUp(self):
        super().setUp()
        if not shutil.which("kubectl"):
            self.fail('no kubectl; tests/kubernetes/cluster up, then eval "$(… env)"')
        self.ns = self.namespace or f"test-{os.getpid()}-{secrets.token_hex(3)}"
        self.addCleanup(self.clean_up)
        self.good("create", "namespace", self.ns)

    def words_of(self, words):
        return [shutil.which("kubectl"), "-n", self.ns, *words]

    def clean_up(self):
        self.end_processes()
        limit = f"--timeout={LIMIT * 3 // 4}s"
        try:
            # MiniClusters take with them what was made for them, before the namespace goes.
            self.good("delete", "mc", "--all", limit)
            self.good("wait", "--for=delete", "jobs,pods,services,configmaps,secrets", limit, "-l",
                      "app.kubernetes.io/managed-by=minicluster")
        finally:
            # The cluster takes its time for this (5 s at least), which is not to be tested here.
            self.good("delete", "namespace", self.ns, "--ignore-not-found",
                      f"--wait={str(bool(self.namespace)).lower()}")

    # Looking at the cluster

    def items(self, *words):
        return self.object(*words)["items"]

    def pods(self, name="flux-sample"):
        """The Flux pods of a MiniCluster in the order of their ranks."""
        pods = self.items("pods", "-l", f"job-name={name},{INDEX}")
        return sorted(pods, key=lambda pod: int(pod["metadata"]["labels"][INDEX]))

    def pod(self, index, name="flux-sample"):
        """The name of the pod with this rank; of several, one that is not going away."""
        for pod in self.pods(name):
            if (pod["metadata"]["labels"][INDEX] == str(index)
                    and "deletionTimestamp" not in pod["metadata"]):
                return pod["metadata"]["name"]
        self.fail(f"{name} has no pod {index}")

    def conditions(self, name="flux-sample"):
        """Type → condition."""
        status = self.object("mc", name).get("status", {})
        return {each["type"]: each for each in status.get("conditions", [])}

    @staticmethod
    def is_ready(pod):
        conditions = pod.get("status", {}).get("conditions", [])
        return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)

    def flux(self, *words, name="flux-sample"):
        """A Flux command in the lead pod of a running instance, as its owner: root may not submit."""
        return self.good("exec", self.pod(0, name), "-c", name, "--", "setpriv", "--reuid", "flux",
                         "--regid", "flux", "--init-groups", "flux", "proxy",
                         "local:///run/flux/local", "flux", *words)

    def logs(self, index=0, name="flux-sample", of=None):
        return self.good("logs", self.pod(index, name), "-c", of or name)

    def events(self, name="flux-sample"):
        """Reasons of a MiniCluster's events."""
        events = self.items("events", "--field-selector",
                            f"involvedObject.kind=MiniCluster,involvedObject.name={name}")
        return [event["reason"] for event in events]

    def wait_until(self, changed, *words):
        """Watches `kubectl get WORDS` until `changed(object)` is true; returns the object."""
        watch = self.start("get", *words, "--watch", "-o", "json")
        decoder, text = json.JSONDecoder(), ""
        seen = None
        while piece := self.read_some(watch, LIMIT):
            text += piece
            while text.strip():
                try:
                    seen, end = decoder.raw_decode(text.lstrip())
                except json.JSONDecodeError:
                    break  # the rest of it is still to come
                text = text.lstrip()[end:]
                if changed(seen):
                    watch.kill()
                    return seen
        watch.kill()
        self.fail(f"get {' '.join(words)}: it never came to that; last: {json.dumps(seen)}")
