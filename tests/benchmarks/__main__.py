"""``python -m tests.benchmarks [SUITE ...]``: what the tool costs, as ratios to what is measured beside it.

Exit code 1: something is slower than in the result that it is held against; 2: usage; 3: a run did not do its work, and
nothing is written.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import comparison, page
from tests.benchmarks.measure import WrongOutput
from tests.benchmarks.result import Result, Unreadable, read, result
from tests.benchmarks.rows import Ground, Row, shown
from tests.benchmarks.suites import SUITES, suite

ROUNDS, QUICK_ROUNDS, FEWEST_ROUNDS = 15, 5, 3


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """What is asked for; ``against`` is the earlier result. Ends the process where that makes no sense."""
    told = "\n".join(f"  {name:9} {purpose}" for name, purpose in SUITES.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, epilog=f"suites:\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("suites", nargs="*", type=_suite, metavar="SUITE", help="what to measure (default: all)")
    parser.add_argument(
        "--rounds", type=_rounds, metavar="N", help=f"counted rounds (default: {ROUNDS}, quick: {QUICK_ROUNDS})"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds over less work: minutes, and more noise")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there")
    parser.add_argument("--docs", action="store_true", help=f"write the table into {page.PAGE.name}; all suites only")
    parser.add_argument(
        "--against", type=_earlier, metavar="FILE", help="say what is slower than in that result, beyond noise"
    )
    found = parser.parse_args(arguments)
    chosen = found.suites or SUITES
    found.suites = [name for name in SUITES if name in chosen]
    if found.docs and len(found.suites) < len(SUITES):
        parser.error("--docs needs all suites")
    found.rounds = found.rounds or (QUICK_ROUNDS if found.quick else ROUNDS)
    return found


def _suite(name: str) -> str:
    if name not in SUITES:
        raise argparse.ArgumentTypeError(f"no such suite: {name} (choose from {', '.join(SUITES)})")
    return name


def _earlier(file: str) -> Result:
    try:
        return read(Path(file))
    except (OSError, Unreadable) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _rounds(text: str) -> int:
    number = int(text)
    if number < FEWEST_ROUNDS:
        raise argparse.ArgumentTypeError(f"at least {FEWEST_ROUNDS}: fewer have no spread")
    return number


def measured(names: Sequence[str], rounds: int, *, quick: bool) -> Result:
    """All of these, one after the other. Raises WrongOutput."""
    found: list[Row] = []
    before = os.getloadavg()[0]
    for name in names:
        print(f"{name}: {SUITES[name]} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="antipasta-benchmark-") as made:
            found += suite(name).measured(Ground(Path(os.path.realpath(made)), rounds, quick))
    return result(found, quick=quick, load=(before, os.getloadavg()[0]))


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write, compare; the result is the exit code."""
    asked = parsed(arguments)
    try:
        now = measured(asked.suites, asked.rounds, quick=asked.quick)
    except WrongOutput as wrong:
        print(f"not measured: {wrong}", file=sys.stderr)
        return 3
    print(shown(now.rows))
    if now.busy:
        print(f"\nTHE MACHINE WAS BUSY (load average {now.load[0]:.1f}): believe no wall-clock time")
    if asked.json:
        asked.json.write_text(json.dumps(now.document(), indent=2) + "\n", encoding="utf-8")
    if asked.docs:
        page.write(page.BEGIN, page.END, page.part(now))
    return compared(asked.against, now) if asked.against else 0


def compared(old: Result, new: Result) -> int:
    """Say what became slower; the result is the exit code."""
    try:
        found = comparison.pairs(old, new)
    except comparison.Incomparable as error:
        print(f"not compared: {error}", file=sys.stderr)
        return 2
    print("\n" + comparison.shown(old, new, found))
    return int(any(pair.word == "slower" for pair in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
