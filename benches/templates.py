"""A template engine that turns templates into Python source, compiles and renders them."""

import re
from html import escape

TOKEN = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")
PAGE = """<table>
{% for row in rows %}<tr class="{{ cycle(row) }}">
{% for cell in row %}  <td>{% if cell %}{{ cell|escape }}{% else %}-{% end %}</td>
{% end %}</tr>
{% end %}</table>
<p>{{ title|upper }} of {{ rows|length }}</p>
"""
FILTERS = {"escape": lambda v: escape(str(v)), "upper": lambda v: str(v).upper(), "length": len}


class Template:
    def __init__(self, text):
        lines, depth = ["def render(context, filters, emit):"], 1

        def put(line):
            lines.append("    " * depth + line)

        self.names = set()
        loops = set()
        for token in TOKEN.split(text):
            if token.startswith("{{"):
                put(f"emit(str({self.expression(token[2:-2].strip())}))")
            elif token.startswith("{%"):
                words = token[2:-2].split()
                if words[0] == "for":
                    put(f"for {words[1]} in {self.expression(words[3])}:")
                    loops.add(words[1])
                    depth += 1
                elif words[0] == "if":
                    put(f"if {self.expression(' '.join(words[1:]))}:")
                    depth += 1
                elif words[0] == "else":
                    depth -= 1
                    put("else:")
                    depth += 1
                else:
                    depth -= 1
            elif token:
                put(f"emit({token!r})")
        for name in sorted(self.names - loops):
            lines.insert(1, f"    {name} = context[{name!r}]")
        scope = {}
        exec(compile("\n".join(lines), "<template>", "exec"), scope)
        self.render_into = scope["render"]

    def expression(self, text):
        value, *filters = text.split("|")
        self.names.update(re.findall(r"[a-z_]+", value))
        for name in filters:
            value = f"filters[{name!r}]({value})"
        return value

    def render(self, **context):
        parts = []
        self.render_into(context, FILTERS, parts.append)
        return "".join(parts)


def main():
    total = 0
    for _ in range(30):
        template = Template(PAGE)
    rows = [[f"<{i}&{j}>" if (i + j) % 4 else "" for j in range(10)] for i in range(100)]
    for _ in range(80):
        page = template.render(rows=rows, title="table", cycle=lambda row: "odd" if len(row[0]) % 2 else "even")
        total += len(page) + page.count("&lt;")
    print(total)


main()
