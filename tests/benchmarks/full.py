"""What it costs to measure everything, against bare parsing of the same files: `python -m tests.benchmarks.full`.

Whole processes, without a cache, over some 800,000 lines in 1,600 files of the installed code, of which the last commit
changes a few. Ratios of medians, measured in turns in one run. Nothing asserts them; the exit code is 1 only where a
run did not do its work. Where the machine has other things to do the wall-clock figures say nothing, which is said.
"""

import argparse
import ast
import json
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from antipasta_hook.metrics import is_generated
from tests.benchmarks.baseline import BARE, BARE_OFF, parsing
from tests.benchmarks.measure import (
    MEGABYTE,
    Sample,
    Work,
    WrongOutput,
    cpus,
    figures,
    in_turns,
    peak,
    table,
    walls,
)
from tests.benchmarks.repositories import edited, environment, repository
from tests.differential.corpus import spread

FILES: Final = 1_600
LINES: Final = 800_000
_FEWEST_LINES: Final = 40
_EDITED: Final = 20
CI: Final = [sys.executable, "-P", "-m", "antipasta_hook", "ci", "--quiet", "--format", "json"]
ALONE, CHOSEN = "--jobs 1", "as chosen"


class Ratio(NamedTuple):
    """One figure beside its bar."""

    title: str
    value: float
    bar: float


def sources(count: int, total: int) -> dict[str, str]:
    """Installed files that parse, as near to so many lines as so many of them come, by the paths that they get."""
    found: dict[str, str] = {}
    rest = total
    paths = sysconfig.get_paths()
    for text in _texts(spread([paths["stdlib"], paths["purelib"]], 100_000)):
        lines, left = text.count("\n"), count - len(found)
        if lines <= 8 * rest / left and rest - lines >= (left - 1) * _FEWEST_LINES:  # some leave nothing for the others
            found[f"src/part_{len(found) % 40:02}/module_{len(found):04}.py"] = text
            rest -= lines
        if len(found) == count:
            break
    return found


def _texts(paths: Sequence[str]) -> Iterator[str]:
    """What parses, is not generated and has some lines, each once."""
    seen: set[bytes] = set()
    for path in paths:
        source = Path(path).read_bytes()
        if source.count(b"\n") < _FEWEST_LINES or source in seen or is_generated(source):
            continue
        seen.add(source)
        try:
            text = source.decode()
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        yield text


def checked(blobs: int) -> Callable[[int, str, str], None]:
    """Every run must have measured all blobs anew, and say the same as the first one."""
    first: list[Any] = []

    def check(code: int, output: str, errors: str) -> None:
        if code not in {0, 1} or not output or errors:
            raise WrongOutput(f"exit code {code}: {errors or output}")
        document = json.loads(output)
        cache = document["cache"]
        if cache["hits"] or cache["misses"] < blobs:
            raise WrongOutput(f"all {blobs} blobs were to be measured: {cache}")
        first.append((code, {name: document[name] for name in ("scope", "verdict", "findings", "problems")}))
        if first[-1] != first[0]:
            raise WrongOutput("the same commit, another answer")
        del first[1:]

    return check


def known(code: int, output: str, errors: str) -> None:
    """Nothing was measured."""
    if code not in {0, 1} or errors or (cache := json.loads(output)["cache"])["misses"] or not cache["hits"]:
        raise WrongOutput(f"exit code {code}: {errors or cache}")


