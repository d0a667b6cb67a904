"""Kubernetes' own kinds next to MiniClusters: Deployments, Pods, Services, ConfigMaps, Secrets."""

import base64
import json
import subprocess

from harness import LocalTest, container, docker, main, minicluster

FETCH = ["wget", "-q", "-O", "-"]


def meta(name, **more):
    return {"name": name, **more}


def deployment(name, *containers, replicas=1, **pod):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(name, labels=labels),
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels},
                                  "spec": {"terminationGracePeriodSeconds": 1,
                                           "containers": list(containers), **pod}}}}


def pod(name, *containers, **spec):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta(name, labels={"app": name}),
            "spec": {"terminationGracePeriodSeconds": 1, "containers": list(containers), **spec}}


def service(name, port=80, target=None, **spec):
    entry = {"port": port, **({} if target is None else {"targetPort": target})}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta(name),
            "spec": {"selector": {"app": name}, "ports": [entry], **spec}}


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(name), "data": data}


def secret(name, **data):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta(name), "stringData": data}


def listed(*items):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)})


def busybox(name="main", command="sleep 1000", **more):
    return {"name": name, "image": "busybox", "command": ["sh", "-c", command], **more}


NGINX = {"name": "nginx", "image": "nginx", "ports": [{"name": "http", "containerPort": 80}]}


