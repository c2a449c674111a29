"""sys.settrace and sys.setprofile see calls, lines, returns and exceptions."""
import sys

events = []


def trace(frame, event, arg):
    if frame.f_code.co_name in ("f", "g"):
        events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, arg if event == "return" else None))
        return trace


def g(x):
    if x:
        raise ValueError
    return 1


def f():
    y = g(0)
    try:
        g(1)
    except ValueError:
        pass
    return y


sys.settrace(trace)
f()
sys.settrace(None)
for e in events:
    print(e)
calls = []
sys.setprofile(lambda fr, ev, arg: calls.append((ev, fr.f_code.co_name if ev in ("call", "return") else arg.__name__)))
f()
len([])
sys.setprofile(None)
print(calls)
