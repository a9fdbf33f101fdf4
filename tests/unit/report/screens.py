"""Golden screens: what a person sees for a change, in one text each.

The first line says where it is read: ``# screen: width=100 unicode shell=fish scope=range push full origin=FILE:LINE``
and ``program=COMMAND``. Then a fixture as in tests/unit/verdict/golden.py, which may also hold ``=== unlooked PATH``
(below it the reason) and ``=== problem SEVERITY KIND PATH`` (below it the message and, on a second line, the recovery;
``-`` for no path). After ``# output`` stands the screen.
"""

import re
from pathlib import Path
from typing import NamedTuple, cast

from antipasta_hook.analyse import analyse
from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.blame import blamed
from antipasta_hook.changes import Repository
from antipasta_hook.config.settings import Layer, Settings
from antipasta_hook.model import (
    COURSES,
    Blob,
    Change,
    ChangeSet,
    Comparison,
    Cost,
    FileOutcome,
    FileStatus,
    Outcome,
    Problem,
    Report,
    Scope,
    ScopeKind,
    Severity,
)
from antipasta_hook.report.screen import Screen, Shell
from antipasta_hook.verdict import judge
from tests.unit.verdict.golden import Golden, Sources, changeset, oid_of, read

FIXTURES = Path(__file__).parents[3] / "fixtures" / "screens"
COST = Cost(None, 283.1, 0, 2, (("total", 283.1),))
TARGET = "3f2a9c1d" * 5
SECTION = re.compile(r"^=== (unlooked|problem) ([^\n]*)\n((?:(?!=== |# output)[^\n]*\n)*)", re.MULTILINE)


class GoldenScreen(NamedTuple):
    """One golden screen, read."""

    report: Report
    screen: Screen
    full: bool
    expected: str


def load(text: str) -> GoldenScreen:
    """Judge what a golden screen holds, as the pipeline does."""
    head, _, rest = text.partition("\n")
    options = _options(head)
    sections = SECTION.findall(rest)
    golden = read(SECTION.sub("", rest))
    golden = golden._replace(settings=_from(options.get("origin"), golden.settings))
    changes = _changes(golden, ScopeKind(options.get("scope", "index")))
    sources = cast("Repository", Sources(golden.before, golden.after, golden.theirs or {}))
    verdict = judge(changes, analyse(changes, golden.settings, Bench(sources, None)).measured, golden.settings)
    unlooked = tuple(_unlooked(where, body.strip()) for kind, where, body in sections if kind == "unlooked")
    problems = tuple(_problem(where, body) for kind, where, body in sections if kind == "problem")
    verdict = verdict._replace(files=verdict.files + unlooked, problems=verdict.problems + problems)
    if unlooked and verdict.outcome == Outcome.PASS:
        verdict = verdict._replace(outcome=Outcome.INCOMPLETE)
    report = Report(blamed(verdict, sources, golden.settings), COST)
    return GoldenScreen(report, _screen(options), "full" in options, rest.partition("# output\n")[2])


def _options(head: str) -> dict[str, str]:
    words = head.removeprefix("# screen:").split()
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _screen(options: dict[str, str]) -> Screen:
    return Screen(
        width=int(options.get("width", 80)),
        unicode="unicode" in options,
        encoding=options.get("encoding", "utf-8"),
        shell=Shell(options.get("shell", "posix")),
        push="push" in options,
        warn="warn" in options,
        staged="all" not in options,
        program=options.get("program", "antipasta-hook"),
    )


def _from(origin: str | None, settings: Settings) -> Settings:
    layer = settings.layers[-1]
    values = {key: value._replace(origin=origin) for key, value in layer.values.items()}
    return Settings([Layer("", values)])


def _changes(golden: Golden, kind: ScopeKind) -> ChangeSet:
    if kind != ScopeKind.TREE:
        target = TARGET if kind == ScopeKind.RANGE else None
        return changeset(golden)._replace(scope=Scope(kind, "base", target))
    blobs = {path: Blob(oid_of(source), 0o100644) for path, source in golden.after.items()}
    changes = tuple(Change(path, blob, blob) for path, blob in sorted(blobs.items()))
    return ChangeSet(Scope(kind, "base"), (Comparison("base", changes),))


def _unlooked(path: str, reason: str) -> FileOutcome:
    return FileOutcome(path, None, "0" * 40, None, FileStatus.UNREADABLE, reason, None, None)


def _problem(where: str, body: str) -> Problem:
    severity, kind, path = where.split(maxsplit=2)
    message, _, recovery = body.strip().partition("\n")
    known = next(each for each in COURSES if each == kind)
    return Problem(known, message, None if path == "-" else path, Severity(severity), recovery)
