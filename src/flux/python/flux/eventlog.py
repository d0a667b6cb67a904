"""Entries of eventlogs (RFC 18)."""

import json


class EventLogEvent(dict):
    """An event: `timestamp`, `name` and `context`, also as a dictionary."""

    def __init__(self, event):
        super().__init__(json.loads(event) if isinstance(event, (str, bytes)) else event)
        if "name" not in self or "timestamp" not in self:
            raise ValueError("an event has a name and a timestamp")

    @property
    def name(self):
        return self["name"]

    @property
    def timestamp(self):
        return self["timestamp"]

    @property
    def context(self):
        return self.get("context", {})

    @property
    def context_string(self):
        return json.dumps(self.context) if self.context else ""

    def __str__(self):
        return "{:.5f}: {} {}".format(self.timestamp, self.name, self.context_string)
