"""Without a Docker Engine: a clear error that says what to do."""

import os

from harness import LocalTest, container, main, minicluster


class Engine(LocalTest):
    def with_host(self, host, *words, **options):
        environment = {**os.environ, "DOCKER_HOST": host}
        return self.command(*words, env=environment, **options)

    def test_nobody_answers(self):
        for words in (("get", "pods"), ("logs", "x"), ("delete", "mc", "x"), ("version",)):
            ended = self.with_host("unix:///nonexistent/docker.sock", *words)
            self.assertEqual(ended.status, 1, repr(ended))
            self.assertIn("unix:///nonexistent/docker.sock", ended.err)
            self.assertIn("DOCKER_HOST", ended.err)
        ended = self.with_host("unix:///nonexistent/docker.sock", "run", "-",
                               stdin=minicluster(container("true")))
        self.assertEqual((ended.status, ended.out), (1, ""), repr(ended))

    def test_unreadable_host(self):
        ended = self.with_host("gopher://x", "get", "pods")
        self.assertEqual(ended.status, 1, repr(ended))
        self.assertIn("gopher://x", ended.err)

    def test_what_needs_no_engine_works_without(self):
        for words in (("help",), ("version", "--client"), ("completion", "bash"),
                      ("create", "-f", "-", "--dry-run=client", "-o", "yaml")):
            ended = self.with_host("unix:///nonexistent/docker.sock", *words,
                                   stdin=minicluster(container("true")))
            self.assertEqual(ended.status, 0, repr(ended))
            self.assertNotEqual(ended.out, "")


if __name__ == "__main__":
    main()
