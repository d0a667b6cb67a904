"""Bad manifests: everything that is wrong is said with its place, and nothing is created."""

import os
import tempfile

from harness import MINICLUSTER, LocalTest, Terminal, container, main, minicluster

BAD = """apiVersion: flux-framework.org/v1alpha1
kind: MiniCluster
metadata:
  name: Bad_Name
spec:
  size: 0
  containers:
    - image: debian:bookworm-slim
      runflux: true
      command: hostname
    - image: nginx
      ports: [80000]
"""


class Manifests(LocalTest):
    def test_all_problems_with_their_places(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bad.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(BAD)
            for verb in (("create", "-f"), ("apply", "-f"), ("run",)):
                ended = self.command(*verb, path)
                self.assertEqual((ended.status, ended.out), (1, ""), repr(ended))
                for place in ("4:9", "6:9", "9:7", "12:15"):
                    self.assertIn(f"{path}:{place}: ", ended.err)
                self.assertIn("runFlux", ended.err)
        self.assertEqual(self.left_over(), [])

    def test_place_is_shown_on_a_terminal(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bad.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(BAD)
            terminal = Terminal([MINICLUSTER, "create", "-f", path], columns=200,
                                env={**os.environ, "NO_COLOR": "1"})
            self.addCleanup(terminal.close)
            self.assertEqual(terminal.status(), 1)
            self.assertIn("      size: 0\r\n            ^\r\n", terminal.seen)

    def test_good_ones_before_a_bad_one_are_not_created(self):
        good = minicluster(container("true"))
        ended = self.command("create", "-f", "-", stdin=good + "\n---\n" + BAD)
        self.assertEqual(ended.status, 1, repr(ended))
        self.assertEqual(self.left_over(), [])

    def test_nonsense(self):
        for text in ("", "just text", "a: [", "\0", "kind: Pod\napiVersion: v1\n"):
            ended = self.command("create", "-f", "-", stdin=text)
            self.assertEqual((ended.status, ended.out), (1, ""), repr(ended))
            self.assertNotEqual(ended.err, "")

    def test_missing_file(self):
        ended = self.command("create", "-f", "/no/such/file.yaml")
        self.assertEqual((ended.status, ended.err),
                         (1, 'error: the path "/no/such/file.yaml" does not exist\n'))

    def test_other_namespace(self):
        text = minicluster(container("true")).replace(
            '"name": "flux-sample"', '"name": "flux-sample", "namespace": "other"')
        ended = self.command("create", "-f", "-", stdin=text)
        self.assertEqual(ended.status, 1)
        self.assertIn('the namespace from the provided object "other" does not match the namespace',
                      ended.err)


if __name__ == "__main__":
    main()
