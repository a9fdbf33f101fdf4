"""Whether a commit ever waits longer than its budget, and what is found in it: `python -m tests.benchmarks.budget`.

Whole processes, without a cache, on commits that are far too large or made to hurt. Each run is checked before its time
counts: every file is accounted for, what was planted is found, nobody is blamed for what the other side of a merge did.
Nothing asserts the times: machines differ, and a loaded one keeps no promise. The exit code is 1 only where a run was
wrong.
"""

import argparse
import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.benchmarks.measure import Sample, Work, WrongOutput, cpus, figures, in_turns, peak, table, walls
from tests.benchmarks.repositories import Tree, blocks, environment, merge, repository

BUDGET: Final = 2.0
MEGABYTE: Final = 1024 * 1024
LARGE: Final = 1_000
OFFENDERS: Final = 20
DECOYS: Final = 200
LINES: Final = 400


class Case(NamedTuple):
    """One commit: ``checks`` get its report. ``limit`` is the bar in seconds."""

    name: str
    place: Path
    checks: Callable[[Mapping[str, Any]], None]
    limit: float = 1.15 * BUDGET


def sources() -> list[str]:
    """Texts of about LINES lines, each of other functions and classes of the standard library."""
    found, current = [], ""
    for block in blocks():
        if block.count("\n") > 250 or current.count("\n") + block.count("\n") > LINES + 30:
            continue
        current += "\n\n" + block
        if current.count("\n") >= LINES - 20:
            found.append(current)
            current = ""
    return found


def variant(source: str, number: int) -> str:
    """The same code under names of its own."""
    own = re.sub(r"^(def|class) (?!__)(\w+)", rf"\1 \2_{number}", source, flags=re.MULTILINE)
    return f'"""Module {number}."""\n{own}{grown(number, 1)}'


def grown(number: int, branches: int) -> str:
    """A function with so many branches."""
    steps = "".join(f"    if value == {n}:\n        total += {n + 1}{number}\n" for n in range(branches))
    return f"\n\ndef planted_{number}(value):\n    total = 0\n{steps}    return total + value\n"


