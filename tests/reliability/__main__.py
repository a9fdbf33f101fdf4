"""``python -m tests.reliability NAME [OPTION]...``: one of the long runs; ``NAME --help`` says what it takes."""

import argparse
import sys
from importlib import import_module
from typing import Final

NAMES: Final = {
    "faults": "make each git, disk, worker and cache call fail once, in turn",
    "kills": "kill runs and writers at random moments",
    "concurrent": "let hooks commit at the same time, with one cache",
}


def main(arguments: list[str]) -> int:
    """Run one of them; the result is the exit code."""
    told = "\n".join(f"  {name:11} {purpose}" for name, purpose in NAMES.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.reliability", description=__doc__, epilog=f"names:\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("name", metavar="NAME", choices=NAMES)
    chosen = parser.parse_args(arguments[:1]).name
    return int(import_module(f"tests.reliability.{chosen}").main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
