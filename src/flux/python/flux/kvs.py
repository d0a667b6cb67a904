"""The key-value store (RFC 11).

Values are what json.dumps() takes, or bytes, which are stored as they are. A value that is read is
what its JSON says, else text, else bytes. put() and its likes collect changes in the handle;
commit() stores them all at once. `namespace` is by default that of FLUX_KVS_NAMESPACE, else
"primary".
"""

import base64
import collections.abc
import errno
import json
import os

from flux import constants as c
from flux.core.connection import error
from flux.rpc import RPC

_DIRECTORIES = ("dir", "dirref")


class KeyNotFoundError(FileNotFoundError, KeyError):
    """No such key: ENOENT, and a KeyError for those who look at the store as at a dictionary."""

    __str__ = FileNotFoundError.__str__


def _namespace(namespace):
    return namespace or os.environ.get("FLUX_KVS_NAMESPACE") or "primary"


def _encode(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return {"ver": 1, "type": "val", "data": base64.b64encode(data).decode()}


def _decode(data):
    if not data:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    try:
        return json.loads(text)
    except ValueError:
        return text


def join(*args):
    """The parts of a key with dots between them."""
    return ".".join(part for part in args if part)


class WaitFuture(RPC):
    """A commit on its way. get() waits for it."""

    def get(self):
        super().get()
        return self

    def get_rootseq(self):
        return super().get()["rootseq"]

    def get_treeobj(self):
        return {"ver": 1, "type": "dirref", "data": [super().get()["rootref"]]}


class KVSTxn:
    """Changes that are stored together, or not at all."""

    def __init__(self, flux_handle=None, namespace=None):
        self._handle = flux_handle
        self._namespace = namespace
        self._operations = []

    def _add(self, key, dirent, flags=0):
        if not isinstance(key, str) or not key:
            raise error(errno.EINVAL, "a key is text that is not empty")
        self._operations.append({"key": key, "flags": flags, "dirent": dirent})

    def put(self, key, value):
        self._add(key, _encode(value))

    def mkdir(self, key):
        self._add(key, {"ver": 1, "type": "dir", "data": {}})

    def unlink(self, key):
        self._add(key, None)

    def symlink(self, key, target, namespace=None):
        data = {"target": target}
        if namespace:
            data["namespace"] = namespace
        self._add(key, {"ver": 1, "type": "symlink", "data": data})

    def append(self, key, value):
        self._add(key, _encode(value), c.FLUX_KVS_APPEND)

    def clear(self):
        self._operations = []

    def __len__(self):
        return len(self._operations)

    def commit_async(self, flags=0, flux_handle=None, namespace=None):
        operations, self._operations = self._operations, []
        return WaitFuture(flux_handle or self._handle, "kvs.commit",
                          {"namespace": _namespace(namespace or self._namespace), "flags": flags,
                           "ops": operations})

    def commit(self, flags=0, flux_handle=None, namespace=None):
        self.commit_async(flags, flux_handle, namespace).get()
        return 0


def _transaction(flux_handle, txn):
    if txn is not None:
        return txn
    if flux_handle.aux_txn is None:
        flux_handle.aux_txn = KVSTxn(flux_handle)
    return flux_handle.aux_txn


def put(flux_handle, key, value, _kvstxn=None):
    _transaction(flux_handle, _kvstxn).put(key, value)
    return 0


def put_mkdir(flux_handle, key, _kvstxn=None):
    _transaction(flux_handle, _kvstxn).mkdir(key)


def put_unlink(flux_handle, key, _kvstxn=None):
    _transaction(flux_handle, _kvstxn).unlink(key)


def put_symlink(flux_handle, key, target, _kvstxn=None):
    _transaction(flux_handle, _kvstxn).symlink(key, target)


def commit_async(flux_handle, flags=0, namespace=None, _kvstxn=None):
    return _transaction(flux_handle, _kvstxn).commit_async(flags, flux_handle, namespace)


def commit(flux_handle, flags=0, namespace=None, _kvstxn=None):
    """Stores what put() and its likes have collected."""
    commit_async(flux_handle, flags, namespace, _kvstxn).get()
    return 0


def _lookup(flux_handle, key, flags, namespace):
    try:
        return flux_handle.rpc("kvs.lookup", {
            "key": key, "flags": flags, "namespace": _namespace(namespace)}).get()["val"]
    except FileNotFoundError as reason:
        raise KeyNotFoundError(reason.errno, reason.strerror) from None


def get_raw(flux_handle, key, namespace=None):
    """The bytes of a value."""
    return base64.b64decode(_lookup(flux_handle, key, 0, namespace)["data"])


get_key_raw = get_raw


def get(flux_handle, key, namespace=None):
    """A value; for a directory a KVSDir. FileNotFoundError (which is a KeyError, too) without."""
    try:
        return _decode(get_raw(flux_handle, key, namespace))
    except IsADirectoryError:
        return get_dir(flux_handle, key, namespace)


def get_dir(flux_handle, key=".", namespace=None):
    return KVSDir(flux_handle, key, namespace=namespace)


def exists(flux_handle, key, namespace=None):
    """Whether there is a value or directory."""
    try:
        _lookup(flux_handle, key, 0, namespace)
    except IsADirectoryError:
        return True
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def isdir(flux_handle, key, namespace=None):
    try:
        _lookup(flux_handle, key, c.FLUX_KVS_READDIR, namespace)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def dropcache(flux_handle):
    """There is no cache that could be dropped."""
    del flux_handle


class KVSDir(collections.abc.MutableMapping):
    """A directory, as a dictionary of its values and of the directories below.

    Changes are stored by commit(), or at the end of a `with`. Keys may have dots.
    """

    def __init__(self, flux_handle=None, path=".", handle=None, namespace=None):
        if flux_handle is None and handle is None:
            raise ValueError("flux_handle must be a valid Flux object")
        self.fhdl = flux_handle if flux_handle is not None else handle
        self.path = path or "."
        self.namespace = namespace
        self._txn = KVSTxn(self.fhdl, namespace)
        self._entries()  # FileNotFoundError if there is no such directory

    def _entries(self):
        return _lookup(self.fhdl, self.path, c.FLUX_KVS_READDIR, self.namespace)["data"]

    def key_at(self, key):
        return key if self.path == "." else self.path + "." + key

    def exists(self, name):
        return exists(self.fhdl, self.key_at(name), self.namespace)

    def __getitem__(self, key):
        return get(self.fhdl, self.key_at(key), self.namespace)

    def __setitem__(self, key, value):
        self._txn.put(self.key_at(key), value)

    def __delitem__(self, key):
        self._txn.unlink(self.key_at(key))

    def __iter__(self):
        return iter(sorted(self._entries()))

    def __len__(self):
        return len(self._entries())

    def __contains__(self, key):
        return self.exists(key)

    def __str__(self):
        return self.path

    def commit(self, flags=0):
        self._txn.commit(flags)

    def mkdir(self, key, contents=None):
        """Makes a directory, with values if `contents` is a dictionary; stored by commit()."""
        self._txn.mkdir(self.key_at(key))
        for name, value in (contents or {}).items():
            self[join(key, name)] = value

    def fill(self, contents):
        """Sets the values of a dictionary, or of pairs, and stores them."""
        items = contents.items() if isinstance(contents, collections.abc.Mapping) else contents
        for key, value in items or ():
            self[key] = value
        self.commit()

    def list_all(self, topdown=False):
        """The names of files and of directories."""
        del topdown
        files, directories = [], []
        for name, entry in sorted(self._entries().items()):
            (directories if entry["type"] in _DIRECTORIES else files).append(name)
        return files, directories

    def files(self):
        yield from self.list_all()[0]

    def directories(self):
        yield from self.list_all()[1]

    def walk(self, topdown=False):
        return walk(self, topdown)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is None and len(self._txn) > 0:
            self.commit()
        return False


def inner_walk(kvsdir, curr_dir, topdown=False):
    files, directories = kvsdir.list_all()
    if topdown:
        yield curr_dir, directories, files
    for name in directories:
        below = get_dir(kvsdir.fhdl, kvsdir.key_at(name), kvsdir.namespace)
        yield from inner_walk(below, join(curr_dir, name), topdown)
    if not topdown:
        yield curr_dir, directories, files


def walk(directory, topdown=False, flux_handle=None, namespace=None):
    """As os.walk(): (path below `directory`, directories, files) for each directory."""
    if not isinstance(directory, KVSDir):
        if flux_handle is None:
            raise ValueError("If directory is a key, flux_handle must be specified")
        directory = KVSDir(flux_handle, directory, namespace=namespace)
    return inner_walk(directory, "", topdown)


def namespace_list(flux_handle):
    """Names of the namespaces there are."""
    answer = flux_handle.rpc("kvs.namespace-list", {}).get()
    return [entry["namespace"] for entry in answer["namespaces"]]
