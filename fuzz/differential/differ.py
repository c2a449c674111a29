#!/usr/bin/env python3.13
"""Runs random programs in our virtual machine and in CPython 3.13 and compares what they print.

    differ.py --bin FREEZE [--seed N] [--seconds N] [--count N] [--batch N] [--out FOLDER] [--keep-going N]

Programs come from `generate.py` by their seeds; a batch of them runs in one process of each. Where the outputs differ, the program is
made smaller as long as it still differs and written to FOLDER (default `target/differential`) with both outputs.
Ends with status 1 when something differed.
"""
import argparse
import ast
import os
import random
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import generate
from known import plain

HERE = Path(__file__).parent
SEPARATOR = '#----8<----#\n'


class Runner:
    def __init__(self, options):
        self.ours = [options.bin, 'run', str(HERE / 'harness.py')]
        self.theirs = [sys.executable, '-s', '-S', '-P', str(HERE / 'harness.py')]
        self.folder = Path(options.out)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / f'batch-{os.getpid()}.txt'
        self.runs = 0

    def outputs(self, command, count):
        """What each program printed; what a crash has swallowed says so."""
        found = {}
        first = 0
        while first < count:
            try:
                done = subprocess.run([*command, str(self.file), str(first)], capture_output=True, timeout=120,
                                      env={'PATH': os.environ['PATH'], 'PYTHONHASHSEED': '0', 'FREEZE_STUBS': os.environ.get('FREEZE_STUBS', '')})
                out, status = done.stdout, f'status {done.returncode}: ' + done.stderr.decode(errors='replace')[-400:]
            except subprocess.TimeoutExpired as e:
                out, status = e.stdout or b'', 'timeout'
            text = out.decode('utf-8', 'backslashreplace')
            parts = ('\n' + text).split('\n#')[1:]
            whole = bool(parts) and parts[-1].strip() == 'end'
            last = first - 1
            for part in parts:
                number, _, rest = part.partition('\n')
                if number.isdigit():
                    last = int(number)
                    found[last] = rest
            if whole:
                break
            found[max(last, first)] = found.get(last, '') + f'\nPROCESS ENDED: {status}'
            first = max(last, first) + 1
        return [plain(found.get(i, 'nothing')) for i in range(count)]

    def compare(self, programs):
        """Pairs of outputs, ours first."""
        self.file.write_text(SEPARATOR.join(p.rstrip('\n') + '\n' for p in programs), encoding='utf-8', errors='surrogatepass')
        self.runs += len(programs)
        with ThreadPoolExecutor(1) as pool:
            ours = pool.submit(self.outputs, self.ours, len(programs))
            theirs = self.outputs(self.theirs, len(programs))
            return list(zip(ours.result(), theirs))

    def shrink(self, text, seconds=40):
        """A smaller program that still differs: whole statements first, then what is in them, then expressions."""
        end = time.monotonic() + seconds
        for step in (fewer_statements, smaller_statements, smaller_expressions):
            found = True
            while found and time.monotonic() < end:
                found = False
                candidates = [c for c in dict.fromkeys(step(text)) if len(c) < len(text) and valid(c)]
                candidates.sort(key=len)
                for i in range(0, len(candidates), 60):
                    part = candidates[i:i + 60]
                    differing = [c for c, (a, b) in zip(part, self.compare(part)) if a != b and 'out of fuel' not in a + b]
                    if differing:
                        text, found = min(differing, key=len), True
                        break
        return text


def valid(text):
    try:
        compile(text, '<program>', 'exec')
    except (SyntaxError, ValueError):
        return False
    return True


def fewer_statements(text):
    """Without some of the outermost statements."""
    tree = ast.parse(text)
    parts = [ast.unparse(node) + '\n' for node in tree.body]
    size = len(parts) // 2
    while size:
        for i in range(0, len(parts), size):
            yield ''.join(parts[:i] + parts[i + size:])
        size //= 2


