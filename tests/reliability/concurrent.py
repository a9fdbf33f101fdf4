"""Many hooks at once, in work trees and clones that share one cache: every verdict is right, and nobody waits long."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.measure import table
from tests.benchmarks.repositories import environment, files, repository
from tests.reliability.ground import positive
from tests.reliability.remains import wrong_with

LONGEST_WAIT: Final = 0.5
"""Seconds that one run may wait for the cache, all in all."""
_ROOT: Final = Path(__file__).parents[2]
_FILES: Final = 8

WATCHED: Final = f"""
import json, os, sys, time
sys.path[:0] = [{str(_ROOT)!r}]
out = sys.argv.pop(1)
from antipasta_hook import __main__ as program
from antipasta_hook.cache.memory import FileMemory
from antipasta_hook.cache.store import Store
waits, depth = {{}}, 0

def busy():
    "Seconds of work, and of waiting for a processor."
    with open("/proc/thread-self/schedstat") as file:
        worked, queued, _ = file.read().split()
    return (int(worked) + int(queued)) / 1e9

def watch(owner, name):
    function = getattr(owner, name)
    def watched(*arguments, **options):
        global depth
        depth += 1
        begun, before = time.perf_counter(), busy()
        try:
            return function(*arguments, **options)
        finally:
            depth -= 1
            if not depth:
                waits[name] = waits.get(name, 0.0) + time.perf_counter() - begun - (busy() - before)
    setattr(owner, name, watched)

for name in ("_open", "read", "holds", "set_many", "write", "close"):
    watch(Store, name)
for name in ("get", "put"):
    watch(FileMemory, name)
end = os._exit
def ended(code):
    with open(out, "w") as file:
        json.dump(waits, file)
    end(code)
os._exit = ended
program.main_and_exit()
"""
"""The tool, which writes down how long its calls of the cache took beyond what it worked and stood in the queue for a
processor: locks, pauses, the disk. Only their sum says something: the system counts the queue a little late."""


class Desk(NamedTuple):
    """Somebody who commits: a work tree, and where the hook's papers go."""

    place: Path
    papers: Path


class Commit(NamedTuple):
    """What became of a commit: how long its hook waited, and what was wrong with its verdict."""

    waits: dict[str, float]
    spent: float
    without: bool
    wrong: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much is done."""
    parser.add_argument("--hooks", type=positive, default=8, metavar="N", help="at a time (default: %(default)s)")
    parser.add_argument("--commits", type=positive, default=200, metavar="N", help="in all (default: %(default)s)")


def main(arguments: Sequence[str]) -> int:
    """Commit, look, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability concurrent", description=__doc__)
    add_arguments(parser)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="antipasta-concurrent-") as directory:
        root = Path(os.path.realpath(directory))
        begun = time.monotonic()
        commits = committed(root, hooks=options.hooks, commits=options.commits)
        spent = time.monotonic() - begun
        left = list(wrong_with(root / "cache"))
    print(summary(commits, spent))
    wrong = [line for commit in commits for line in commit.wrong] + left
    for line in wrong[:20]:
        print(f"WRONG: {line}")
    late = sum(sum(commit.waits.values()) > LONGEST_WAIT for commit in commits)
    return 1 if wrong or late else 0


