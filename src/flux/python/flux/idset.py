"""Sets of numbers (RFC 22)."""

import collections.abc
import re

IDSET_FLAG_AUTOGROW = 1
IDSET_FLAG_BRACKETS = 2
IDSET_FLAG_RANGE = 4
IDSET_INVALID_ID = 0xFFFFFFFF - 1
_LARGEST = 1 << 31


def _check(number):
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError("id must be an integer")
    if number < 0:
        raise ValueError("id must not be negative")
    return number


def _parse(text):
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    ids = set()
    for part in text.split(",") if text else ():
        found = re.match(r"(\d+)(?:-(\d+))?$", part.strip())
        if not found:
            raise ValueError("invalid idset: '{}'".format(text))
        first, last = int(found.group(1)), int(found.group(2) or found.group(1))
        if last < first or last >= _LARGEST:
            raise ValueError("invalid idset: '{}'".format(text))
        ids.update(range(first, last + 1))
    return ids


def _ids_of(arg):
    if isinstance(arg, IDset):
        return arg.ids
    if isinstance(arg, str):
        return _parse(arg)
    if isinstance(arg, collections.abc.Iterable):
        return {_check(number) for number in arg}
    raise TypeError("IDset must be a string, iterable or IDset")


def ranges(numbers):
    """(first, last) of runs of successive numbers, in the order in which they come."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] + 1 == number:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


class IDset:
    """A set of numbers that reads and prints as "0-3,7"."""

    def __init__(self, arg="", flags=IDSET_FLAG_AUTOGROW, handle=None):
        self.ids = set(_ids_of(arg))
        self._flags = IDSET_FLAG_RANGE

    def set_flags(self, flags):
        """How str() prints: IDSET_FLAG_RANGE, IDSET_FLAG_BRACKETS."""
        self._flags = flags

    def encode(self, flags=None):
        flags = self._flags if flags is None else flags
        numbers = sorted(self.ids)
        if flags & IDSET_FLAG_RANGE:
            parts = [str(first) if first == last else "{}-{}".format(first, last)
                     for first, last in ranges(numbers)]
        else:
            parts = [str(number) for number in numbers]
        text = ",".join(parts)
        return "[" + text + "]" if flags & IDSET_FLAG_BRACKETS and len(numbers) > 1 else text

    def __str__(self):
        return self.encode()

    def __repr__(self):
        return "IDset('{}')".format(self.encode(IDSET_FLAG_RANGE))

    def count(self):
        return len(self.ids)

    __len__ = count

    def __iter__(self):
        return iter(sorted(self.ids))

    def __contains__(self, number):
        return _check(number) in self.ids

    def test(self, number):
        return number in self

    def __getitem__(self, number):
        return number in self

    def __setitem__(self, number, value):
        if value not in (True, False) or not isinstance(value, int):
            raise TypeError("IDset values may only be set to True or False")
        (self.set if value else self.clear)(number)

    @staticmethod
    def _range(start, end):
        _check(start)
        end = start if end is None else _check(end)
        if end < start:
            raise ValueError("end of range must not be before its start")
        return range(start, end + 1)

    def set(self, start, end=None):
        self.ids.update(self._range(start, end))
        return self

    def clear(self, start, end=None):
        self.ids.difference_update(self._range(start, end))
        return self

    def expand(self):
        return sorted(self.ids)

    def copy(self):
        return IDset(self)

    def equal(self, other):
        if not isinstance(other, IDset):
            raise TypeError("an IDset equals only an IDset")
        return self.ids == other.ids

    __eq__ = equal
    __hash__ = None

    def first(self):
        return min(self.ids, default=IDSET_INVALID_ID)

    def last(self):
        return max(self.ids, default=IDSET_INVALID_ID)

    def next(self, number):
        _check(number)
        return min((other for other in self.ids if other > number), default=IDSET_INVALID_ID)

    def add(self, arg):
        self.ids |= _ids_of(arg)
        return self

    def subtract(self, arg):
        self.ids -= _ids_of(arg)
        return self

    def intersect(self, *args):
        out = self.copy()
        for arg in args:
            out.ids &= _ids_of(arg)
        return out

    def union(self, *args):
        out = self.copy()
        for arg in args:
            out.ids |= _ids_of(arg)
        return out

    def __and__(self, other):
        return self.intersect(other)

    def __or__(self, other):
        return self.union(other)

    def __sub__(self, other):
        return self.copy().subtract(other)


def decode(string):
    """ValueError for text that is no idset."""
    if not isinstance(string, (str, IDset)):
        raise TypeError("an idset is decoded from a string")
    return IDset(string)
