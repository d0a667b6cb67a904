"""Files that travel in a jobspec (RFC 14, RFC 37)."""

import base64
import os
import stat


def _content(data, encoding):
    if encoding == "base64":
        return {"encoding": "base64", "data": base64.b64encode(data).decode()
                if isinstance(data, bytes) else data}
    return {"encoding": encoding or "utf-8", "data": data}


def _local_file(path):
    with open(path, "rb") as stream:
        data = stream.read()
        status = os.fstat(stream.fileno())
    entry = {"mode": status.st_mode, "size": len(data)}
    try:
        entry.update(_content(data.decode(), "utf-8"))
    except UnicodeDecodeError:
        entry.update(_content(data, "base64"))
    return entry


def job_file(data, perms, encoding):
    """The entry of a file: its content, or the local file at a path."""
    mode = stat.S_IFREG | perms
    if isinstance(data, dict):
        return {"mode": mode, "data": data}
    if encoding is None and isinstance(data, str) and "\n" not in data:
        return _local_file(data)
    if isinstance(data, bytes):
        encoding = "base64"
    return dict(_content(data, encoding), mode=mode)
