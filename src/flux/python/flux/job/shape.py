"""The resources and tasks of jobspecs, from sizes as users give them (RFC 25)."""

import collections

Size = collections.namedtuple("Size", "slots cores gpus nodes exclusive")


def at_least_one(number, what):
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueError("{} must be an integer >= 1".format(what))


def _check_gpus(number):
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or
                               number < 0):
        raise ValueError("gpu count must be an integer >= 0")


def per_task(tasks, cores, gpus, nodes, exclusive):
    at_least_one(tasks, "task count")
    at_least_one(cores, "cores per task")
    _check_gpus(gpus)
    if nodes is None or nodes == 0:
        if exclusive:
            raise ValueError("exclusive can only be set with a node count")
        return Size(tasks, cores, gpus, None, False)
    at_least_one(nodes, "node count")
    if nodes > tasks:
        raise ValueError("node count must not be greater than task count")
    return Size(tasks, cores, gpus, nodes, exclusive)


def per_resource(cores, nodes, gpus, exclusive):
    """One slot per node, or per core where no nodes are asked for."""
    _check_gpus(gpus)
    if nodes is None:
        if cores is None:
            raise ValueError("must specify node or core count with per_resource")
        if gpus:
            raise ValueError("gpus_per_node requires a node count")
        at_least_one(cores, "core count")
        return Size(cores, 1, None, None, False)
    at_least_one(nodes, "node count")
    if cores is None:
        return Size(nodes, 1, gpus, nodes, True)
    at_least_one(cores, "core count")
    if cores < nodes:
        raise ValueError("number of cores cannot be less than nnodes")
    if cores % nodes:
        raise ValueError("number of cores must be evenly divisible by node count")
    return Size(nodes, cores // nodes, gpus, nodes, exclusive)


def build(size, command):
    """(resources, tasks)"""
    words = [command] if isinstance(command, str) else list(command)
    if not words or not all(isinstance(word, str) for word in words):
        raise TypeError("command must be a list of strings")
    contents = [{"type": "core", "count": size.cores}]
    if size.gpus:
        contents.append({"type": "gpu", "count": size.gpus})
    slot = {"type": "slot", "count": size.slots, "with": contents, "label": "task"}
    tasks = {"command": words, "slot": "task", "count": {"per_slot": 1}}
    if size.nodes is None:
        return [slot], [tasks]
    slot["count"] = -(-size.slots // size.nodes)
    if size.slots % size.nodes:
        # Slots that do not fill all nodes evenly are more than the tasks.
        tasks["count"] = {"total": size.slots}
    node = {"type": "node", "count": size.nodes, "with": [slot]}
    if size.exclusive:
        node["exclusive"] = True
    return [node], [tasks]
