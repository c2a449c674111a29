# What can't grow raises MemoryError, and the program goes on.
import array
import collections
import io
import resource

try:
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
except OSError:
    used = 64 << 20
limit = used + (72 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def grow_dict():
    d, i = {}, 0
    while True:
        d[i] = i
        i += 1


def grow_dict_of_texts():
    d, i = {}, 0
    while True:
        d[str(i)] = i
        i += 1


def grow_set():
    s, i = set(), 0
    while True:
        s.add(i)
        i += 1


def copy_dicts():
    d, kept = dict.fromkeys(range(200_000)), []
    while True:
        kept.append(d.copy())


def grow_list():
    items = []
    while True:
        items.append(None)


def consume_generator():
    list(None for _ in range(10**10))


def grow_tuple():
    t = (None,) * 1000
    while True:
        t = t + t


def chain_objects():
    class Node:
        pass

    head = None
    while True:
        node = Node()
        node.next, head = head, node


def double_text():
    s = "x" * 1000
    while True:
        s += s


def append_text():
    s = "x" * (1 << 20)
    tail = "y" * 5000
    while True:
        s += tail


def join_texts():
    "".join(["x" * 1_000_000] * 1000)


def replace_text():
    ("x" * 1_000_000).replace("x", "y" * 1000)


def format_wide():
    "%1000000000d" % 3


def format_field():
    f"{3:>1000000000}"


def justify():
    "x".center(10**12)


def double_bytes():
    s = b"x" * 1000
    while True:
        s += s


def join_bytes():
    b"".join([b"x" * 1_000_000] * 1000)


def grow_bytearray():
    s = bytearray()
    while True:
        s += b"x" * 100_000


def grow_deque():
    d = collections.deque()
    while True:
        d.append(1)


def write_text():
    file = io.StringIO()
    while True:
        file.write("x" * 100_000)


def write_bytes():
    file = io.BytesIO()
    while True:
        file.write(b"x" * 100_000)


def grow_array():
    a = array.array("d")
    while True:
        a.append(1.0)


for action in [value for value in list(globals().values()) if callable(value) and hasattr(value, "__code__")]:
    try:
        action()
    except MemoryError as error:
        print(action.__name__, error.args)

# A text appended to itself while nobody else refers to it.
text = "ab" * 300
def twice(text):
    text += text
    return text
def fresh(n):
    s = "ab" * n
    s += s
    s += s
    return s == "ab" * (4 * n)
print(len(twice(text)), all(fresh(n) for n in range(1, 3000, 7)))

# A dict or set that always has the same number of items, with ever new keys.
d = {str(i): i for i in range(20)}
for i in range(50_000):
    key = str(i + 100)
    d[key] = 1
    del d[key]
print(len(d), "x" in d)
s = set(range(20))
for i in range(50_000):
    s.add(i * 7919 + 100)
    s.discard(i * 7919 + 100)
print(len(s), -5 in s)
queue = dict.fromkeys(range(50))
for i in range(50, 50_000):
    del queue[next(iter(queue))]
    queue[i] = None
print(len(queue), next(iter(queue)), list(queue)[-1])
