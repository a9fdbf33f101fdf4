"""What is said of one function (or file) that blocks: where, what, which lines add most, and how to go on."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    FUNCTION_METRICS,
    SYNTAX,
    Finding,
    Scope,
    ScopeKind,
    Status,
)
from antipasta_hook.report.commands import explain, only_once
from antipasta_hook.report.entry import change, function_of, passing, place
from antipasta_hook.report.layout import Line, Span, Style, columns, cut_middle, filled, folded, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.table import table
from antipasta_hook.report.words import as_set

_INDENT: Final = "    "
_HANG: Final = "      "
_AGAIN: Final = "  (the same command again)"
_LABEL: Final = 13  # columns of what stands before a command
_MOST_LINES: Final = 12
_MOST_CONTRIBUTIONS: Final = 4
_COMMENT_NAMES: Final = {COGNITIVE: "cognitive", CYCLOMATIC: "cyclomatic"}
_HIGHEST_CEILING: Final = 999_999_999  # what a comment can hold


class Context(NamedTuple):
    """What a block needs to know of the verdict.

    ``broken`` says what is wrong with each file that cannot be parsed, ``beside`` holds what else is to be said of the
    functions that block: their findings that do not.
    """

    scope: Scope
    broken: Mapping[str, str]
    beside: Mapping[tuple[str, int, str | None], Sequence[Finding]]

    def others(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings of the same function by metrics of which nothing blocks."""
        metrics = {finding.metric for finding in findings}
        return [other for other in self.beside.get(function_of(findings[0]), ()) if other.metric not in metrics]


class Ways(NamedTuple):
    """Which ways to go on are told: to see and to accept this function, to let all of it pass once."""

    own: bool
    once: bool


def block(findings: Sequence[Finding], context: Context, screen: Screen, told: Ways) -> Iterator[Line]:
    """Write what blocks in one function, within a dozen lines where its names and reasons are not too long."""
    measures = [each for finding in findings for each in _measure(finding, context, screen)]
    above = [*_heading(findings[0], screen), *measures, *_others(context.others(findings), screen)]
    ways = list(_ways_on(findings, context.scope, screen, told))
    room = _MOST_LINES - len(above) - len(ways) - 1
    yield from above
    yield from table(findings, context.scope, screen, most=min(_MOST_CONTRIBUTIONS, room))
    yield from ways


def can_be_explained(findings: Sequence[Finding]) -> bool:
    """Whether ``explain`` shows any of these numbers."""
    return any(finding.symbol is not None and finding.metric in _COMMENT_NAMES for finding in findings)


def _heading(finding: Finding, screen: Screen) -> Iterator[Line]:
    where, symbol = shown(place(finding), screen), shown(finding.symbol or "", screen)
    room = screen.width - columns(where) - 1
    if not symbol:
        yield line(Span(where, Style.PLACE))
    elif columns(symbol) <= room:
        yield line(Span(where, Style.PLACE), " ", Span(symbol, Style.PLACE))
    else:
        yield line(Span(where, Style.PLACE))
        yield line(_INDENT, Span(cut_middle(symbol, screen.width - len(_INDENT), screen), Style.PLACE))


def _measure(finding: Finding, context: Context, screen: Screen) -> Iterator[Line]:
    """One metric: its name, its values, and the limit."""
    value = change(finding, screen)
    if finding.metric == SYNTAX:
        why = context.broken.get(finding.path, "syntax error").removeprefix(f"line {finding.line}: ")
        before = ", as before" if finding.status == Status.EXISTING else ""
        first, *others = folded(f"{value}: {shown(why, screen)}{before}", screen, _INDENT, _HANG)
        yield line(_INDENT, Span(value, Style.BAD), first.removeprefix(_INDENT + value))
        yield from map(line, others)
        return
    limit = "no limit" if finding.limit is None else f"limit {as_set(finding.limit)}"
    origin = f", from {shown(finding.limit_origin, screen)}" if finding.limit_origin else ""
    room = screen.width - len(_INDENT) - len(value) - len(f" ({limit})")
    yield line(_INDENT, Span(value, Style.BAD), f" ({limit}{cut_middle(origin, room, screen)})")


def _others(findings: Sequence[Finding], screen: Screen) -> Iterator[Line]:
    """What does not block in the function that does."""
    for finding in findings:
        first, *more = passing(finding, screen)
        yield from map(line, filled(_INDENT + first, more, screen, _HANG))


def _ways_on(findings: Sequence[Finding], scope: Scope, screen: Screen, told: Ways) -> Iterator[Line]:
    """How to see more, to accept it, to pass this once: what can be copied is never cut."""
    first = findings[0]
    ways = (
        ("every line:", explain(scope, first.path, first.symbol, screen) if can_be_explained(findings) else None, ""),
        ("accept it:", _allow_comment(findings), f"  on line {first.line}"),
        ("this once:", only_once(scope, screen), _AGAIN if scope.kind == ScopeKind.INDEX and not screen.staged else ""),
    )
    for label, command, where in ways:
        if command is None or not (told.once if label == "this once:" else told.own):
            continue
        if len(_INDENT) + _LABEL + columns(command + where) <= screen.width:
            yield line(f"{_INDENT}{label:<{_LABEL}}", Span(command, Style.COMMAND), where)
        else:
            yield line(f"{_INDENT}{label}{where}")
            yield line(_HANG, Span(command, Style.COMMAND))


def _allow_comment(findings: Sequence[Finding]) -> str | None:
    """The comment that lets exactly this pass; None where no comment can."""
    if findings[0].symbol is None:
        return None
    ceilings = [
        f"{_COMMENT_NAMES.get(finding.metric, finding.metric)}={math.ceil(finding.value)}"
        for finding in findings
        if finding.metric in FUNCTION_METRICS and finding.value is not None and finding.value <= _HIGHEST_CEILING
    ]
    return f"# antipasta: allow {' '.join(ceilings)}" if ceilings else None
