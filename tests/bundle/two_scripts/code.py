def one():
    print("one")


def two():
    try:
        import json
    except ImportError:
        print("two")
