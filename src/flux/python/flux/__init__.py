"""Python bindings of the embedded Flux.

The modules, classes and functions are those of flux-core's bindings, but pure Python: they speak
the protocol of the broker's local socket themselves (RFC 3, RFC 6) and need nothing but the
standard library. They are for Python 3.6 and newer.
"""

import importlib
import sys

from flux.core.handle import Flux

__all__ = ["Flux", "constants", "future", "hostlist", "idset", "job", "kvs", "message", "resource",
           "rpc", "uri", "util"]


def __getattr__(name):
    """Programs write `import flux` and use `flux.job`: a submodule is loaded when it is needed."""
    if name in __all__:
        return importlib.import_module("flux." + name)
    raise AttributeError("module 'flux' has no attribute '" + name + "'")


if sys.version_info < (3, 7):  # no __getattr__ of modules yet
    for _name in __all__[1:]:
        importlib.import_module("flux." + _name)