def committed(root: Path, environ: Mapping[str, str], texts: Mapping[str, str]) -> Path:
    """A repository whose last commit edits some of these files."""
    change = {path: edited(text) for path, text in list(texts.items())[:: max(1, len(texts) // _EDITED)]}
    place = repository(root / "repository", environ, texts, change)
    who = {f"GIT_{role}_{what}": "a@b" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", "commit", "-qm", "edit"], cwd=place, env={**environ, **who}, check=True)
    return place


def works(root: Path, texts: Mapping[str, str], further: Mapping[str, Sequence[str]]) -> list[Work]:
    """All that is timed; ``further`` are the options of other runs, by their names."""
    environ = outside(root)
    place = str(committed(root, environ, texts))
    whole, check = [*CI, "--no-cache"], checked(len(texts))
    return [
        *parsing(root / "flat", environ, texts.values()),
        Work(ALONE, [*whole, "--jobs", "1"], place, environ, check),
        Work(CHOSEN, whole, place, environ, check),
        *(Work(name, [*whole, *options], place, environ, check) for name, options in further.items()),
    ]


def outside(home: Path) -> dict[str, str]:
    """What a run gets that is no hook's."""
    environ = environment(home) | {"PYTHONPATH": os.getcwd()}
    del environ["GIT_INDEX_FILE"], environ["GIT_PREFIX"]
    return environ


def peak_of_tree(work: Work) -> int:
    """Bytes that a process and all its children hold together at most, looked at again and again (Linux only)."""
    most = 0
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(
            work.command, cwd=work.directory, env=dict(work.environ), stdout=nowhere, stderr=nowhere
        )
        while process.poll() is None:
            most = max(most, sum(map(_resident, _tree(process.pid))))
            time.sleep(0.02)
    return most


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return
    for child in children.split():
        yield from _tree(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def ratios(samples: Mapping[str, Sequence[Sample]], memory: int) -> list[Ratio]:
    """The figures that have bars."""
    wall = {name: walls(found).median for name, found in samples.items()}
    cpu = {name: cpus(found).median for name, found in samples.items()}
    return [
        Ratio("CPU of all processes, times bare ast.parse", cpu[CHOSEN] / cpu[BARE], 2.6),
        Ratio("the same, times ast.parse with the collector off", cpu[CHOSEN] / cpu[BARE_OFF], 2.6),
        Ratio("wall-clock time, times its own --jobs 1", wall[CHOSEN] / wall[ALONE], 0.62),
        Ratio("memory of all processes at most, MB", memory / MEGABYTE, 500),
    ]


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.full", description=main.__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="counted rounds (default: %(default)s)")
    parser.add_argument("--executor", action="append", default=[], metavar="WHO", help="another executor, too")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    texts = sources(FILES, LINES)
    lines = sum(text.count("\n") for text in texts.values())
    busy = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory(prefix="antipasta-benchmark-") as directory:
        try:
            timed = works(
                Path(os.path.realpath(directory)), texts, {each: ("--executor", each) for each in arguments.executor}
            )
            samples = in_turns(timed, arguments.runs)
        except WrongOutput as wrong:
            print(f"not measured: {wrong}", file=sys.stderr)
            return 1
        memory = peak_of_tree(next(work for work in timed if work.name == CHOSEN))
    busy.append(os.getloadavg()[0])
    bars = ratios(samples, memory)
    said = f"{lines:,} lines in {len(texts):,} files, {arguments.runs} rounds"
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} processors, {said}, load {busy[0]:.1f} to {busy[1]:.1f}"
    )
    if busy[0] > 0.7:
        print("THE MACHINE WAS BUSY: no wall-clock time below says anything")
    print("\n" + table(["", "measured", "bar"], [[r.title, f"{r.value:.2f}", f"{r.bar:g}"] for r in bars]))
    head = ["seconds", "wall min", "median", "p95", "CPU min", "median", "p95", "largest process MB"]
    rows = [
        [name, *(f"{value:.2f}" for found in (walls(runs), cpus(runs)) for value in found),
         f"{peak(runs) / MEGABYTE:.0f}"]
        for name, runs in samples.items()
    ]  # fmt: skip
    print("\n" + table(head, rows))
    if arguments.json:
        document = {
            "python": platform.python_version(),
            "processors": os.cpu_count(),
            "load": busy,
            "lines": lines,
            "files": len(texts),
            "ratios": [ratio._asdict() for ratio in bars],
            "works": {name: figures(runs) for name, runs in samples.items()},
        }
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
