"""How many jobs are in which state."""

from flux.rpc import RPC

_STATES = ("depend", "priority", "sched", "run", "cleanup", "inactive")
_RESULTS = ("successful", "failed", "canceled", "timeout", "inactive_purged")


class JobStats:
    """Numbers of jobs by state and result; -1 before the first update.

    `queue` limits them to one queue.
    """

    def __init__(self, handle, queue=None):
        self.handle = handle
        self.queue = queue
        self.callback = None
        for name in _STATES + _RESULTS + ("total", "pending", "running", "active"):
            setattr(self, name, -1)

    def _update(self, answer):
        if self.queue is not None:
            try:
                answer = next(q for q in answer["queues"] if q["name"] == self.queue)
            except StopIteration:
                raise ValueError("no stats available for queue {}".format(self.queue)) from None
        states = answer["job_states"]
        for name in _STATES + ("total",):
            setattr(self, name, states[name])
        for name in _RESULTS:
            setattr(self, name, answer.get(name, 0))
        self.pending = self.depend + self.priority + self.sched
        self.running = self.run + self.cleanup
        self.active = self.pending + self.running

    def _request(self):
        return RPC(self.handle, "job-list.job-stats", {})

    def update_sync(self):
        self._update(self._request().get())
        return self

    def update(self, callback=None, **kwargs):
        """In the reactor; then callback(self, **kwargs) is called."""
        def arrived(future):
            self._update(future.get())
            if callback is not None:
                callback(self, **kwargs)

        self._request().then(arrived)
        return self
