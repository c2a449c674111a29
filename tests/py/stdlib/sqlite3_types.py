"""Adapters, converters, text factories, blobs, backup, serialize and the dump of sqlite3."""
import sqlite3


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __conform__(self, protocol):
        if protocol is sqlite3.PrepareProtocol:
            return f"{self.x};{self.y}"


sqlite3.register_converter("point", lambda b: tuple(map(int, b.split(b";"))))
sqlite3.register_adapter(complex, lambda c: f"{c.real}+{c.imag}")
con = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
con.execute("create table t(p point, c complex, n number(10))")
con.execute("insert into t values(?, ?, ?)", (Point(1, 2), 3 + 4j, None))
print(con.execute("select * from t").fetchall())
cur = con.execute("select '5;6' as 'q [point]'")
print(cur.fetchone(), cur.description[0][0])
con.text_factory = bytes
print(con.execute("select 'tëxt'").fetchone())
con.text_factory = lambda b: b.decode("latin-1")
print(con.execute("select 'tëxt'").fetchone())
con.text_factory = str
try:
    con.execute("select cast(x'ff41' as text) as bad").fetchone()
except sqlite3.OperationalError as e:
    print(e)

con.execute("create table b(data blob)")
con.execute("insert into b values(zeroblob(8))")
with con.blobopen("b", "data", 1) as blob:
    blob.write(b"hello")
    print(blob.tell(), len(blob), blob[0], blob[-8:5], blob[0:8:2])
    blob[5] = 33
    blob[0:2] = b"HE"
    blob.seek(0)
    print(blob.read(6), blob.read())
    for key, value in ((8, 1), (0, 256), (slice(0, 2), b"x")):
        try:
            blob[key] = value
        except Exception as e:
            print(type(e).__name__, e)
try:
    blob.read()
except sqlite3.ProgrammingError as e:
    print(e)
print(con.execute("select data from b").fetchone())
con.commit()

copy = sqlite3.connect(":memory:")
steps = []
con.backup(copy, pages=1, progress=lambda status, left, whole: steps.append((status, left < whole)))
print(steps[-1], copy.execute("select count(*) from t").fetchone())
third = sqlite3.connect(":memory:")
third.deserialize(con.serialize())
print(third.execute("select n from t").fetchone())
print("\n".join(third.iterdump()))
print(con.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) > 100, con.getconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY))
print(sqlite3.complete_statement("select 1;"), sqlite3.complete_statement("select 1"), sqlite3.threadsafety)
for c in (con, copy, third):
    c.close()
