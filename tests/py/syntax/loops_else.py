"""for and while with else, break, continue, nested; the loop variable stays."""
for i in range(3):
    if i == 5:
        break
else:
    print("no break", i)
for i in range(3):
    if i == 1:
        break
else:
    print("never")
print(i)
n = 3
while n:
    n -= 1
    if n == 1:
        continue
    print("n", n)
else:
    print("while else")
for a in range(3):
    for b in range(3):
        if b == a:
            break
        print(a, b)
    else:
        print("inner done", a)
for x in []:
    pass
else:
    print("empty")


def find(items, wanted):
    for index, item in enumerate(items):
        try:
            if item == wanted:
                return index
        finally:
            print("seen", item)
    return None


print(find("abc", "b"))


def loop_finally():
    for i in range(3):
        try:
            if i == 1:
                continue
            if i == 2:
                break
            print("body", i)
        finally:
            print("finally", i)
    return "end"


print(loop_finally())
