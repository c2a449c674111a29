"""A to-do list that is kept in a JSON file."""
import dataclasses
import datetime
import json
import pathlib
import sys


@dataclasses.dataclass(order=True)
class Task:
    due: str
    title: str
    done: bool = False

    def line(self, number):
        mark = "x" if self.done else " "
        return f"{number:2} [{mark}] {self.due}  {self.title}"


class TodoList:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.tasks = []
        if self.path.exists():
            self.tasks = [Task(**row) for row in json.loads(self.path.read_text(encoding="utf-8"))]

    def save(self):
        rows = [dataclasses.asdict(task) for task in sorted(self.tasks)]
        self.path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")

    def add(self, due, *words):
        datetime.date.fromisoformat(due)
        self.tasks.append(Task(due, " ".join(words)))

    def done(self, number):
        self.tasks[int(number) - 1].done = True

    def list(self):
        for number, task in enumerate(self.tasks, 1):
            print(task.line(number))


def main(args):
    todo = TodoList("todo.json")
    match args:
        case ["add", due, *words] if words:
            todo.add(due, *words)
        case ["done", number]:
            todo.done(number)
        case ["list"] | []:
            todo.list()
            return 0
        case _:
            print("usage: todo [list | add YYYY-MM-DD TITLE | done NUMBER]", file=sys.stderr)
            return 2
    todo.save()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ValueError, IndexError) as error:
        sys.exit(f"todo: {error}")
