"""What CI costs when little changed, against the mere import of the libraries: `python -m tests.benchmarks.ci`.

Synthetic trees of several sizes, each judged cold, again with nothing changed, and again with one file changed. A run
counts only if the cache knew every file that was not changed, by itself or in a roll-up. Prints ratios of medians of
runs in turns; nothing asserts them.
"""

import argparse
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.benchmarks.baseline import BARE_OFF, FLOOR, LIBRARIES, parsing, python
from tests.benchmarks.measure import (
    MEGABYTE,
    Sample,
    Work,
    WrongOutput,
    figures,
    in_turns,
    peak,
    run_once,
    table,
    walls,
)
from tests.benchmarks.repositories import Tree, blocks, environment, history
from tests.benchmarks.rows import Ground, Row, rows

CI: Final = [sys.executable, "-m", "antipasta_hook", "ci", "-v"]
SIZES: Final = (1_600, 10_000, 20_000, 50_000)
_LINES: Final = 40
_IN_A_DIRECTORY: Final = 20
_IN_A_PACKAGE: Final = 40
_KNOWN: Final = re.compile(r"the cache knew ([\d,]+) files, and did not know ([\d,]+)")
_CHECKED: Final = re.compile(r"([\d,]+) files checked")


class Place(NamedTuple):
    """A repository of so many files; ``lines`` in all. Each of ``changes`` is a commit that alters one file of main."""

    files: int
    lines: int
    directory: Path
    changes: tuple[str, ...]


def tree(count: int) -> Iterator[tuple[str, str]]:
    """So many files of about 40 lines, in directories of twenty, no two alike."""
    chance = random.Random(count)
    pieces = [block for block in blocks() if block.count("\n") <= _LINES]
    for number in range(count):
        text = f'"""Module {number}."""\n'
        while text.count("\n") < _LINES - 10:
            text += "\n\n" + chance.choice(pieces)
        directory = number // _IN_A_DIRECTORY
        yield f"p{directory // _IN_A_PACKAGE:03}/s{directory % _IN_A_PACKAGE:02}/m{number:05}.py", text


def built(root: Path, count: int, changes: int) -> Place:
    """Two commits of such a tree, which differ in a text file, and commits on top that change a file each."""
    sources = dict(tree(count))
    paths = random.Random(changes).sample(sorted(sources), changes)
    base: list[tuple[str, Tree, str | None]] = [("start", sources, None), ("main", {"notes.txt": "notes\n"}, "start")]
    edits = [
        (f"change{number}", {path: sources[path] + "\n\ndef added(x):\n    return x\n"}, "main")
        for number, path in enumerate(paths)
    ]
    directory = history(root / f"{count} files", environment(root), [*base, *edits])
    lines = sum(source.count("\n") for source in sources.values())
    return Place(count, lines, directory, tuple(name for name, *_ in edits))


