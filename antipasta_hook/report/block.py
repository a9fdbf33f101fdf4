"""What is said of one function (or file) that blocks: where, what, which lines add most, and how to go on."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    FUNCTION_METRICS,
    SYNTAX,
    Finding,
    Scope,
    Status,
)
from antipasta_hook.report.commands import explain, only_once
from antipasta_hook.report.layout import Line, Span, Style, arrow, columns, cut, cut_middle, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.table import table
from antipasta_hook.report.words import metric_name, number, values

_INDENT: Final = "    "
_MOST_LINES: Final = 12
_MOST_CONTRIBUTIONS: Final = 4
_COMMENT_NAMES: Final = {COGNITIVE: "cognitive", CYCLOMATIC: "cyclomatic"}
_HIGHEST_CEILING: Final = 999_999_999  # what a comment can hold


class Context(NamedTuple):
    """What a block needs to know of the verdict: its scope, and what is wrong with each file that cannot be parsed."""

    scope: Scope
    broken: dict[str, str]


def block(findings: Sequence[Finding], context: Context, screen: Screen, *, go_on: bool) -> Iterator[Line]:
    """Write what blocks in one function, within a dozen lines; ``go_on``: with how to go on."""
    heading = list(_heading(findings[0], screen))
    measures = [_measure(finding, context, screen) for finding in findings]
    ways = list(_ways_on(findings, context.scope, screen)) if go_on else []
    room = _MOST_LINES - len(heading) - len(measures) - len(ways) - 1
    yield from heading
    yield from measures
    yield from table(findings, context.scope, screen, most=min(_MOST_CONTRIBUTIONS, room))
    yield from ways


def place(finding: Finding) -> str:
    """``path:line``, which terminals and editors follow."""
    return f"{finding.path}:{finding.line}"


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


def _measure(finding: Finding, context: Context, screen: Screen) -> Line:
    """One metric: its name, its values, and the limit."""
    if finding.metric == SYNTAX:
        why = context.broken.get(finding.path, "syntax error").removeprefix(f"line {finding.line}: ")
        before = ", as before" if finding.status == Status.EXISTING else ""
        text = cut(f"{shown(why, screen)}{before}", screen.width - len(_INDENT) - 18, screen)
        return line(_INDENT, Span("cannot be parsed", Style.BAD), f": {text}")
    value = change(finding, screen)
    limit = "no limit" if finding.limit is None else f"limit {number(finding.limit)}"
    origin = f", from {shown(finding.limit_origin, screen)}" if finding.limit_origin else ""
    room = screen.width - len(_INDENT) - len(value) - len(f" ({limit})")
    return line(_INDENT, Span(value, Style.BAD), f" ({limit}{cut_middle(origin, room, screen)})")


def change(finding: Finding, screen: Screen) -> str:
    """``cognitive 23, new``, ``cyclomatic 6 -> 13``, ``cyclomatic 12, as before``."""
    name = metric_name(finding.metric)
    if finding.value is None:
        return f"{name} {finding.status}"
    if finding.before is None:
        new = ", new" if finding.status == Status.INTRODUCED else ""
        return f"{name} {number(finding.value)}{new}"
    if finding.before == finding.value:
        return f"{name} {number(finding.value)}, as before"
    return f"{name} {values(finding, arrow(screen))}"


def _ways_on(findings: Sequence[Finding], scope: Scope, screen: Screen) -> Iterator[Line]:
    """How to see more, to accept it, to pass this once: what can be copied is never cut."""
    first = findings[0]
    ways = (
        ("every line:", None if first.metric == SYNTAX else explain(scope, first.path, first.symbol, screen), ""),
        ("accept it:", _allow_comment(findings), f"  on line {first.line}"),
        ("this once:", only_once(scope, screen), ""),
    )
    for label, command, where in ways:
        if command is None:
            continue
        if len(_INDENT) + 13 + columns(command) <= screen.width:
            yield line(f"{_INDENT}{label:<13}", Span(command, Style.COMMAND), where)
        else:
            yield line(f"{_INDENT}{label}{where}")
            yield line(f"{_INDENT}  ", Span(command, Style.COMMAND))


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
