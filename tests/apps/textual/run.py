"""A full-screen application, driven without a terminal; its screen is printed as text."""
import asyncio
import sys

from textual.app import App
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Checkbox, DataTable, Footer, Header, Input, Label, Markdown, Tree


class Demo(App):
    CSS = """
    #side { width: 24; border: solid green; }
    Input { border: round $accent; }
    DataTable { height: 6; }
    """
    BINDINGS = [Binding("ctrl+g", "greet", "Greet"), ("q", "quit", "Quit")]
    TITLE = "Demo"

    def compose(self):
        yield Header()
        with Horizontal():
            with Vertical(id="side"):
                yield Checkbox("option", id="box")
                yield Tree("root")
            with Vertical():
                yield Input(placeholder="name", id="name")
                yield Label("nothing", id="out")
                yield DataTable()
                yield Markdown("# Title\n\n* item **bold**")
                yield Button("Go", id="go")
        yield Footer()

    def on_mount(self):
        self.query_one(Tree).root.add("child").add_leaf("leaf")
        table = self.query_one(DataTable)
        table.add_columns("a", "b")
        table.add_rows([(i, i * i) for i in range(3)])

    def action_greet(self):
        self.query_one("#out", Label).update(f"hello {self.query_one(Input).value}")

    def on_button_pressed(self, event):
        self.query_one("#out", Label).update(f"pressed {event.button.id}")


def screen(app):
    width, height = app.size
    return "\n".join("".join(s.text for s in strip).rstrip() for strip in app.screen._compositor.render_strips())


async def play(what):
    app = Demo()
    async with app.run_test(size=(70, 24)) as pilot:
        if what == "type":
            await pilot.click("#name")
            await pilot.press("A", "n", "n", "a", "ctrl+g")
        elif what == "click":
            await pilot.click("#box")
            await pilot.click("#go")
        elif what == "tree":
            app.query_one(Tree).root.expand_all()
        await pilot.pause()
        print(screen(app))
        print([type(w).__name__ for w in app.query("*")][:12], app.query_one("#box", Checkbox).value)
        print(app.query_one("#out", Label).render())


def main(what):
    asyncio.run(play(what))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
