"""Lists of host names (RFC 29)."""

import collections.abc
import re

from flux.idset import ranges


def _split(text):
    """The parts between commas that are not in brackets."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
        if depth not in (0, 1):
            raise ValueError("invalid hostlist: '{}'".format(text))
    if depth:
        raise ValueError("invalid hostlist: '{}'".format(text))
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _numbers(text):
    for part in text.split(","):
        found = re.match(r"(\d+)(?:-(\d+))?$", part)
        if not found:
            raise ValueError("invalid hostlist range: '{}'".format(text))
        first, last = found.group(1), found.group(2) or found.group(1)
        if int(last) < int(first):
            raise ValueError("invalid hostlist range: '{}'".format(text))
        for number in range(int(first), int(last) + 1):
            yield str(number).zfill(len(first))


def _expand(part):
    found = re.match(r"([^\[\]]*)\[([^\[\]]*)\]([^\[\]]*)$", part)
    if found:
        prefix, numbers, suffix = found.groups()
        return [prefix + number + suffix for number in _numbers(numbers)]
    if "[" in part or "]" in part:
        raise ValueError("invalid hostlist: '{}'".format(part))
    return [part]


def _hosts_of(arg):
    if isinstance(arg, Hostlist):
        return list(arg)
    if isinstance(arg, str):
        return [host for part in _split(arg) for host in _expand(part)]
    if isinstance(arg, collections.abc.Iterable):
        return [host for entry in arg for host in _hosts_of_entry(entry)]
    raise TypeError("expected a string, an iterable of strings or a Hostlist")


def _hosts_of_entry(entry):
    if not isinstance(entry, (str, Hostlist)):
        raise TypeError("an entry of a hostlist must be a string")
    return _hosts_of(entry)


def _key(host):
    """Prefix, and number with its width, or None."""
    found = re.match(r"(.*?)(\d+)$", host)
    return (found.group(1), found.group(2)) if found else (host, None)


def _width(number):
    """Numbers with leading zeros go together with those of that width only."""
    return len(number) if number.startswith("0") and len(number) > 1 else 0


def _goes_on(group, prefix, number):
    if group is None or number is None or not group[1] or group[0] != prefix:
        return False
    last = group[1][-1]
    return len(last) == len(number) or (_width(last) == 0 and _width(number) == 0)


def _encode(hosts):
    groups = []  # [prefix, numbers]; no numbers: a host without one
    for host in hosts:
        prefix, number = _key(host)
        if _goes_on(groups[-1] if groups else None, prefix, number):
            groups[-1][1].append(number)
        else:
            groups.append([prefix, [] if number is None else [number]])
    return ",".join(prefix + _encode_numbers(numbers) for prefix, numbers in groups)


def _encode_numbers(numbers):
    if len(numbers) < 2:
        return "".join(numbers)
    width = len(numbers[0])
    form = "{:0" + str(width) + "d}"
    parts = [form.format(first) if first == last else (form + "-" + form).format(first, last)
             for first, last in ranges(int(number) for number in numbers)]
    return "[" + ",".join(parts) + "]"


class Hostlist:
    """A list of hosts that reads and prints as "node[0-3],gpu7". The order counts."""

    def __init__(self, arg="", handle=None):
        self._hosts = _hosts_of(arg)

    def __str__(self):
        return _encode(self._hosts)

    encode = __str__

    def __repr__(self):
        return "Hostlist('{}')".format(self)

    def count(self):
        return len(self._hosts)

    __len__ = count

    def __iter__(self):
        return iter(self._hosts)

    def __contains__(self, host):
        return host in self._hosts

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Hostlist(self._hosts[index])
        return self._hosts[index]

    def __eq__(self, other):
        return isinstance(other, Hostlist) and self._hosts == list(other)

    __hash__ = None

    def expand(self):
        return list(self._hosts)

    def append(self, arg):
        """Gives the number of hosts that came."""
        hosts = _hosts_of(arg)
        self._hosts += hosts
        return len(hosts)

    def delete(self, arg):
        """Gives the number of hosts that went."""
        before = len(self._hosts)
        gone = set(_hosts_of(arg))
        self._hosts = [host for host in self._hosts if host not in gone]
        return before - len(self._hosts)

    def index(self, hosts, ignore_nomatch=False):
        """The place of a host, or the places of several."""
        wanted = _hosts_of(hosts)
        places = [self._hosts.index(host) for host in wanted
                  if not ignore_nomatch or host in self._hosts]
        return places[0] if isinstance(hosts, str) and len(wanted) == 1 and places else places

    def sort(self):
        def order(host):
            prefix, number = _key(host)
            return prefix, -1 if number is None else int(number), number or ""
        self._hosts.sort(key=order)
        return self

    def uniq(self):
        self._hosts = list(dict.fromkeys(self._hosts))
        return self.sort()

    def copy(self):
        return Hostlist(self)


def decode(arg):
    """ValueError for text that is no hostlist."""
    return Hostlist(arg)
