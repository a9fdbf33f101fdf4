"""``python -m tests.reliability NAME [OPTION]...``: runs the module of that name in this package."""

import sys
from importlib import import_module

NAMES = ("faults", "kills", "concurrent")


def main(arguments: list[str]) -> int:
    """Run one of them; the result is the exit code."""
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: python -m tests.reliability {{{','.join(NAMES)}}} [OPTION]...", file=sys.stderr)
        return 2
    return int(import_module(f"tests.reliability.{arguments[0]}").main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
