"""Golden fixtures of the verdict: old files, new files, and the findings that must come out, in one text each.

A fixture is an options line ``# flags: gate=... limits=...``, then files under ``=== before PATH``, ``=== after PATH``
and, for a merge, ``=== theirs PATH`` (the branch being merged), then ``# output`` and one line for each finding.
``{{ifs N name}}`` stands for N ``if`` statements in a row, ``{{nested N name}}`` for N inside each other, and
``{{lines N name}}`` for N plain statements; each expanded line is unique to its name and number.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, cast

from antipasta_hook.analyse import analyse
from antipasta_hook.analyse.bench import Bench
from antipasta_hook.changes import MissingBlob, Repository
from antipasta_hook.changes.pairing import pair_renames
from antipasta_hook.config.settings import Layer, Plain, Settings, Value
from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    Blob,
    Change,
    ChangeSet,
    Comparison,
    Finding,
    Scope,
    ScopeKind,
    Verdict,
)
from antipasta_hook.verdict import judge

FIXTURES = Path(__file__).parents[3] / "fixtures" / "verdict"
FULL_NAMES = {"cyclomatic": "cyclomatic_complexity", "cognitive": "cognitive_complexity"}
FLAGS: dict[str, Callable[[str], Plain]] = {"gate": str, "tolerance": float, "count_asserts": bool}
MACRO = re.compile(r"^( *)\{\{(ifs|nested|lines) (\d+) (\w+)\}\}$", re.MULTILINE)


class Golden(NamedTuple):
    """One fixture, read."""

    settings: Settings
    before: dict[str, str]
    after: dict[str, str]
    theirs: dict[str, str] | None
    expected: list[str]


def read(text: str) -> Golden:
    """Parse one fixture."""
    given, _, expected = text.partition("# output\n")
    flags, _, body = given.partition("\n")
    sides: dict[str, dict[str, str]] = {"before": {}, "after": {}, "theirs": {}}
    for part in re.split(r"^=== ", body, flags=re.MULTILINE)[1:]:
        header, _, source = part.partition("\n")
        side, path = header.split(maxsplit=1)
        sides[side][path] = MACRO.sub(_expanded, source)
    theirs = sides["theirs"] if "=== theirs" in body else None
    return Golden(_settings(flags), sides["before"], sides["after"], theirs, expected.splitlines())


def _expanded(macro: re.Match[str]) -> str:
    indent, kind, number, name = macro[1], macro[2], int(macro[3]), macro[4]
    lines: list[str] = []
    for n in range(1, number + 1):
        deeper = indent + "    " * (n - 1 if kind == "nested" else 0)
        lines += (
            [f"{deeper}{name}_{n}()"] if kind == "lines" else [f"{deeper}if {name}_{n}:", f"{deeper}    {name}({n})"]
        )
    return "\n".join(lines)


def _settings(flags: str) -> Settings:
    values: dict[str, Value] = {}
    for flag in flags.removeprefix("# flags:").split():
        name, _, value = flag.partition("=")
        if name == "limits":
            values |= {f"limits.{metric}.level": Value("off") for metric in (CYCLOMATIC, COGNITIVE)}
            values |= limits(*value.split(","))
        elif name in FLAGS:
            values[name] = Value(FLAGS[name](value))
        else:
            raise AssertionError(f"no such flag: {flag}")
    return Settings([Layer("", values)])


def limits(*items: str) -> dict[str, Value]:
    """``cyclomatic:10`` or ``cognitive:15:warning`` as the values of a layer."""
    values: dict[str, Value] = {}
    for item in items:
        name, limit, *level = item.split(":")
        metric = FULL_NAMES.get(name, name)
        values[f"limits.{metric}.limit"] = Value(float(limit))
        values[f"limits.{metric}.level"] = Value(level[0] if level else "error")
    return values


def oid_of(source: str) -> str:
    """A stand-in for git's blob id: any injective function of the bytes will do."""
    return hashlib.sha1(source.encode()).hexdigest()


def comparison(before: dict[str, str], after: dict[str, str], skips: frozenset[str] = frozenset()) -> Comparison:
    """What differs between two sets of files, paired by the project's own rules."""
    old = {path: Blob(oid_of(source), 0o100644) for path, source in before.items()}
    new = {path: Blob(oid_of(source), 0o100644) for path, source in after.items()}
    changes = [
        Change(path, old.get(path), new.get(path)) for path in sorted({*old, *new}) if old.get(path) != new.get(path)
    ]
    pairs = sorted(pair_renames(changes), key=lambda change: change.path)
    return Comparison("base", tuple(c._replace(skip="same") if c.path in skips else c for c in pairs))


def changeset(golden: Golden) -> ChangeSet:
    """The change set of a fixture; a merge when it has a ``theirs`` side."""
    theirs = golden.theirs
    skips = frozenset(p for p, source in golden.after.items() if theirs is not None and theirs.get(p) == source)
    comparisons = [comparison(golden.before, golden.after, skips)]
    if theirs is not None:
        comparisons.append(comparison(theirs, golden.after, skips))
    return ChangeSet(Scope(ScopeKind.INDEX, "base"), tuple(comparisons))


class Sources:
    """A repository that holds these texts, for the analyser; ``read_oids`` tells which it asked for."""

    def __init__(self, *sides: Mapping[str, str]) -> None:
        self._blobs = {oid_of(source): source.encode() for side in sides for source in side.values()}
        self.read_oids: list[str] = []

    def size(self, oid: str) -> int | None:
        """As Repository.size."""
        return len(self._blobs[oid]) if oid in self._blobs else None

    def read(self, oid: str) -> bytes:
        """As Repository.read."""
        self.read_oids.append(oid)
        if oid not in self._blobs:
            raise MissingBlob(oid)
        return self._blobs[oid]


def judged(golden: Golden) -> Verdict:
    """Measure what the verdict asks for, as the pipeline does, and judge."""
    changes = changeset(golden)
    sources = Sources(golden.before, golden.after, golden.theirs or {})
    analysis = analyse(changes, golden.settings, Bench(cast("Repository", sources), None))
    return judge(changes, analysis.measured, golden.settings)


def written(verdict: Verdict) -> Iterator[str]:
    """The expected form of a verdict: one line a finding, one a notice, one for the outcome."""
    for finding in verdict.findings:
        yield _line(finding)
    for problem in verdict.problems:
        yield f"{problem.kind} {problem.path}: {problem.message}"
    yield f"=> {verdict.outcome}"


def _line(finding: Finding) -> str:
    short = {full: name for name, full in FULL_NAMES.items()}
    values = f" {_number(finding.before)} -> {_number(finding.value)}" if finding.value is not None else ""
    end = "BLOCKS" if finding.blocking else f"({finding.why_not})"
    name = short.get(finding.metric, finding.metric)
    return f"{finding.path}:{finding.line} {finding.symbol or '-'} {name}{values} {finding.status} {end}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"
