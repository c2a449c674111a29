"""Processes, queues, locks, pools under every start method."""

import concurrent.futures
import multiprocessing


def square(x):
    return x * x


def put(queue, lock, value):
    with lock:
        queue.put(value)


if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        queue, lock, done = context.Queue(), context.Lock(), context.Semaphore(0)
        processes = [context.Process(target=put, args=(queue, lock, i)) for i in range(2)]
        for p in processes:
            p.start()
        print(method, sorted(queue.get(timeout=60) for _ in processes))
        for p in processes:
            p.join()
        print([p.exitcode for p in processes], done.acquire(timeout=0.01), lock.acquire(), lock.acquire(block=False))
        with context.Pool(2) as pool:
            print(pool.map(square, range(4)))
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as executor:
        print(list(executor.map(square, range(3))))
    try:
        multiprocessing.Lock().release()
    except ValueError as e:
        print(e)
