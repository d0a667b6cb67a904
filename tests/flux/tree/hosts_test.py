"""Instances that begin on another node, whose sockets can't be reached from here: file systems of
their own stand for the hosts."""

import os
import subprocess
import unittest

from cluster import FLUX, Case

MAY_UNSHARE = subprocess.run(["unshare", "-mu", "true"], stderr=subprocess.DEVNULL).returncode == 0


@unittest.skipUnless(MAY_UNSHARE, "needs the right to make mount namespaces")
class Hosts(Case):
    def setUp(self):
        self.instance = self.cluster(4, own_files=True)
        self.instance.start(0, 1, 2, 3)
        self.instance.await_online("0-3")
        # What follows goes to other nodes than the one where the commands run.
        self.flux("resource", "drain", "0", "busy")

    def flux(self, *words, status=0, **more):
        environment = {**os.environ, "LANG": "C.UTF-8", "SHELL": "/bin/sh",
                       "FLUX_URI": f"local://{self.instance.path}/0/local-0",
                       "PATH": f"{os.path.dirname(FLUX)}:{os.environ['PATH']}", **more}
        for name in ("FLUX_SSH", "LC_ALL", "LC_CTYPE"):
            if name not in more:
                environment.pop(name, None)
        ended = subprocess.run([FLUX, *words], env=environment, text=True, timeout=60,
                               stdin=subprocess.DEVNULL, capture_output=True)
        self.assertEqual(ended.returncode, status, ended.stdout + ended.stderr)
        self.errors = ended.stderr
        return ended.stdout.rstrip("\n")

    def test_instance_of_another_host(self):
        job = self.flux("alloc", "--bg", "-N2")
        uri = self.flux("uri", job)
        self.assertRegex(uri, r"^ssh://h[1-3]/")
        self.assertFalse(os.path.exists("/" + uri.split("/", 3)[3]))
        proxy = ("proxy", job, "flux")
        self.assertEqual(self.flux(*proxy, "getattr", "instance-level"), "1")
        self.assertEqual(self.flux(*proxy, "run", "-N2", "echo", "there"), "there\nthere")
        inner = self.flux(*proxy, "submit", "sleep", "inf")
        deep = self.flux(*proxy, "alloc", "--bg", "-n1")
        self.assertEqual(self.flux("proxy", f"{job}/{deep}", "flux", "getattr", "instance-level"),
                         "2")
        self.assertEqual(self.flux(*proxy, "proxy", "..", "flux", "getattr", "size"), "4")
        self.assertEqual(self.flux(*proxy, "proxy", "/", "flux", "getattr", "size"), "4")
        self.assertEqual(self.flux(*proxy, "-p", "getattr", "size"), "4")
        self.assertRegex(self.flux(*proxy, "getattr", "parent-uri"), "^ssh://h[1-3]/.*/local-[1-3]$")
        self.assertEqual(self.flux("proxy", f"{job}/{deep}", "flux", "proxy", "../..", "flux",
                                   "getattr", "size"), "4")
        self.assertEqual(self.flux("jobs", "-R", "-n", "-o", "{id.f58} {name}"),
                         f"{job} flux\n\n{job}:\n{deep} flux\n{inner} sleep\n\n{job}/{deep}:")
        self.assertEqual(self.flux("pstree"), ".\n└── flux\n    ├── flux\n    └── sleep")
        screen = subprocess.run(
            ["script", "-qec", f"{FLUX} top --test-exit --color=never {job}", "/dev/null"],
            env={**os.environ, "FLUX_URI": f"local://{self.instance.path}/0/local-0"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertIn("depth: 1", screen.stdout)
        self.flux("shutdown", job)
        self.flux("job", "wait-event", "-t", "30", job, "clean")
        self.instance.shut_down()

    def test_as_merlin_starts_its_workers(self):
        out = self.flux("alloc", "-o", "pty", "-N1", "--exclusive", "--job-name=merlin", "flux",
                        "exec", "-r", "all", "flux", "getattr", "hostname")
        self.assertRegex(out, r"^h[1-3]\s*$")

    def test_terminal(self):
        ended = subprocess.run(
            ["script", "-qec", f"{FLUX} alloc -N1", "/dev/null"], text=True, timeout=60,
            input="test -t 0 && echo tty-$(flux getattr hostname); exit 3\n", capture_output=True,
            env={**os.environ, "FLUX_URI": f"local://{self.instance.path}/0/local-0",
                 "PATH": f"{os.path.dirname(FLUX)}:{os.environ['PATH']}", "SHELL": "/bin/bash"})
        self.assertRegex(ended.stdout, "tty-h[1-3]")
        self.assertEqual(ended.returncode, 3)

    def test_what_cannot_be_reached(self):
        no_ssh = {"PATH": "/nowhere"}
        self.flux("proxy", "ssh://elsewhere/run/local", "true", status=1, **no_ssh)
        self.assertEqual(self.errors,
                         "flux-relay: elsewhere is no host of this instance, and there is no ssh\n"
                         "flux-proxy: ssh://elsewhere/run/local: No route to host\n")
        self.flux("proxy", "ssh://h2/nowhere/local", "true", status=1)
        self.assertIn("flux-relay: broker socket /nowhere/local was not found\n", self.errors)
        self.flux("proxy", "ssh://h2", "true", status=1)
        self.assertIn("is not ssh://[USER@]HOST[:PORT]/PATH", self.errors)
        self.instance.kill(3)
        self.instance.await_online("0-2")
        self.flux("proxy", "ssh://h3/nowhere/local", "true", status=1)
        self.assertIn("ssh://h3/nowhere/local: No route to host\n", self.errors)
        # An address of another host for this instance: reached through the system's, if there is one.
        self.flux("uptime", status=1, FLUX_URI="ssh://h2/nowhere/local",
                  **no_ssh)
        self.assertIn("No route to host", self.errors)

    def test_ssh_of_the_user(self):
        ssh = f"{self.instance.path}/ssh"
        with open(ssh, "w") as file:
            file.write(f'#!/bin/sh\necho "$#: $1 $2 $3" > {ssh}.log\neval exec "$4"\n')
        os.chmod(ssh, 0o755)
        lead = f"ssh://me@h0:22{self.instance.path}/0/local-0"
        self.assertEqual(self.flux("proxy", lead, "flux", "getattr", "size", FLUX_SSH=ssh), "4")
        with open(f"{ssh}.log") as file:
            self.assertEqual(file.read(), "4: -p 22 me@h0\n")


if __name__ == "__main__":
    unittest.main()
