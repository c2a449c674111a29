"""Assignment expressions and where their names go."""
if (n := len("hello")) > 3:
    print(n)
print([y := 1, y + 1, y])
print([last := x for x in range(4)], last)
print(any((hit := v) > 2 for v in [1, 3, 5]), hit)
values = iter([1, 2, 0, 4])
while v := next(values):
    print("got", v)


def f(a=(q := 7)):
    return [a, (b := a + 1), b]


print(f(), q)
print({(k := i): k for i in range(2)}, k)
print((lambda: (w := 3) + w)())
print(f"{(z := 5)} {z}")
