"""Control flow: generators, recursion, decorators, pattern matching, exceptions, coroutines and tasks."""

import asyncio
import contextlib
import functools


def numbers(n):
    for i in range(n):
        yield i


def pipeline(source):
    evens = (n for n in source if n % 2 == 0)
    pairs = ((n, n * n) for n in evens)
    return sum(b - a for a, b in pairs)


def walk(node):
    if isinstance(node, tuple):
        for child in node:
            yield from walk(child)
    else:
        yield node


def nested(depth):
    return (depth, nested(depth - 1), nested(depth - 1)) if depth else 0


def averager():
    total, count, average = 0, 0, None
    while True:
        value = yield average
        if value is None:
            return total
        total += value
        count += 1
        average = total / count


def traced(function):
    calls = []

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        calls.append(len(args) + len(kwargs))
        return function(*args, **kwargs)

    wrapper.calls = calls
    return wrapper


@traced
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def evaluate(tree):
    match tree:
        case int() | float():
            return tree
        case ("neg", operand):
            return -evaluate(operand)
        case (("add" | "sub") as op, left, right):
            a, b = evaluate(left), evaluate(right)
            return a + b if op == "add" else a - b
        case {"const": value, **rest} if not rest:
            return value
        case [first, *others]:
            return evaluate(first) + len(others)
        case _:
            raise TypeError(tree)


@contextlib.contextmanager
def counted(counts, name):
    counts[name] = counts.get(name, 0) + 1
    try:
        yield counts
    except KeyError as error:
        counts[str(error)] = 0
    finally:
        counts["left"] = counts.get("left", 0) + 1


def permute(items):
    if not items:
        yield []
    for i, item in enumerate(items):
        for rest in permute(items[:i] + items[i + 1:]):
            yield [item, *rest]


async def worker(queue, done):
    while (item := await queue.get()) is not None:
        await asyncio.sleep(0)
        done.append(item * 2)
        queue.task_done()


async def ticks(n):
    for i in range(n):
        yield i
        if i % 10 == 0:
            await asyncio.sleep(0)


async def serve():
    queue, done = asyncio.Queue(maxsize=20), []
    workers = [asyncio.create_task(worker(queue, done)) for _ in range(4)]
    for i in range(800):
        await queue.put(i)
    await queue.join()
    for _ in workers:
        await queue.put(None)
    await asyncio.gather(*workers)
    total = 0
    async for tick in ticks(500):
        total += tick
    async with asyncio.timeout(10):
        total += sum(await asyncio.gather(*(asyncio.sleep(0, i) for i in range(200))))
    return total + sum(done)


def main():
    total = sum(pipeline(numbers(300)) for _ in range(60))
    total += sum(walk(nested(11))) + sum(1 for _ in permute(list("abcdef")))
    average = averager()
    next(average)
    for i in range(5000):
        average.send(i)
    with contextlib.suppress(StopIteration):
        average.send(None)
    total += ackermann(2, 12) + len(ackermann.calls)
    trees = [("add", 1, ("neg", 2.5)), {"const": 7}, ("sub", {"const": 1}, 3), [4, 5, 6], "bad"]
    counts = {}
    for i in range(3000):
        with counted(counts, f"kind{i % 4}"):
            try:
                total += evaluate(trees[i % 5])
            except TypeError as error:
                total += len(str(error))
            if i % 50 == 0:
                raise KeyError("missing")
    total += any(n > 4990 for n in numbers(5000)) + all(n >= 0 for n in numbers(5000))
    total += min(numbers(100), key=lambda n: -n) + len(list(map(str, numbers(1000)))) + max(filter(None, numbers(50)))
    print(total, len(counts), asyncio.run(serve()))


main()
