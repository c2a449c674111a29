"""csv and configparser."""
import configparser
import csv
import io

print(list(csv.reader(['a,b,"c,d"', '1,"x ""q""",', '"two\n', 'lines",z'])), list(csv.reader(["a;b", "'c;d';e"], delimiter=";", quotechar="'")), list(csv.DictReader(["n,v", "a,1", "b,2,3", "c"])))
out = io.StringIO()
w = csv.writer(out)
w.writerow(["a", 1, 2.5, None, 'q"x', "c,d", "l\nm", ""])
w.writerows([[1], []])
csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([1, "a"])
d = csv.DictWriter(out, ["x", "y"], lineterminator="\n")
d.writeheader()
d.writerow({"x": 1})
print(repr(out.getvalue()), csv.list_dialects(), csv.Sniffer().sniff("a;b;c\n1;2;3\n").delimiter)
for call in (lambda: d.writerow({"z": 1}), lambda: csv.writer(out).writerow(5), lambda: list(csv.reader(["a"], delimiter="ab")), lambda: list(csv.reader([b"a"]))):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
c = configparser.ConfigParser()
c.read_string("[DEFAULT]\nbase = /x\n[one]\npath = %(base)s/y\nnum = 5\nflag = yes\nmulti = a\n  b\n; comment\nempty =\n[two]\n")
print(c.sections(), c["one"]["path"], c.getint("one", "num"), c["one"].getboolean("flag"), repr(c["one"]["multi"]), c.get("two", "nope", fallback="f"), dict(c["one"]), c.has_option("one", "num"), "one" in c)
out = io.StringIO()
c.write(out)
print(out.getvalue())
for call in (lambda: c["three"], lambda: c.get("one", "x"), lambda: c.read_string("junk"), lambda: c.getint("one", "flag")):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, str(e).splitlines()[0])
