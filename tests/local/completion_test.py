"""Completion in a real bash."""

import subprocess

from harness import BIN, LIMIT, LocalTest, container, main, minicluster

# Asks bash's own machinery as a Tab would: words, cursor at the end of the last one.
ASK = """
set -u
PATH={bin}:$PATH
source <(minicluster completion bash)
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
COMP_LINE="${{COMP_WORDS[*]}}"
COMP_POINT=${{#COMP_LINE}}
$(complete -p minicluster | sed -E 's/.*-F ([^ ]+).*/\\1/') minicluster
printf '%s\\n' "${{COMPREPLY[@]+${{COMPREPLY[@]}}}}"
"""


class Completion(LocalTest):
    def ask(self, *words):
        quoted = " ".join("'" + word + "'" for word in ("minicluster", *words))
        ended = subprocess.run(["bash", "-c", ASK.format(bin=BIN, words=quoted)],
                               capture_output=True, text=True, timeout=LIMIT, check=True)
        self.assertEqual(ended.stderr, "")
        return ended.stdout.split()

    def test_verbs_and_options(self):
        self.assertEqual(self.ask("de"), ["delete", "describe"])
        self.assertEqual(self.ask("get", "--no"), ["--no-headers"])
        self.assertEqual(self.ask("get", "-o", ""), ["json", "name", "wide", "yaml"])
        # bash itself breaks "--output=y" into three words and replaces the last one.
        self.assertEqual(self.ask("get", "--output", "=", "y"), ["yaml"])

    def test_names(self):
        self.create(minicluster(container("sleep 1000"),
                                {"image": "nginx", "name": "nginx", "ports": [80]}))
        pod = self.pod_named("flux-sample-0")
        self.assertEqual(self.ask("logs", "-n", self.ns, "flux"), [pod])
        self.assertEqual(self.ask("-n", self.ns, "logs", pod, "-c", ""), ["flux-sample", "nginx"])
        self.assertEqual(self.ask("-n", self.ns, "delete", "mc", ""), ["flux-sample"])
        self.assertIn(self.ns, self.ask("get", "pods", "-n", "test-"))


if __name__ == "__main__":
    main()
