"""unittest: results, skips, subtests, setup, mock."""
import io
import unittest
from unittest import mock


class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("setUpClass")

    def setUp(self):
        self.x = 1

    def test_ok(self):
        self.assertEqual(self.x, 1)
        self.assertRaises(ValueError, int, "x")
        with self.assertRaisesRegex(ZeroDivisionError, "division"):
            1 / 0
        self.assertIn(1, [1]); self.assertAlmostEqual(0.1 + 0.2, 0.3); self.assertIsNone(None); self.assertCountEqual([1, 2], [2, 1])

    def test_fail(self):
        self.assertEqual([1, 2], [1, 3])

    def test_error(self):
        {}["k"]

    @unittest.skip("reason")
    def test_skip(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.fail()

    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)


s = io.StringIO()
r = unittest.TextTestRunner(stream=s, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))
print(r.testsRun, len(r.failures), len(r.errors), len(r.skipped), len(r.expectedFailures), r.wasSuccessful())
print("\n".join(l for l in s.getvalue().splitlines() if not l.startswith(("Ran", "  File"))))
m = mock.Mock(return_value=5, name="m")
print(m(1, a=2), m.call_args, m.call_count, m.called)
m.assert_called_once_with(1, a=2)
try:
    m.assert_called_with(3)
except AssertionError as e:
    print(e)
m.attr.deep.return_value = "d"
print(m.attr.deep(), m.mock_calls)
with mock.patch("os.getcwd", return_value="/fake"):
    import os
    print(os.getcwd())
mm = mock.MagicMock()
mm.__len__.return_value = 3
print(len(mm), mock.Mock(side_effect=[1, 2])(), mock.sentinel.x, mock.call(1) == mock.call(1))
