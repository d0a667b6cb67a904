"""The tutorial of the sidecar registry with kubectl, word for word."""

from harness import KubernetesTest, main
from registry_tutorials import SIDECAR, RegistryTutorial, pods_table


class OrasTutorial(RegistryTutorial, KubernetesTest):
    namespace = "flux-operator"  # the tutorial's own

    def test_push_and_pull(self):
        self.assertEqual(self.good("apply", "-f", SIDECAR),
                         "minicluster.flux-framework.org/flux-sample created\n")
        self.wait("condition=Ready")
        self.assertRegex(self.good("get", "pods"),
                         pods_table(("flux-sample-0-[a-z0-9]{5}", "2/2", "Running"),
                                    ("flux-sample-1-[a-z0-9]{5}", "2/2", "Running")))
        lead = self.pod(0)
        self.wait_flux(lead)
        self.follow_oras(lead)
        self.assertRegex(self.good("get", "mc"), r"flux-sample +2 +2 +Running ")
        self.shut_down(lead, "flux")
        self.assertEqual(self.object("mc", "flux-sample")["status"]["exitCode"], 0)
        self.assertIn('minicluster.flux-framework.org "flux-sample" deleted',
                      self.good("delete", "-f", SIDECAR))


if __name__ == "__main__":
    main()
