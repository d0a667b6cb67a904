"""How the module comes to programs: from the end of the program `flux`, by PYTHONPATH."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import flux

PROGRAM = os.path.realpath(shutil.which("flux"))
SOURCE = pathlib.Path(__file__).resolve().parents[3] / "src/flux/python"
WHERE = "import flux; print(flux.__file__)"
MODULE = PROGRAM + "/flux/__init__.py"


def output(*command, **environment):
    return subprocess.check_output(command, env=dict(os.environ, **environment)).decode().strip()


class Delivery(unittest.TestCase):
    def test_where_it_is(self):
        self.assertEqual(flux.__file__, MODULE)
        self.assertEqual(os.environ["PYTHONPATH"], PROGRAM)

    def test_what_it_is(self):
        with zipfile.ZipFile(PROGRAM) as archive:
            self.assertIsNone(archive.testzip())
            packed = {name: archive.read(name) for name in archive.namelist()}
        self.assertEqual(packed, {str(path.relative_to(SOURCE)): path.read_bytes()
                                  for path in (SOURCE / "flux").rglob("*.py")})

    def test_the_same_files_give_the_same_archive(self):
        with zipfile.ZipFile(PROGRAM) as archive, tempfile.TemporaryDirectory() as folder:
            copy, again = pathlib.Path(folder, "copy"), pathlib.Path(folder, "again")
            # Files of today and with another mode, packed elsewhere.
            shutil.copytree(SOURCE / "flux", copy / "flux", copy_function=shutil.copyfile)
            subprocess.run(["bash", SOURCE / "pack.sh", again, copy] + archive.namelist(),
                           check=True, env=dict(os.environ, TZ="Asia/Tokyo"))
            self.assertTrue(pathlib.Path(PROGRAM).read_bytes().endswith(again.read_bytes()))

    def test_commands(self):
        uri = os.environ["FLUX_URI"]
        for command in (["flux", "python", "-c", WHERE], ["flux", "env", "python3", "-c", WHERE],
                        ["flux", "proxy", uri, "python3", "-c", "'" + WHERE + "'"],
                        ["flux", "run", "python3", "-c", WHERE],
                        ["flux", "exec", "-r", "1", "python3", "-c", WHERE]):
            with self.subTest(command=command):
                self.assertEqual(output(*command, PYTHONPATH=""), MODULE)
        self.assertIn('export PYTHONPATH="{}:/mine"'.format(PROGRAM),
                      output("flux", "env", PYTHONPATH="/mine").splitlines())

    def test_what_users_have_is_kept(self):
        shown = ["flux", "run", "sh", "-c", "echo $PYTHONPATH"]
        self.assertEqual(output(*shown, PYTHONPATH="/mine:/other"), PROGRAM + ":/mine:/other")
        self.assertEqual(output(*shown, PYTHONPATH="/mine:" + PROGRAM), "/mine:" + PROGRAM)
        self.assertEqual(output("flux", "run", "--env=-PYTHONPATH", *shown[2:]), "")

    def test_a_folder_of_that_name_does_not_hide_it(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "flux/scripts").mkdir(parents=True)  # as Merlin's example
            found = subprocess.check_output([sys.executable, "-c", WHERE], cwd=folder)
            self.assertEqual(found.decode().strip(), MODULE)

    def test_no_python(self):
        found = subprocess.run([PROGRAM, "python"], env={"PATH": "/nonexistent"},
                               stderr=subprocess.PIPE, check=False)
        self.assertEqual((found.returncode, found.stderr),
                         (127, b"flux-python: execvp (python3): No such file or directory\n"))


if __name__ == "__main__":
    unittest.main()
