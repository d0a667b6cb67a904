"""Sockets that lead to a broker: local:///PATH, and ssh://[USER@]HOST[:PORT]/PATH by a helper."""

import errno
import os
import re
import socket
import time

_DEFAULT_URI = "local:///run/flux/local"
# As flux-core's connector: a broker that is just starting gets some time.
_FIRST_DELAY, _RETRIES = 0.016, 5
_LATER = (errno.ENOENT, errno.ECONNREFUSED, errno.EAGAIN)
_REMOTE = re.compile(r"ssh://(?:(?P<user>[^-@/\s][^@/\s]*)@)?(?P<host>[^-:/\s][^:/\s]*)"
                     r"(?::(?P<port>[0-9]+))?(?P<path>/[^?\s]*)")


def error(errnum, text=None):
    """The OSError (FileNotFoundError ...) of an errno, with Flux's text where there is one."""
    return OSError(errnum, text or os.strerror(errnum))


def _connect(path):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(path)
    except OSError:
        sock.close()
        raise
    return sock


def _dial_local(path):
    retries = int(os.environ.get("FLUX_LOCAL_CONNECTOR_RETRY_COUNT") or _RETRIES)
    delay = _FIRST_DELAY
    while True:
        try:
            return _connect(path)
        except OSError as reason:
            if retries <= 0 or reason.errno not in _LATER:
                raise error(reason.errno, "Unable to connect to Flux at {}: {}".format(
                    path, os.strerror(reason.errno) if reason.errno else reason)) from None
        time.sleep(delay)
        retries, delay = retries - 1, delay * 2


def _own_program():
    """The program `flux` that this module is a part of; that on the PATH for a copy of it."""
    return getattr(globals().get("__loader__"), "archive", "flux")


def _remote_command(part):
    if not os.environ.get("FLUX_SSH"):
        # Our relay finds a way through the brokers, or by ssh.
        options = ["--{}={}".format(name, part[name]) for name in ("host", "user", "port")
                   if part[name]]
        return [_own_program(), "relay"] + options + [part["path"]]
    place = part["user"] + "@" + part["host"] if part["user"] else part["host"]
    flux = os.environ.get("FLUX_SSH_RCMD") or _own_program()
    port = ["-p", part["port"]] if part["port"] else []
    return [os.environ["FLUX_SSH"]] + port + [place, "{} relay {}".format(flux, part["path"])]


def _dial_remote(part):
    import subprocess  # seldom needed, and slow to come
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with theirs:
        try:
            helper = subprocess.Popen(_remote_command(part), stdin=theirs, stdout=theirs)
        except OSError:
            ours.close()
            raise
    return ours, helper


def dial(uri=None):
    """(socket, helper process or None) for a URI, by default FLUX_URI's or the system instance's.
    The broker's first byte is still to be read."""
    if isinstance(uri, bytes):
        uri = uri.decode()
    uri = uri or os.environ.get("FLUX_URI") or _DEFAULT_URI
    if uri.startswith("local:///"):
        return _dial_local(uri[len("local://"):].split("?")[0]), None
    remote = _REMOTE.match(uri)
    if remote:
        return _dial_remote(remote.groupdict())
    raise error(errno.EINVAL,
                "unsupported URI '{}': only local:///PATH, ssh://HOST/PATH".format(uri))
