"""bash on a terminal, typed into as a person would: a command, then its output until the prompt."""

import re

from commands import LIMIT

PROMPT = "READY> "
# Colours, what moves the cursor for progress bars, and ends of lines on a terminal.
ESCAPE = re.compile(r"\x1b(\[[?0-9;]*[A-Za-z]|[78])|\r")


class Shell:
    """`terminal` runs `kubectl exec -it POD -- bash`, or what stands in its place."""

    def __init__(self, terminal):
        self.terminal = terminal
        terminal.expect("# ")
        # In two pieces: as it is typed it must not look like the prompt itself.
        self.run(f"PS1='{PROMPT[:3]}''{PROMPT[3:]}'")

    def run(self, command, limit=LIMIT):
        """What the command prints. It may go over several lines, each but the last ending in \\."""
        self.terminal.type(command + "\n")
        seen = ESCAPE.sub("", self.terminal.expect(PROMPT, limit))
        # The terminal's echo of the last line that was typed, then the output.
        return seen.split(command.splitlines()[-1] + "\n", 1)[-1].removesuffix(PROMPT)

    def leave(self):
        """Returns the shell's exit status, which is the last command's."""
        self.terminal.type("exit\n")
        return self.terminal.status()
