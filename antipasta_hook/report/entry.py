"""One entry of a list: a function or a file and what is said of it, in a line or in as many as that needs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from antipasta_hook.model import SYNTAX, Finding, Status
from antipasta_hook.report.layout import Line, arrow, cut_middle, filled, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.words import as_set, count, metric_name, values

INDENT: Final = "  "
HANG: Final = "    "
"""Before an entry, and before what of it goes on."""


def place(finding: Finding) -> str:
    """``path:line``, which terminals and editors follow."""
    return f"{finding.path}:{finding.line}"


def function_of(finding: Finding) -> tuple[str, int, str | None]:
    """The function or file that a finding is about: path, line, symbol."""
    return finding.path, finding.line, finding.symbol


def functions(findings: Iterable[Finding]) -> str:
    """How many functions, and how many whole files, findings are about."""
    places = set(map(function_of, findings))
    files = sum(symbol is None for *_, symbol in places)
    parts = []
    if len(places) > files:
        parts.append(count(len(places) - files, "function"))
    if files:
        parts.append(count(files, "file"))
    return " and ".join(parts)


def change(finding: Finding, screen: Screen) -> str:
    """``cognitive 23, new``, ``cyclomatic 6 -> 13``, ``cyclomatic 12, as before``."""
    if finding.metric == SYNTAX:
        return "cannot be parsed"
    name = metric_name(finding.metric)
    if finding.value is None:
        return f"{name} {finding.status}"
    if finding.before is None:
        new = ", new" if finding.status == Status.INTRODUCED else ""
        return f"{name} {values(finding)}{new}"
    if finding.before == finding.value:
        return f"{name} {values(finding._replace(before=None))}, as before"
    return f"{name} {values(finding, arrow(screen))}"


def passing(finding: Finding, screen: Screen) -> tuple[str, ...]:
    """The pieces that say how far a finding that does not block is over its limit, and why it does not."""
    what = change(finding, screen)
    if finding.status == Status.RESOLVED:
        return (f"{what}, better",)
    limit = "" if finding.limit is None else f" (limit {as_set(finding.limit)})"
    if finding.status == Status.IMPROVED:
        return (f"{what}, better{limit}",)
    if finding.status == Status.EXISTING and finding.value is not None:
        return (what + limit,)
    return (f"{what}{limit}:", f" {shown(finding.why_not or '', screen)}")


def about(finding: Finding, pieces: Sequence[str], screen: Screen) -> str:
    """What is said of one function or file, after its place, which is never cut."""
    symbol = cut_middle(shown(finding.symbol or "", screen), screen.width - len(HANG), screen)
    where = f"{INDENT}{shown(place(finding), screen)}"
    first, *others = pieces
    named = [f" {symbol}"] if symbol else []
    return "\n".join(filled(where, [*named, f"  {first.strip()}", *others], screen, HANG))


def listed(title: str, entries: Iterable[str], most: int, *, more: int = 0) -> Iterator[Line]:
    """A title and the first entries, and a count of the rest; nothing where there are none.

    ``more`` are not even among the entries.
    """
    listed = list(entries)
    if listed:
        yield from (line(text) for entry in (title, *listed[:most]) for text in entry.split("\n"))
        if len(listed) + more > most:
            yield line(f"{INDENT}... and {len(listed) + more - most:,} more: --detail full")
