"""Text for people: what blocks first, what else there is in a line each, and one line that sums up."""

import sys
from collections.abc import Iterator
from itertools import groupby

from antipasta_hook.model import (
    SYNTAX,
    FileStatus,
    Finding,
    Outcome,
    Problem,
    Report,
    Severity,
    Status,
    Verdict,
)
from antipasta_hook.report.words import UNCHECKED, count, metric_name, printable, values

_MOST_LISTED = 5


def render(report: Report, *, full: bool = False) -> str:
    """Write a report as plain text; a pass that has nothing to say is one line. ``full``: no list is cut short."""
    return "".join(f"{line}\n" for line in _lines(report, sys.maxsize if full else _MOST_LISTED))


def _lines(report: Report, most: int) -> Iterator[str]:
    verdict = report.verdict
    blocking = [finding for finding in verdict.findings if finding.blocking]
    if blocking:
        yield f"antipasta-hook: {_headline(blocking)}"
        yield ""
        yield from _blocks(blocking, verdict)
    let_through = [f for f in verdict.findings if not f.blocking and f.status in _WORTH_A_LINE]
    if let_through:
        yield "Not blocking:"
        yield from _few(most, (f"  {_place(f)}  {_change(f)}: {printable(f.why_not or '')}" for f in let_through))
    yield from _unlooked(verdict, most)
    yield from _told(verdict.problems, most)
    yield _summary(report)


_WORTH_A_LINE = {Status.INTRODUCED, Status.WORSENED, Status.UNJUDGED}


def _headline(blocking: list[Finding]) -> str:
    """Only what this commit made worse is its doing; a stricter gate also stops at what it found."""
    if all(finding.status in _WORTH_A_LINE for finding in blocking):
        return f"this commit makes {_functions(blocking)} harder to understand"
    return f"{_functions(blocking)} over a limit, and the gate lets none through"


def _functions(blocking: list[Finding]) -> str:
    places = {(finding.path, finding.symbol, finding.line) for finding in blocking}
    files = sum(symbol is None for _, symbol, _ in places)
    parts = []
    if len(places) > files:
        parts.append(count(len(places) - files, "function"))
    if files:
        parts.append(count(files, "file"))
    return " and ".join(parts)


def _blocks(blocking: list[Finding], verdict: Verdict) -> Iterator[str]:
    reasons = {file.path: file.reason for file in verdict.files}
    for _, group in groupby(blocking, key=lambda f: (f.path, f.line, f.symbol)):
        findings = list(group)
        yield _place(findings[0])
        for finding in findings:
            if finding.metric == SYNTAX:
                yield f"    cannot be parsed: {printable(reasons.get(finding.path) or 'syntax error')}"
            else:
                yield f"    {_change(finding)}"
        yield ""


def _place(finding: Finding) -> str:
    symbol = f" {printable(finding.symbol)}" if finding.symbol else ""
    return f"{printable(finding.path)}:{finding.line}{symbol}"


def _change(finding: Finding) -> str:
    if finding.value is None:
        return f"{metric_name(finding.metric)} {finding.status}"
    return f"{metric_name(finding.metric)} {values(finding)} (limit {finding.limit:g}), {finding.status}"


def _few(most: int, lines: Iterator[str]) -> Iterator[str]:
    """The first lines and a count of the rest."""
    listed = list(lines)
    yield from listed[:most]
    if len(listed) > most:
        yield f"  ... and {len(listed) - most} more"


def _unlooked(verdict: Verdict, most: int) -> Iterator[str]:
    unlooked = [f for f in verdict.files if f.status in UNCHECKED]
    if unlooked:
        yield "Not checked:"
        yield from _few(
            most, (f"  {printable(file.path)}: {printable(file.reason or file.status)}" for file in unlooked)
        )


def _told(problems: tuple[Problem, ...], most: int) -> Iterator[str]:
    if problems:
        yield "Please note:"
        yield from _few(most, (f"  {_problem(problem)}" for problem in problems))


def _problem(problem: Problem) -> str:
    where = f"{printable(problem.path)}: " if problem.path else ""
    recovery = f" ({printable(problem.recovery)})" if problem.recovery else ""
    mark = "" if problem.severity == Severity.NOTICE else f"{problem.severity}: "
    return f"{mark}{where}{printable(problem.message)}{recovery}"


def _summary(report: Report) -> str:
    files = report.verdict.files
    looked = sum(file.status in {FileStatus.ANALYSED, FileStatus.CACHED, FileStatus.DELETED} for file in files)
    skipped = sum(file.status == FileStatus.SKIPPED for file in files)
    before = {Status.EXISTING, Status.IMPROVED}
    legacy = {(f.path, f.symbol, f.line) for f in report.verdict.findings if f.status in before and not f.blocking}
    parts = [f"{count(looked, 'file')} checked"]
    if skipped:
        parts.append(f"{skipped} skipped")
    if legacy:
        parts.append(f"{len(legacy)} over a limit before this commit")
    parts.append(f"{report.cost.spent_ms / 1000:.2f} s")
    return f"antipasta-hook: {_WORDS[report.verdict.outcome]} - {', '.join(parts)}"


_WORDS = {Outcome.PASS: "passed", Outcome.FAIL: "blocked", Outcome.INCOMPLETE: "passed, but not all could be judged"}