def committed(root: Path, *, hooks: int, commits: int) -> list[Commit]:
    """So many commits by so many people at once, half of them in work trees of one repository."""
    environ = environment(root)
    del environ["GIT_INDEX_FILE"], environ["GIT_PREFIX"]
    environ |= {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ["ANTIPASTA_CACHE_DIR"] = str(root / "cache")
    base = {f"src/m{number:02}.py": source for number, source in enumerate(files(_FILES))}
    base[".antipasta.yaml"] = "limits: {cognitive: 20}\n"
    origin = repository(root / "origin", environ, base, {})
    desks = [_desk(origin, root, number, environ) for number in range(hooks)]
    with ThreadPoolExecutor(hooks) as people:
        done = [people.submit(_work, desk, environ, range(number, commits, hooks)) for number, desk in enumerate(desks)]
        return [commit for each in done for commit in each.result()]


def _desk(origin: Path, root: Path, number: int, environ: dict[str, str]) -> Desk:
    place, papers = root / f"desk {number}", root / f"papers {number}"
    papers.mkdir()
    git = ["git", "-C", str(origin)]
    if number % 2:
        subprocess.run(["git", "clone", "-q", str(origin), str(place)], env=environ, check=True)
    else:
        subprocess.run([*git, "worktree", "add", "-q", "-b", f"desk{number}", str(place)], env=environ, check=True)
    (root / "watched.py").write_text(WATCHED, "utf-8")
    hooks = root / f"hooks {number}"
    hooks.mkdir()
    script = hooks / "pre-commit"
    program = f"'{sys.executable}' -P '{root / 'watched.py'}' '{papers / 'waits'}'"
    script.write_text(f"#!/bin/sh\nexec {program} run --budget none --format 'json:{papers / 'report.json'}'\n")
    script.chmod(0o755)
    return Desk(place, papers)


def _work(desk: Desk, environ: dict[str, str], numbers: Sequence[int]) -> list[Commit]:
    return [_commit(desk, environ, number) for number in numbers]


def _commit(desk: Desk, environ: dict[str, str], number: int) -> Commit:
    """One commit: three files grow by a function each, in every third commit one of them is over a limit."""
    names = [f"src/m{(number + step) % _FILES:02}.py" for step in range(3)]
    expected = {}
    for step, name in enumerate(names):
        symbol, branches = f"added_{number}_{step}", 12 if number % 3 == 0 and step == 1 else 4
        with (desk.place / name).open("a", encoding="utf-8") as file:
            file.write(_function(symbol, branches))
        if branches > 10:
            expected[name, symbol, "cyclomatic_complexity"] = branches + 1
    git = ["git", "-c", f"core.hooksPath={desk.papers.parent / desk.papers.name.replace('papers', 'hooks')}"]
    begun = time.monotonic()
    done = subprocess.run(
        [*git, "commit", "-q", "-a", "-m", str(number)],
        cwd=desk.place, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    spent = time.monotonic() - begun
    wrong = [f"commit {number}: {line}" for line in _wrong(desk, done, names, expected)]
    if done.returncode:
        subprocess.run([*git, "reset", "-q", "--hard"], cwd=desk.place, env=environ, check=True)
    waits: dict[str, float] = json.loads((desk.papers / "waits").read_text("utf-8"))
    if not {"_open", "get"} <= waits.keys():
        wrong.append(f"commit {number}: it did not ask the cache, only {sorted(waits)}")
    return Commit(waits, spent, "cache" in done.stderr, tuple(wrong))


def _function(name: str, branches: int) -> str:
    body = "".join(f"    if x == {number}:\n        return {number}\n" for number in range(branches))
    return f"\n\ndef {name}(x):\n{body}    return x\n"


def _wrong(
    desk: Desk, done: "subprocess.CompletedProcess[str]", names: list[str], expected: dict[tuple[str, str, str], int]
) -> list[str]:
    """What is wrong with a verdict: it has to stop exactly what is over a limit, and have looked at all there is."""
    wrong = []
    report = json.loads((desk.papers / "report.json").read_text("utf-8"))
    blocking = {
        (each["path"], each["symbol"], each["metric"]): each["value"] for each in report["findings"] if each["blocking"]
    }
    if blocking != expected:
        wrong.append(f"stopped {blocking}, not {expected}")
    if (done.returncode, report["verdict"]) != ((1, "fail") if expected else (0, "pass")):
        wrong.append(f"exit code {done.returncode}, {report['verdict']}: {done.stderr[-300:]}")
    looked_at = {file["path"] for file in report["files"] if file["status"] in ("analysed", "cached")}
    if looked_at != set(names):
        wrong.append(f"looked at {sorted(looked_at)}, not {names}")
    return wrong


def summary(commits: Sequence[Commit], spent: float) -> str:
    """What there is to know, as a Markdown table."""
    waits = sorted(sum(commit.waits.values()) for commit in commits)
    rows = [
        ["commits", f"{len(commits)}"],
        ["with a wrong verdict", f"{sum(bool(commit.wrong) for commit in commits)}"],
        ["that went on without the cache", f"{sum(commit.without for commit in commits)}"],
        ["longest wait for the cache (ms)", f"{1000 * waits[-1]:.0f}"],
        ["median, 95th percentile (ms)", ", ".join(f"{1000 * waits[int(len(waits) * at)]:.1f}" for at in (0.5, 0.95))],
        [f"that waited more than {LONGEST_WAIT} s", f"{sum(wait > LONGEST_WAIT for wait in waits)}"],
        ["median time of a commit (s)", f"{sorted(commit.spent for commit in commits)[len(commits) // 2]:.2f}"],
        ["all together (s)", f"{spent:.0f}"],
    ]
    return table(["concurrent hooks", ""], rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
