"""What ordering a large change costs, and whether what matters comes first: `python -m tests.benchmarks.ranking`.

1,000 changed files of 400 lines, each with its own old text; in 20 of them 11 branches were added inside a function,
200 gain 150 lines without a branch, the others are edited a little. Beside it the two changes that are worst for the
bounds: 10,000 tiny files, and 1,000 files of which every line is indented anew. Each run is a process of its own, with
all git objects unread; old versions are packed and new ones loose, as after `git add`.

Prints the time as a share of the default budget, and the ranks. Nothing asserts the times; the exit code is 1 where an
offender is ranked behind a decoy.
"""

import argparse
import ast
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from antipasta_hook.analyse.ranking import ranked
from antipasta_hook.changes import open_repository, staged_changes
from antipasta_hook.config.settings import DEFAULTS
from tests.benchmarks.measure import table
from tests.benchmarks.repositories import Tree, blocks, edited, environment, repository

FILES: Final = 1_000
LINES: Final = 400
OFFENDERS: Final = range(25, FILES, 50)
DECOYS: Final = range(3, FILES, 5)
BAR: Final = 0.25


def source(number: int, parts: list[str]) -> str:
    """About LINES lines, unlike those of any other number."""
    chance = random.Random(number)
    text = f"NUMBER = {number}\n"
    while text.count("\n") < LINES - 10:
        part = chance.choice(parts)
        if text.count("\n") + part.count("\n") <= LINES + 20:
            text += f"\n\n{part}"
    return text


def inside_a_function(text: str, added: list[str]) -> str:
    """The same with lines added before the last statement of a function that is simple until then."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and len(node.body) > 1 and _branches(node) < 4:
            last = node.body[-1]
            lines = text.split("\n")
            lines[last.lineno - 1 : last.lineno - 1] = [" " * last.col_offset + line for line in added]
            return "\n".join(lines)
    raise RuntimeError("no simple function in this source")


def _branches(node: ast.AST) -> int:
    return sum(isinstance(each, ast.If | ast.For | ast.While | ast.BoolOp | ast.IfExp) for each in ast.walk(node))


def offender(number: int, text: str) -> str:
    """11 branches more in one function."""
    return inside_a_function(text, [line for n in range(11) for line in (f"if case_{n}:", f"    note({number}, {n})")])


def decoy(number: int, text: str) -> str:
    """150 lines more in one function, and no branch."""
    return inside_a_function(text, [f"total_{n} = weigh(total, {number}, {n})" for n in range(150)])


def small_edit(number: int, text: str) -> str:
    """What most files of a large change are: a name, a comment, a line, or a little function."""
    if number % 4 == 0:
        return edited(text)  # which adds a function of two branches
    if number % 4 == 1:
        return text.replace("NUMBER = ", "COUNT = ").replace("return None", "return")
    if number % 4 == 2:
        return f"# Checked {number} times.\n{text}"
    return inside_a_function(text, ["if ready:", "    begin()"])


def planted() -> tuple[Tree, Tree]:
    """The change of 1,000 files, before and after; the paths tell what was done."""
    parts = [part for part in blocks() if part.count("\n") < 120]
    base, staged = {}, {}
    for number in range(FILES):
        kind, edit = "other", small_edit
        if number in OFFENDERS:
            kind, edit = "offender", offender
        elif number in DECOYS:
            kind, edit = "decoy", decoy
        path = f"src/part_{number // 50:02}/{kind}_{number:04}.py"
        base[path] = source(number, parts)
        staged[path] = edit(number, base[path])
    return base, staged


def tiny() -> tuple[Tree, Tree]:
    """10,000 files of a few lines, each with a line more."""
    base = {f"lib/d{n // 100:03}/m{n % 100:02}.py": f"def f_{n}(x):\n    return x + {n}\n" for n in range(10_000)}
    return base, {path: f"{text}\n\nNAME = f_{n}\n" for n, (path, text) in enumerate(base.items())}


def indented_anew(base: Tree) -> tuple[Tree, Tree]:
    """Every indented line differs, and not a function."""
    return base, {path: text.replace("    ", "  ") for path, text in base.items()}


def as_after_git_add(place: Path, environ: Mapping[str, str], trees: tuple[Tree, Tree]) -> Path:
    """A repository of which HEAD is packed and what is staged is not."""
    loose = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "fastimport.unpackLimit", "GIT_CONFIG_VALUE_0": "10000000"}
    repository(place, {**environ, **loose}, *trees)
    pack = ["git", "pack-objects", "-q", "--revs", ".git/objects/pack/pack"]
    for command, given in ((pack, b"HEAD\n"), (["git", "prune-packed", "-q"], b"")):
        subprocess.run(command, cwd=place, env=dict(environ), input=given, stdout=subprocess.DEVNULL, check=True)
    return place


def once(place: Path) -> dict[str, Any]:
    """Rank what is staged, with a clock beside it."""
    environ = environment(place.parent)
    os.chdir(place)
    with open_repository(str(place), environ) as opened:
        changeset = staged_changes(opened, DEFAULTS)
        begun, spent = time.perf_counter(), time.process_time()
        found = ranked(changeset, opened, DEFAULTS)
        wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    return {"wall": wall, "cpu": cpu, "order": [entry.change.path for entry in found]}


def runs(place: Path, number: int) -> Iterator[dict[str, Any]]:
    """The same in fresh processes."""
    for _ in range(number):
        command = [sys.executable, "-m", "tests.benchmarks.ranking", "--once", str(place)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        yield json.loads(done.stdout)


def ranks(order: list[str]) -> dict[str, int]:
    """Where the planted files stand, from 1 on."""
    places = {kind: [n for n, path in enumerate(order, 1) if f"/{kind}_" in path] for kind in ("offender", "decoy")}
    return {
        "offenders": len(places["offender"]),
        "last offender": max(places["offender"]),
        "first decoy": min(places["decoy"]),
    }


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ranking", description=main.__doc__)
    parser.add_argument("--runs", type=int, default=9, metavar="N", help="rounds (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--once", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(once(arguments.once)))
        return 0
    budget = (DEFAULTS.run().budget_ms or 0) / 1000
    with tempfile.TemporaryDirectory(prefix="antipasta-benchmark-") as name:
        root = Path(os.path.realpath(name))
        trees = planted()
        works = {"1,000 files, 20 offenders": trees, "10,000 tiny files": tiny(),
                 "1,000 files indented anew": indented_anew(trees[0])}  # fmt: skip
        environ = environment(root)
        found = {
            title: list(runs(as_after_git_add(root / str(n), environ, each), arguments.runs))
            for n, (title, each) in enumerate(works.items())
        }
    middle = {
        title: [statistics.median(run[clock] for run in each) / budget for clock in ("wall", "cpu")]
        for title, each in found.items()
    }
    print(f"Shares of the default budget, {budget:g} s; medians of {arguments.runs} runs\n")
    rows = [[title, *(f"{share:.1%}" for share in shares), f"{BAR:.0%}"] for title, shares in middle.items()]
    print(table(["ranking", "wall", "CPU", "bar"], rows))
    orders = [run["order"] for each in found.values() for run in each[:1]]
    places = ranks(orders[0])
    print("\n" + ", ".join(f"{name}: {place}" for name, place in places.items()))
    if arguments.json:
        figures = {"budget_s": budget, "shares": middle, "ranks": places}
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    same = all(run["order"] == each[0]["order"] for each in found.values() for run in each)
    return 0 if same and places["last offender"] < places["first decoy"] else 1


if __name__ == "__main__":
    sys.exit(main())
