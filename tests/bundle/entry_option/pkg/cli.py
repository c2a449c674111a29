import sys


class Tool:
    @staticmethod
    def main():
        print("tool", sys.argv[1:])
        return 3
