"""Writing a file and reading it by lines, as text and as bytes; csv of it."""

import csv
import os
import tempfile


def main():
    handle, path = tempfile.mkstemp(suffix=".txt")
    os.close(handle)
    total = 0
    try:
        with open(path, "w", encoding="utf-8") as file:
            for i in range(60_000):
                file.write(f"{i},name {i},{i * 3 % 101},größe\n")
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                total += len(line) * (number & 3)
        with open(path, encoding="utf-8") as file:
            for line in file:
                fields = line.rstrip("\n").split(",")
                total += int(fields[2])
        with open(path, "rb") as file:
            total += sum(len(line) for line in file)
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                total += len(row)
        with open(path, encoding="utf-8") as file:
            total += len(file.read().splitlines())
    finally:
        os.unlink(path)
    print(total)


main()
