"""Text for people: what blocks first, what else there is in a line each, and one line that sums up."""

import sys
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Final

from antipasta_hook import __version__
from antipasta_hook.model import SYNTAX, FileStatus, Finding, Outcome, Report, ScopeKind, Status, Verdict
from antipasta_hook.report.block import Context, Ways, block, can_be_explained
from antipasta_hook.report.census import census
from antipasta_hook.report.entry import HANG, about, change, function_of, functions, listed, passing
from antipasta_hook.report.layout import Line, Span, Style, dash, folded, joined, line
from antipasta_hook.report.remarks import WORTH_A_LINE, remarks, unlooked
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.standing import worst_first
from antipasta_hook.report.wording import wording
from antipasta_hook.report.words import count

_NAME: Final = "antipasta-hook: "
_MOST_BLOCKS: Final = 5
_MOST_ALSO_BLOCKING: Final = 20
_MOST_LISTED: Final = 5
_NOT_MEASURED: Final = frozenset({FileStatus.SKIPPED, FileStatus.DELETED})


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:
    """Write a report as plain text; a pass that has nothing to say is one line. ``full``: no list is cut short."""
    return joined(styled(report, full=full, screen=screen))


def styled(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> list[Line]:
    """The same as lines of spans that say what they are."""
    return list(_lines(report, screen, full=full))


def _lines(report: Report, screen: Screen, *, full: bool) -> Iterator[Line]:
    verdict, most = report.verdict, sys.maxsize if full else _MOST_LISTED
    blocking = [finding for finding in verdict.findings if finding.blocking]
    if blocking:
        first, *more = folded(f"{_NAME}{headline(blocking, verdict, screen)}", screen, "", HANG)
        yield line(_NAME, Span(first.removeprefix(_NAME), Style.TITLE))
        yield from (line(Span(text, Style.TITLE)) for text in more)
        yield line()
        yield from _blocks(blocking, verdict, screen, full=full)
    yield from remarks(verdict, screen, most, full=full)
    yield from census(verdict)
    yield line(summary(report, screen))


def headline(blocking: list[Finding], verdict: Verdict, screen: Screen) -> str:
    """Only what this commit made worse is its doing; a stricter gate also stops at what it found."""
    if not all(finding.status in WORTH_A_LINE for finding in blocking):
        return f"{functions(blocking)} over a limit; this gate stops them all"
    words = wording(verdict.scope, screen)
    if all(finding.metric == SYNTAX for finding in blocking):
        return f"{words.leaves} {count(len(blocking), 'file')} that cannot be parsed"
    return f"{words.makes} {functions(blocking)} harder to understand"


def _blocks(blocking: list[Finding], verdict: Verdict, screen: Screen, *, full: bool) -> Iterator[Line]:
    """The first few in full, the next in a line each, and how many more there are."""
    context = _context(verdict)
    groups = [list(group) for _, group in groupby(blocking, key=function_of)]
    at_length = groups if full else groups[:_MOST_BLOCKS]
    first = _most_to_tell(at_length)
    for index, group in enumerate(at_length):
        yield from block(group, context, screen, Ways(own=full or index == first, once=index == first))
        yield line()
    if also := groups[len(at_length) :]:
        title = "Also blocking:"
        if verdict.scope.kind == ScopeKind.TREE:
            title, also = "Also blocking, the worst first:", worst_first(chain.from_iterable(also))
        entries = (_in_short(group, context.others(group), screen) for group in also)
        yield from listed(title, entries, _MOST_ALSO_BLOCKING)
        yield line()


def _context(verdict: Verdict) -> Context:
    beside: dict[tuple[str, int, str | None], list[Finding]] = {}
    for finding in verdict.findings:
        if not finding.blocking and finding.status != Status.SUPPRESSED:
            beside.setdefault(function_of(finding), []).append(finding)
    return Context(verdict.scope, {file.path: file.reason for file in verdict.files if file.reason}, beside)


def _most_to_tell(groups: Sequence[Sequence[Finding]]) -> int:
    """Where to say how to go on: at the first function of which there is most to be said."""
    return min(range(len(groups)), key=lambda n: (not can_be_explained(groups[n]), groups[n][0].symbol is None, n))


def _in_short(group: Sequence[Finding], others: Sequence[Finding], screen: Screen) -> str:
    said = [change(finding, screen) for finding in group] + ["".join(passing(other, screen)) for other in others]
    return about(group[0], [*(f" {each};" for each in said[:-1]), f" {said[-1]}"], screen)


def summary(report: Report, screen: Screen) -> str:
    """The last line: the version, the verdict, how much was looked at, how long it took."""
    verdict = report.verdict
    unseen = {file.path for file in unlooked(verdict)}
    skipped = sum(file.status == FileStatus.SKIPPED for file in verdict.files)
    looked = sum(f.status not in _NOT_MEASURED and f.path not in unseen for f in verdict.files)
    if verdict.census is not None:  # not all of its files are named
        told = sum(f.status == FileStatus.UNREADABLE and f.path not in unseen for f in verdict.files)
        looked = verdict.census.files + told
    parts = [f"{count(looked, 'file')} checked"]
    if skipped:
        parts.append(f"{skipped:,} skipped")
    parts.append(f"{report.cost.spent_ms / 1000:.2f} s")
    return f"antipasta-hook {__version__}: {_word(verdict.outcome, screen)} {dash(screen)} {', '.join(parts)}"


def _word(outcome: Outcome, screen: Screen) -> str:
    if outcome == Outcome.FAIL and screen.warn:
        return "not blocked, as asked"
    if outcome == Outcome.INCOMPLETE and screen.stops_late is not None:
        return "not blocked, as asked" if screen.warn else "blocked"
    return _WORDS[outcome]


_WORDS: Final = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "blocked",
    Outcome.INCOMPLETE: "not all could be judged",
}
