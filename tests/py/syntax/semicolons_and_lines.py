"""Simple statements on one line, backslashes, comments, blank blocks."""
a = 1; b = 2; print(a, b)
if a: print("one"); print("line")
total = 1 + \
    2 + \
    3
print(total)
x = (1 +  # comment
     2)
print(x)
if True:
    # only a comment first

    pass
for i in range(2): print(i)
while False: pass
class C: z = 3; w = z
print(C.w)
def f(): return 5
print(f()); ...