def _elsewhere(root: Path, count: int, changes: int) -> Place:
    """The same by another process: what this one has held, every process that it starts is said to have held."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as builder:
        return builder.submit(built, root, count, changes).result()


def checked(files: int, unknown: range) -> Callable[[int, str, str], None]:
    """Every file was looked at, and of so many the cache did not know all."""

    def check(code: int, output: str, errors: str) -> None:
        known, looked = _KNOWN.search(errors), _CHECKED.search(output)
        if code != 0 or known is None or looked is None:
            raise WrongOutput(f"exit code {code}: {errors}{output}")
        if _number(looked[1]) != files:
            raise WrongOutput(f"of {files} files {looked[1]} were looked at")
        if _number(known[2]) not in unknown or _number(known[1]) + _number(known[2]) < files:
            raise WrongOutput(known[0])

    return check


def _number(digits: str) -> int:
    return int(digits.replace(",", ""))


def works(root: Path, place: Place) -> list[Work]:
    """A tree judged again with nothing changed, and with one file changed that the cache has not seen."""
    environ = _environ(root, place)
    refs = iter(place.changes)

    def on(ref: str) -> None:
        command = ("git", "symbolic-ref", "HEAD", f"refs/heads/{ref}")
        subprocess.run(command, cwd=place.directory, env=environ, check=True)

    name, where = f"{place.files:,} files", str(place.directory)
    return [
        Work(f"{name}, nothing changed", CI, where, environ, checked(place.files, range(1)), lambda: on("main")),
        Work(f"{name}, one changed", CI, where, environ, checked(place.files, range(1, 3)), lambda: on(next(refs))),
    ]


def cold(root: Path, place: Place) -> Work:
    """The tree judged with an empty cache, which this fills."""
    environ = _environ(root, place)

    def emptied() -> None:
        shutil.rmtree(environ["ANTIPASTA_CACHE_DIR"], ignore_errors=True)
        subprocess.run(("git", "symbolic-ref", "HEAD", "refs/heads/main"), cwd=place.directory, env=environ, check=True)

    check = checked(place.files, range(1, place.files + 1))
    return Work(f"{place.files:,} files, cold", CI, str(place.directory), environ, check, emptied)


def _environ(root: Path, place: Place) -> dict[str, str]:
    found = environment(root) | {"ANTIPASTA_CACHE_DIR": str(root / f"cache of {place.files}")}
    del found["GIT_INDEX_FILE"]  # no commit is being made
    return found


def measured(ground: Ground) -> Iterator[Row]:
    """Cold over the bare parsing of the same files; again, and with one file changed, over the libraries' import."""
    place = built(ground.root, ground.pick(1_600, 200), ground.rounds + 1)
    environ = _environ(ground.root, place)
    _, parse = parsing(ground.root / "flat", environ, (text for _, text in tree(place.files)))
    timed = [python(LIBRARIES, LIBRARIES, ground.root, environ), parse, cold(ground.root, place)]
    warm = works(ground.root, place)
    samples = in_turns([*timed, *warm], ground.rounds)
    yield from rows("ci", samples, BARE_OFF, [timed[-1].name])
    yield from rows("ci", samples, LIBRARIES, [work.name for work in warm], bars={warm[0].name: 2})


def summary(places: Sequence[Place], colds: Mapping[int, Sample], samples: Mapping[str, Sequence[Sample]]) -> str:
    """For each size: cold per line, warm as times the floor, one file more, memory."""
    floor = walls(samples[FLOOR]).median
    least = min(places, key=lambda place: place.files)
    rows = []
    for place in places:
        warm, one = (samples[f"{place.files:,} files, {what} changed"] for what in ("nothing", "one"))
        growth = (colds[place.files].peak - colds[least.files].peak) / max(1, place.files - least.files)
        rows.append(
            [
                f"{place.files:,} files, {place.lines:,} lines",
                f"{colds[place.files].wall:.1f}",
                f"{colds[place.files].wall / place.lines * 1e6:.1f}",
                f"{walls(warm).median / floor:.2f}",
                f"{(walls(one).median - walls(warm).median) / floor:.2f}",
                f"{colds[place.files].peak / MEGABYTE:.0f}",
                f"{growth / 1024:.2f}" if place is not least else "",
                f"{peak(warm) / MEGABYTE:.0f}",
            ]
        )
    head = ["", "cold s", "us a line", "again / floor", "one file + / floor", "cold MB", "KB a file", "again MB"]
    bars = ["bar", "", "linear", "2 (50,000: 2.5)", "0.5", "", "2", ""]
    return f"floor ({LIBRARIES}): {floor * 1000:.0f} ms\n\n{table(head, [*rows, bars])}"


def document(colds: Mapping[int, Sample], samples: Mapping[str, Sequence[Sample]]) -> dict[str, Any]:
    """The same for a machine."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cold": {str(files): figures([sample]) for files, sample in colds.items()},
        "works": {name: figures(found) for name, found in samples.items()},
    }


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ci", description=main.__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--runs", type=int, default=11, metavar="N", help="counted rounds (default: %(default)s)")
    parser.add_argument("--files", type=int, nargs="+", default=SIZES, metavar="N", help="sizes (default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="antipasta-benchmark-") as made:
        root = Path(os.path.realpath(made))
        try:
            places = [_elsewhere(root, count, arguments.runs + 1) for count in arguments.files]
            colds = {place.files: run_once(cold(root, place)) for place in places}
            floor = python(LIBRARIES, FLOOR, root, environment(root))
            samples = in_turns([floor, *(work for place in places for work in works(root, place))], arguments.runs)
        except WrongOutput as wrong:
            print(f"not measured: {wrong}", file=sys.stderr)
            return 1
    print(f"Python {platform.python_version()}, {arguments.runs} rounds, {summary(places, colds, samples)}")
    if arguments.json:
        arguments.json.write_text(json.dumps(document(colds, samples), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
