"""The programs for arm64, run by qemu; tools/build-arm64 makes them."""

import json
import os
import subprocess
import tarfile
import tempfile

from installation import ROOT, output_of, program, skip

PROGRAMS = os.path.join(ROOT, "build-arm64/bin")
MACHINE = {0xB7: "aarch64"}  # e_machine of ELF


def machine(path):
    with open(path, "rb") as file:
        return MACHINE.get(int.from_bytes(file.read(20)[18:20], "little"))


def main():
    qemu = program("qemu-aarch64-static")
    if qemu is None:
        skip("no qemu-aarch64-static: tools/install arm64")
    if not all(os.path.exists(os.path.join(PROGRAMS, name))
               for name in ("minicluster", "minicluster-entry", "flux")):
        skip("no programs for arm64: tools/build-arm64")
    for name, words in (("minicluster", ("version", "--client")), ("flux", ("--version",)),
                        ("minicluster-entry", ("version",))):
        path = os.path.join(PROGRAMS, name)
        assert machine(path) == "aarch64", path
        assert any(each.isdigit() for each in output_of(qemu, path, *words)), name
    # A broker serves its socket. The job shells that it starts would need qemu as the kernel's
    # interpreter for arm64, which a test may not register for the whole machine.
    flux = os.path.join(PROGRAMS, "flux")
    kvs = f"{qemu} {flux} kvs"
    listed = output_of(qemu, flux, "broker", "sh", "-c",
                       f"{kvs} put a=arm64 && {kvs} get a && {qemu} {flux} resource list")
    assert listed.splitlines()[0] == "arm64" and "free      1" in listed, listed
    definition = output_of(qemu, os.path.join(PROGRAMS, "minicluster"), "crd", "-o", "json")
    assert json.loads(definition)["kind"] == "CustomResourceDefinition"
    with tempfile.TemporaryDirectory() as cache:
        build = os.path.join(ROOT, "images/operator/build")
        path = subprocess.run((build, PROGRAMS, "arm64"), check=True, text=True,
                              capture_output=True, env={**os.environ, "MINICLUSTER_CACHE": cache}
                              ).stdout.strip()
        assert os.path.getsize(path) < 25 << 20
        with tarfile.open(path) as archive:
            manifest, = json.load(archive.extractfile("manifest.json"))
            config = json.load(archive.extractfile(manifest["Config"]))
        assert config["architecture"] == "arm64"


if __name__ == "__main__":
    main()
