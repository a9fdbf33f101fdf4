"""Replay the history of any clone: stage each commit on its parent, as its author did, and say what the hook would.

    python -m tests.benchmarks.replay CLONE [--last 200] [--rev HEAD|A..B] [--merges] [--verify] [--oracle] [--backtest]

It works in a scratch repository that borrows the clone's objects; the clone is only read. ``--verify`` runs every
commit five times: incremental (what earlier commits left in the cache), cached (all of it), full (no cache, this
process alone), pooled (no cache, all measured by two others), and full with git as the reader; their JSON must be equal
to the byte but for what may differ (DESIGN 9). ``--oracle`` checks every value and status against radon and complexipy
themselves; ``--backtest`` holds what ``antipasta-hook backtest`` says of a commit against what the hook says. All stop
at the first difference and print it. Times are those of the incremental runs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from antipasta_hook.config.settings import Told, told
from antipasta_hook.model import Finding, Report, Status
from antipasta_hook.model.backtest import Question
from antipasta_hook.optimizer import PreCommitOptimizer
from antipasta_hook.replay.run import Replay
from antipasta_hook.report import renderer


class Commit(NamedTuple):
    """One commit of the history and its parents."""

    oid: str
    parents: tuple[str, ...]
    subject: str


class Scratch:
    """A repository of our own whose objects are a clone's, with an index and a HEAD to be set at will."""

    def __init__(self, clone: Path, directory: Path) -> None:
        self.directory = directory
        self.environ = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PRE_COMMIT", "CI"))}
        common = self._ask(clone, "rev-parse", "--path-format=absolute", "--git-common-dir")
        self._ask(directory, "init", "--quiet", ".")
        (directory / ".git/objects/info/alternates").write_text(f"{common}/objects\n")
        self.environ["GIT_INDEX_FILE"] = str(directory / ".git/replay-index")
        self.environ["ANTIPASTA_CACHE_DIR"] = str(directory / "cache")

    def stage(self, commit: Commit) -> None:
        """Put the repository in the state in which ``commit`` was about to be made."""
        self._ask(self.directory, "read-tree", commit.oid)
        if commit.parents:
            self._ask(self.directory, "update-ref", "--no-deref", "HEAD", commit.parents[0])
        merge_head = self.directory / ".git/MERGE_HEAD"
        merge_head.unlink(missing_ok=True)
        if len(commit.parents) > 1:
            merge_head.write_text("".join(f"{parent}\n" for parent in commit.parents[1:]))

    def judge(self, *, reader: str = "auto", cache: bool = False, pooled: bool = False) -> Report:
        """What the hook says of it; ``pooled``: all is measured by child processes, however little it is."""
        beats = Told(told(reader=reader, budget_ms=None), jobs=2 if pooled else 1)
        with mock.patch("antipasta_hook.plan.POOL_PAYS_FROM_MS", 0) if pooled else nullcontext():
            return PreCommitOptimizer(str(self.directory), environ=self.environ, told=beats, use_cache=cache).run()

    def text(self, oid: str) -> str:
        """The text of a blob; raises UnicodeDecodeError."""
        done = subprocess.run(["git", "cat-file", "blob", oid], cwd=self.directory, check=True, capture_output=True)
        return done.stdout.decode("utf-8")

    def _ask(self, directory: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=directory, env=self.environ, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()


def history(clone: Path, rev: str, last: int, *, merges: bool) -> list[Commit]:
    """The last commits that touch Python files, oldest first."""
    log = subprocess.run(
        ["git", "log", f"-{last}", "--format=%H%x00%P%x00%s", *([] if merges else ["--no-merges"]), rev, "--", "*.py"],
        cwd=clone,
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [line.split("\0", 2) for line in log.stdout.splitlines()]
    return [Commit(oid, tuple(parents.split()), subject) for oid, parents, subject in reversed(lines)]


def comparable(report: Report) -> dict[str, Any]:
    """A report without what may differ between two runs of one commit."""
    document: dict[str, Any] = json.loads(renderer("json")(report, full=True))
    for name in ("timings_ms", "budget", "cache"):
        del document[name]
    for file in document["files"]:
        file["status"] = "analysed" if file["status"] == "cached" else file["status"]
    return document


def replay(scratch: Scratch, commits: Sequence[Commit], *, verify: bool) -> Iterator[tuple[Commit, Report, float]]:
    """Judge each commit; the last figure is the seconds it took, with the cache."""
    for commit in commits:
        scratch.stage(commit)
        begun = time.perf_counter()
        report = scratch.judge(cache=True)
        spent = time.perf_counter() - begun
        if verify:
            _verify(scratch, commit, report)
        yield commit, report, spent


def _verify(scratch: Scratch, commit: Commit, report: Report) -> None:
    incremental = comparable(report)
    others = {
        "cached": scratch.judge(reader="pygit2", cache=True),
        "full": scratch.judge(reader="pygit2"),
        "pooled": scratch.judge(reader="pygit2", pooled=True),
        "full, by git": scratch.judge(reader="git"),
    }
    for name, other in others.items():
        found = comparable(other)
        if json.dumps(found) != json.dumps(incremental):
            sys.exit(f"{commit.oid}: incremental and {name}: {_difference(incremental, found)}")


def _consult(scratch: Scratch, commit: Commit, report: Report) -> None:
    """Stop where radon or complexipy disagree with a report; merges have two old sides and are left out."""
    from tests.benchmarks.oracle import disagreements

    if len(commit.parents) > 1:
        return
    document = json.loads(renderer("json")(report, full=True))
    for file in document["files"]:
        if not file["metrics"] or file["old_path"] or file["status"] == "unreadable":
            continue
        try:
            before = scratch.text(file["before_blob"]) if file["before_blob"] else None
            found = list(disagreements(document, file["path"], before, scratch.text(file["blob"])))
        except (SyntaxError, ValueError, RecursionError):
            continue  # what the libraries cannot read, they cannot judge
        if found:
            sys.exit("\n".join([commit.oid, *found]))


def _foretold(scratch: Scratch, clone: Path, last: int) -> dict[str, list[Finding]]:
    """What a backtest says would have stopped each commit, each judged by its own settings."""
    environ = {name: value for name, value in scratch.environ.items() if name != "GIT_INDEX_FILE"}
    replayed = Replay(str(clone), question=Question(last, own=True), environ=environ, use_cache=False)
    replayed.run()
    return {each.oid: list(each.stops) for each in replayed._done if each.outcome is not None}


def _compare_stops(commit: Commit, report: Report, foretold: list[Finding]) -> None:
    blocking = [finding._replace(lines=()) for finding in report.verdict.findings if finding.blocking]
    if blocking != foretold:
        sys.exit(f"{commit.oid}: the hook stops for {blocking}, the backtest for {foretold}")


def _difference(one: Any, two: Any, where: str = "") -> str:
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        places = (_difference(one[k], two[k], f"{where}.{k}") for k in one if one[k] != two[k])
        return next(places, f"{where}: another order")
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return next(_difference(a, b, f"{where}[{n}]") for n, (a, b) in enumerate(zip(one, two, strict=True)) if a != b)
    return f"{where}: {one!r} != {two!r}"


def main() -> None:
    """Replay, print what blocks, and sum up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--rev", default="HEAD")
    parser.add_argument("--last", type=int, default=200)
    parser.add_argument("--merges", action="store_true", help="merge commits too")
    parser.add_argument("--verify", action="store_true", help="compare cache, processes and readers")
    parser.add_argument("--backtest", action="store_true", help="compare with what a backtest says")
    parser.add_argument("--oracle", action="store_true", help="compare with radon and complexipy")
    arguments = parser.parse_args()
    commits = history(arguments.clone, arguments.rev, arguments.last, merges=arguments.merges)
    statuses: Counter[tuple[Status, bool]] = Counter()
    outcomes: Counter[str] = Counter()
    times: list[float] = []
    with tempfile.TemporaryDirectory() as directory:
        scratch = Scratch(arguments.clone.resolve(), Path(directory))
        foretold = _foretold(scratch, arguments.clone, arguments.last) if arguments.backtest else {}
        for commit, report, spent in replay(scratch, commits, verify=arguments.verify):
            if arguments.oracle:
                _consult(scratch, commit, report)
            if commit.oid in foretold:
                _compare_stops(commit, report, foretold[commit.oid])
            times.append(spent)
            outcomes[report.verdict.outcome] += 1
            statuses.update((finding.status, finding.blocking) for finding in report.verdict.findings)
            if text := renderer("concise")(report):
                print(f"{commit.oid[:10]} {commit.subject}\n{text}")
    times.sort()
    if arguments.backtest:
        print(f"{len(foretold.keys() & {commit.oid for commit in commits})} commits are stopped as a backtest says")
    print(f"{len(commits)} commits: " + ", ".join(f"{number} {word}" for word, number in sorted(outcomes.items())))
    for (status, blocking), number in sorted(statuses.items()):
        print(f"  {number:6} {status}{' (blocking)' if blocking else ''}")
    print("milliseconds: " + ", ".join(f"p{p} {times[len(times) * p // 100] * 1000:.0f}" for p in (50, 95, 99)))


if __name__ == "__main__":
    main()
