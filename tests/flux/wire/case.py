"""What the tests here share. Each runs in an instance of two brokers, on rank 0."""

import os
import unittest

from client import RpcError, Connection

EPERM, ENOENT, ESRCH, EEXIST, EINVAL, ENOSYS, EPROTO = 1, 2, 3, 17, 22, 38, 71
EMSGSIZE, EHOSTUNREACH = 90, 113


class Case(unittest.TestCase):
    def setUp(self):
        self.client = self.connect()
        self.owner = os.geteuid()

    def connect(self, *args):
        connection = Connection(*args)
        self.addCleanup(connection.close)
        self.assertEqual(connection.status, 0)
        return connection

    def fails(self, errnum, topic, payload=None, *, text=..., client=None, **more):
        """The request fails with that errno, and with that text unless any will do."""
        with self.assertRaises(RpcError) as caught:
            (client or self.client).rpc(topic, payload, **more)
        self.assertEqual(caught.exception.errnum, errnum, caught.exception)
        if text is not ...:
            self.assertEqual(caught.exception.text, text)

    def keys(self, value, *names):
        """These keys and no others."""
        self.assertEqual(set(value), set(names))
