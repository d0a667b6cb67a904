"""Sets of resources (RFC 20)."""

import collections.abc
import json

from flux.hostlist import Hostlist
from flux.idset import IDSET_FLAG_BRACKETS, IDSET_FLAG_RANGE, IDset


class ResourceSet:
    """An R: ranks with their cores and GPUs, host names, properties.

    Made from its JSON or dictionary, None is the empty set. `-`, `|` and `&` work by resource.
    """

    def __init__(self, arg=None, version=1, flux_handle=None):
        self._children = {}  # rank: {"core": {0, 1}}
        self._hosts = {}  # rank: name
        self._properties = {}  # name: {ranks}
        self._state = None
        self._times = (0.0, 0.0)
        if isinstance(arg, ResourceSet):
            arg = arg.to_dict()
        if arg is not None:
            self._read(arg)

    def _read(self, arg):
        if isinstance(arg, str):
            if not arg:
                raise ValueError("an empty string is no resource set")
            arg = json.loads(arg)
        if not isinstance(arg, collections.abc.Mapping):
            raise TypeError("ResourceSet must be made from a string or dictionary")
        if arg["version"] != 1:
            raise ValueError("R version {} is not supported".format(arg["version"]))
        execution = arg["execution"]
        ranks = []
        for entry in execution["R_lite"]:
            for rank in IDset(str(entry["rank"])):
                ranks.append(rank)
                self._children[rank] = {kind: set(IDset(str(ids)))
                                        for kind, ids in entry["children"].items()}
        hosts = Hostlist(execution.get("nodelist") or [])
        self._hosts = dict(zip(sorted(ranks), hosts))
        self._properties = {name: set(IDset(ids))
                            for name, ids in (execution.get("properties") or {}).items()}
        self._times = (execution.get("starttime", 0.0), execution.get("expiration", 0.0))

    # What it is.

    @property
    def ranks(self):
        return IDset(self._children)

    @property
    def nodelist(self):
        return Hostlist([self._hosts[rank] for rank in sorted(self._children)
                         if rank in self._hosts])

    @property
    def nnodes(self):
        return len(self._children)

    def count(self, kind):
        return sum(len(children.get(kind, ())) for children in self._children.values())

    @property
    def ncores(self):
        return self.count("core")

    @property
    def ngpus(self):
        return self.count("gpu")

    @property
    def rlist(self):
        return self.dumps()

    @property
    def properties(self):
        """Names of properties, with commas."""
        return ",".join(sorted(name for name, ranks in self._properties.items()
                               if ranks & set(self._children)))

    def get_properties(self):
        """JSON of {property: idset}."""
        return json.dumps({name: str(IDset(ranks)) for name, ranks in self._properties.items()})

    @property
    def state(self):
        return self._state

    @state.setter
    def state(self, state):
        self._state = None if state is None else str(state)

    @property
    def expiration(self):
        return self._times[1]

    def _groups(self):
        """[(ranks, children)]: ranks in a row with the same resources."""
        groups = []
        for rank, children in sorted(self._children.items()):
            for ranks, known in groups:
                if known == children:
                    ranks.append(rank)
                    break
            else:
                groups.append(([rank], children))
        return groups

    def to_dict(self):
        execution = {"R_lite": [
            {"rank": str(IDset(ranks)),
             "children": {kind: str(IDset(ids)) for kind, ids in sorted(children.items())}}
            for ranks, children in self._groups()],
            "starttime": self._times[0], "expiration": self._times[1]}
        if self._hosts:
            execution["nodelist"] = [str(self.nodelist)]
        if self._properties:
            execution["properties"] = {name: str(IDset(ranks))
                                       for name, ranks in self._properties.items()}
        return {"version": 1, "execution": execution}

    def encode(self):
        """Its JSON."""
        return json.dumps(self.to_dict())

    dumps = encode

    def __str__(self):
        def named(kind, ids):
            return kind + IDset(ids).encode(IDSET_FLAG_RANGE | IDSET_FLAG_BRACKETS)

        return " ".join("{}/{}".format(
            named("rank", ranks), ",".join(named(*child) for child in sorted(children.items())))
            for ranks, children in self._groups())

    # New sets.

    def copy(self):
        return ResourceSet(self)

    def _with(self, children):
        out = self.copy()
        out._children = {rank: kinds for rank, kinds in children.items()
                         if any(kinds.values())}
        return out

    def _combine(self, other, operation):
        out = {}
        for rank in set(self._children) | set(other._children):
            mine, theirs = self._children.get(rank, {}), other._children.get(rank, {})
            out[rank] = {kind: operation(mine.get(kind, set()), theirs.get(kind, set()))
                         for kind in set(mine) | set(theirs)}
            out[rank] = {kind: ids for kind, ids in out[rank].items() if ids}
        result = self._with(out)
        result._hosts = {**other._hosts, **self._hosts}
        for name, ranks in other._properties.items():
            result._properties[name] = result._properties.get(name, set()) | ranks
        return result

    def _fold(self, operation, others):
        out = self
        for other in others:
            out = out._combine(other, operation)
        return out

    def diff(self, *args):
        return self._fold(set.difference, args)

    def union(self, *args):
        return self._fold(set.union, args)

    def intersect(self, *args):
        return self._fold(set.intersection, args)

    def __sub__(self, other):
        return self.diff(other)

    def __or__(self, other):
        return self.union(other)

    def __and__(self, other):
        return self.intersect(other)

    def copy_ranks(self, ranks):
        ranks = set(IDset(ranks))
        return self._with({rank: kinds for rank, kinds in self._children.items() if rank in ranks})

    def copy_constraint(self, constraint):
        """Those that fulfill a constraint of properties (RFC 31). ValueError for another."""
        if isinstance(constraint, str):
            constraint = json.loads(constraint)
        return self.copy_ranks(self._matching(constraint))

    def _matching(self, constraint):
        found = set(self._children)
        for operator, values in constraint.items():
            if operator == "properties":
                for name in values:
                    found &= self._with_property(name)
            elif operator == "hostlist":
                hosts = Hostlist(values)
                found &= {rank for rank, host in self._hosts.items() if host in hosts}
            elif operator == "ranks":
                found &= set(IDset(",".join(values)))
            elif operator in ("and", "not"):
                matching = set(self._children)
                for value in values:
                    matching &= self._matching(value)
                found &= matching if operator == "and" else set(self._children) - matching
            elif operator == "or":
                found &= set().union(*(self._matching(value) for value in values))
            else:
                raise ValueError("unknown constraint operator: {}".format(operator))
        return found

    def _with_property(self, name):
        if not isinstance(name, str):
            raise ValueError("a property must be a string")
        ranks = self._properties.get(name.lstrip("^"), set())
        return set(self._children) - ranks if name.startswith("^") else ranks

    # Changes.

    def append(self, *args):
        for other in args:
            both = set(self._children) & set(other._children)
            if both:
                raise ValueError("ranks {} are in both sets".format(IDset(both)))
            self.add(other)
        return self

    def add(self, *args):
        for other in args:
            result = self.union(other)
            self._children, self._hosts = result._children, result._hosts
            self._properties = result._properties
        return self

    def remove_ranks(self, ranks):
        for rank in IDset(ranks):
            self._children.pop(rank, None)
        return self

    def set_property(self, name, ranks=None):
        """ValueError for a bad name, or for ranks that there are not."""
        if any(char in name for char in "!&'\"^`|()"):
            raise ValueError("invalid property: '{}'".format(name))
        ids = set(self._children) if ranks is None else set(IDset(ranks))
        if not ids <= set(self._children):
            raise ValueError("ranks {} not found".format(IDset(ids - set(self._children))))
        self._properties[name] = self._properties.get(name, set()) | ids
        return self
