"""The two tutorials with a registry as their page prints them, for either engine: what is typed
into the pods, and what must come of it. The manifests are the examples', in the test's namespace.
"""

import json
import os

from manifests import EXAMPLES
from shell import Shell

SIDECAR = os.path.join(EXAMPLES, "services", "sidecar", "minicluster-registry.yaml")
SINGLE = os.path.join(EXAMPLES, "services", "single", "minicluster-registry.yaml")

PROXY = "sudo -u flux flux proxy local:///run/flux/local"
FORK = ">< :======"  # the end of what the tutorial's container prints
# The public image can't be reached: a stand-in of the same name is pushed first, see
# images/singularity.
PUSH_SALAD = ("[ ! -d /usr/share/stand-in/salad ] || oras cp --no-tty "
              "--from-oci-layout /usr/share/stand-in/salad:latest --to-plain-http "
              "$REGISTRY:5000/vanessa/salad:latest")


def pods_table(*rows):
    """`get pods` as the tutorials print it: name, READY and STATUS of each row."""
    lines = [rf"{name} +{ready} +{status} +0 +\w+\n" for name, ready, status in rows]
    return r"\ANAME +READY +STATUS +RESTARTS +AGE\n" + "".join(lines) + r"\Z"


def small_registry(minicluster):
    """A manifest: a registry on a volume of 1 MiB."""
    volume = {"path": "/var/lib/registry", "emptyDir": True, "emptyDirMedium": "memory",
              "emptyDirSizeLimit": "1Mi"}
    manifest = json.loads(minicluster(
        {"image": "debian:bookworm-slim", "runFlux": True}, interactive=True,
        network={"headlessName": "flux-service"},
        services=[{"image": "ghcr.io/oras-project/registry:latest", "name": "registry",
                   "ports": [5000], "volumes": {"data": volume}}]))
    manifest["apiVersion"] = "flux-framework.org/v1alpha2"
    return json.dumps(manifest)


# An upload of 3 MB with nothing but bash, as the OCI distribution specification has it: where to,
# and then the data. Prints the answer.
PUSH_TOO_MUCH = r"""
registry=/dev/tcp/flux-sample-services.flux-service/5000
exec 3<>$registry
printf 'POST /v2/big/blobs/uploads/ HTTP/1.0\r\nHost: r\r\nContent-Length: 0\r\n\r\n' >&3
place=$(sed -nE 's,^Location: https?://[^/]*(.*)\r$,\1,p' <&3)
exec 3<>$registry
printf 'PATCH %s HTTP/1.0\r\nHost: r\r\nContent-Length: 3000000\r\n\r\n' "$place" >&3
head -c 3000000 /dev/zero >&3
cat <&3
"""
FULL = (r"pod flux-sample-services: container registry: its disk is full: .*"
        r"no space left on device\n")


class RegistryTutorial:
    """Mixed into a CommandTest."""

    def wait_flux(self, pod):
        """Until the hooks are done and all brokers have joined: the log says so."""
        follow = self.start("logs", pod, "-f")
        self.read_line(follow, "quorum-full: quorum->run")
        follow.terminate()

    def shell_in(self, pod, *options):
        return Shell(self.terminal("exec", "-it", pod, *options, "--", "bash", columns=200))

    # Sidecar registry with ORAS

    def follow_oras(self, lead):
        """Logs of either container, then push and pull in the lead pod."""
        self.assertIn("listening on", self.good("logs", lead, "-c", "registry"))
        log = self.good("logs", lead, "-c", "flux-sample")
        self.assertIn("quorum-full", log)
        ended = self.command("logs", lead)
        self.assert_output(ended, log)
        self.assertIn('Defaulted container "flux-sample" out of: flux-sample', ended.err)
        shell = self.shell_in(lead, "-c", "flux-sample")
        shell.run("cd /tmp")
        shell.run('sudo -u flux echo "hello dinosaur" > artifact.txt')
        pushed = shell.run(f"{PROXY} oras push localhost:5000/dinosaur/artifact:v1 \\\n"
                           "   --artifact-type application/vnd.acme.rocket.config \\\n"
                           "   ./artifact.txt")
        self.assertRegex(pushed, r"Uploaded +(07f469745bff )?artifact.txt")
        self.assertIn("Pushed [registry] localhost:5000/dinosaur/artifact:v1\n", pushed)
        shell.run("rm -f artifact.txt")
        pulled = shell.run(f"{PROXY} oras pull localhost:5000/dinosaur/artifact:v1")
        self.assertIn("Pulled [registry] localhost:5000/dinosaur/artifact:v1\n", pulled)
        self.assertEqual(shell.run("cat artifact.txt"), "hello dinosaur\n")
        self.assertEqual(shell.leave(), 0)

    # Registry for the whole cluster

    def follow_singularity(self, lead, follower):
        """Pull, run and push in one pod; pull and run in the other."""
        shell = self.shell_in(lead)
        self.assertEqual(shell.run("echo $REGISTRY"),
                         f"flux-sample-services.flux-service.{self.ns}.svc.cluster.local\n")
        shell.run(PUSH_SALAD)
        shell.run("singularity pull docker://vanessa/salad")
        self.assertIn(FORK, shell.run("singularity run salad_latest.sif"))
        pushed = shell.run("oras push $REGISTRY:5000/vanessa/salad:latest --artifact-type "
                           "appliciation/vnd.sylabs.sif.layer.tar ./salad_latest.sif  --plain-http")
        self.assertIn("Pushed [registry] flux-sample-services.", pushed)
        self.assertEqual(shell.leave(), 0)
        shell = self.shell_in(follower)
        self.assertIn("Pulled [registry] flux-sample-services.",
                      shell.run("oras pull $REGISTRY:5000/vanessa/salad:latest --plain-http"))
        self.assertIn(FORK, shell.run("singularity run salad_latest.sif"))
        # As the Flux user too, in a job on both nodes: that is what the registry is for.
        both = shell.run("sudo -u fluxuser flux proxy local:///run/flux/local flux run -N 2 "
                         "singularity --silent run /code/salad_latest.sif")
        self.assertEqual(both.count(FORK), 2, both)
        self.assertEqual(shell.leave(), 0)

    def shut_down(self, pod, user):
        """The instance ends, and the cluster has succeeded."""
        self.command("exec", pod, "-c", "flux-sample", "--", "sudo", "-u", user, "flux", "proxy",
                     "local:///run/flux/local", "flux", "shutdown")
        self.wait_job()
