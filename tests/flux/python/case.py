"""What the tests share."""

import unittest

import flux


class Case(unittest.TestCase):
    def setUp(self):
        self.flux = flux.Flux()
        self.addCleanup(self.flux.close)

    def fails(self, errnum, function, *args, **more):
        with self.assertRaises(OSError) as caught:
            function(*args, **more)
        self.assertEqual(caught.exception.errno, errnum)
        return caught.exception.strerror
