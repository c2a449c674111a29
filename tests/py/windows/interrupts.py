#: only windows
#: golden no
"""Ctrl-C of a console: in sleep, in waiting, in a running loop, ignored, with a handler, and with none. Ctrl-Break is only raised:
Wine's consoles know no other event than Ctrl-C."""
import os
import signal
import subprocess
import sys
import threading
import time

if "child" in sys.argv:
    def press(event, after=0.3):
        def send():
            time.sleep(after)
            os.kill(0, event)
        threading.Thread(target=send, daemon=True).start()

    def interrupted(what, call):
        press(signal.CTRL_C_EVENT)
        begin = time.monotonic()
        try:
            call()
        except KeyboardInterrupt:
            print(what, "KeyboardInterrupt", time.monotonic() - begin < 5)
        else:
            print(what, "went on")

    def spin():
        end = time.monotonic() + 10
        while time.monotonic() < end:
            pass

    with open(sys.argv[2], "w", encoding="utf-8") as out:
        sys.stdout = out
        interrupted("sleep", lambda: time.sleep(10))
        interrupted("loop", spin)
        interrupted("lock", lambda: threading.Event().wait(10))
        got = []
        signal.signal(signal.SIGBREAK, lambda number, frame: got.append((number, frame is not None)))
        signal.raise_signal(signal.SIGBREAK)
        print(got == [(signal.SIGBREAK, True)], signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        signal.signal(signal.SIGINT, lambda number, frame: got.append(number))
        press(signal.CTRL_C_EVENT)
        begin = time.monotonic()
        time.sleep(1)
        # A handler that returns lets the sleep go on (PEP 475).
        print(got[1:] == [signal.SIGINT], time.monotonic() - begin >= 0.99)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        press(signal.CTRL_C_EVENT)
        time.sleep(1)
        print("ignored")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            print("raised")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    press(signal.CTRL_C_EVENT)
    time.sleep(10)
    sys.exit(9)

child = subprocess.Popen([sys.executable, "child", "out.txt"], creationflags=subprocess.CREATE_NEW_CONSOLE)
code = child.wait(60)
with open("out.txt", encoding="utf-8") as file:
    print(file.read(), end="")
# STATUS_CONTROL_C_EXIT on Windows; under Wine, where the system itself ends a program that has no handler, 0.
print(code & 0xFFFF_FFFF in (0xC000_013A, 0))
