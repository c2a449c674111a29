import sys
from isort.main import main
if __name__ == "__main__":
    sys.exit(main())
