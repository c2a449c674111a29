"""Functions, aggregates, windows, collations and hooks that SQLite calls."""
import sqlite3
import sys

con = sqlite3.connect(":memory:")
con.create_function("twice", 1, lambda x: x * 2, deterministic=True)
con.create_function("kinds", -1, lambda *args: ",".join(type(a).__name__ for a in args))
print(con.execute("select twice(21), twice('ab'), kinds(1, 2.0, 'x', x'00', null)").fetchone())


def fails(f, *args):
    try:
        f(*args)
    except Exception as e:
        print(type(e).__name__, "|", e)


def bad(*args):
    raise ZeroDivisionError("in a callback")


con.create_function("bad", 0, bad)
fails(con.execute, "select bad()")
con.create_function("wrong", 0, lambda: [])
fails(con.execute, "select wrong()")
fails(con.execute, "select twice(1, 2)")


class Longest:
    def __init__(self):
        self.best = ""

    def step(self, text):
        self.best = max(self.best, text, key=len)

    def finalize(self):
        return self.best


class Broken:
    def step(self, x):
        raise ValueError

    def finalize(self):
        return 1


con.create_aggregate("longest", 1, Longest)
con.create_aggregate("broken", 1, Broken)
con.executescript("create table t(a, b); insert into t values(1, 'x'), (2, 'yyy'), (3, 'ZZ');")
print(con.execute("select longest(b) from t").fetchone(), con.execute("select longest(b) from t where 0").fetchone())
fails(con.execute, "select broken(a) from t")


class Sum:
    def __init__(self):
        self.n = 0

    def step(self, x):
        self.n += x

    def inverse(self, x):
        self.n -= x

    def value(self):
        return self.n

    finalize = value


con.create_window_function("wsum", 1, Sum)
print(con.execute("select wsum(a) over (order by a rows between 1 preceding and current row) from t").fetchall())

con.create_collation("backwards", lambda a, b: (a < b) - (a > b))
print(con.execute("select b from t order by b collate backwards").fetchall())
con.create_collation("backwards", None)
fails(con.execute, "select b from t order by b collate backwards")

seen = []
con.set_trace_callback(seen.append)
con.execute("select ?, ?", (1, "it's"))
con.set_trace_callback(None)
con.execute("select 3")
print(seen)

con.set_authorizer(lambda action, *rest: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_READ and rest[1] == "b" else sqlite3.SQLITE_OK)
fails(con.execute, "select b from t")
print(con.execute("select a from t").fetchall())
con.set_authorizer(None)

con.set_progress_handler(lambda: 1, 1)
fails(con.execute, "select a from t union select b from t")
con.set_progress_handler(None, 1)

sys.unraisablehook = lambda info: print("unraisable:", info.exc_type.__name__, info.exc_value)
sqlite3.enable_callback_tracebacks(True)
fails(con.execute, "select bad()")
con.close()
