def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
print(fib(27))
def loop(n):
    t = 0
    i = 0
    while i < n:
        t = (t + i * 3) % 1000003
        i += 1
    return t
print(loop(3000000))
s = 0
for x in range(10):
    s += x
print(s, [1, 2, 3], "a", (1, 2.5))
def gen(n):
    for i in range(n):
        yield i * 2
t = 0
for g in gen(1000):
    t += g
print(t)
def outer():
    c = 0
    def inner():
        nonlocal c
        c += 1
        return c
    inner()
    return inner()
print(outer())
d = {"a": 1}
d["b"] = 2
print(d["a"] + d["b"])
try:
    raise ValueError("boo")
except ValueError as e:
    print("caught", e)
def deep():
    return missing_name
deep()
