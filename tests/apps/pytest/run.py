"""pytest as its command is; how long it took is the only thing that may differ."""
import sys

import _pytest.terminal
import pytest

_pytest.terminal.format_session_duration = lambda seconds: "a while"

if __name__ == "__main__":
    sys.exit(pytest.console_main())
