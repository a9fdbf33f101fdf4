"""The lines of a function that add most, with what each adds to each metric, and which of them this change wrote."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from antipasta_hook.model import SYNTAX, Contribution, Finding, Scope, ScopeKind
from antipasta_hook.report.layout import Line, Span, Style, cut, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.wording import wording
from antipasta_hook.report.words import metric_name

_INDENT: Final = "    "
_NARROWEST: Final = 4  # columns for line numbers: the title's


class Row(NamedTuple):
    """One line of source with what it adds to each of some metrics."""

    line: int
    adds: tuple[int, ...]
    text: str
    own: bool

    @property
    def order(self) -> tuple[int, bool, int]:
        """What adds most comes first, of equals this change's own."""
        return -sum(self.adds), not self.own, self.line


def table(findings: Sequence[Finding], scope: Scope, screen: Screen, *, most: int) -> Iterator[Line]:
    """Write the lines that add most to any of these metrics of one function; of a syntax error, the line."""
    if findings[0].metric == SYNTAX:
        for found in findings[0].lines:
            yield _source((f"{found.line:>8}  ",), found.text, screen)
        return
    told = [finding for finding in findings if finding.lines]
    rows = _chosen(_rows(told), most)
    if rows:
        yield from _table(rows, told, scope, screen)


def _table(rows: list[Row], told: list[Finding], scope: Scope, screen: Screen) -> Iterator[Line]:
    size = max(_NARROWEST, *(len(str(row.line)) for row in rows))
    metrics = " ".join(f"{metric_name(finding.metric)[:4]}." for finding in told)
    marked = _are_marked(rows, told, scope)
    title = f"{_INDENT}{'line':>{size}} {metrics}  what adds most"
    room = screen.width - len(title)
    legend = _legend(rows, wording(scope, screen).by, room) if marked else ""
    yield line(title, cut(legend, room, screen))
    for row in rows:
        mark = Span("+", Style.OWN) if row.own and marked else " "
        yield _source(("  ", mark, f" {row.line:>{size}} {' '.join(map(_cell, row.adds))}  "), row.text, screen)


def _are_marked(rows: list[Row], told: list[Finding], scope: Scope) -> bool:
    """That every line of a new function is new, or none of an old one in a census, is not worth a word."""
    if not any(finding.ancestor for finding in told):
        return False
    return scope.kind != ScopeKind.TREE or any(row.own for row in rows)


def _cell(adds: int) -> str:
    return f"{f'+{adds}' if adds else '':>5}"


def _legend(rows: list[Row], by: str, room: int) -> str:
    """What the marks mean, in fewer words on a narrow screen."""
    mark = "+" if any(row.own for row in rows) else "none of it"
    long = f", {mark} written by {by}"
    return long if len(long) <= room else f", {mark} by {by}"


def _source(margin: tuple[str | Span, ...], text: str, screen: Screen) -> Line:
    """A line of source after its margin."""
    used = sum(len(piece.text if isinstance(piece, Span) else piece) for piece in margin)
    return line(*margin, cut(shown(text, screen), screen.width - used, screen))


def _rows(findings: Sequence[Finding]) -> list[Row]:
    """Every line that adds to any of these metrics; not the ``def``, if all it adds is what every function starts with.

    The findings are about one function.
    """
    adding = [{each.line: each for each in finding.lines} for finding in findings]
    found = {number: each for lines in adding for number, each in lines.items()}
    rows = [
        Row(number, tuple(_adds(lines.get(number)) for lines in adding), found[number].text, found[number].own)
        for number in found
    ]
    return sorted((row for row in rows if row.line != findings[0].line or sum(row.adds) > 1), key=lambda row: row.order)


def _adds(contribution: Contribution | None) -> int:
    return contribution.adds if contribution else 0


def _chosen(rows: list[Row], most: int) -> list[Row]:
    """The first few; at least half of them this change's own, as far as it has any."""
    if most <= 0:
        return []
    others = [row for row in rows[:most] if not row.own]
    own = [row for row in rows if row.own]
    kept = own[: max(most // 2, most - len(others))]
    return sorted([*kept, *others[: most - len(kept)]], key=lambda row: row.order)
