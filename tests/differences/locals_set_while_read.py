"""What is set through `frame.f_locals` in a variable that an instruction of that frame is reading shows late.

Cause: instructions read variables where they lie, not from copies on a stack, so that what they read must stay until they have ended.
The new value is put there when the frame next looks up from its work: at a call, a jump backwards or its end. (Line events of
`sys.settrace` come between instructions: what a debugger sets there holds at once.)

Workaround: read the variable after a call or in the next round of a loop, as everybody does who is not called from within an operator.
"""
import sys


class Setter:
    def __index__(self):
        frame = sys._getframe(1)
        frame.f_locals['x'] = 'new'
        print('the frame shows', frame.f_locals['x'])
        return 0


def f():
    x = ['old']
    y = x[Setter()]
    z = x
    for _ in range(2):
        pass
    return y, z, x


print(*f())
