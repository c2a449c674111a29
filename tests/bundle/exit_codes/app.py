import sys

match sys.argv[1]:
    case "five":
        sys.exit(5)
    case "text":
        sys.exit("that was wrong")
    case "error":
        raise ValueError("no good")
    case "stdin":
        for line in sys.stdin:
            print(line.upper(), end="")
