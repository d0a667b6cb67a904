"""The service rexec (subprocess server protocol, RFC 42)."""

import base64
import os
import signal
import unittest

from case import EINVAL, ENOENT, EPROTO, ESRCH, Case
from client import ENODATA, NORESPONSE, STREAMING, RpcError

STDOUT, STDERR, CHANNEL, CREDIT = 1, 2, 4, 8


def command(*argv, **more):
    return {"cwd": "/", "cmdline": list(argv), "env": {"PATH": os.environ["PATH"]}, "opts": {},
            "channels": [], **more}


class Rexec(Case):
    def start(self, *argv, rank=0, flags=STDOUT | STDERR, client=None, **more):
        return (client or self.client).request(
            "rexec.exec", {"cmd": command(*argv, **more), "flags": flags}, nodeid=rank,
            flags=STREAMING)

    def finish(self, tag):
        """All answers, and the output per stream."""
        answers, output = [], {}
        for answer in self.client.follow(tag):
            answers.append(answer)
            if answer["type"] == "output":
                data = answer["io"].get("data", "")
                if answer["io"].get("encoding") == "base64":
                    data = base64.b64decode(data).decode()
                stream = answer["io"]["stream"]
                if data:
                    output[stream] = output.get(stream, "") + data
        return answers, output

    def test_life_of_a_process(self):
        for rank in (0, 1):
            answers, output = self.finish(
                self.start("sh", "-c", "echo out; echo err >&2; exit 3", rank=rank))
            self.assertEqual(answers[0]["type"], "started")
            self.assertGreater(answers[0]["pid"], 0)
            self.assertEqual(output, {"stdout": "out\n", "stderr": "err\n"})
            ends = [a["io"]["stream"] for a in answers
                    if a["type"] == "output" and a["io"].get("eof")]
            self.assertEqual(sorted(ends), ["stderr", "stdout"])
            self.assertEqual([a["io"]["rank"] for a in answers if a["type"] == "output"],
                             [str(rank)] * sum(a["type"] == "output" for a in answers))
            finished, = [a for a in answers if a["type"] == "finished"]
            self.assertEqual(finished["status"], 3 << 8)

    def test_output_that_nobody_wants(self):
        self.assertEqual(self.finish(self.start("echo", "x", flags=0))[1], {})

    def test_input(self):
        tag = self.start("cat")
        for io in ({"data": "one\n"}, {"data": base64.b64encode(b"two\n").decode(),
                                       "encoding": "base64"}, {"eof": True}):
            self.client.notify("rexec.write", {"matchtag": tag, "io": {
                "stream": "stdin", "rank": "0", **io}}, nodeid=0)
        self.assertEqual(self.finish(tag)[1], {"stdout": "one\ntwo\n"})

    def test_credit(self):
        tag = self.start("cat", flags=STDOUT | CREDIT)
        self.assertEqual(self.client.answer(tag)["type"], "started")
        credit = self.client.answer(tag)
        self.assertEqual(credit["type"], "add-credit")
        self.assertGreater(credit["channels"]["stdin"], 0)
        self.client.notify("rexec.write", {"matchtag": tag, "io": {
            "stream": "stdin", "rank": "0", "data": "abc\n", "eof": True}}, nodeid=0)
        answers, output = self.finish(tag)
        self.assertEqual(output, {"stdout": "abc\n"})
        self.assertEqual([a["channels"] for a in answers if a["type"] == "add-credit"],
                         [{"stdin": 4}])

    def test_kill_and_list(self):
        tag = self.start("sleep", "1000")
        pid = self.client.answer(tag)["pid"]
        listed = self.client.rpc("rexec.list", nodeid=0)
        self.assertEqual(listed["rank"], 0)
        mine, = [entry for entry in listed["procs"] if entry["pid"] == pid]
        self.assertEqual((mine["cmd"], mine["state"]), ("sleep", "R"))
        self.assertIsNone(self.client.rpc("rexec.kill", {"pid": pid, "signum": signal.SIGTERM},
                                          nodeid=0))
        answers, _ = self.finish(tag)
        self.assertIn({"type": "finished", "status": signal.SIGTERM}, answers)
        self.fails(ESRCH, "rexec.kill", {"pid": pid, "signum": 15}, nodeid=0,
                   text=f"pid {pid} does not belong to any subprocess")
        self.fails(EINVAL, "rexec.kill", {"pid": pid, "signum": 1000}, nodeid=0)

    def test_what_cannot_be_started(self):
        with self.assertRaises(RpcError) as caught:
            self.finish(self.start("/nosuch/program"))
        self.assertEqual((caught.exception.errnum, caught.exception.text),
                         (ENOENT, "error launching process: No such file or directory"))
        for bad in ({}, {"cmd": {}}, {"cmd": command(), "flags": 0}, {"cmd": 3, "flags": 0},
                    {"cmd": command("true")}, {"cmd": {"cmdline": "true"}, "flags": 0}):
            with self.subTest(payload=bad), self.assertRaises(RpcError) as caught:
                self.client.stream("rexec.exec", bad, nodeid=0)
            self.assertIn(caught.exception.errnum, (EPROTO, EINVAL))

    def test_process_ends_with_its_client(self):
        other = self.connect()
        pid = other.answer(self.start("sleep", "1000", rank=1, client=other))["pid"]
        other.close()
        while any(entry["pid"] == pid for entry in
                  self.client.rpc("rexec.list", nodeid=1)["procs"]):
            pass

    def test_background(self):
        answer = self.client.rpc("rexec.exec", {"cmd": command("sh", "-c", "echo hi; exit 4"),
                                                "flags": 16}, nodeid=0)
        self.assertEqual(answer["type"], "started")
        self.assertEqual(self.client.rpc("rexec.wait", {"pid": answer["pid"]}, nodeid=0),
                         {"status": 4 << 8})
        self.fails(ESRCH, "rexec.wait", {"pid": answer["pid"]}, nodeid=0)

    def test_much_output(self):
        _, output = self.finish(self.start("seq", "200000", rank=1))
        self.assertEqual(output["stdout"].count("\n"), 200000)


if __name__ == "__main__":
    unittest.main()
