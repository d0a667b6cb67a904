"""flux.kvs"""

import errno
import unittest

import flux
from case import Case
from flux import kvs


class Kvs(Case):
    def put(self, key, value):
        kvs.put(self.flux, key, value)
        kvs.commit(self.flux)

    def test_values(self):
        for value in (10, 10.5, "stuff", None, "\u32db \u263a", [1, 2], {"a": {"b": 1}}, True,
                      b"\xde\xad\xbe\xef"):
            with self.subTest(value=value):
                self.put("values.x", value)
                self.assertEqual(kvs.get(self.flux, "values.x"), value)

    def test_bytes_are_read_as_what_they_are(self):
        for data, value in ((b"{}", {}), (b"{", "{"), (b"text", "text"), (b"", None)):
            self.put("values.y", data)
            self.assertEqual(kvs.get(self.flux, "values.y"), value)
            self.assertEqual(kvs.get_raw(self.flux, "values.y"), data)

    def test_missing(self):
        with self.assertRaises(FileNotFoundError) as caught:
            kvs.get(self.flux, "nosuch")
        self.assertEqual(caught.exception.errno, errno.ENOENT)
        # Merlin's flux_info.py asks so whether there is a key.
        with self.assertRaises(KeyError):
            kvs.get(self.flux, "nosuch")
        with self.assertRaisesRegex(OSError, "(?i)no such"):
            kvs.get_dir(self.flux, "nosuch")
        self.assertFalse(kvs.exists(self.flux, "nosuch"))
        self.assertFalse(kvs.isdir(self.flux, "nosuch"))

    def test_nothing_is_there_before_the_commit(self):
        kvs.put(self.flux, "later.x", 1)
        self.assertFalse(kvs.exists(self.flux, "later.x"))
        kvs.commit(self.flux)
        with flux.Flux() as other:
            self.assertEqual(kvs.get(other, "later.x"), 1)

    def test_a_commit_that_fails_is_not_repeated(self):
        kvs.put(self.flux, "ns.x", 1)
        self.fails(errno.ENOTSUP, kvs.commit, self.flux, namespace="nosuch")
        kvs.commit(self.flux)
        self.assertFalse(kvs.exists(self.flux, "ns.x"))

    def test_directories(self):
        kvs.put_mkdir(self.flux, "made")
        kvs.put_symlink(self.flux, "link", "made")
        kvs.commit(self.flux)
        self.assertTrue(kvs.isdir(self.flux, "made"))
        self.put("made.x", 1)
        self.assertIsInstance(kvs.get(self.flux, "made"), kvs.KVSDir)
        self.assertEqual(kvs.get(self.flux, "link.x"), 1)
        kvs.put_unlink(self.flux, "made")
        kvs.commit(self.flux)
        self.assertFalse(kvs.exists(self.flux, "made"))

    def test_directory_as_dictionary(self):
        with kvs.get_dir(self.flux) as root:
            root.mkdir("dict", {"a": 1, "b.c": "x"})
        directory = kvs.get_dir(self.flux, "dict")
        self.assertEqual((list(directory), len(directory)), (["a", "b"], 2))
        self.assertEqual((directory["a"], directory["b"]["c"], directory["b.c"]), (1, "x", "x"))
        self.assertEqual((list(directory.files()), list(directory.directories())), (["a"], ["b"]))
        self.assertEqual(directory.key_at("z"), "dict.z")
        self.assertIn("a", directory)
        self.assertNotIn("z", directory)
        with self.assertRaises(KeyError):
            directory["z"]
        directory["z"] = 5
        del directory["a"]
        directory.commit()
        self.assertEqual(sorted(directory), ["b", "z"])
        directory.fill({"q": 1})
        self.assertEqual(kvs.get(self.flux, "dict.q"), 1)
        with self.assertRaises(ValueError):
            kvs.KVSDir()

    def test_an_error_in_a_with_stores_nothing(self):
        with self.assertRaises(ZeroDivisionError):
            with kvs.get_dir(self.flux) as root:
                root["half.made"] = 1 / 0
        self.assertFalse(kvs.exists(self.flux, "half"))

    def test_walk(self):
        for key in ("walk.x", "walk.a.y", "walk.a.b.z"):
            self.put(key, 1)
        down = list(kvs.walk("walk", flux_handle=self.flux, topdown=True))
        self.assertEqual(down, [("", ["a"], ["x"]), ("a", ["b"], ["y"]), ("a.b", [], ["z"])])
        self.assertEqual(list(kvs.walk(kvs.get_dir(self.flux, "walk"))), down[::-1])
        with self.assertRaises(ValueError):
            kvs.walk("walk")

    def test_transactions(self):
        txn = kvs.KVSTxn(self.flux)
        txn.put("txn.a", 1)
        kvs.put(self.flux, "txn.b", 2, _kvstxn=txn)
        txn.commit()
        self.assertEqual(dict(kvs.get_dir(self.flux, "txn")), {"a": 1, "b": 2})
        txn.put("txn.c", 3)
        txn.clear()
        txn.commit()
        self.assertFalse(kvs.exists(self.flux, "txn.c"))
        self.fails(errno.EINVAL, txn.put, "", 1)

    def test_namespaces(self):
        self.flux.rpc("kvs.namespace-create", {
            "namespace": "mine", "owner": 0xFFFFFFFF, "flags": 0, "rootref": ""}).get()
        kvs.put(self.flux, "key", "here")
        kvs.commit(self.flux, namespace="mine")
        self.assertEqual(kvs.get(self.flux, "key", namespace="mine"), "here")
        self.assertFalse(kvs.exists(self.flux, "key"))
        self.assertIn("mine", kvs.namespace_list(self.flux))


if __name__ == "__main__":
    unittest.main()
