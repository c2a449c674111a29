"""argparse: options, positionals, types, subcommands, errors."""
import argparse

p = argparse.ArgumentParser(prog="tool", description="A tool.", exit_on_error=False)
p.add_argument("file")
p.add_argument("-n", "--num", type=int, default=3, metavar="N", help="a number")
p.add_argument("--flag", action="store_true")
p.add_argument("--list", nargs="*", default=[])
p.add_argument("--mode", choices=["a", "b"])
p.add_argument("-v", action="count", default=0)
p.add_argument("--no", dest="yes", action="store_false")
p.add_argument("--add", action="append")
print(p.parse_args(["f", "-n5", "--flag", "--list", "x", "y", "-vv", "--mode=a", "--no", "--add", "1", "--add=2"]))
print(p.parse_args(["--", "-f"]).file, p.parse_known_args(["f", "--zzz"]), p.format_usage())
for bad in (["f", "-n", "x"], ["f", "--mode", "c"]):
    try:
        p.parse_args(bad)
    except argparse.ArgumentError as e:
        print(e)
sub = argparse.ArgumentParser(prog="s")
subs = sub.add_subparsers(dest="cmd", required=True)
a = subs.add_parser("add", help="adds")
a.add_argument("x", type=float)
a.set_defaults(func=lambda ns: ns.x * 2)
ns = sub.parse_args(["add", "2.5"])
print(ns.cmd, ns.func(ns), argparse.Namespace(a=1) == argparse.Namespace(a=1))
g = argparse.ArgumentParser(prog="g").add_mutually_exclusive_group()
g.add_argument("-a")
print(p.get_default("num"))
