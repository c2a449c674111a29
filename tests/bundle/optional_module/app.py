try:
    import fast_thing
except ImportError:
    fast_thing = None


def later():
    import rare_thing


print("fast" if fast_thing else "slow")
try:
    later()
except ModuleNotFoundError as error:
    print(error.name)
