import os, sys
class A:
    def __del__(self): print('del sees', os is not None and os.name, x)
x = 5
a = A()
def f(): return a
class B:
    def __init__(s): s.me = s
    def __del__(s): print('B', os is not None, sys is not None)
b = B()
import atexit, weakref
w = weakref.finalize(b, print, 'fin')
