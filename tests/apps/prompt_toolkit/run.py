"""Line editing and a full-screen dialog, fed with keys through a pipe."""
import asyncio
import sys

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import FuzzyWordCompleter, NestedCompleter, WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI, HTML, to_formatted_text, to_plain_text
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.shortcuts import checkboxlist_dialog
from prompt_toolkit.styles import Style
from prompt_toolkit.validation import ValidationError, Validator


class Even(Validator):
    def validate(self, document):
        if len(document.text) % 2:
            raise ValidationError(message="odd")


async def edit(keys, **options):
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        session = PromptSession(history=InMemoryHistory(["first line", "second"]), auto_suggest=AutoSuggestFromHistory())
        try:
            return await session.prompt_async("> ", **options)
        except (EOFError, KeyboardInterrupt) as e:
            return type(e).__name__


async def lines():
    print(await edit("hello\n"))
    print(await edit("abc\x01X\x05Y\n"))
    print(await edit("one two three\x17\x17four\n"))
    print(await edit("\x1b[A\x1b[A!\n"))
    print(await edit("\x03"), await edit("\x04"))
    print(await edit("abc\x1bbd\x19\n", vi_mode=True))
    print(await edit("odd\x7f\n", validator=Even(), validate_while_typing=True))
    keys = KeyBindings()

    @keys.add("c-t")
    def _(event):
        event.current_buffer.insert_text("[custom]")

    print(await edit("a\x14b\n", key_bindings=keys, multiline=False))


def completers():
    for completer in (WordCompleter(["apple", "apricot", "banana"]), FuzzyWordCompleter(["alpha", "beta", "gamma"]),
                      NestedCompleter.from_nested_dict({"show": {"version": None, "vlan": None}, "exit": None})):
        for text in ("ap", "aa", "show v", ""):
            print(type(completer).__name__, repr(text), [c.text for c in completer.get_completions(Document(text), None)])


async def dialog():
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(" \x1b[B \t\n")
        app = checkboxlist_dialog(title="T", text="pick", values=[(1, "one"), (2, "two")])
        print(await app.run_async())


def main(what):
    if what == "lines":
        asyncio.run(lines())
    elif what == "completers":
        completers()
    elif what == "dialog":
        asyncio.run(dialog())
    elif what == "text":
        style = Style.from_dict({"name": "#ff0066 bold", "": "italic"})
        print_formatted_text(HTML("<name>Anna</name> &lt;x&gt; <b>bold</b>"), style=style)
        print(to_formatted_text(ANSI("\x1b[31mred\x1b[0m plain")), to_plain_text(HTML("<u>u</u>")))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
