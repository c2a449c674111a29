"""random with a seed gives CPython's own numbers."""
import random

r = random.Random(42)
print(r.random(), r.randint(1, 100), r.choice("abcdef"), r.sample(range(50), 5), r.uniform(1, 2), r.gauss(0, 1), r.randrange(0, 100, 7), r.getrandbits(70), r.choices("abc", [5, 1, 1], k=4), r.betavariate(2, 3), r.expovariate(1.5), r.randbytes(4), r.triangular(), r.normalvariate(0, 1))
x = list(range(10))
r.shuffle(x)
print(x)
random.seed("text")
print(random.random(), random.random())
s = random.getstate()
a = random.random()
random.setstate(s)
print(a == random.random())
for call in (lambda: r.choice([]), lambda: r.randrange(0), lambda: r.sample([1], 2), lambda: r.randint(2, 1)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
