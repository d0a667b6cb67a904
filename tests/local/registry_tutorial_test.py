"""The tutorial of the registry for the whole cluster with `minicluster` in kubectl's place, word
for word.
"""

from harness import LocalTest, main
from registry_tutorials import SINGLE, RegistryTutorial, pods_table


class RegistryForTheCluster(RegistryTutorial, LocalTest):
    def test_pull_run_push(self):
        manifest = self.in_own_namespace(SINGLE)
        self.assertEqual(self.good("apply", "-f", "-", stdin=manifest),
                         "minicluster.flux-framework.org/flux-sample created\n")
        self.wait("condition=Ready")
        self.assertRegex(self.good("get", "pods"),
                         pods_table(("flux-sample-0-[a-z0-9]{5}", "1/1", "Running"),
                                    ("flux-sample-1-[a-z0-9]{5}", "1/1", "Running"),
                                    ("flux-sample-services", "1/1", "Running")))
        lead, follower = (self.pod_named(f"flux-sample-{index}") for index in range(2))
        self.wait_flux(lead)
        self.follow_singularity(lead, follower)
        self.shut_down(lead, "fluxuser")
        self.good("delete", "-f", "-", stdin=manifest)
        self.assertEqual(self.left_over(), [])


if __name__ == "__main__":
    main()
