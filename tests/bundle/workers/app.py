import multiprocessing


def square(x):
    return x * x


def child():
    print("child", end=" ", flush=True)


if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, range(4)), flush=True)
    process = multiprocessing.Process(target=child)
    process.start()
    process.join()
    print(process.exitcode)
