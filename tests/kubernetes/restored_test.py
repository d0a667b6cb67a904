"""What somebody changes or deletes of a cluster's objects while it lives is put back at once."""

import json

from harness import KubernetesTest, container, main, minicluster

SETTINGS = "configmap/flux-sample-config"


class Restored(KubernetesTest):
    def setUp(self):
        super().setUp()
        self.create(minicluster(container("sleep 1000"),
                                {"image": "nginx", "name": "nginx", "ports": [80]}, size=1))
        self.wait("condition=Running")

    def test_settings(self):
        data = self.object(*SETTINGS.split("/"))["data"]
        key, = data
        self.good("patch", SETTINGS, "--type=merge", "-p", json.dumps({"data": {key: "broken"}}))
        self.wait_until(lambda now: now["data"] == data, SETTINGS)
        self.good("delete", SETTINGS)
        self.wait_until(lambda now: now["data"] == data, "configmaps", "--field-selector",
                        "metadata.name=flux-sample-config")

    def test_services(self):
        # Of the sidecar, and the one by which the pods find each other.
        for name, change in (("flux-sample-nginx", {"selector": {"app": "another"}}),
                             ("flux-service", {"publishNotReadyAddresses": False})):
            service = f"service/{name}"
            before = self.object("service", name)["spec"]
            self.good("patch", service, "--type=merge", "-p", json.dumps({"spec": change}))
            for field in change:
                wanted = before[field]
                self.wait_until(lambda now, field=field, wanted=wanted:
                                wanted.items() <= now["spec"][field].items()
                                if isinstance(wanted, dict) else now["spec"][field] == wanted,
                                service)


if __name__ == "__main__":
    main()
