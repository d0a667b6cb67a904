"""The operator itself: ended, upgraded and killed while clusters run."""

import datetime
import json
import os
import re
import subprocess
import tempfile

from harness import (INDEX, LIMIT, MINICLUSTER, OPERATOR_NAMESPACE, KubernetesTest, container,
                     main, minicluster)
from proxy import WriteCounter

DEPLOYMENT = "deployment/minicluster-operator"
WEB = {"image": "nginx", "name": "web", "ports": [80]}
# Fields that the cluster fills in, differently each time.
GIVEN = {"uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "status",
         "clusterIP", "clusterIPs", "ip"}
BY_PATCH = ("--type=merge", "-p")


class Operator(KubernetesTest):
    def operator(self, *words):
        return self.good("-n", OPERATOR_NAMESPACE, *words)

    def rolled_out(self):
        self.operator("rollout", "status", DEPLOYMENT, "--timeout=90s")


class Replaced(Operator):
    def test_upgraded_while_a_cluster_runs(self):
        self.create(minicluster(container(), size=2, interactive=True))
        self.wait("condition=Ready")
        before = {pod["metadata"]["uid"] for pod in self.pods()}
        self.operator("set", "env", DEPLOYMENT, f"UPGRADE={self.ns}")
        self.addCleanup(self.operator, "set", "env", DEPLOYMENT, "UPGRADE-")
        self.rolled_out()
        # The new one is at work: what is made now becomes ready.
        self.create(minicluster(container("echo done"), name="second"))
        self.wait_job(what="mc/second")
        self.assertEqual({pod["metadata"]["uid"] for pod in self.pods()}, before)
        self.assertEqual(self.conditions()["Ready"]["status"], "True")

    def test_job_that_ends_while_no_operator_runs(self):
        self.create(minicluster(container("sh -c 'until test -e /tmp/go; do sleep 0.1; done; "
                                          "exit 3'")))
        self.wait("condition=Ready")
        self.addCleanup(self.rolled_out)
        replicas = self.operator("get", DEPLOYMENT, "-o", "jsonpath={.spec.replicas}")
        self.operator("scale", DEPLOYMENT, "--replicas=0")
        self.addCleanup(self.operator, "scale", DEPLOYMENT, f"--replicas={replicas}")
        self.operator("wait", "--for=delete", "pod", "--all", "--timeout=60s")
        self.good("exec", self.pod(0), "-c", "flux-sample", "--", "touch", "/tmp/go")
        self.wait("condition=Failed", "job/flux-sample")
        self.operator("scale", DEPLOYMENT, f"--replicas={replicas}")
        self.wait_job(succeeded=False)
        self.assertEqual(self.object("mc", "flux-sample")["status"]["exitCode"], 3)


class Namespaces(Operator):
    def test_deleted_in_the_middle(self):
        """The namespace goes, and the operator is at work for the others."""
        other = self.ns + "-b"
        self.good("create", "namespace", other)
        self.addCleanup(self.good, "delete", "namespace", other, "--ignore-not-found")
        watch = self.start("-n", other, "get", "events", "--watch", "-o", "name")
        self.good("-n", other, "create", "-f", "-",
                  stdin=minicluster(container("sleep 1000"), WEB, size=2, services=[WEB]))
        self.read_line(watch, "event")
        self.good("delete", "namespace", other, "--timeout=90s")
        self.create(minicluster(container("echo done")))
        self.wait_job()


