"""exec and attach: streams, exit status, a real terminal."""

import os
import signal

from harness import MINICLUSTER, LocalTest, Terminal, container, main, minicluster


class Exec(LocalTest):
    def setUp(self):
        super().setUp()
        self.create(minicluster(container("sleep 1000"),
                                {"image": "nginx", "name": "nginx", "ports": [80]}))
        self.wait("condition=Ready")

    def sh(self, text, *options, stdin=None):
        return self.command("exec", *options, "flux-sample-0", "-c", "flux-sample", "--",
                            "sh", "-c", text, stdin=stdin)

    def test_streams_and_status(self):
        ended = self.sh("echo out; echo err >&2; exit 3")
        self.assert_output(ended, "out\n", 3)
        self.assertEqual(ended.err, "err\ncommand terminated with exit code 3\n")

    def test_stdin(self):
        text = "".join(f"line {i}\n" for i in range(20000))
        self.assert_output(self.sh("cat", "-i", stdin=text), text)
        self.assert_output(self.sh("cat"), "")

    def test_arguments_arrive_as_they_are(self):
        ended = self.command("exec", "flux-sample-0", "-c", "nginx", "--",
                             "printf", "[%s]", "a b", "$HOME", "", "-n", "--", "it's")
        self.assert_output(ended, "[a b][$HOME][][-n][--][it's]")

    def test_no_such_command(self):
        ended = self.command("exec", "flux-sample-0", "-c", "nginx", "--", "no-such-command")
        self.assertIn(ended.status, (126, 127), repr(ended))
        # The runtime's own words come where the command's would have come.
        self.assertIn("no-such-command", ended.out + ended.err)

    def test_no_such_container(self):
        ended = self.command("exec", "flux-sample-0", "-c", "nope", "--", "true")
        self.assertEqual(ended.status, 1)
        self.assertIn("container nope is not valid for pod flux-sample-0-", ended.err)

    def test_default_container(self):
        ended = self.command("exec", "flux-sample-0", "--", "hostname")
        self.assert_output(ended, "flux-sample-0\n")
        self.assertEqual(ended.err, 'Defaulted container "flux-sample" out of: flux-sample, nginx\n')

    def test_terminal_size_and_resize(self):
        terminal = self.terminal("exec", "-it", "flux-sample-0", "-c", "nginx", "--", "bash",
                                 "--norc", "-i", rows=31, columns=97)
        terminal.type("PS1=; tty; stty size\n")
        terminal.expect("/dev/pts/")
        terminal.expect("31 97")
        terminal.type("trap 'echo changed to $(stty size)' WINCH; echo re\"\"ady\n")
        terminal.expect("ready")
        terminal.resize(40, 120)
        terminal.type("\n")
        terminal.expect("changed to 40 120")
        terminal.type("exit 5\n")
        self.assertEqual(terminal.status(), 5)

    def test_ctrl_c_goes_to_the_program(self):
        terminal = self.terminal("exec", "-it", "flux-sample-0", "-c", "nginx", "--", "bash",
                                 "--norc", "-c", "trap 'echo caught; exit 6' INT; echo re\"\"ady; "
                                                 "while true; do sleep 0.05; done")
        before = terminal.attributes()
        terminal.expect("ready")
        self.assertNotEqual(terminal.attributes(), before)
        terminal.type("\x03")
        terminal.expect("caught")
        self.assertEqual(terminal.status(), 6)

    def test_terminal_is_put_back(self):
        # A shell around the command keeps the terminal, so that its settings can be compared.
        for ending in ("exit 0", "exit 4", "kill -9 $$"):
            terminal = Terminal(["/bin/sh", "-c",
                                 f"before=$(stty -g); {MINICLUSTER} -n {self.ns} exec -it "
                                 f"flux-sample-0 -c nginx -- sh -c '{ending}'; "
                                 "test \"$(stty -g)\" = \"$before\" && echo sa\"\"me"])
            self.addCleanup(terminal.close)
            terminal.expect("same")

    def test_terminal_is_put_back_after_a_signal(self):
        terminal = Terminal(["/bin/sh", "-c",
                             f"before=$(stty -g); {MINICLUSTER} -n {self.ns} exec -it "
                             "flux-sample-0 -c nginx -- sh -c 'echo re\"\"ady; sleep 1000'; "
                             "echo status $?; test \"$(stty -g)\" = \"$before\" && echo sa\"\"me"])
        self.addCleanup(terminal.close)
        terminal.expect("ready")
        self.signal_child(terminal.pid, signal.SIGTERM)
        terminal.expect("status 143")
        terminal.expect("same")

    def test_no_terminal_to_use(self):
        ended = self.command("exec", "-it", "flux-sample-0", "-c", "nginx", "--", "echo", "x",
                             stdin="")
        self.assert_output(ended, "x\n")
        self.assertIn("Unable to use a TTY", ended.err)

    def test_interrupted_without_terminal(self):
        process = self.start("exec", "flux-sample-0", "-c", "nginx", "--", "sh", "-c",
                             "echo ready; sleep 1000")
        self.read_line(process, "ready")
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process).status, 130)

    def test_attach(self):
        process = self.start("attach", "flux-sample-0", "-c", "nginx")
        # Asks again until nginx listens and attach has connected: what came before that is not
        # shown. nginx's own first words may come as well.
        seen = ""
        while "/asked" not in seen:
            self.assertIsNone(process.poll())
            self.command("exec", "flux-sample-0", "-c", "nginx", "--", "bash", "-c",
                         "printf 'GET /asked HTTP/1.0\\r\\n\\r\\n' > /dev/tcp/localhost/80")
            seen += self.read_some(process, 0.2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process).status, 130)

    def test_completed_pod(self):
        self.create(minicluster(container("true"), name="short"))
        self.wait_job(what="mc/short")
        ended = self.command("exec", "short-0", "--", "true")
        self.assertEqual((ended.status, ended.err),
                         (1, "error: cannot exec into a container in a completed pod; current phase "
                             "is Succeeded\n"))

    @staticmethod
    def signal_child(parent, signum):
        with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as file:
            for child in file.read().split():
                os.kill(int(child), signum)


if __name__ == "__main__":
    main()
