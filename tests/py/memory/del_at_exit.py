"""What still lives at the end is finalised; atexit comes first."""
import atexit


class D:
    def __del__(self):
        print("del at exit")


keep = D()
atexit.register(print, "atexit")
print("end of main")