class Killed(Operator):
    """An operator on this machine, killed after each write of its own; the one in the cluster stands
    by meanwhile, since this test holds the Lease."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.hold_lease()
        token = self.operator("create", "token", "minicluster-operator", "--duration=1h").strip()
        self.proxy = WriteCounter(os.environ["KUBECONFIG"], token)
        self.addCleanup(self.proxy.close)
        self.process = None
        self.addCleanup(self.kill)
        self.image = self.operator("get", DEPLOYMENT, "-o",
                                   "jsonpath={.spec.template.spec.containers[0].image}")

    def hold_lease(self):
        pods = ("pods", "-n", OPERATOR_NAMESPACE, "-l", "app.kubernetes.io/name=minicluster-operator")
        # Only who has the Lease can lose it.
        names = [pod["metadata"]["name"] for pod in self.items(*pods)
                 if "deletionTimestamp" not in pod["metadata"]]
        self.wait_until(lambda lease: lease["spec"].get("holderIdentity", "").startswith(names[0]),
                        "lease/minicluster-operator", "-n", OPERATOR_NAMESPACE)
        before = restarts(self.object("pod", names[0], "-n", OPERATOR_NAMESPACE))
        self.write_lease("test", LIMIT)
        # One that has lost its lease ends, and is started again.
        self.wait_until(lambda pod: restarts(pod) > before and self.is_ready(pod), *pods)
        self.addCleanup(self.rolled_out)
        self.addCleanup(self.write_lease, "", 1)

    def write_lease(self, holder, seconds):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec = {"holderIdentity": holder, "leaseDurationSeconds": seconds, "renewTime": now}
        self.operator("patch", "lease/minicluster-operator", *BY_PATCH, json.dumps({"spec": spec}))

    def run_operator(self):
        kubeconfig = os.path.join(self.folder, "kubeconfig")
        with open(kubeconfig, "w", encoding="utf-8") as file:
            json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "test",
                       "clusters": [{"name": "test", "cluster": {"server": self.proxy.url}}],
                       "users": [{"name": "test", "user": {}}],
                       "contexts": [{"name": "test",
                                     "context": {"cluster": "test", "user": "test"}}]}, file)
        log = open(os.path.join(self.folder, "log"), "ab")
        with log:
            self.process = subprocess.Popen(
                (MINICLUSTER, "operator", "--kubeconfig", kubeconfig, "--namespace", self.ns,
                 "--image", self.image, "--leader-elect=false", "--webhook-port=0",
                 "--metrics-bind-address=0", "--health-probe-bind-address=0"),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
            return file.read()[-4000:]

    def test_after_each_write(self):
        wanted = self.life(0)
        writes = list(self.proxy.writes)
        self.assertGreater(len(writes), 4, writes)
        for count in range(1, len(writes) + 1):
            with self.subTest(killed_after=f"{count}: {writes[count - 1]}"):
                self.assertEqual(self.life(count), wanted, self.log())

    def life(self, count):
        """Of one MiniCluster to its end, with the operator killed after so many writes; returns
        the objects that there were."""
        self.write_lease("test", LIMIT)
        self.run_operator()
        self.proxy.arm(count, self.kill_and_start)
        self.create(minicluster(container("echo done"), WEB, size=2, services=[WEB]))
        self.wait_job()
        self.assertEqual(self.logs(), "done\n")
        found = self.objects()
        self.good("delete", "mc", "flux-sample")
        self.good("wait", "--for=delete", "pod", "--all", "--timeout=60s")
        self.kill()
        return found

    def kill_and_start(self):
        self.kill()
        self.run_operator()

    def objects(self):
        """What was made for the MiniCluster, without what differs from one to the next."""
        items = self.items("services,configmaps,secrets,jobs",
                           "-l", "app.kubernetes.io/managed-by=minicluster")
        # A Secret's name changes with its MiniCluster's uid.
        items = json.loads(re.sub(r"-secret-[0-9a-f]{8}", "-secret", json.dumps(items)))
        found = {f"{item['kind']} {item['metadata']['name']}": comparable(item) for item in items}
        leads = [pod for pod in self.pods() if pod["metadata"]["labels"][INDEX] == "0"]
        return {**found, "leads": len(leads)}


def restarts(pod):
    return pod["status"]["containerStatuses"][0]["restartCount"]


def comparable(value):
    """Without names that the cluster has given, and without secrets."""
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "Secret":
        value = {**value, "data": sorted(value["data"])}
    return {key: comparable(each) for key, each in value.items()
            if key not in GIVEN and "hash" not in key and not key.endswith("controller-uid")}


if __name__ == "__main__":
    main()
