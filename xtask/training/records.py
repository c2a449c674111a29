"""Records: dataclasses, enums, named tuples, json, csv, pickle, dates, collections, copying, sorting."""

import collections
import copy
import csv
import datetime
import enum
import functools
import io
import itertools
import json
import pickle
from dataclasses import asdict, dataclass, field, replace
from operator import attrgetter, itemgetter


class State(enum.Enum):
    OPEN = "open"
    BUSY = "busy"
    DONE = "done"


class Right(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()
    OWN = READ | WRITE


@dataclass(order=True)
class Task:
    number: int
    title: str
    state: State = State.OPEN
    tags: list = field(default_factory=list)
    parent: "Task | None" = None

    def rename(self, title):
        return replace(self, title=title)


Span = collections.namedtuple("Span", "start end")


@functools.lru_cache(maxsize=None)
def ways(n, parts):
    if n == 0:
        return 1
    if n < 0 or not parts:
        return 0
    return ways(n - parts[0], parts) + ways(n, parts[1:])


def tree(depth):
    return {"name": f"node{depth}", "value": depth * 1.5, "flag": depth % 2 == 0, "none": None,
            "children": [tree(depth - 1) for _ in range(3)] if depth else []}


def main():
    tasks = [Task(i, f"task {i * 37 % 101}", list(State)[i % 3], [f"tag{i % 5}", "all"]) for i in range(300)]
    by_state = collections.defaultdict(list)
    for task in tasks:
        by_state[task.state].append(task)
    counts = collections.Counter(tag for task in tasks for tag in task.tags)
    ordered = sorted(tasks, key=attrgetter("title"))
    groups = {key: len(list(group)) for key, group in itertools.groupby(ordered, key=lambda t: t.title[:6])}
    total = len(groups) + sum(counts.values()) + max(tasks).number
    for _ in range(20):
        text = json.dumps([{**asdict(task), "state": task.state.value} for task in tasks[:60]], indent=1)
        total += len(json.loads(text)) + len(text)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerows((task.number, task.title, task.state.name, ";".join(task.tags)) for task in tasks)
        rows = list(csv.DictReader(io.StringIO(out.getvalue()), fieldnames=["number", "title", "state", "tags"]))
        total += len(rows) + sum(int(row["number"]) for row in rows)
    data = tree(5)
    for _ in range(5):
        total += len(pickle.dumps(copy.deepcopy(data))) + len(pickle.loads(pickle.dumps(tasks)))
        total += len(json.dumps(data))
    day = datetime.date(2024, 2, 28)
    for i in range(2000):
        day += datetime.timedelta(days=i % 3)
        total += day.weekday() + day.toordinal() % 7
    stamp = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    for i in range(500):
        text = (stamp + datetime.timedelta(minutes=i)).isoformat()
        total += datetime.datetime.fromisoformat(text).minute
    queue = collections.deque(maxlen=50)
    for i in range(5000):
        queue.append(Span(i, i + 3))
        if i % 3 == 0:
            start, end = queue.popleft()
            total += end - start
    total += ways(60, (1, 2, 5, 10, 20, 50)) + sum(map(itemgetter(1), queue))
    merged = collections.ChainMap({"a": 1}, {"b": 2, "a": 3})
    total += merged["a"] + merged["b"] + len(set(itertools.chain.from_iterable(itertools.combinations(range(9), 3))))
    rights = Right.READ | Right.WRITE
    print(total, rights is Right.OWN, counts.most_common(2), Task(1, "x").rename("y"), [len(v) for v in by_state.values()])


main()
