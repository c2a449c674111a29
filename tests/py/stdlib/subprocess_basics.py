"""subprocess with system commands."""
import subprocess

r = subprocess.run(["echo", "hi"], capture_output=True, text=True)
print(r.returncode, r.stdout, r.args)
print(subprocess.check_output("echo a; echo b >&2", shell=True, stderr=subprocess.STDOUT), subprocess.run(["cat"], input=b"in", capture_output=True).stdout, subprocess.call(["false"]), subprocess.getoutput("echo x"))
with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as p:
    print(p.communicate("line\n"), p.returncode)
for call in (lambda: subprocess.run(["false"], check=True), lambda: subprocess.run(["no-such-command-x"]), lambda: subprocess.run(["sleep", "5"], timeout=0.1)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, str(e)[:44])
p = subprocess.Popen(["sleep", "10"])
p.terminate()
print(p.wait(), p.poll())
print(subprocess.run(["sh", "-c", "echo $V; pwd"], env={"V": "val"}, cwd="/", capture_output=True, text=True).stdout)
