"""What others take for the same files, and what they compute: `python -m tests.benchmarks.others`.

Whole processes in turns, over the first so many of the files of ``tests.benchmarks.full`` in a repository that is
checked out. Each run must have seen all files. Who takes over ten seconds is run once, and who exceeds the limit has
no figure. The others are installed from the package index, once, into an environment in the user's cache directory.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import platformdirs

from tests.benchmarks.full import CI, FILES, LINES, checked, committed, known, outside, sources
from tests.benchmarks.measure import Sample, TooLong, Work, WrongOutput, figures, run_once, table, walls
from tests.benchmarks.page import PAGE, wrapped, write
from tests.benchmarks.tools import OWN, RADON, TOOLS, Tool, truth

SIZES: Final = (10, 50, 200, 1_600)
TARGETS: Final = {10: "0.5", 50: "2", 200: "5"}
COLD, AGAIN = "antipasta-hook ci, no cache", "antipasta-hook ci, again"
BEGIN, END = "<!-- others: begin -->", "<!-- others: end -->"
_SLOW: Final = 10  # seconds
_MANY: Final = 1_000  # files
_SUMS: Final = {"radon's four in a row": RADON, "radon's four and complexipy in a row": (*RADON, "complexipy")}

Measured = dict[str, list[Sample]]
"""By the names of the works; no samples where the limit was exceeded."""


class Column(NamedTuple):
    """What was measured over so many files, and the load of the machine before and after."""

    files: int
    lines: int
    load: tuple[float, float]
    samples: Measured


def installed(directory: Path) -> list[Tool]:
    """The tools that an environment in this directory has, which is made where it is not; says which it has not."""
    if not (directory / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)
    pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    found = []
    for tool in TOOLS:
        done = subprocess.run([*pip, tool.package], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found.append(tool)
        else:
            print(f"SKIPPED: {tool.package} cannot be installed\n{done.stderr}", file=sys.stderr)
    return found


def saw(expected: float, seen: Callable[[str, str], float]) -> Callable[[int, str, str], None]:
    """A run must have seen as much as there is, whatever it thinks of it."""

    def check(code: int, output: str, errors: str) -> None:
        try:
            found = seen(output, errors)
        except (ValueError, LookupError) as error:
            raise WrongOutput(f"exit code {code}: {errors[-2000:]}{output[-2000:]}") from error
        if code not in {0, 1, 2} or abs(found - expected) > 1e-9:
            raise WrongOutput(f"exit code {code}: {expected} were to be seen, and {found} were")

    return check


def works(root: Path, texts: Mapping[str, str], tools: Sequence[tuple[Path, Tool]], limit: float) -> list[Work]:
    """All that is timed over these files; the cache is filled."""
    root.mkdir()
    environ = outside(root)
    del environ["PYTHONPATH"]
    place = committed(root, environ, texts)
    subprocess.run(["git", "checkout-index", "-qa"], cwd=place, env=environ, check=True)
    facts = truth([(place / path).read_text("utf-8") for path in texts])
    own = environ | {"PYTHONPATH": os.getcwd(), "ANTIPASTA_CACHE_DIR": str(root / "cache")}
    subprocess.run(CI, cwd=place, env=own, stdout=subprocess.DEVNULL, check=False)
    found = [
        Work(COLD, [*CI, "--no-cache"], str(place), own, checked(len(texts)), limit=limit),
        Work(AGAIN, CI, str(place), own, known, limit=limit),
    ]
    environ["ANTIPASTA_NO_CACHE"] = "1"  # that of the parent tool
    for binaries, tool in tools:
        for name, (program, *words) in tool.commands.items():
            check = saw(tool.truth(name, facts), tool.seen)
            found.append(Work(name, [str(binaries / program), *words], str(place), environ, check, limit=limit))
    return found


def measured(timed: Sequence[Work], runs: int) -> Measured:
    """A B C A B C ..., one round before the first not counted; the slow once, and who exceeds the limit not again."""
    samples: Measured = {work.name: [] for work in timed}
    left = list(timed)
    for turn in range(-1, runs):
        for work in tuple(left):
            try:
                sample = run_once(work)
            except TooLong:
                samples[work.name].clear()
                left.remove(work)
                continue
            if turn >= 0 or sample.wall > _SLOW:
                samples[work.name].append(sample)
            if sample.wall > _SLOW:
                left.remove(work)
    return samples


def cell(samples: Measured, names: Sequence[str], limit: float) -> str:
    """The seconds of these in a row, and how many times the cold run that is."""
    if not all(name in samples for name in names):
        return "not installed"
    seconds = sum(walls(samples[name]).median if samples[name] else limit for name in names)
    more = "" if all(samples[name] for name in names) else "more than "
    if not samples[COLD]:
        return f"{more}{seconds:.2f}"
    times = seconds / walls(samples[COLD]).median
    return f"{more}{seconds:.2f} ({times:.{1 if times >= 1 else 2}f})"


def part(columns: Sequence[Column], runs: int, limit: float) -> str:
    """What stands between the two marks."""
    single = {name: (name,) for name in (COLD, AGAIN, *(name for tool in TOOLS for name in tool.commands))}
    rows = [[title, *(cell(c.samples, names, limit) for c in columns)] for title, names in (single | _SUMS).items()]
    rows += [
        ["original target: no cache", *(TARGETS.get(c.files, "") for c in columns)],
        ["original target: again", *("0.5" if c.files in TARGETS else "" for c in columns)],
        ["lines", *(f"{c.lines:,}" for c in columns)],
        ["load average of the machine, before and after", *(f"{c.load[0]:.1f}, {c.load[1]:.1f}" for c in columns)],
    ]
    said = (
        f"Python {platform.python_version()} on {os.cpu_count()} {platform.machine()} processors, {platform.system()}: "
        f"seconds of wall-clock time, and in brackets times the first row; medians of {runs} rounds in turns, of one "
        f"for more than {_MANY:,} files and of what takes more than {_SLOW} seconds; ended after {limit:g} s. The "
        "seconds are this machine's under this load; the ratios can be compared, those of one round only roughly."
    )
    tools = [("antipasta-hook", OWN), *((tool.package.replace("==", " "), tool.computes) for tool in TOOLS)]
    return "\n\n".join(
        [
            wrapped(said),
            table(["", *(f"{c.files:,} files" for c in columns)], rows),
            "What each computes, and what it does not:",
            "\n".join(wrapped(f"- **{name}**: {computes}", "  ") for name, computes in tools),
        ]
    )


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.others", description=main.__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="counted rounds (default: %(default)s)")
    parser.add_argument("--files", type=int, nargs="+", default=SIZES, metavar="N", help="sizes (default: %(default)s)")
    parser.add_argument("--limit", type=float, default=300, metavar="S", help="seconds a run (default: %(default)s)")
    parser.add_argument("--docs", action="store_true", help=f"write the table into {PAGE.name} as well")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    home = platformdirs.user_cache_path("antipasta-hook-benchmarks") / f"others-{platform.python_version()}"
    tools = [(home / "bin", tool) for tool in installed(home)]
    most = max(FILES, *arguments.files)
    texts, columns = list(sources(most, LINES * most // FILES).items()), []
    with tempfile.TemporaryDirectory(prefix="antipasta-benchmark-") as made:
        for files in arguments.files:
            some = dict(texts[:files])
            try:
                timed = works(Path(os.path.realpath(made), str(files)), some, tools, arguments.limit)
                load = os.getloadavg()[0]
                samples = measured(timed, 1 if files > _MANY else arguments.runs)
            except WrongOutput as wrong:
                print(f"not measured: {wrong}", file=sys.stderr)
                return 1
            lines = sum(text.count("\n") for text in some.values())
            columns.append(Column(len(some), lines, (load, os.getloadavg()[0]), samples))
    text = part(columns, arguments.runs, arguments.limit)
    print(text)
    if arguments.docs:
        write(BEGIN, END, text)
    if arguments.json:
        kept = [
            c._asdict() | {"samples": {n: figures(s) if s else None for n, s in c.samples.items()}} for c in columns
        ]
        arguments.json.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
