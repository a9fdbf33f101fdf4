"""What a commit costs, against the mere import of the libraries that it needs: `python -m tests.benchmarks.commit`.

Prints ratios of medians, measured in turns in one run. Nothing asserts them: machines differ; the bars are there to be
compared with. The exit code is 1 only where a run did not do its work.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.benchmarks.baseline import FLOOR, LIBRARIES, python
from tests.benchmarks.measure import (
    MEGABYTE,
    Sample,
    Work,
    WrongOutput,
    cpus,
    figures,
    in_turns,
    peak,
    run_once,
    silent,
    table,
    walls,
)
from tests.benchmarks.repositories import LINES, Tree, edited, environment, files, literal, repository
from tests.benchmarks.rows import Ground, Row, rows

HOOK: Final = [sys.executable, "-m", "antipasta_hook", "run", "--budget", "30s"]
"""A commit, with so much time that nothing is left out on a machine that is busy."""


class Bar(NamedTuple):
    """What is to be compared with what: a ratio to the floor, of ``name`` or of what it takes more than ``beyond``."""

    title: str
    name: str
    limit: float
    beyond: str | None = None


BARS: Final = (
    Bar("3 files, no cache", "small", 1.6),
    Bar("the same with a JSON report", "small, JSON", 1.6),
    Bar("3 files, all cached", "small, cached", 1.2),
    Bar("5 files of 300 lines, old sides cached", "typical", 1.35),
    Bar("the same with a JSON report", "typical, JSON", 1.35),
    Bar("50,000 files more in the repository, no cache", "large", 0.6, beyond="small, JSON"),
    Bar("50,000 files more in the repository, cached", "large, cached", 0.6, beyond="small, cached"),
    Bar("a settings file seen before, all cached", "settings, cached", 0.1, beyond="small, cached"),
    Bar("a settings file never seen, no cache", "settings, new", 2.2),
    Bar("4,000-line dict literal added, no cache", "literal", 2.5),
)
SETTINGS: Final = """\
limits:
  cyclomatic: 40
  cognitive: {limit: 60, level: error, tolerance: 2}
  maintainability: {limit: 10, level: warning}
exclude: [docs/, "*_legacy.py"]
overrides:
  - paths: ["tests/**"]
    limits: {cognitive: off}
