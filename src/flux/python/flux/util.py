"""Durations (RFC 23) and times as users write them."""

import math
import re
from datetime import datetime, timedelta

_SECONDS = {"": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)(ms|s|m|h|d)?$", re.IGNORECASE)
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%b %d %Y", "%B %d, %Y", "%B %d %Y",
          "%b %d", "%B %d")
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M%p", "%I%p", "%I %p")
_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_HOURS = {"noon": 12, "midnight": 0}


def parse_fsd(fsd_string):
    """The seconds of a duration like "30s", "1.5h", "inf". ValueError for what is none."""
    text = fsd_string.strip().lower()
    if text in ("inf", "infinity"):
        return math.inf
    found = _DURATION.match(text)
    if not found:
        raise ValueError("invalid Flux standard duration: '{}'".format(fsd_string))
    return float(found.group(1)) * _SECONDS[found.group(2) or ""]


def fsd(seconds):
    """A duration as Flux prints it: "1.5h"."""
    if math.isinf(seconds):
        return "infinity"
    for unit in ("d", "h", "m"):
        if seconds >= _SECONDS[unit]:
            return "{:.6g}{}".format(seconds / _SECONDS[unit], unit)
    if 0 < seconds < 1:
        return "{:.6g}ms".format(seconds * 1000)
    return "{:.6g}s".format(seconds)


def _parse_time(text):
    if text in _HOURS:
        return _HOURS[text], 0, 0
    for form in _TIMES:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        return found.hour, found.minute, found.second
    return None


def _parse_date(text, now):
    if text in _DAYS:
        return now + timedelta(days=_DAYS[text])
    for form in _DATES:
        try:
            # A year to begin with: without one the 29th of February is no date.
            with_year = "%Y" in form or "%y" in form
            found = datetime.strptime(text if with_year else text + " " + str(now.year),
                                      form if with_year else form + " %Y")
        except ValueError:
            continue
        return found
    return None


def _splits(text):
    """(date, time) in either order, and each alone."""
    words = text.split()
    yield text, None
    yield None, text
    for at in range(1, len(words)):
        first, second = " ".join(words[:at]), " ".join(words[at:])
        yield first, second
        yield second, first


def parse_datetime(string, now=None):
    """A datetime with time zone: "now", "+5m", "-2h", "tomorrow", "noon tomorrow", "8am",
    "2026-06-10 08:00", "Jun 10, 2026 8am", seconds since the epoch. ValueError for other words."""
    now = datetime.now() if now is None else now
    text = string.strip()
    if text == "now":
        return now.astimezone()
    if text[:1] in ("+", "-"):
        sign = 1 if text[0] == "+" else -1
        return (now + sign * timedelta(seconds=parse_fsd(text[1:]))).astimezone()
    if re.match(r"[0-9]{9,}(\.[0-9]*)?$", text):
        return datetime.fromtimestamp(float(text)).astimezone()
    text = text.replace("T", " ") if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", text) else text
    for date, clock in _splits(text):
        day = now if date is None else _parse_date(date, now)
        hours = (0, 0, 0) if clock is None else _parse_time(clock)
        if day is not None and hours is not None:
            return day.replace(hour=hours[0], minute=hours[1], second=hours[2],
                               microsecond=0).astimezone()
    raise ValueError("Invalid datetime: '{}'".format(string))
