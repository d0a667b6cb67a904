"""flux.job.FluxExecutor"""

import concurrent.futures
import os
import subprocess
import sys
import threading
import unittest

import flux
from flux import job
from flux.job import FluxExecutor, FluxExecutorFuture, JobException, JobspecV1

PATIENCE = 60


def shell(text):
    return JobspecV1.from_command(["sh", "-c", text])


class Executor(unittest.TestCase):
    def test_results(self):
        with FluxExecutor() as executor:
            futures = {executor.submit(shell("exit {}".format(n))): n for n in range(5)}
            for future in concurrent.futures.as_completed(futures, PATIENCE):
                self.assertEqual(future.result(), futures[future])
                self.assertIsNone(future.exception())
                again = executor.attach(future.jobid())
                self.assertEqual((again.result(PATIENCE), again.jobid()),
                                 (futures[future], future.jobid()))

    def test_signals(self):
        with FluxExecutor() as executor:
            # The shell says 128 + n for a task that a signal ended.
            self.assertEqual(executor.submit(shell("kill -9 $$")).result(PATIENCE), 137)

    def test_many_in_threads(self):
        with FluxExecutor(threads=3, thread_name_prefix="mine") as executor:
            self.assertEqual(sum(t.name.startswith("mine") for t in threading.enumerate()), 3)
            futures = [executor.submit(shell("true")) for _ in range(30)]
            done, rest = concurrent.futures.wait(futures, PATIENCE)
        self.assertEqual((len(done), rest, {f.result() for f in done}), (30, set(), {0}))

    def test_exceptions(self):
        with FluxExecutor() as executor:
            seen = threading.Event()
            future = executor.submit(JobspecV1.from_command(["/no/such/program"]))
            future.add_event_callback("exception", lambda f, event: seen.set())
            self.assertIsInstance(future.exception(PATIENCE), JobException)
            self.assertEqual(future.exception().type, "exec")
            self.assertTrue(seen.wait(PATIENCE))

    def test_events(self):
        names = []
        with FluxExecutor() as executor:
            future = executor.submit(shell("true"))
            for name in executor.EVENTS:
                future.add_event_callback(name, lambda f, event: names.append(event.name))
            with self.assertRaises(ValueError):
                future.add_event_callback("nosuch", print)
        self.assertLessEqual({"submit", "depend", "alloc", "start", "finish", "free", "clean"},
                             set(names))
        future.add_event_callback("start", lambda f, event: names.append("late"))
        self.assertEqual(names[-1], "late")

    def test_callbacks(self):
        called = []
        with FluxExecutor() as executor:
            future = executor.submit(shell("true")).add_jobid_callback(
                lambda f: called.append(f.jobid()))
            future.add_done_callback(lambda f: called.append(f.result()))
        self.assertEqual(called, [future.jobid(), 0])

    def test_an_error_in_a_callback_is_the_users(self):
        with self.assertLogs("flux.job.executor"), FluxExecutor() as executor:
            future = executor.submit(shell("true"))
            future.add_event_callback("start", lambda f, event: 1 / 0)
            self.assertEqual(future.result(PATIENCE), 0)

    def test_what_is_refused(self):
        with FluxExecutor() as executor:
            bad = executor.submit(None)
            wrong = executor.submit(shell("true"), nosuch=1)
            nobody, negative, unknown = (executor.attach(i) for i in (None, -1, 0))
        with self.assertRaisesRegex(RuntimeError, "job could not be submitted"):
            bad.jobid()
        for future, kind in ((bad, OSError), (wrong, TypeError), (nobody, TypeError),
                             (negative, OverflowError), (unknown, ValueError)):
            self.assertIsInstance(future.exception(0), kind)
        self.assertRegex(str(unknown.exception()), "does not match any job")
        self.assertEqual(unknown.jobid(), 0)

    def test_cancel(self):
        with FluxExecutor() as executor:
            future = executor.submit(shell("true"), urgency=0)
            jobid = future.jobid(PATIENCE)
            self.assertTrue(future.cancel())
            self.assertTrue(future.cancelled())
            self.assertEqual(future.jobid(), jobid)
        with flux.Flux() as handle:
            self.assertEqual(job.result(handle, jobid).result, "CANCELED")

    def test_cancel_at_once(self):
        with FluxExecutor() as executor:
            for _ in range(10):
                future = executor.submit(shell("true"))
                if future.cancel():
                    self.assertTrue(future.cancelled())
                    with self.assertRaises(concurrent.futures.CancelledError):
                        future.result(0)
                else:
                    self.assertEqual(future.result(PATIENCE), 0)

    def test_after_shutdown(self):
        executor = FluxExecutor()
        executor.shutdown()
        for function, argument in ((executor.submit, shell("true")), (executor.attach, 5)):
            with self.assertRaises(RuntimeError):
                function(argument)

    def test_waiting_for_oneself(self):
        errors = []

        def wait(future):
            try:
                future.result()
            except RuntimeError as reason:
                errors.append(reason)

        with FluxExecutor() as executor:
            executor.submit(shell("true")).add_jobid_callback(wait)
        self.assertEqual(len(errors), 1)

    def test_no_broker(self):
        executor = FluxExecutor(handle_args=("local:///no/such/socket",))
        executor.shutdown(wait=True)
        executor = FluxExecutor(handle_args=("local:///no/such/socket",))
        executor._workers[0].thread.join(PATIENCE)
        with self.assertRaises(RuntimeError):
            executor.submit(shell("true"))

    def test_lost_connection(self):
        with subprocess.Popen(["flux", "proxy", os.environ["FLUX_URI"], "echo $FLUX_URI; cat"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as proxy:
            uri = proxy.stdout.readline().decode().strip()
            executor = FluxExecutor(handle_args=(uri,))
            future = executor.submit(JobspecV1.from_command(["sleep", "1000"]))
            jobid = future.jobid(PATIENCE)
            proxy.kill()
            self.assertIsInstance(future.exception(PATIENCE), ConnectionError)
            executor.shutdown()
            proxy.communicate()
        with flux.Flux() as handle:
            job.cancel(handle, jobid)
            job.result(handle, jobid)

    def test_a_program_that_forgets_shutdown_ends(self):
        program = ("from flux.job import FluxExecutor, JobspecV1\n"
                   "print(FluxExecutor().submit(JobspecV1.from_command(['true'])).result())\n")
        result = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE,
                                timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stdout), (0, b"0\n"))

    def test_futures_are_those_of_the_standard_library(self):
        with FluxExecutor() as executor:
            future = executor.submit(shell("true"))
            self.assertIsInstance(future, FluxExecutorFuture)
            self.assertIsInstance(future, concurrent.futures.Future)


if __name__ == "__main__":
    unittest.main()
