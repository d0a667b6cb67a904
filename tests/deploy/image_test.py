"""The operator's image: the programs, small, the same each time."""

import io
import json
import os
import subprocess
import tarfile
import tempfile
import unittest

from installation import ROOT, objects_of, NAMESPACE, output_of

PROGRAMS = os.environ.get("MINICLUSTER_BIN_DIR", os.path.join(ROOT, "build/bin"))
BUILD = os.path.join(ROOT, "images/operator/build")


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.environment = {**os.environ, "MINICLUSTER_CACHE": folder.name}
        cls.content = cls.build()
        archive = tarfile.open(fileobj=io.BytesIO(cls.content))
        cls.manifest, = json.load(archive.extractfile("manifest.json"))
        cls.config = json.load(archive.extractfile(cls.manifest["Config"]))
        cls.layer = tarfile.open(fileobj=archive.extractfile(cls.manifest["Layers"][0]))

    @classmethod
    def build(cls):
        path = output_of(BUILD, PROGRAMS, env=cls.environment).strip()
        with open(path, "rb") as file:
            return file.read()

    def test_holds_the_programs_and_nothing_else(self):
        files = {os.path.normpath(each.name): each for each in self.layer if each.isfile()}
        self.assertEqual(sorted(files), ["flux", "minicluster", "minicluster-entry"])
        for each in files.values():
            self.assertEqual((each.mode, each.uid, each.gid), (0o755, 0, 0))

    def test_is_small(self):
        self.assertLess(len(self.content), 25 << 20)

    def test_is_the_same_each_time(self):
        self.assertEqual(self.build(), self.content)

    def test_is_the_one_that_the_installations_name(self):
        container = objects_of("minicluster-operator.yaml")[
            ("Deployment", NAMESPACE, "minicluster-operator")]["spec"]["template"]["spec"][
                "containers"][0]
        self.assertEqual(self.manifest["RepoTags"], [container["image"]])
        self.assertEqual(self.config["config"]["Entrypoint"], container["command"])
        self.assertEqual(self.config["config"]["User"], "65532:65532")

    def test_refuses_programs_that_need_a_loader(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("minicluster", "minicluster-entry", "flux"):
                os.symlink("/bin/ls", os.path.join(folder, name))
            done = subprocess.run((BUILD, folder), env=self.environment, capture_output=True,
                                  text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("not static", done.stderr)


if __name__ == "__main__":
    unittest.main()
