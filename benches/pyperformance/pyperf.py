"""Stands in for the package pyperf, so that pyperformance's programs run here and under CPython by the same clock.

`cargo xtask pyperformance` puts it on the path. Each benchmark is repeated as often in a round as takes a tenth of a second,
then measured for PYPERF_SECONDS (default 1); what is printed is the best round's seconds per repetition, a line
`result: NAME SECONDS` each. The real pyperf spawns twenty processes and looks at the spread; the best of one process is
what our own benches go by.
"""

import argparse
import asyncio
import os
import subprocess
import sys
from time import perf_counter

__all__ = ["Runner", "perf_counter", "python_implementation"]

ROUND = 0.1
SECONDS = float(os.environ.get("PYPERF_SECONDS", "1"))


def python_implementation():
    return sys.implementation.name


class Runner:
    def __init__(self, values=None, warmups=None, processes=None, loops=0, min_time=0.1, metadata=None,
                 show_name=True, program_args=None, add_cmdline_args=None, _argparser=None):
        self.metadata = dict(metadata or {})
        self.argparser = argparse.ArgumentParser() if _argparser is None else _argparser
        self.args = None

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def _measure(self, name, inner_loops, time_of):
        self.parse_args()
        loops, took = 1, time_of(1)
        while took < ROUND:
            loops = loops * 2 if took < ROUND / 8 else int(loops * ROUND / took) + 1
            took = time_of(loops)
        rounds, start = [took / loops], perf_counter()
        while perf_counter() - start < SECONDS:
            rounds.append(time_of(loops) / loops)
        print(f"result: {name} {min(rounds) / (inner_loops or 1):.9f}", flush=True)

    def bench_time_func(self, name, time_func, *args, inner_loops=None, metadata=None):
        self._measure(name, inner_loops, lambda loops: time_func(loops, *args))

    def bench_func(self, name, func, *args, inner_loops=None, metadata=None):
        def time_of(loops):
            repeat = range(loops)
            start = perf_counter()
            for _ in repeat:
                func(*args)
            return perf_counter() - start

        self._measure(name, inner_loops, time_of)

    def bench_async_func(self, name, func, *args, inner_loops=None, metadata=None, loop_factory=None):
        async def several(loops):
            repeat = range(loops)
            start = perf_counter()
            for _ in repeat:
                await func(*args)
            return perf_counter() - start

        def time_of(loops):
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return runner.run(several(loops))

        self._measure(name, inner_loops, time_of)

    def bench_command(self, name, command):
        def time_of(loops):
            start = perf_counter()
            for _ in range(loops):
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
            return perf_counter() - start

        self._measure(name, None, time_of)
