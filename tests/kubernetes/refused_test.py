"""Bad objects are refused when they are created or changed, with the local engine's words."""

import json
import re

from harness import GROUP, MINICLUSTER, Ended, KubernetesTest, container, main, minicluster

import subprocess


class Refused(KubernetesTest):
    def refused(self, manifest):
        ended = self.command("create", "-f", "-", stdin=manifest)
        self.assertNotEqual(ended.status, 0, repr(ended))
        self.assertEqual(self.items("mc"), [])
        return ended.err

    def local_message(self, manifest):
        """What the local engine says, without the place in the file and the field's name."""
        done = subprocess.run((MINICLUSTER, "create", "-f", "-"), input=manifest, text=True,
                              capture_output=True, check=False)
        ended = Ended(done.returncode, done.stdout, done.stderr)
        self.assertNotEqual(ended.status, 0, repr(ended))
        # An object has no lines, so that the operator names none.
        return [re.sub(r"^\S+: (spec\S*: )?|, line \d+", "", line)
                for line in ended.err.splitlines() if line]

    def test_size(self):
        self.assertRegex(self.refused(minicluster(container("true"), size=0)), r"spec\.size")

    def test_no_flux_container(self):
        # A container that is alone runs Flux without saying so.
        nginx = {"image": "nginx", "name": "nginx"}
        self.assertIn("runFlux", self.refused(minicluster(nginx, {**nginx, "name": "other"})))

    def test_unknown_field(self):
        manifest = minicluster(container("true"), flavour="sweet")
        self.assertIn("flavour", self.refused(manifest))

    def test_same_words_as_the_local_engine(self):
        for broken in (
                minicluster(container("true"), {"image": "nginx"}),  # a sidecar without a name
                minicluster(container("true"), container("true")),  # two with Flux
                minicluster(container("true"), size=4, maxSize=2),
                minicluster(container("true"), {"image": "nginx", "name": "nginx",
                                                "ports": [80, 80]})):
            with self.subTest(manifest=broken):
                said = self.refused(broken)
                for message in self.local_message(broken):
                    self.assertIn(message, said)

    def test_change_that_cannot_be_made(self):
        self.create(minicluster(container("sleep 1000")))
        self.wait("condition=Ready")
        change = json.dumps([{"op": "replace", "path": "/spec/containers/0/image",
                              "value": "busybox"}])
        ended = self.command("patch", f"mc.v1alpha1.{GROUP}", "flux-sample", "--type=json",
                             "-p", change)
        self.assertNotEqual(ended.status, 0, repr(ended))
        self.assertIn("containers", ended.err)
        image = self.object("mc", "flux-sample")["spec"]["containers"][0]["image"]
        self.assertNotEqual(image, "busybox")


if __name__ == "__main__":
    main()
