"""Manifests of the end-to-end tests."""

import json
import os

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples")


def container(command=None, image="debian:bookworm-slim", **fields):
    """The Flux container of a manifest."""
    spec = {"image": image, "runFlux": True}
    if command is not None:
        spec["command"] = command
    return {**spec, **fields}


def minicluster(*containers, name="flux-sample", size=1, quiet=True, **spec):
    """A manifest as JSON, which is YAML."""
    return json.dumps({
        "apiVersion": "flux-framework.org/v1alpha1",
        "kind": "MiniCluster",
        "metadata": {"name": name},
        "spec": {"size": size, "logging": {"quiet": quiet, **spec.pop("logging", {})},
                 "containers": list(containers), **spec},
    })
