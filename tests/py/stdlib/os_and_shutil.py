"""os, os.path, shutil, glob, tempfile."""
import glob
import os
import shutil
import tempfile

print(os.path.join("a", "b", "/c"), os.path.join("a", ""), os.path.split("/a/b"), os.path.splitext("x.tar.gz"), os.path.basename("/a/"), os.path.dirname("/a/b/"), os.path.normpath("a/../b//c/."), os.path.relpath("/a/b", "/a/c"), os.path.commonpath(["/a/b", "/a/c"]), os.path.commonprefix(["abc", "abd"]), os.path.isabs("/x"), os.path.expanduser("~") == os.environ["HOME"], os.path.splitroot("/x/y"))
os.makedirs("d/e/f")
open("d/1.txt", "w").write("one")
open("d/e/2.txt", "w").write("two")
print(sorted(os.listdir("d")), [(r, sorted(ds), sorted(fs)) for r, ds, fs in os.walk("d")], sorted(e.name + str(e.is_dir()) for e in os.scandir("d")), os.path.getsize("d/1.txt"), os.stat("d/1.txt").st_size)
shutil.copytree("d", "g")
shutil.copy("d/1.txt", "g/3.txt")
shutil.move("g/3.txt", "g/4.txt")
print(sorted(glob.glob("g/**", recursive=True)), sorted(glob.glob("g/*.txt")), shutil.which("no-such-tool"))
os.rename("g/4.txt", "g/5.txt")
os.remove("g/5.txt")
shutil.rmtree("g")
print(os.path.exists("g"), os.environ.get("NOPE", "dflt"), os.sep, os.linesep == "\n", os.name, os.getpid() > 0)
os.environ["NEW_VAR"] = "v"
print(os.environ["NEW_VAR"], os.getenv("NEW_VAR"))
del os.environ["NEW_VAR"]
for call in (lambda: os.environ["NEW_VAR"], lambda: os.remove("none"), lambda: os.listdir("none"), lambda: os.mkdir("d"), lambda: os.rmdir("d"), lambda: os.stat("none"), lambda: os.chdir("none"), lambda: os.rename("none", "x"), lambda: os.path.join("a", b"b"), lambda: os.path.join(5)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
with tempfile.TemporaryDirectory() as t:
    p = os.path.join(t, "x")
    open(p, "w").close()
    print(os.path.isdir(t), os.path.exists(p))
print(os.path.exists(t))
with tempfile.NamedTemporaryFile("w+", suffix=".q") as n:
    n.write("hi")
    n.seek(0)
    print(n.read(), n.name.endswith(".q"))
r, w = os.pipe()
os.write(w, b"pipe")
print(os.read(r, 10))
os.close(r)
os.close(w)
