"""The service kvs (RFC 10, RFC 11)."""

import base64
import unittest

from case import ENOENT, Case
from client import RpcError

READDIR, READLINK = 1, 2
ENOTDIR, EISDIR = 20, 21
NAMESPACE = "primary"


def value(text):
    return {"ver": 1, "type": "val", "data": base64.b64encode(text.encode()).decode()}


class Kvs(Case):
    def commit(self, *ops):
        return self.client.rpc("kvs.commit", {
            "namespace": NAMESPACE, "flags": 0,
            "ops": [{"key": key, "flags": 0, "dirent": dirent} for key, dirent in ops]})

    def lookup(self, key, flags=0):
        return self.client.rpc("kvs.lookup", {"key": key, "flags": flags,
                                              "namespace": NAMESPACE})["val"]

    def test_commit_and_lookup(self):
        answer = self.commit(("tests.a", value("1")), ("tests.b.c", value("text")))
        self.assertIsInstance(answer["rootseq"], int)
        self.assertTrue(answer["rootref"])
        self.assertEqual(self.lookup("tests.a"), value("1"))
        self.assertEqual(self.lookup("tests.b.c"), value("text"))
        later = self.commit(("tests.a", value("2")))
        self.assertEqual(later["rootseq"], answer["rootseq"] + 1)
        self.assertEqual(self.lookup("tests.a"), value("2"))

    def test_directory(self):
        self.commit(("dir.x", value("1")), ("dir.y.z", value("2")))
        entries = self.lookup("dir", READDIR)
        self.assertEqual((entries["type"], sorted(entries["data"])), ("dir", ["x", "y"]))
        for key, flags, errnums in (("dir", 0, [EISDIR]), ("dir.x", READDIR, [ENOTDIR]),
                                    ("dir.x.y", 0, [ENOENT, ENOTDIR]), ("dir.nosuch", 0, [ENOENT])):
            with self.subTest(key=key), self.assertRaises(RpcError) as caught:
                self.lookup(key, flags)
            self.assertIn(caught.exception.errnum, errnums)

    def test_unlink(self):
        self.commit(("gone.x", value("1")))
        self.commit(("gone.x", None))
        with self.assertRaises(RpcError) as caught:
            self.lookup("gone.x")
        self.assertEqual(caught.exception.errnum, ENOENT)

    def test_symlink(self):
        self.commit(("link.target", value("1")),
                    ("link.a", {"ver": 1, "type": "symlink", "data": {"target": "link.target"}}))
        self.assertEqual(self.lookup("link.a"), value("1"))
        self.assertEqual(self.lookup("link.a", READLINK)["data"]["target"], "link.target")

    def test_getroot(self):
        seq = self.commit(("root.x", value("1")))["rootseq"]
        root = self.client.rpc("kvs.getroot", {"namespace": NAMESPACE, "flags": 0})
        self.assertGreaterEqual(set(root), {"owner", "rootseq", "rootref", "flags"})
        self.assertEqual((root["rootseq"], root["owner"]), (seq, self.owner))

    def test_bad_requests(self):
        for payload in ({}, {"namespace": NAMESPACE, "flags": 0, "ops": 3},
                        {"namespace": NAMESPACE, "flags": 0, "ops": [{"key": "x"}]},
                        {"namespace": NAMESPACE, "flags": 0, "ops": [
                            {"key": "x", "flags": 0, "dirent": {"ver": 1, "type": "val",
                                                                "data": "%%%"}}]},
                        {"namespace": "nosuch", "flags": 0, "ops": []}):
            with self.subTest(payload=payload), self.assertRaises(RpcError):
                self.client.rpc("kvs.commit", payload)
        for key in ("", "..", "x" * 100000):
            with self.subTest(key=key[:5]), self.assertRaises(RpcError):
                self.lookup(key)


if __name__ == "__main__":
    unittest.main()
