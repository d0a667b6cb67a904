"""The tutorial of the registry for the whole cluster with kubectl, word for word."""

from harness import KubernetesTest, main
from registry_tutorials import SINGLE, RegistryTutorial, pods_table


class RegistryForTheCluster(RegistryTutorial, KubernetesTest):
    namespace = "flux-operator"  # the tutorial's own

    def test_pull_run_push(self):
        self.assertEqual(self.good("apply", "-f", SINGLE),
                         "minicluster.flux-framework.org/flux-sample created\n")
        self.wait("condition=Ready")
        self.assertRegex(self.good("get", "pods"),
                         pods_table(("flux-sample-0-[a-z0-9]{5}", "1/1", "Running"),
                                    ("flux-sample-1-[a-z0-9]{5}", "1/1", "Running"),
                                    ("flux-sample-services", "1/1", "Running")))
        self.wait_flux(self.pod(0))
        self.follow_singularity(self.pod(0), self.pod(1))
        # Without Flux nobody needs the services: their pod goes, too.
        self.shut_down(self.pod(0), "fluxuser")
        self.good("wait", "--for=delete", "pod/flux-sample-services", "--timeout=60s")
        self.good("delete", "-f", SINGLE)


if __name__ == "__main__":
    main()
