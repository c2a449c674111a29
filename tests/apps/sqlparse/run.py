import sys
from sqlparse.cli import main as main
if __name__ == "__main__":
    sys.exit(main())
