"""Tables, trees, Markdown, highlighted source and tracebacks in a terminal."""
import sys
from pathlib import Path

from rich.columns import Columns
from rich.console import Console
from rich.json import JSON
from rich.markdown import Markdown
from rich.panel import Panel
from rich.pretty import Pretty
from rich.progress import Progress
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.tree import Tree


def table():
    t = Table(title="Städte :city_sunset:", show_lines=True)
    t.add_column("Name", style="bold cyan", no_wrap=True)
    t.add_column("数字", justify="right")
    t.add_column("Was", ratio=1)
    t.add_row("Köln", "1 084 831", "[green]am Rhein[/green] " * 6)
    t.add_row("東京", "13 960 236", "Kantō")
    return t


def tree():
    root = Tree("[b]root")
    for i in range(3):
        branch = root.add(f"branch {i}", style="yellow")
        for j in range(i):
            branch.add(Panel.fit(f"leaf {i}.{j}"))
    return root


def main(command, *files):
    console = Console(force_terminal=True, color_system="truecolor", width=72, legacy_windows=False)
    if command == "table":
        console.print(table())
    elif command == "tree":
        console.print(tree())
    elif command == "markdown":
        console.print(Markdown(Path(files[0]).read_text("utf-8"), hyperlinks=False))
    elif command == "syntax":
        console.print(Syntax(Path(files[0]).read_text("utf-8"), "python", line_numbers=True, theme="monokai"))
    elif command == "values":
        console.print(Pretty({"a": [1, 2.5, None], "b": {"c" * 30: range(3), "d": ("x" * 50, b"y")}}))
        console.print(JSON('{"k": [true, null, 1e3], "text": "\\u00e9"}'))
        console.print(Columns([Text(f"item {n}", style=f"color({n * 20})") for n in range(10)]))
    elif command == "progress":
        with Progress(console=console, auto_refresh=False) as progress:
            task = progress.add_task("[red]work", total=3)
            while not progress.finished:
                progress.update(task, advance=1)
        console.rule("[bold]done")
    else:
        console.print(f"[red]no such command: {command}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
