"""URIs of Flux instances."""

import os
import platform
import subprocess
from urllib.parse import urlparse


class URI:
    """The parts of a URI, as attributes."""

    def __init__(self, uri):
        parts = urlparse(uri)
        if not parts.scheme:
            raise ValueError("Invalid URI '{}'".format(uri))
        self.uri = uri
        self.scheme, self.netloc, self.path = parts.scheme, parts.netloc, parts.path
        self.params, self.query, self.fragment = parts.params, parts.query, parts.fragment

    def __str__(self):
        return self.uri


class JobURI(URI):
    """A URI in its `local` form, and in its `remote` one, for other hosts."""

    def __init__(self, uri, remote_hostname=None):
        super().__init__(uri)
        self.remote_hostname = remote_hostname or platform.uname()[1]

    def _check(self):
        if self.scheme not in ("local", "ssh"):
            raise ValueError("Cannot convert JobURI with scheme {}".format(self.scheme))

    @property
    def local(self):
        self._check()
        return self.uri if self.scheme == "local" else "local://" + self.path

    @property
    def remote(self):
        self._check()
        return self.uri if self.scheme == "ssh" else "ssh://{}{}".format(self.remote_hostname,
                                                                        self.path)

    def __str__(self):
        if os.environ.get("FLUX_URI_RESOLVE_LOCAL"):
            return self.local
        return self.uri


class FluxURIResolver:
    """Finds the URI of what `flux uri` takes: a job id or a path of them, "/", "..", "pid:PID"."""

    @staticmethod
    def resolve(uri):
        """A JobURI; ValueError if it can't be found."""
        found = subprocess.run(["flux", "uri", uri], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               check=False)
        if found.returncode:
            message = found.stderr.decode(errors="replace").strip()
            raise ValueError(message.split("ERROR: ", 1)[-1])
        return JobURI(found.stdout.decode().strip())
