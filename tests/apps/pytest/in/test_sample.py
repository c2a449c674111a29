import math

import pytest


@pytest.fixture
def numbers():
    yield [3, 1, 2]
    print("fixture done")


@pytest.mark.parametrize("n,square", [(1, 1), (2, 4), (3, 10)])
def test_square(n, square):
    assert n * n == square, "squares"


def test_sorted(numbers, tmp_path, monkeypatch):
    monkeypatch.setenv("X", "1")
    (tmp_path / "a").write_text("hi")
    assert sorted(numbers) == [1, 2, 3]
    assert math.sqrt(4) == pytest.approx(2.0)


def test_compare():
    left = {"a": [1, 2], "b": "text\nmore"}
    right = {"a": [1, 2], "b": "text\nless"}
    assert left == right


def test_raises(capsys):
    print("captured")
    with pytest.raises(ZeroDivisionError, match="division"):
        1 / 0
    assert capsys.readouterr().out == "captured\n"


@pytest.mark.skip(reason="not today")
def test_skipped():
    pass


@pytest.mark.xfail
def test_expected():
    assert False


class TestClass:
    def test_method(self, request):
        assert request.node.name == "test_method"
