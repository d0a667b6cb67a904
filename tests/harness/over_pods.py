"""What a Flux instance does over several pods, the same on each engine: MPI programs, and instances
within it that begin in another pod than where the commands run."""

import base64
import os
import subprocess
import tempfile

from manifests import container, minicluster

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flux", "mpi")
# It has Debian's MPICH and a compiler.
IMAGE = "ghcr.io/rse-ops/merlin-demos-certs:merlin"
# It has Debian's Open MPI and libpmix, and no compiler: the programs come from here.
OPEN_MPI_IMAGE = "localhost/openmpi:bookworm"
PROGRAMS = ("hello", "ring", "allreduce")
AS_FLUX = ("setpriv", "--reuid", "flux", "--regid", "flux", "--init-groups")


def source_of(program):
    return os.path.join(SOURCES, f"mpi_{program}.c")


def compiled(program):
    """A program for Debian's Open MPI, in Base64."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, program)
        subprocess.run(("mpicc.openmpi", "-O1", "-o", path, source_of(program)), check=True,
                       env={**os.environ, "OMPI_CC": "gcc"})
        with open(path, "rb") as file:
            return base64.b64encode(file.read()).decode()


class FourPods:
    """`lead_pod()` is the name of the first pod for `exec`."""

    def start_cluster(self, image=IMAGE):
        self.create(minicluster(container(image=image), size=4, interactive=True))
        self.wait("condition=Ready")

    def in_lead(self, *words, **more):
        return self.good("exec", *(("-i",) if "stdin" in more else ()), self.lead_pod(), "-c",
                         "flux-sample", "--", *words, **more)

    def in_instance(self, *words):
        """`flux proxy` gives the words to a shell."""
        return self.in_lead(*AS_FLUX, "flux", "proxy", "local:///run/flux/local", *words)

    def run_mpi(self, program, *options):
        return self.in_instance("flux", "run", *options, f"--add-file=/tmp/{program}",
                                f"{{{{tmpdir}}}}/{program}")

    def check_programs(self, *more):
        for options in ("-N2", "-n4"), ("-N4", "-n4"):
            self.assertEqual(sorted(self.run_mpi("hello", *options, *more).splitlines()),
                             [f"Hello from rank {rank} of 4" for rank in range(4)])
            self.assertEqual(self.run_mpi("ring", *options, *more), "the token came back with 6\n")
            self.assertEqual(self.run_mpi("allreduce", *options, *more), "4 ranks, 0 wrong sums\n")


class OpenMpiOverPods(FourPods):
    def test_open_mpi(self):
        self.start_cluster(OPEN_MPI_IMAGE)
        for program in PROGRAMS:
            self.in_lead("sh", "-c", f"base64 -d > /tmp/{program} && chmod 755 /tmp/{program}",
                         stdin=compiled(program))
        self.check_programs("-o", "pmi=pmix")


class OverPods(FourPods):
    def test_mpi(self):
        self.start_cluster()
        for program in PROGRAMS:
            with open(source_of(program), encoding="utf-8") as source:
                self.in_lead("mpicc", "-O1", "-xc", "-o", f"/tmp/{program}", "-",
                             stdin=source.read())
        self.check_programs()
        refused = self.command("exec", self.lead_pod(), "-c", "flux-sample", "--", *AS_FLUX, "flux",
                               "proxy", "local:///run/flux/local", "flux", "run", "-o", "pmi=pmix",
                               "true")
        self.assertNotEqual(refused.status, 0, repr(refused))
        self.assertIn("pmix: this image has no libpmix: libpmix.so.2", refused.err)

    def test_instances_of_other_pods(self):
        self.start_cluster()
        self.in_instance("flux", "submit", "-N1", "--exclusive", "--requires=rank:0", "sleep", "inf")
        job = self.in_instance("flux", "alloc", "--bg", "-N2").strip()
        self.assertRegex(self.in_instance("flux", "uri", job), "^ssh://flux-sample-[123]/")
        self.assertRegex(self.in_instance("flux", "proxy", job, "flux", "getattr", "hostname"),
                         "^flux-sample-[123]\n$")
        self.in_instance("flux", "proxy", job, "flux", "submit", "--job-name=inner", "sleep", "inf")
        self.assertIn("inner", self.in_instance("flux", "jobs", "-R"))
        self.assertIn("inner", self.in_instance("flux", "pstree"))
        # As Merlin starts its workers.
        self.assertRegex(
            self.in_instance("flux", "alloc", "-o", "pty", "-N", "1", "--exclusive",
                             "--job-name=merlin", "flux", "exec", "-r", "all", "hostname"),
            r"^flux-sample-[123]\s*$")
        self.in_instance("flux", "shutdown", job)
        self.in_instance("flux", "cancel", "--all")
