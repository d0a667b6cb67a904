"""The tutorial of the sidecar registry with `minicluster` in kubectl's place, word for word."""

from harness import LocalTest, main
from registry_tutorials import SIDECAR, RegistryTutorial, pods_table


class OrasTutorial(RegistryTutorial, LocalTest):
    def test_push_and_pull(self):
        manifest = self.in_own_namespace(SIDECAR)
        self.assertEqual(self.good("apply", "-f", "-", stdin=manifest),
                         "minicluster.flux-framework.org/flux-sample created\n")
        self.wait("condition=Ready")
        self.assertRegex(self.good("get", "pods"),
                         pods_table(("flux-sample-0-[a-z0-9]{5}", "2/2", "Running"),
                                    ("flux-sample-1-[a-z0-9]{5}", "2/2", "Running")))
        lead = self.pod_named("flux-sample-0")
        self.wait_flux(lead)
        self.follow_oras(lead)
        self.assertRegex(self.good("get", "mc"), r"flux-sample +2 +2 +Running ")
        self.shut_down(lead, "flux")
        self.assertEqual(self.object("mc", "flux-sample")["status"]["exitCode"], 0)
        self.assertEqual(self.good("delete", "-f", "-", stdin=manifest),
                         'minicluster.flux-framework.org "flux-sample" deleted\n')
        self.assertEqual(self.left_over(), [])


if __name__ == "__main__":
    main()
