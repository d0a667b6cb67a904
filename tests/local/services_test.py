"""The services pod, and the names under which pods find each other."""

import json

from harness import LocalTest, container, main, minicluster
from ports import fetching

WEB = {"image": "nginx", "name": "web", "ports": [80]}


class Services(LocalTest):
    def test_name_of_the_services_pod(self):
        for name in ("flux-sample-services",
                     f"flux-sample-services.flux-service.{self.ns}.svc.cluster.local"):
            ended = self.run_job(minicluster(
                container(f"wget -q -O - http://{name}/", image="busybox"), services=[WEB]))
            self.assertEqual(ended.status, 0, repr(ended))
            self.assertIn("Welcome to nginx!", ended.out)

    def test_names_of_the_pods(self):
        self.create(minicluster(container("sleep 1000", image="busybox"), WEB, size=2))
        self.wait("condition=Ready")
        for name in ("flux-sample-1", "flux-sample-1.flux-service",
                     f"flux-sample-1.flux-service.{self.ns}.svc.cluster.local"):
            page = self.good("exec", "flux-sample-0", "-c", "flux-sample", "--",
                             *fetching(f"http://{name}/"))
            self.assertIn("Welcome to nginx!", page)
        hostname = self.good("exec", "flux-sample-1", "-c", "web", "--", "hostname")
        self.assertEqual(hostname, "flux-sample-1\n")

    def test_sidecars_of_one_name_in_two_clusters(self):
        for name in ("one", "two"):
            self.create(minicluster(
                container("sleep 1000", image="busybox"),
                {**WEB, "command": f"sh -c 'echo {name} > /usr/share/nginx/html/index.html; "
                                   "exec nginx -g \"daemon off;\"'"}, name=name, size=2))
        for name in ("one", "two"):
            self.wait("condition=Ready", f"mc/{name}")
        for own, other in (("one", "two"), ("two", "one")):
            for host, page in (("web", own), (f"web.{self.ns}.svc.cluster.local", own),
                               (f"{own}-web", own), (f"{other}-web", other)):
                # More than once, for a shared name would be answered in turn.
                for _ in range(4):
                    self.assertEqual(self.good("exec", f"{own}-0", "-c", own, "--",
                                               *fetching(f"http://{host}/")),
                                     page + "\n", host)

    def test_are_listed(self):
        self.create(minicluster(container("sleep 1000"), services=[WEB]))
        self.wait("condition=Ready")
        self.assertRegex(self.good("get", "pods"), r"flux-sample-services +1/1 +Running")
        table = self.good("get", "svc")
        self.assertRegex(table, r"\ANAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\n")
        self.assertRegex(table, r"flux-service +ClusterIP +None +<none> +\S+ +\w+\n")
        items = json.loads(self.good("get", "all", "-o", "json"))["items"]
        self.assertEqual({item["kind"] for item in items}, {"Pod", "Service", "MiniCluster"})

    def test_other_namespaces_are_not_seen(self):
        self.create(minicluster(container("sleep 1000", image="busybox")))
        other = self.ns
        self.ns += "-b"
        self.addCleanup(self.clean_up)
        ended = self.run_job(minicluster(
            container(f"nslookup flux-sample-0.flux-service.{other}.svc.cluster.local",
                      image="busybox"), name="second"))
        self.assertNotEqual(ended.status, 0, repr(ended))
        self.clean_up()
        self.ns = other


if __name__ == "__main__":
    main()
