"""What the scheduler has."""

from flux.resource.ResourceSet import ResourceSet
from flux.rpc import RPC


class SchedResourceList:
    """Sets `all`, `down` and `allocated`, and what follows from them: `up` and `free`."""

    states = ("all", "down", "allocated", "up", "free")

    def __init__(self, resp):
        for state in ("all", "down", "allocated"):
            setattr(self, state, ResourceSet(resp.get(state)))
        self.up = self.all - self.down
        self.free = self.up - self.allocated
        for state in self.states:
            getattr(self, state).state = state

    def __getitem__(self, state):
        if state not in self.states:
            raise KeyError(state)
        return getattr(self, state)

    def copy_constraint(self, constraint):
        return self._sliced(lambda part: part.copy_constraint(constraint))

    def copy_ranks(self, ranks):
        return self._sliced(lambda part: part.copy_ranks(ranks))

    def _sliced(self, function):
        return SchedResourceList({state: function(getattr(self, state)).to_dict()
                                  for state in ("all", "down", "allocated")})


class ResourceListRPC(RPC):
    def get(self):
        return SchedResourceList(super().get())


def resource_list(flux_handle):
    """A future of a SchedResourceList."""
    return ResourceListRPC(flux_handle, "resource.sched-status", nodeid=0)
