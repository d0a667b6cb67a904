"""What the administrator sees of the resources: which nodes are online, offline, drained."""

from flux.hostlist import Hostlist
from flux.idset import IDset
from flux.resource.ResourceSet import ResourceSet
from flux.rpc import RPC


class DrainInfo:
    """Nodes drained at the same time for the same reason."""

    def __init__(self, ranks, timestamp, reason):
        self.ranks = ranks
        self.timestamp = timestamp
        self.reason = reason


class ResourceStatus:
    """Idsets of ranks: `online`, `offline`, `avail`, `drained`, `exclude`, `torpid`."""

    def __init__(self, response):
        self.response = response
        self.rset = ResourceSet(response.get("R"))
        self.nodelist = self.rset.nodelist
        for name in ("online", "offline", "exclude", "torpid"):
            setattr(self, name, IDset(response.get(name, "")))
        self.drain_info = [DrainInfo(IDset(ranks), entry.get("timestamp"), entry.get("reason", ""))
                           for ranks, entry in response.get("drain", {}).items()]
        self.drained = IDset().union(*(info.ranks for info in self.drain_info))
        self.all = self.rset.ranks
        self.avail = self.all.copy().subtract(self.drained).subtract(self.exclude)

    @property
    def nnodes(self):
        return self.rset.nnodes

    def hosts(self, ranks):
        """The names of the hosts of these ranks."""
        names = dict(zip(self.all, self.nodelist))
        return Hostlist([names[rank] for rank in IDset(ranks) if rank in names])


class ResourceStatusRPC(RPC):
    def get_status(self):
        return ResourceStatus(self.get())


def resource_status(flux_handle):
    """A future whose get_status() is a ResourceStatus."""
    return ResourceStatusRPC(flux_handle, "resource.status", nodeid=0)