class Kinds(LocalTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.delete_all)

    def delete_all(self):
        for kind in ("deployments", "services", "configmaps", "secrets", "networkpolicies"):
            self.command("delete", kind, "--all", "--force")
        for name in self.good("get", "pods", "-o", "name").split():
            self.command("delete", name, "--force")

    def apply(self, *items):
        return self.good("apply", "-f", "-", stdin=listed(*items))

    def available(self, name):
        self.good("wait", "--for=condition=Available", f"deploy/{name}", "--timeout=60s")

    def in_pod(self, name, *words):
        return self.good("exec", name, "--", *words)

    def test_a_deployment_behind_a_service(self):
        out = self.apply(deployment("web", NGINX), service("web", 8080, "http"),
                         pod("client", busybox()))
        self.assertEqual(sorted(out.split("\n")[:-1]),
                         ["deployment.apps/web created", "pod/client created",
                          "service/web created"])
        self.available("web")
        self.good("wait", "--for=condition=Ready", "pod/client", "--timeout=60s")
        for name in ("web", f"web.{self.ns}", f"web.{self.ns}.svc.cluster.local"):
            self.assertIn("Welcome to nginx!", self.in_pod("client", *FETCH, f"http://{name}:8080"))
        self.assertRegex(self.good("get", "deployments"), r"web +1/1 +1 +1 +\w+\n")
        self.assertRegex(self.good("get", "pods"), r"web-\w{10}-\w{5} +1/1 +Running +0 ")
        self.assertRegex(self.good("get", "svc"), r"web +ClusterIP +[\d.]+ +<none> +8080/TCP ")
        self.assertIn("deployment.apps/web", self.good("get", "all"))
        self.assertIn("nginx", self.good("get", "deploy", "-o", "wide"))
        self.in_pod("deploy/web", "nginx", "-v")
        self.assertIn("GET / HTTP", self.good("logs", "deploy/web"))
        again = self.apply(deployment("web", NGINX), service("web", 8080, "http"),
                           pod("client", busybox()))
        self.assertEqual(again.count(" unchanged\n"), 3, again)

    def test_miniclusters_reach_services(self):
        self.apply(service("web"), deployment("web", NGINX))
        self.available("web")
        ended = self.run_job(minicluster(container("wget -q -O - http://web", image="busybox")))
        self.assertIn("Welcome to nginx!", ended.out)

    def test_replicas_take_turns_and_change_in_number(self):
        server = busybox("main", "mkdir /www; hostname > /www/index.html; httpd -f -h /www")
        self.apply(deployment("web", server, replicas=3), service("web"), pod("client", busybox()))
        self.available("web")
        self.good("wait", "--for=condition=Ready", "pod/client", "--timeout=60s")
        seen = {self.in_pod("client", *FETCH, "http://web") for _ in range(12)}
        self.assertEqual(len(seen), 3)
        out = self.apply(deployment("web", server, replicas=1))
        self.assertEqual(out, "deployment.apps/web configured\n")
        self.assertEqual(self.good("get", "pods", "-l", "app=web", "-o", "name").count("\n"), 1)
        before = self.good("get", "pods", "-l", "app=web", "-o", "name")
        server["env"] = [{"name": "NEW", "value": "yes"}]
        self.apply(deployment("web", server))
        self.available("web")
        after = self.good("get", "pods", "-l", "app=web", "-o", "name")
        self.assertNotEqual(before, after)
        self.assertEqual(self.in_pod("deploy/web", "sh", "-c", "echo $NEW"), "yes\n")

    def test_a_pod_that_is_deleted_comes_again(self):
        mounted = busybox(volumeMounts=[{"name": "v", "mountPath": "/v"}])
        self.apply(deployment("web", mounted, volumes=[{"name": "v", "emptyDir": {}}]))
        self.available("web")
        name = self.good("get", "pods", "-o", "name").strip()
        self.in_pod("deploy/web", "touch", "/v/before")
        self.good("delete", name)
        self.available("web")
        self.assertEqual(self.in_pod("deploy/web", "ls", "/v"), "")

    def test_values_of_config_maps_and_secrets(self):
        env = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}},
               {"name": "B", "value": "$(A)-more"},
               {"name": "P", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "password"}}},
               {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
               {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
        volumes = [{"name": "settings", "configMap": {"name": "settings"}},
                   {"name": "keys", "secret": {"secretName": "keys", "defaultMode": 0o440}},
                   {"name": "work", "emptyDir": {}}]
        mounts = [{"name": "settings", "mountPath": "/settings"},
                  {"name": "settings", "mountPath": "/one/a", "subPath": "a"},
                  {"name": "keys", "mountPath": "/keys"}, {"name": "work", "mountPath": "/work"}]
        # The pod comes first in the file and is made last.
        self.apply(pod("user", busybox(env=env, volumeMounts=mounts), volumes=volumes,
                       securityContext={"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 2000}),
                   config_map("settings", a="hello"), secret("keys", password="s3cret"))
        self.good("wait", "--for=condition=Ready", "pod/user", "--timeout=60s")
        shown = self.in_pod("user", "sh", "-c", "echo $A $B $P $NAME; cat /settings/a /keys/password "
                            "/one/a; touch /work/x && stat -c '%g %a' /keys/password")
        self.assertEqual(shown, "hello hello-more s3cret user\nhellos3crethello2000 440\n")
        ip = self.in_pod("user", "sh", "-c", "echo $IP").strip()
        self.assertEqual(self.object("pod", "user")["status"]["podIP"], ip)
        # Nowhere but where it was asked for.
        for words in (("describe", "pod", "user"), ("get", "pod", "user", "-o", "yaml"),
                      ("describe", "secret", "keys")):
            self.assertNotIn("s3cret", self.good(*words))
        encoded = base64.b64encode(b"s3cret").decode()
        self.assertIn(f"password: {encoded}", self.good("get", "secret", "keys", "-o", "yaml"))
        label = f"label=flux-framework.org/namespace={self.ns}"
        names = docker("volume", "ls", "-q", "--filter", label).split()
        for text in (docker("volume", "inspect", *names),):
            self.assertNotIn("s3cret", text)
            self.assertNotIn(encoded, text)
        # A change reaches the files of pods that run.
        self.assertEqual(self.apply(config_map("settings", a="other")),
                         "configmap/settings configured\n")
        self.assertEqual(self.in_pod("user", "cat", "/settings/a"), "other")
        self.assertEqual(self.apply(secret("keys", password="s3cret")), "secret/keys unchanged\n")

    def test_what_is_missing_is_waited_for(self):
        env = [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "late", "key": "p"}}}]
        self.apply(deployment("web", busybox(env=env)))
        self.assertIn("CreateContainerConfigError", self.good("get", "pods"))
        self.assertIn('secret "late" not found', self.good("describe", "pods"))
        self.apply(secret("late", p="now"))
        self.available("web")
        self.assertEqual(self.in_pod("deploy/web", "sh", "-c", "echo $P"), "now\n")

    def test_miniclusters_use_them(self):
        self.apply(config_map("settings", a="hello"), secret("keys", password="s3cret"))
        flux = container("sh -c 'cat /settings/a; echo $P'", image="busybox",
                         secrets={"P": {"name": "keys", "key": "password"}},
                         volumes={"settings": {"path": "/settings", "configMapName": "settings"}})
        manifest = json.dumps({"apiVersion": "flux-framework.org/v1alpha2",
                                   "kind": "MiniCluster", "metadata": {"name": "flux-sample"},
                                   "spec": {"size": 1, "containers": [flux]}})
        ended = self.run_job(manifest)
        self.assertIn("hellos3cret", ended.out, repr(ended))

    def test_init_containers_and_sidecars(self):
        volume = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
        self.apply(pod("staged", busybox("main", "cat /v/all; sleep 1000", **volume),
                       initContainers=[busybox("one", "echo one >> /v/all", **volume),
                                       busybox("side", "echo side >> /v/all; sleep 1000",
                                               restartPolicy="Always", **volume),
                                       busybox("two", "until grep -q side /v/all; do :; done; "
                                               "echo two >> /v/all", **volume)],
                       volumes=[{"name": "v", "emptyDir": {}}]))
        self.good("wait", "--for=condition=Ready", "pod/staged", "--timeout=60s")
        self.assertEqual(self.good("logs", "staged", "-c", "main"), "one\nside\ntwo\n")
        self.assertRegex(self.good("get", "pods"), r"staged +2/2 +Running")

    def test_readiness_and_its_words(self):
        probe = {"readinessProbe": {"exec": {"command": ["cat", "/tmp/ready"]},
                                    "periodSeconds": 1}}
        self.apply(deployment("web", busybox(**probe)))
        ended = self.command("wait", "--for=condition=Available", "deploy/web", "--timeout=3s")
        self.assertEqual(ended.status, 1)
        self.assertRegex(self.good("get", "pods"), r"web\S+ +0/1 +Running")
        self.assertIn("Readiness probe failed: cat: can't open '/tmp/ready'",
                      self.good("describe", "pods"))
        self.in_pod("deploy/web", "touch", "/tmp/ready")
        self.available("web")
        self.assertRegex(self.good("get", "pods"), r"web\S+ +1/1 +Running")

    def test_probes_by_port(self):
        ready = {**NGINX, "readinessProbe": {"httpGet": {"port": "http"}},
                 "livenessProbe": {"tcpSocket": {"port": 80}}}
        self.apply(deployment("web", ready))
        self.available("web")
        self.assertIn("http-get http://:80/ delay=0s", self.good("describe", "pods"))

    def test_a_container_that_no_longer_lives_is_started_again(self):
        command = "[ -e /v/second ] || touch /v/dead; touch /v/second; sleep 1000"
        probe = {"exec": {"command": ["sh", "-c", "! rm /v/dead"]}, "periodSeconds": 1,
                 "failureThreshold": 1}
        self.apply(pod("fragile", busybox("main", command, livenessProbe=probe,
                                          volumeMounts=[{"name": "v", "mountPath": "/v"}]),
                       volumes=[{"name": "v", "emptyDir": {}}]))
        first = self.object("pod", "fragile")["status"]["containerStatuses"][0]
        watch = self.start("get", "pod", "fragile", "-o", "json", "-w")
        self.addCleanup(watch.kill)
        text = ""
        decoder = json.JSONDecoder()
        while True:
            text += self.read_some(watch, 60)
            try:
                shown, end = decoder.raw_decode(text.lstrip())
            except ValueError:
                continue
            text = text.lstrip()[end:]
            state = shown["status"]["containerStatuses"][0]["state"].get("running")
            if state and state != first["state"].get("running"):
                break

    def test_images_that_are_not_there(self):
        out = self.apply(deployment("web", {"name": "c", "image": "localhost:1/none:1"}))
        self.assertIn("deployment.apps/web created", out)
        self.assertRegex(self.good("get", "pods"), r"web\S+ +0/1 +(ErrImagePull|ImagePullBackOff) ")
        self.assertIn("localhost:1/none:1", self.good("describe", "pods"))

    def test_crashes(self):
        self.apply(pod("bad", busybox("main", "exit 3")))
        self.wait_for_status("bad", "CrashLoopBackOff")
        self.apply(pod("once", busybox("main", "exit 3"), restartPolicy="Never"))
        self.wait_for_status("once", "Error")
        self.assertIn("Exit Code:    3", self.good("describe", "pod", "once"))

    def wait_for_status(self, name, status):
        process = self.start("get", "pod", name, "-w")
        self.addCleanup(process.kill)
        self.read_line(process, status)

    def test_a_network_policy_says_what_it_does(self):
        policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                  "metadata": meta("open"), "spec": {"podSelector": {}}}
        ended = self.command("apply", "-f", "-", stdin=listed(policy))
        self.assertEqual(ended.out, "networkpolicy.networking.k8s.io/open created\n")
        self.assertIn("has no effect on one machine", ended.err)
        self.assertRegex(self.good("get", "netpol"), r"open +<none> +\w+\n")

    def test_delete_removes_everything(self):
        items = (deployment("web", NGINX), service("web"), secret("keys", a="b"),
                 config_map("settings", a="b"), pod("client", busybox()))
        self.apply(*items)
        out = self.good("delete", "-f", "-", stdin=listed(*items))
        self.assertEqual(out.split("\n")[0], 'deployment.apps "web" deleted')
        self.assertEqual(self.left_over(), [])
        ended = self.command("delete", "-f", "-", stdin=listed(*items))
        self.assertEqual(ended.status, 1)
        self.assertIn('deployments.apps "web" not found', ended.err)

    def test_a_command_that_is_killed_is_taken_up_again(self):
        items = listed(deployment("web", NGINX, replicas=3), service("web"))
        for _ in range(3):
            process = self.start("apply", "-f", "-", stdin=items)
            self.read_first_container()
            process.kill()
            process.wait()
        self.good("apply", "-f", "-", stdin=items)
        self.available("web")
        self.assertEqual(self.good("get", "pods", "-o", "name").count("\n"), 3)

    def read_first_container(self):
        """Waits until there is any container of this namespace."""
        label = f"label=flux-framework.org/namespace={self.ns}"
        with subprocess.Popen(("docker", "events", "--since", "1m", "--filter", label,
                               "--filter", "event=create"), stdout=subprocess.PIPE) as events:
            events.stdout.readline()
            events.kill()


if __name__ == "__main__":
    main()
