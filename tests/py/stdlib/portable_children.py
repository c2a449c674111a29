"""Children on every platform: arguments, pipes, exit codes, environment, files, processes by `spawn`, asyncio's subprocesses."""
import asyncio
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SHOW = "import sys; sys.stdout.reconfigure(encoding='utf-8', newline='\\n'); print(sys.argv[1:])"
CAT = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data.upper()); sys.stdout.flush(); sys.exit(3)"


def square(x):
    return x * x


def put(queue, value):
    queue.put((value, multiprocessing.current_process().name))


async def child():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CAT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate(b"abc\n")
    return out, process.returncode


def main():
    words = ["a b", "", "c\"d", "back\\slash\\", "tab\t", "ä€😀", "*", "%PATH%", "$HOME"]
    done = subprocess.run([sys.executable, "-c", SHOW, *words], capture_output=True, encoding="utf-8")
    print(done.returncode, done.stdout, done.stderr)
    done = subprocess.run([sys.executable, "-c", CAT], input=b"one\ntwo", capture_output=True)
    print(done.returncode, done.stdout)
    try:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.2)
    except subprocess.TimeoutExpired:
        print("timeout")
    try:
        subprocess.run(["no such program at all"])
    except FileNotFoundError:
        print("no such program")
    env = dict(os.environ, FREEZE_TEST="ü x")
    code = "import os, sys; sys.stdout.reconfigure(encoding='utf-8'); print(os.environ['FREEZE_TEST'], end='')"
    print(subprocess.check_output([sys.executable, "-c", code], env=env, encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "deep er", "ü.txt")
        try:
            path.write_text("x")
        except FileNotFoundError:
            print("no folder yet")
        path.parent.mkdir(parents=True)
        path.write_text("line\nää\n", encoding="utf-8", newline="\n")
        print(path.read_bytes(), path.stat().st_size, [p.name for p in path.parent.iterdir()])
        shutil.copy(path, folder)
        print(sorted(os.listdir(folder)))
        code = "import os, sys; print(os.path.basename(os.getcwd()))"
        print(subprocess.check_output([sys.executable, "-c", code], cwd=path.parent, text=True).strip())
    print(os.path.exists(folder))
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    processes = [context.Process(target=put, args=(queue, i), name=f"worker {i}") for i in range(2)]
    for process in processes:
        process.start()
    print(sorted(queue.get() for _ in processes))
    for process in processes:
        process.join()
    print([process.exitcode for process in processes])
    with context.Pool(2) as pool:
        print(pool.map(square, range(5)))
    print(asyncio.run(child()))


if __name__ == "__main__":
    main()
