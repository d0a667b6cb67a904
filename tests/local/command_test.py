"""The job's command: exit status, words and quotes, shell text, environment, working directory."""

from harness import LocalTest, container, main, minicluster


class Command(LocalTest):
    def run_command(self, command, **fields):
        return self.run_job(minicluster(container(command, **fields)))

    def test_exit_status(self):
        self.assert_output(self.run_command("sh -c 'exit 3'"), "", 3)

    def test_exit_status_of_a_signal(self):
        self.assertEqual(self.run_command("sh -c 'kill -TERM $$'").status, 143)

    def test_no_such_program(self):
        ended = self.run_command("no-such-program")
        self.assertEqual(ended.status, 127, repr(ended))
        self.assertIn("no-such-program", ended.err)

    def test_quotes(self):
        self.assert_output(self.run_command('echo "a b"'), "a b\n")
        self.assert_output(self.run_command("printf '[%s]' 'x  y' \"it's\" a\\ b"),
                           "[x  y][it's][a b]")

    def test_shell_operators(self):
        for command, out in (("echo a && echo b", "a\nb\n"),
                             ("echo one two | tr a-z A-Z", "ONE TWO\n"),
                             ("echo $((6 * 7)) > /tmp/x; cat /tmp/x", "42\n"),
                             ("false || echo saved", "saved\n")):
            self.assert_output(self.run_command(command), out)

    def test_both_streams(self):
        ended = self.run_command("sh -c 'echo out; echo err >&2; exit 4'")
        self.assert_output(ended, "out\n", 4)
        self.assertIn("err\n", ended.err)

    def test_output_of_any_bytes(self):
        self.assert_output(self.run_command("printf 'no newline'"), "no newline")
        ended = self.run_command("head -c 3000000 /dev/zero | tr '\\0' x")
        self.assertEqual(ended.status, 0, ended.err)
        self.assertEqual(ended.out, "x" * 3000000)

    def test_environment_keeps_its_order(self):
        ended = self.run_command("sh -c 'echo $FULL'",
                                 environment={"ROOT": "/data", "FULL": "$(ROOT)/sub"})
        self.assert_output(ended, "/data/sub\n")

    def test_environment_in_shell_text(self):
        ended = self.run_command("echo $GREETING $USER_NAME",
                                 environment={"GREETING": "hello there", "USER_NAME": "x"})
        self.assert_output(ended, "hello there x\n")

    def test_working_directory(self):
        self.assert_output(self.run_command("pwd", workingDir="/usr/share"), "/usr/share\n")


if __name__ == "__main__":
    main()
