"""Connections, cursors, parameters, rows, transactions and errors of sqlite3."""
import gc
import os
import sqlite3
import tempfile
import warnings

con = sqlite3.connect(":memory:")
cur = con.cursor()
print(cur.description, cur.rowcount, cur.lastrowid, cur.arraysize)
cur.execute("create table t(id integer primary key, name text, x real, data blob)")
cur.executemany("insert into t(name, x, data) values(?, ?, ?)", [("a", 1.5, b"\0\1"), ("b", 2, None), ("é", -0.0, bytearray(b"q"))])
print(cur.rowcount, con.in_transaction, con.total_changes)
con.commit()
print([tuple(r) for r in cur.execute("select * from t order by id")])
print([d[0] for d in cur.description], cur.rowcount)
print(cur.execute("select name as 'N [text]' from t").fetchmany(2), cur.fetchone(), cur.fetchone(), cur.fetchall())
print(con.execute("select :a + :b, $c", {"a": 1, "b": 2, "c": "dollar"}).fetchone())

con.row_factory = sqlite3.Row
row = con.execute("select id, name as Name from t").fetchone()
print(tuple(row), row.keys(), row["NAME"], row[0], row[-1], row[:1], len(row), row == row, list(row))
for bad in (5, "nix", 1.0):
    try:
        row[bad]
    except Exception as e:
        print(type(e).__name__, e)
con.row_factory = None


def fails(f, *args):
    try:
        f(*args)
    except Exception as e:
        print(type(e).__name__, "|", e, "|", getattr(e, "sqlite_errorname", None), getattr(e, "sqlite_errorcode", None))
    else:
        print("no error")


fails(con.execute, "selec")
fails(con.execute, "select 1; select 2")
fails(con.execute, "select ?", ())
fails(con.execute, "select ?, ?", (1,))
fails(con.execute, "select :a", {"b": 1})
fails(con.execute, "select ?", (object,))
fails(con.execute, "select ?", (2**63,))
fails(con.execute, "select ?", {1})
fails(con.execute, "insert into t(id) values(1)")
fails(con.execute, b"select 1")
fails(con.execute, "select '\0'")
fails(con.executemany, "select ?", [(1,)])
fails(con.cursor().execute, "select * from missing")
print(issubclass(sqlite3.IntegrityError, sqlite3.DatabaseError), sqlite3.Error.__module__)

with con:
    con.execute("delete from t where id = 3")
print(con.execute("select count(*) from t").fetchone())
try:
    with con:
        con.execute("delete from t")
        raise KeyError("undone")
except KeyError:
    print(con.execute("select count(*) from t").fetchone(), con.in_transaction)
con.executescript("create table u(a); insert into u values(1); -- the end\n")
print(con.execute("select a from u").fetchall(), con.isolation_level)
con.isolation_level = None
con.execute("begin immediate")
print(con.in_transaction)
con.rollback()
con.close()
fails(con.execute, "select 1")
fails(cur.fetchone)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "x.db")
    one = sqlite3.connect(path, autocommit=False)
    two = sqlite3.connect(path, timeout=0, autocommit=True)
    one.execute("create table t(a)")
    one.commit()
    one.execute("insert into t values(1)")
    fails(two.execute, "insert into t values(2)")
    one.commit()
    print(two.execute("select * from t").fetchall(), one.in_transaction, two.in_transaction)
    one.close()
    two.close()
    fails(sqlite3.connect, os.path.join(folder, "no", "x.db"))

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    left = sqlite3.connect(":memory:")
    del left
    gc.collect()
print([(w.category.__name__, str(w.message)[:19]) for w in seen])
