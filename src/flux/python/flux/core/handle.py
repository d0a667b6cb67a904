"""flux.Flux: the connection of a program to a Flux instance."""

import errno
import os
import sys
import time

from flux import constants as c
from flux.core.connection import Connection, error
from flux.core.reactor import Reactor
from flux.core.watchers import FDWatcher, SignalWatcher, TimerWatcher
from flux.message import Message, MessageWatcher
from flux.rpc import RPC

# The bit of an attribute's flags that says that it never changes; brokers have others.
_IMMUTABLE = 1


class Flux:
    """A handle. `url` is a local:// URI, by default FLUX_URI's or /run/flux/local. Threads must not
    share one."""

    def __init__(self, url=None, flags=0):
        self.connection = Connection(url)
        self._reactor = Reactor(self.connection)
        self._attributes = {}
        self._conf = None
        self.aux_txn = None  # what flux.kvs.put() has collected

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    # Messages.

    def send(self, message, flags=0):
        self.connection.send(message)
        return 0

    def recv(self, type_mask=c.FLUX_MSGTYPE_ANY, match_tag=c.FLUX_MATCHTAG_NONE, topic_glob=None,
             flags=0):
        """The next message of that kind that no future waits for; waits for it."""
        pattern = MessageWatcher(self, type_mask, None, topic_glob, match_tag)
        found = []

        def look():
            message = self.connection.find_message(pattern.matches)
            if message is not None:
                found.append(message)
            return bool(found)

        self.connection.wait_until(look)
        return found[0]

    def rpc(self, topic, payload=None, nodeid=c.FLUX_NODEID_ANY, flags=0):
        return RPC(self, topic, payload, nodeid, flags)

    rpc_create = rpc

    def rpc_send(self, topic, payload=None, nodeid=c.FLUX_NODEID_ANY, flags=0):
        """Sends a request and waits for its response."""
        return self.rpc(topic, payload, nodeid, flags).get()

    def respond(self, message, payload=None, *old_payload):
        """Answers a request; in the form respond(message, errnum, payload) as well."""
        errnum = 0
        if old_payload:
            errnum, payload = payload, old_payload[0]
        return self.send(message.response(errnum, payload))

    def respond_error(self, message, errnum, errmsg=None):
        return self.send(message.response(errnum, errmsg))

    def service_register(self, name):
        return self.rpc("service.add", {"service": name})

    def service_unregister(self, name):
        return self.rpc("service.remove", {"service": name})

    # Events.

    def event_create(self, topic, payload=None):
        return Message(c.FLUX_MSGTYPE_EVENT, topic, payload)

    def event_send(self, topic, payload=None):
        return self.send(self.event_create(topic, payload))

    def event_subscribe(self, topic):
        """Events whose topic begins with `topic`."""
        self.rpc("event.subscribe", {"topic": topic}).get()
        return 0

    def event_unsubscribe(self, topic):
        self.rpc("event.unsubscribe", {"topic": topic}).get()
        return 0

    def event_recv(self, topic=None, payload=None):
        return self.recv(c.FLUX_MSGTYPE_EVENT, topic_glob=topic)

    # The broker.

    def attr_get(self, name):
        """The value of a broker attribute, as text. FileNotFoundError if there is none."""
        if isinstance(name, bytes):
            name = name.decode()
        if name not in self._attributes:
            answer = self.rpc("attr.get", {"name": name}).get()
            if not answer.get("flags", 0) & _IMMUTABLE:
                return answer["value"]
            self._attributes[name] = answer["value"]
        return self._attributes[name]

    def attr_set(self, name, value):
        self.rpc("attr.set", {"name": name, "value": value}).get()
        return 0

    def get_rank(self):
        return int(self.attr_get("rank"))

    def get_size(self):
        return int(self.attr_get("size"))

    def get_instance_starttime(self):
        return float(self.attr_get("broker.starttime"))

    def conf_get(self, key=None, default=None, update=False):
        """The broker's configuration, or the part of it at a dotted `key`."""
        if self._conf is None or update:
            self._conf = self.rpc("config.get").get()
        value = self._conf
        for part in key.split(".") if key else ():
            if not isinstance(value, dict) or part not in value:
                return default
            value = value[part]
        return value

    def log(self, level, fstring, *args):
        """Adds a line to the broker's log, with a severity of the module syslog."""
        text = fstring.decode() if isinstance(fstring, bytes) else fstring
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        line = "<{}>1 {}.{:06d}Z {} {} {} - - {}".format(
            level, stamp, int(now % 1 * 1e6), self.get_rank(),
            os.path.basename(sys.argv[0] or "python"), os.getpid(), text % args if args else text)
        self.rpc("log.append", line, flags=c.FLUX_RPC_NORESPONSE)
        return 0

    @staticmethod
    def fatal_error(message):
        raise error(errno.EIO, str(message))

    # The reactor.

    def get_reactor(self):
        return self._reactor

    def in_reactor(self):
        return self._reactor.running > 0

    def reactor_run(self, reactor=None, flags=0):
        """Calls callbacks until reactor_stop(), or until nothing is left that could happen."""
        return (reactor or self._reactor).run(flags)

    def reactor_stop(self, reactor=None):
        (reactor or self._reactor).stop()

    def reactor_stop_error(self, reactor=None):
        (reactor or self._reactor).stop(-1)

    def reactor_active_incref(self, reactor=None):
        (reactor or self._reactor).incref()

    def reactor_active_decref(self, reactor=None):
        (reactor or self._reactor).decref()

    def msg_watcher_create(self, callback, type_mask=c.FLUX_MSGTYPE_ANY, topic_glob="*", args=None,
                           match_tag=None):
        return MessageWatcher(self, type_mask or c.FLUX_MSGTYPE_ANY, callback, topic_glob,
                              match_tag, args)

    def timer_watcher_create(self, after, callback, repeat=0.0, args=None):
        return TimerWatcher(self, after, callback, repeat, args)

    def fd_watcher_create(self, fd_int, callback, events=None, args=None):
        return FDWatcher(self, fd_int, events, callback, args)

    def signal_watcher_create(self, signum, callback, args=None):
        return SignalWatcher(self, signum, callback, args)