def edited(source: str, number: int) -> str:
    """An ordinary edit: every seventh ``return name`` gets a variable, and there is one function more."""
    count = 0

    def edit(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        indent, name = match.groups()
        if count % 7 != number % 7:
            return match.group()
        return f"{indent}outcome_{number} = {name}\n{indent}return outcome_{number}"

    more = f"\n\ndef added_{number}(numbers):\n    for number in numbers:\n"
    more += "        if number % 2:\n            return number\n"
    return re.sub(r"^( +)return (\w+)$", edit, source, flags=re.MULTILINE) + more + f"    return {number}\n"


def decoy(source: str, number: int) -> str:
    """150 lines more, and no branch."""
    return source + "\n\n" + "".join(f"VALUE_{number}_{n} = {n}\n" for n in range(150))


def large() -> tuple[Tree, Tree, list[str]]:
    """A thousand changed files: HEAD, index, and where the offenders are."""
    texts = sources()
    base, staged, offenders = {}, {}, []
    for number in range(LARGE):
        path = f"src/package_{number % 40:02}/module_{number:04}.py"
        old = variant(texts[number % len(texts)], number)
        base[path] = old
        if number % (LARGE // OFFENDERS) == 7:
            staged[path] = old.replace(grown(number, 1), grown(number, 12))
            offenders.append(path)
        elif number % (LARGE // DECOYS) == 3:
            staged[path] = decoy(old, number)
        else:
            staged[path] = edited(old, number)
    return base, staged, offenders


def merged_trees() -> tuple[Tree, Tree, Tree, Tree]:
    """Base, ours, theirs and what git makes of both: theirs changes 3,700 files, a third of them for the worse."""
    base = {f"lib/d{n // 50:03}/m{n % 50:02}.py": _small(n, 9) for n in range(3_700)}
    theirs = {path: _small(n, 12 if n % 3 == 0 else 8) for n, path in enumerate(base)}
    both = list(base)[:400]
    ours = {**base, **{path: f"OURS = 1\n\n\n{base[path]}" for path in both}}
    result = {**theirs, **{path: f"OURS = 1\n\n\n{theirs[path]}" for path in both}}
    return base, ours, theirs, result


def _small(number: int, branches: int) -> str:
    plain = "".join(f"def f_{number}_{n}(x):\n    return x + {n}\n\n\n" for n in range(10))
    return plain + grown(number, branches)


def hostile(root: Path, environ: Mapping[str, str]) -> Iterator[Case]:
    """Commits that no parser likes."""
    added: Mapping[str, Tree] = {
        "a literal of 50 MB": {"big.py": "DATA = '" + "x" * 50_000_000 + "'\n"},
        "literals of 15 MB in three files": {f"big_{n}.py": f"DATA_{n} = '{'x' * 15_000_000}'\n" for n in range(3)},
        "a sum of 100,000 terms": {"sum.py": "TOTAL = " + " + ".join(["1"] * 100_000) + "\n"},
        "2,000 elifs": {"elif.py": "def f(x):\n    if x == 0:\n        return 0\n" + "".join(
            f"    elif x == {n}:\n        return {n}\n" for n in range(1, 2_000))},
        "10,000 tiny files": {f"t/d{n // 100:03}/m{n:05}.py": f"def f_{n}(x):\n    return x\n" for n in range(10_000)},
        "a critical giant": {"core/giant.py": "x;" * 199_000 + "\n", "small.py": "def f(x):\n    return x\n"},
        "twenty giants": {f"giant_{n:02}.py": f"y_{n};" * 60_000 + "\n" for n in range(20)},
    }  # fmt: skip
    settings = {".antipasta.yaml": "critical: {paths: [core/**]}\n", "a.py": "x = 1\n"}
    for number, (name, tree) in enumerate(added.items()):
        place = repository(root / f"hostile_{number}", environ, settings, tree)
        yield Case(name, place, accounted(list(tree)))


def accounted(paths: Sequence[str]) -> Callable[[Mapping[str, Any]], None]:
    """Every file is in the report: measured, or with the reason why it is not."""

    def check(document: Mapping[str, Any]) -> None:
        files = {file["path"]: file for file in document["files"]}
        if missing := [path for path in paths if path not in files]:
            raise WrongOutput(f"{len(missing)} files are not in the report: {missing[0]}")
        unsaid = [f for f in files.values() if not f["metrics"] and not f["reason"] and f["status"] != "deleted"]
        if unsaid:
            raise WrongOutput(f"not measured, and it is not said why: {unsaid[0]}")
        late = any(file["status"] == "deferred" for file in files.values())
        if late and document["verdict"] == "pass":
            raise WrongOutput("files were left out, and it is called a pass")

    return check


def found(paths: Sequence[str], all_files: Sequence[str]) -> Callable[[Mapping[str, Any]], None]:
    """Each of these, and no other, has a function that blocks."""

    def check(document: Mapping[str, Any]) -> None:
        accounted(all_files)(document)
        blocking = {finding["path"] for finding in document["findings"] if finding["blocking"]}
        if blocking != set(paths):
            raise WrongOutput(
                f"{len(blocking & set(paths))} of {len(paths)} found, {len(blocking - set(paths))} besides"
            )

    return check


def cases(root: Path) -> Iterator[Case]:
    """All commits, built under ``root``."""
    environ = environment(root)
    base, staged, offenders = large()
    yield Case("1,000 files", repository(root / "large", environ, base, staged), found(offenders, list(staged)))
    trees = merged_trees()
    changed = [path for path in trees[3] if trees[3][path] != trees[1][path]]
    yield Case("a merge of 3,700 files", merge(root / "merge", environ, trees), found([], changed))
    yield from hostile(root, environ)


def works(root: Path, command: Sequence[str]) -> tuple[list[Case], list[Work]]:
    """What is run, and how."""
    environ = environment(root)
    built = list(cases(root))

    def checked(case: Case) -> Callable[[int, str, str], None]:
        def check(code: int, output: str, errors: str) -> None:
            if code not in (0, 1) or not output:
                raise WrongOutput(f"{case.name}: exit code {code}: {errors or output}")
            try:
                case.checks(json.loads(output))
            except WrongOutput as wrong:
                raise WrongOutput(f"{case.name}: {wrong}") from None

        return check

    return built, [Work(case.name, command, str(case.place), environ, checked(case)) for case in built]


def summary(built: Sequence[Case], samples: Mapping[str, Sequence[Sample]]) -> str:
    """Times beside their bars."""
    rows = []
    for case in built:
        runs = samples[case.name]
        spread = walls(runs)
        times = [f"{value:.2f}" for value in (spread.least, spread.median, spread.p95, cpus(runs).median)]
        rows.append([case.name, *times, f"{case.limit:.2f}", f"{peak(runs) / MEGABYTE:.0f}"])
    return table(["seconds, budget 2 s", "least", "median", "p95", "CPU", "bar", "peak MB"], rows)


def main() -> int:
    """Build, run, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.budget", description=main.__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="counted rounds (default: %(default)s)")
    arguments = parser.parse_args()
    budget = ("--budget", f"{BUDGET:g}s")
    command = [sys.executable, "-m", "antipasta_hook", "run", "--format", "json", "--no-cache", *budget]
    with tempfile.TemporaryDirectory(prefix="antipasta-benchmark-") as root:
        try:
            built, all_works = works(Path(os.path.realpath(root)), command)
            samples = in_turns(all_works, arguments.runs)
        except WrongOutput as wrong:
            print(f"not measured: {wrong}", file=sys.stderr)
            return 1
    print(f"Python {platform.python_version()}, {arguments.runs} rounds\n\n{summary(built, samples)}")
    if arguments.json:
        document = {name: figures(runs) for name, runs in samples.items()}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
