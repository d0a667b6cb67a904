"""Sidecars: they answer before Flux starts, under their names, and don't hold up the end."""

from harness import KubernetesTest, container, main, minicluster

# The tutorial's own, and the same on busybox, whose page says whose it is.
NGINX = {"image": "nginx", "name": "nginx", "ports": [80]}


def web(page):
    return {"image": "busybox", "name": "web", "ports": [8080],
            # As the container's first process it would not end when it is told to.
            "command": f"sh -c 'mkdir /www; echo {page} > /www/index.html; trap exit TERM; "
                       "httpd -f -p 8080 -h /www & wait'"}


class Sidecars(KubernetesTest):
    def test_answers_before_flux_starts(self):
        self.create(minicluster(container("wget -q -O - http://localhost/", image="busybox"), NGINX))
        self.wait_job()
        self.assertIn("Welcome to nginx!", self.logs())

    def test_same_name_in_two_clusters(self):
        """Under the sidecar's short name each cluster finds its own."""
        for name in ("one", "two"):
            self.create(minicluster(container("wget -q -O - http://web:8080/", image="busybox"),
                                    web(name), name=name, size=2))
        for name in ("one", "two"):
            self.wait_job(what=f"mc/{name}")
            self.assertEqual(self.logs(name=name), f"{name}\n")

    def test_from_another_pod_of_the_cluster(self):
        self.create(minicluster(container("sleep 1000", image="busybox"), web("page"), size=2))
        self.wait("condition=Ready")
        for host in ("flux-sample-0.flux-service", "flux-sample-web",
                     f"flux-sample-0.flux-service.{self.ns}.svc.cluster.local"):
            page = self.good("exec", self.pod(1), "-c", "flux-sample", "--",
                             "wget", "-q", "-O", "-", f"http://{host}:8080/")
            self.assertEqual(page, "page\n")


if __name__ == "__main__":
    main()