def blocks(tree):
    for node in ast.walk(tree):
        for field in ('body', 'orelse', 'finalbody', 'handlers', 'cases'):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield field, block


def smaller_statements(text):
    """Without one statement anywhere, or with its block in its place."""
    tree = ast.parse(text)
    for field, block in list(blocks(tree)):
        for i, old in enumerate(list(block)):
            inner = [*getattr(old, 'body', []), *getattr(old, 'orelse', []), *getattr(old, 'finalbody', [])]
            for new in ([], inner) if inner and isinstance(old, ast.stmt) else ([],):
                block[i:i + 1] = new
                hollow = not block and field in ('body', 'cases')
                if hollow:
                    block.append(ast.Pass())
                try:
                    yield ast.unparse(tree)
                except Exception:
                    pass
                if hollow:
                    block.pop()
                block[i:i + len(new)] = [old]


def smaller_expressions(text):
    """With an expression cut down to a part of it, or to a constant."""
    tree = ast.parse(text)
    for node in list(ast.walk(tree)):
        for field, value in ast.iter_fields(node):
            places = [(value, i) for i in range(len(value))] if isinstance(value, list) else [(None, None)]
            for items, i in places:
                old = value if items is None else items[i]
                if isinstance(old, ast.keyword) or isinstance(old, ast.expr) and items is not None:
                    del items[i]
                    try:
                        yield ast.unparse(tree)
                    except Exception:
                        pass
                    items.insert(i, old)
                if not isinstance(old, ast.expr) or isinstance(old, (ast.Constant, ast.Name)):
                    continue
                inner = [n for n in ast.iter_child_nodes(old) if isinstance(n, ast.expr)]
                for new in [*inner, ast.Constant(1), ast.Constant(None)]:
                    if items is None:
                        setattr(node, field, new)
                    else:
                        items[i] = new
                    try:
                        yield ast.unparse(tree)
                    except Exception:
                        pass
                if items is None:
                    setattr(node, field, old)
                else:
                    items[i] = old


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--bin', required=True)
    parser.add_argument('--seed', type=int)
    parser.add_argument('--seconds', type=float, default=60)
    parser.add_argument('--count', type=int, default=1 << 60)
    parser.add_argument('--batch', type=int, default=150)
    parser.add_argument('--out', default='target/differential')
    parser.add_argument('--keep-going', type=int, default=20)
    parser.add_argument('--show', action='store_true', help='print the program of the seed')
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 40)
    if options.show:
        return print(generate.program(seed))
    runner = Runner(options)
    warnings.simplefilter('ignore')
    start, count, found = time.monotonic(), 0, 0
    print(f'seed {seed}', flush=True)
    while time.monotonic() - start < options.seconds and count < options.count and found < options.keep_going:
        size = min(options.batch, options.count - count)
        seeds = range(seed + count, seed + count + size)
        programs = [generate.program(s) for s in seeds]
        count += size
        for s, text, (ours, theirs) in zip(seeds, programs, runner.compare(programs)):
            if ours == theirs:
                continue
            # Alone it may not differ: what programs before it left behind is not its own.
            [(a, b)] = runner.compare([text])
            note = '' if a != b else ' (only after others)'
            if a != b:
                text = runner.shrink(text)
                [(ours, theirs)] = runner.compare([text])
                # The order of a set of texts is another one here than there: not what is looked for.
                if ours == theirs:
                    continue
            found += 1
            name = runner.folder / f'differs-{s}.txt'
            name.write_text(f'{text}\n\n=== ours{note}\n{ours}\n=== CPython\n{theirs}\n', errors='backslashreplace')
            print(f'seed {s} differs{note}: {name}', flush=True)
            if found >= options.keep_going:
                break
    runner.file.unlink(missing_ok=True)
    print(f'{count} programs in {time.monotonic() - start:.0f} s, {found} differ', flush=True)
    sys.exit(found > 0)


main()
