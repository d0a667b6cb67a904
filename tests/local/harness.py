"""What the end-to-end tests of the local engine share: the command under test, and the promise that
a test leaves no container, network or volume behind, however it ends.
"""

import json
import os
import secrets
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
# pylint: disable=wrong-import-position,unused-import  # passed on to the tests
from commands import BIN, LIMIT, MINICLUSTER, CommandTest, Ended, Terminal, main
from manifests import EXAMPLES, container, minicluster

NAMESPACE_LABEL = "flux-framework.org/namespace"


def docker(*words):
    return subprocess.run(("docker",) + words, check=True, capture_output=True, text=True,
                          timeout=LIMIT).stdout


class LocalTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.ns = f"test-{os.getpid()}-{secrets.token_hex(3)}"
        version = self.command("version")
        if version.status != 0:
            self.fail("no Docker Engine answers; start one with tools/engine and set DOCKER_HOST\n"
                      + version.err)
        self.addCleanup(self.clean_up)

    def words_of(self, words):
        return [MINICLUSTER, "-n", self.ns, *words]

    def clean_up(self):
        self.end_processes()
        self.command("delete", "mc", "--all", "--force", "-n", self.ns)
        left = self.left_over()
        self.assertEqual(left, [], "the test left something behind")

    def left_over(self):
        """Every object of the engine that belongs to this test's namespace."""
        label = f"label={NAMESPACE_LABEL}={self.ns}"
        return (docker("ps", "-aq", "--filter", label).split()
                + docker("network", "ls", "-q", "--filter", label).split()
                + docker("volume", "ls", "-q", "--filter", label).split())

    def in_own_namespace(self, path):
        """A manifest of the examples; nothing of it changes but the namespace."""
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("namespace: flux-operator", text)
        return text.replace("flux-operator", self.ns)

    def run_job(self, manifest, *options, **more):
        return self.command("run", *options, "-", stdin=manifest, **more)

    def pod_named(self, name):
        return self.object("pod", name)["metadata"]["name"]
