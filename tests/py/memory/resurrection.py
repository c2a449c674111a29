"""An object may come back from __del__; it is not called twice."""
import gc

saved = []


class R:
    def __del__(self):
        print("del")
        saved.append(self)


r = R()
del r
print(len(saved), type(saved[0]).__name__)
saved.clear()
gc.collect()
print("end", len(saved))
