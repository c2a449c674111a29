"""assert with and without a message."""
assert True
assert 1, "no"
try:
    assert 0
except AssertionError as e:
    print(repr(e))
try:
    assert [], ("a", 1)
except AssertionError as e:
    print(repr(e), e.args)
print(__debug__)