"""
PEAK: Final = Bar("peak memory, 10 files, no cache (MB)", "ten", 120)


def checked(paths: Sequence[str], *statuses: str, added: bool = False) -> Callable[[int, str, str], None]:
    """Every run must have measured these files (both sides, unless added), and say the same as the first one."""
    first: list[Any] = []

    def check(code: int, output: str, errors: str) -> None:
        if code not in (0, 1) or not output:
            raise WrongOutput(f"exit code {code}: {errors or output}")
        document = json.loads(output)
        found = {file["path"]: file for file in document["files"]}
        for path in paths:
            file = found.get(path, {"status": "absent"})
            if file["status"] not in statuses or not file["metrics"] or not (added or file["before_metrics"]):
                raise WrongOutput(f"{path} was to be {' or '.join(statuses)} on both sides: {file}")
        said = code, {name: document[name] for name in ("scope", "verdict", "findings", "files", "problems")}
        first.append(said)
        if said != first[0]:
            raise WrongOutput("the same commit, another answer")
        del first[1:]

    return check


def works(root: Path) -> list[Work]:
    """All that is timed, in repositories built under ``root``; what is to be cached has been run once."""
    environ = environment(root)
    sources = {f"src/package/module_{number:02}.py": source for number, source in enumerate(files(10))}
    base: Tree = sources
    three: Tree = {path: edited(source) for path, source in list(sources.items())[:3]}
    ten: Tree = {path: edited(source) for path, source in sources.items()}
    added: Tree = {"src/package/table.py": literal(4000)}
    many: Tree = {f"lib/d{n // 50:04}/m{n % 50:02}.py": f"def f_{n}(x):\n    return x + {n}\n" for n in range(50_000)}
    small = repository(root / "small", environ, base, three)
    settled = repository(root / "settled", environ, {**base, ".antipasta.yaml": SETTINGS}, three)
    large = repository(root / "large", environ, {**base, **many}, three)

    found = [
        python(LIBRARIES, FLOOR, small, environ),
        Work("small", [*HOOK, "--no-cache"], str(small), environ, silent),
        uncached("small, JSON", small, three),
        cached("small, cached", small, three),
        cached("settings, cached", settled, three),
        uncached("settings, new", settled, three),
        uncached("large", large, three),
        cached("large, cached", large, three),
        uncached("literal", repository(root / "literal", environ, base, added), added, new=True),
        uncached("ten", repository(root / "ten", environ, base, ten), ten),
    ]
    return found + typical(root, environ)


def uncached(name: str, place: Path, tree: Tree, *, new: bool = False) -> Work:
    """The hook where these files are staged, and nothing is known of them; ``new``: they have no old sides."""
    check = checked(list(tree), "analysed", added=new)
    return Work(name, [*HOOK, "--format", "json", "--no-cache"], str(place), environment(place.parent), check)


def cached(name: str, place: Path, tree: Tree, *, asked: bool = True) -> Work:
    """The hook where these files are staged, and it has been run once; not ``asked``: it may measure so little anew."""
    own = environment(place.parent) | {"ANTIPASTA_CACHE_DIR": str(place.parent / f"cache of {place.name}")}
    check = checked(list(tree), *(["cached"] if asked else ["cached", "analysed"]))
    work = Work(name, [*HOOK, "--format", "json"], str(place), own, check)
    run_once(work._replace(check=checked(list(tree), "analysed")))
    return work


def measured(ground: Ground) -> Iterator[Row]:
    """The hook with one file and with three, known and unknown, over the import of the libraries."""
    environ = environment(ground.root)
    base: Tree = {f"src/module_{number}.py": text for number, text in enumerate(files(3))}
    three = {path: edited(text) for path, text in base.items()}
    one = dict(list(three.items())[:1])
    first = repository(ground.root / "one", environ, base, one)
    all_three = repository(ground.root / "three", environ, base, three)
    timed = [
        python(LIBRARIES, LIBRARIES, ground.root, environ),
        uncached(f"1 file of {LINES} lines, no cache", first, one),
        cached(f"1 file of {LINES} lines, run before", first, one, asked=False),
        uncached(f"3 files of {LINES} lines, no cache", all_three, three),
        cached(f"3 files of {LINES} lines, cached", all_three, three),
    ]
    bars = {timed[3].name: 1.6, timed[4].name: 1.2}
    return rows("commit", in_turns(timed, ground.rounds), LIBRARIES, bars=bars)


def typical(root: Path, environ: dict[str, str]) -> list[Work]:
    """Five files of 300 lines, of which the cache knows what HEAD has: it is put back before each run.

    Whether it pays to ask the cache for so little is the tool's to know.
    """
    base: Tree = {f"src/package/part_{number}.py": source for number, source in enumerate(files(5, 300))}
    place = repository(root / "typical", environ, base, {path: edited(source) for path, source in base.items()})
    cache, warmed = root / "cache of typical", root / "cache of its HEAD"
    own = environ | {"ANTIPASTA_CACHE_DIR": str(cache)}
    warm = [sys.executable, "-m", "antipasta_hook", "cache", "warm"]
    subprocess.run(warm, cwd=place, env=own, check=True, capture_output=True)
    cache.rename(warmed)

    def restore() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(warmed, cache)

    return [
        Work("typical", HOOK, str(place), own, silent, restore),
        Work("typical, JSON", [*HOOK, "--format", "json"], str(place), own, checked(list(base), "analysed"), restore),
    ]


def ratio(bar: Bar, samples: Mapping[str, Sequence[Sample]], *, cpu: bool) -> float:
    """Of medians, to the floor."""
    middle = {name: (cpus if cpu else walls)(found).median for name, found in samples.items()}
    less = middle[bar.beyond] if bar.beyond else 0.0
    return (middle[bar.name] - less) / middle[FLOOR]


def summary(samples: Mapping[str, Sequence[Sample]]) -> str:
    """The ratios beside their bars, and the times they were made of."""
    ratios = [
        [bar.title, f"{ratio(bar, samples, cpu=False):.2f}", f"{ratio(bar, samples, cpu=True):.2f}", f"{bar.limit:g}"]
        for bar in BARS
    ]
    ratios.append([PEAK.title, f"{peak(samples[PEAK.name]) / MEGABYTE:.0f}", "", f"{PEAK.limit:.0f}"])
    times = [
        [name, *(f"{value * 1000:.0f}" for found in (walls(runs), cpus(runs)) for value in found),
         f"{peak(runs) / MEGABYTE:.0f}"]
        for name, runs in samples.items()
    ]  # fmt: skip
    head = ["ms", "wall min", "median", "p95", "CPU min", "median", "p95", "peak MB"]
    return "\n\n".join((table(["times the floor", "wall", "CPU", "bar"], ratios), table(head, times)))


def document(samples: Mapping[str, Sequence[Sample]], runs: int) -> dict[str, Any]:
    """The same for a machine."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "runs": runs,
        "bars": [
            bar._asdict() | {"wall": ratio(bar, samples, cpu=False), "cpu": ratio(bar, samples, cpu=True)}
            for bar in BARS
        ] + [PEAK._asdict() | {"megabytes": peak(samples[PEAK.name]) / MEGABYTE}],
        "works": {name: figures(found) for name, found in samples.items()},
    }  # fmt: skip


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.commit", description=main.__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--runs", type=int, default=21, metavar="N", help="counted rounds (default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="antipasta-benchmark-") as root:
        try:
            samples = in_turns(works(Path(os.path.realpath(root))), arguments.runs)
        except WrongOutput as wrong:
            print(f"not measured: {wrong}", file=sys.stderr)
            return 1
    print(f"Python {platform.python_version()}, {arguments.runs} rounds\n\n{summary(samples)}")
    if arguments.json:
        arguments.json.write_text(json.dumps(document(samples, arguments.runs), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
