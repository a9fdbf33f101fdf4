"""Markdown for the summary of a CI run and for a comment: what blocks, what else there is, what was not checked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from antipasta_hook.model import (
    SYNTAX,
    FileOutcome,
    Finding,
    Outcome,
    Problem,
    Report,
    Scope,
    ScopeKind,
    Severity,
    Status,
    Verdict,
)
from antipasta_hook.report.entry import change, function_of, functions
from antipasta_hook.report.layout import cut
from antipasta_hook.report.markup import code, escaped
from antipasta_hook.report.remarks import FOR_REVIEW, WORTH_A_LINE, unlooked
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.sentence import reasons_of
from antipasta_hook.report.standing import urgent_first
from antipasta_hook.report.text import headline, summary
from antipasta_hook.report.wording import wording
from antipasta_hook.report.words import as_set, count, placed

SUMMARY_BYTES: Final = 1_048_576
"""What GitHub takes as the summary of a step."""
_SCREEN: Final = PLAIN._replace(unicode=True)
_MOST_STANDING: Final = 10
_MOST_LINES: Final = 3
_LONGEST_SOURCE: Final = 100


class Section(NamedTuple):
    """A heading and its entries, each of one or more whole lines; those beyond ``most`` are not written."""

    heading: str
    entries: Sequence[str]
    most: int | None = None


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write what a reviewer needs, ``full`` also each function that was over a limit before."""
    return within(report, SUMMARY_BYTES, full=full)


def within(report: Report, most_bytes: int, *, full: bool, head: str = "") -> str:
    """The report in so many bytes of UTF-8 at most: entries that have no room are left out whole, and counted."""
    verdict = report.verdict
    start = f"{head}### antipasta-hook: {_title(verdict)}\n"
    end = f"\n{summary(report, _SCREEN)}{_held(verdict.scope)}\n"
    sections = [section for section in _sections(verdict, full=full) if section.entries]
    room = most_bytes - _size(start) - _size(end) - sum(_size(_written(section, ())) for section in sections)
    written = [start]
    for section in sections:
        kept = _fitting(section, room)
        room -= sum(map(_size, kept))
        written.append(_written(section, kept))
    return "".join((*written, end))


def _title(verdict: Verdict) -> str:
    blocking = [finding for finding in verdict.findings if finding.blocking]
    if blocking:
        return headline(blocking, verdict, _SCREEN)
    return "nothing blocks" if verdict.outcome == Outcome.PASS else "not all could be judged"


def _held(scope: Scope) -> str:
    """Which commit was held against which: the first question where something is red."""
    return f", {scope.target[:7]} against {scope.base[:7]}" if scope.base and scope.target else ""


def _fitting(section: Section, room: int) -> list[str]:
    """The entries that fit, from the first one on: what comes first matters most, none makes room for a later one."""
    kept = []
    for entry in section.entries[: section.most]:
        room -= _size(entry)
        if room < 0:
            break
        kept.append(entry)
    return kept


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _written(section: Section, kept: Sequence[str]) -> str:
    """A section with these entries; without any it is longest but for them."""
    if section.most == 0:
        return f"\n**{section.heading}**\n"
    left_out = len(section.entries) - len(kept)
    rest = f"- ... and {left_out:,} more\n" if left_out else ""
    return f"\n**{section.heading}**\n\n{''.join(kept)}{rest}"


def _sections(verdict: Verdict, *, full: bool) -> Iterator[Section]:
    """What there is to say, what matters most first."""
    yield from _of_findings(verdict, full=full)
    unseen = unlooked(verdict)
    yield Section(f"Not checked: {count(len(unseen), 'file')}", [_unchecked(file) for file in unseen])
    silenced = [_problem(problem) for problem in verdict.problems if problem.kind in FOR_REVIEW]
    yield Section(f"Silenced by {wording(verdict.scope, _SCREEN).by}, listed for the reviewer", silenced)
    yield Section("Please note", [_problem(each) for each in verdict.problems if each.kind not in FOR_REVIEW])


def _of_findings(verdict: Verdict, *, full: bool) -> Iterator[Section]:
    """A function that blocks has all that is said of it in one place."""
    blocked = {function_of(finding) for finding in verdict.findings if finding.blocking}
    blocking: list[Finding] = []
    unjudged: list[Finding] = []
    let_through: list[Finding] = []
    before: list[Finding] = []
    for finding in verdict.findings:
        if finding.status not in {Status.SUPPRESSED, Status.RESOLVED}:
            news = let_through if finding.status in WORTH_A_LINE else before
            news = unjudged if finding.status == Status.UNJUDGED else news
            (blocking if function_of(finding) in blocked else news).append(finding)
    heading = f"{wording(verdict.scope, _SCREEN).others}, over a limit before: {functions(before)}"
    yield Section("Blocking", _functions(blocking, verdict))
    yield Section("Could not be judged", _functions(unjudged, verdict))
    yield Section("Not blocking", _functions(let_through, verdict))
    yield Section(heading, _functions(before, verdict), _most_standing(verdict, full=full))


def _most_standing(verdict: Verdict, *, full: bool) -> int | None:
    """How much is told of what was there before: of a whole tree the worst, of a change only that there is some."""
    if full:
        return None
    return _MOST_STANDING if verdict.scope.kind == ScopeKind.TREE else 0


def _functions(findings: Sequence[Finding], verdict: Verdict) -> list[str]:
    reasons = reasons_of(verdict)
    return [_function(group, reasons) for group in urgent_first(findings)]


def _function(group: Sequence[Finding], reasons: Mapping[str, str]) -> str:
    first = group[0]
    symbol = f" {code(first.symbol)}" if first.symbol else ""
    said = "; ".join(_measured(finding, reasons) for finding in group)
    lines = "".join(_lines(group))
    return f"- {code(f'{first.path}:{first.line}')}{symbol}: {said}\n{lines}"


def _measured(finding: Finding, reasons: Mapping[str, str]) -> str:
    """``**cyclomatic 8 -> 14** (limit 10, from FILE:LINE): why it does not block``."""
    said = f"**{change(finding, _SCREEN)}**"
    if finding.metric == SYNTAX:
        return f"{said}: {escaped(reasons.get(finding.path, 'syntax error'))}"
    if finding.limit is not None:
        origin = f", from {code(finding.limit_origin)}" if finding.limit_origin else ""
        said += f" (limit {as_set(finding.limit)}{origin})"
    return f"{said}: {escaped(finding.why_not)}" if finding.why_not else said


def _lines(group: Sequence[Finding]) -> Iterator[str]:
    """The lines that add most to the first of these metrics of which that is known."""
    lines = next((finding.lines for finding in group if finding.lines), ())
    for each in [each for each in lines if each.line != group[0].line][:_MOST_LINES]:
        source = code(cut(each.text.strip(), _LONGEST_SOURCE, _SCREEN))
        yield f"  - line {each.line} adds {each.adds}: {source}\n"


def _unchecked(file: FileOutcome) -> str:
    return f"- {code(file.path)}: {escaped(file.reason or file.status)}\n"


def _problem(problem: Problem) -> str:
    _, line, message = placed(problem)
    is_plain = problem.path and problem.severity == Severity.NOTICE  # text from elsewhere must not begin an entry
    mark = "" if is_plain else f"{problem.severity}: "
    where = f"{code(problem.path + (f':{line}' if line else ''))}: " if problem.path else ""
    wanted = problem.recovery and problem.kind not in FOR_REVIEW
    recovery = f" ({escaped(problem.recovery)})" if wanted else ""
    return f"- {mark}{where}{escaped(message)}{recovery}\n"
