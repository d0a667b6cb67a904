"""Job ids (RFC 19)."""

import locale
import os
import re

_F58_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PREFIX = "\u0192"
_LIMIT = 1 << 64


def _to_base58(number):
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(_F58_DIGITS))
        digits = _F58_DIGITS[digit] + digits
    return digits


def _from_base58(digits):
    number = 0
    for digit in digits:
        number = number * len(_F58_DIGITS) + _F58_DIGITS.index(digit)
    return number


def _dothex(number):
    digits = "{:016x}".format(number)
    return ".".join(digits[at:at + 4] for at in range(0, 16, 4))


def _from_dothex(text):
    groups = text.split(".")
    if len(groups) != 4 or any(len(group) != 4 for group in groups):
        raise ValueError
    return int("".join(groups), 16)


def _parse(text):
    if text.startswith("job."):
        return _from_dothex(text[len("job."):])
    if "." in text:
        return _from_dothex(text)
    if text[:2] in ("0x", "0X"):
        return int(text, 16)
    # What begins with the letter f is no number.
    if len(text) > 1 and text[0] in (_PREFIX, "f"):
        return _from_base58(text[1:])
    if not re.match("[0-9]+$", text):
        raise ValueError
    return int(text)


def parse(text):
    """The number of an id in any of its forms; ValueError for what is none."""
    try:
        number = _parse(text.strip())
    except ValueError:
        number = None
    if number is None or number >= _LIMIT:
        raise ValueError("{} is not a valid Flux jobid".format(text))
    return number


def _prefix():
    """As flux-core: an f where the locale is not UTF-8 or FLUX_F58_FORCE_ASCII is set."""
    if os.environ.get("FLUX_F58_FORCE_ASCII"):
        return "f"
    charset = (locale.getpreferredencoding(False) or "").upper().replace("-", "")
    return _PREFIX if charset == "UTF8" else "f"


_FORMS = {
    "dec": lambda number: str(number),
    "hex": lambda number: "{:#x}".format(number),
    "dothex": _dothex,
    "kvs": lambda number: "job." + _dothex(number),
    "f58": lambda number: _prefix() + _to_base58(number),
    "f58plain": lambda number: "f" + _to_base58(number),
}


class JobID(int):
    """A job id: an integer that knows its other forms.

    JobID("ƒ2WXyz"), JobID("0x33ac000000"), JobID(221929013248) ... str() gives the F58 form.
    """

    def __new__(cls, value):
        number = parse(value) if isinstance(value, str) else int(value)
        self = int.__new__(cls, number)
        self.orig_str = value if isinstance(value, str) else str(number)
        return self

    def encode(self, encoding="dec"):
        """In the form "dec", "hex", "dothex", "kvs", "f58" or "f58plain"."""
        if encoding not in _FORMS:
            raise ValueError("unknown encoding of a jobid: {}".format(encoding))
        return _FORMS[encoding](int(self))

    @property
    def dec(self):
        return self.encode("dec")

    @property
    def hex(self):
        return self.encode("hex")

    @property
    def dothex(self):
        return self.encode("dothex")

    @property
    def kvs(self):
        return self.encode("kvs")

    @property
    def f58(self):
        return self.encode("f58")

    @property
    def f58plain(self):
        return self.encode("f58plain")

    def __str__(self):
        return self.encode("f58")

    def __format__(self, spec):
        number = spec[-1:] in ("d", "x", "X", "o", "b", "n")
        return format(int(self) if number else str(self), spec)

    def __repr__(self):
        return "JobID({})".format(int(self))

    def __reduce__(self):
        return (JobID, (int(self),))


def id_parse(jobid_str):
    return parse(jobid_str)


def id_encode(jobid, encoding="f58"):
    return JobID(jobid).encode(encoding)
