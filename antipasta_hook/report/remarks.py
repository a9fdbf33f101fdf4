"""What else there is to say, in a line each: what does not block, what was before, what was not checked, notices."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from antipasta_hook.model import SYNTAX, FileOutcome, Finding, Problem, ScopeKind, Severity, Status, Verdict
from antipasta_hook.report.block import change, place
from antipasta_hook.report.layout import Line, columns, cut, cut_middle, first_that_fits, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.wording import wording
from antipasta_hook.report.words import UNCHECKED, count, number

WORTH_A_LINE: Final = frozenset({Status.INTRODUCED, Status.WORSENED, Status.UNJUDGED})
"""What is news, whether it blocks or not."""
_BEFORE: Final = frozenset({Status.EXISTING, Status.IMPROVED})
_FOR_REVIEW: Final = frozenset({"suppression-added", "newly-skipped"})
_SHORTEST_SYMBOL: Final = 12
_MOST_NAMED: Final = 20  # files on one line, if it is a very wide one
_INDENT: Final = "  "


def remarks(verdict: Verdict, screen: Screen, most: int, *, full: bool) -> Iterator[Line]:
    """Write all that is not about what blocks; no list has more than ``most`` entries."""
    let_through = [f for f in verdict.findings if not f.blocking and f.status in WORTH_A_LINE]
    yield from listed("Not blocking:", (_passing(finding, screen) for finding in let_through), most)
    yield from _before(verdict, screen, full=full)
    yield from _unchecked(unlooked(verdict), screen, full=full)
    yield from _told(verdict, screen, most)


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


def _passing(finding: Finding, screen: Screen) -> str:
    """One line on what does not block, and why not."""
    what, why = change(finding, screen), shown(finding.why_not or "", screen)
    limit = "" if finding.limit is None else f" (limit {number(finding.limit)})"
    return about(finding, (f"{what}{limit}: {why}", f"{what}: {why}", what), screen)


def about(finding: Finding, variants: Sequence[str], screen: Screen) -> str:
    """A line on one function, said in the first way that has room; the place is never cut."""
    where = _INDENT + shown(place(finding), screen)
    symbol = shown(finding.symbol or "", screen)
    ways = []
    for what in variants:
        ways.append(f"{where}{f' {symbol}' if symbol else ''}  {what}")
        room = screen.width - columns(where) - columns(what) - 3
        if _SHORTEST_SYMBOL <= room < columns(symbol):
            ways.append(f"{where} {cut_middle(symbol, room, screen)}  {what}")
    fitting = first_that_fits(ways, screen)
    return fitting if fitting.startswith(where) else where


def listed(title: str, entries: Iterable[str], most: int) -> Iterator[Line]:
    """A title and the first entries, and a count of the rest; nothing where there are none."""
    listed = list(entries)
    if listed:
        yield line(title)
        yield from (line(text) for entry in listed[:most] for text in entry.split("\n"))
        if len(listed) > most:
            yield line(f"{_INDENT}... and {len(listed) - most:,} more; --detail full lists them")


def _before(verdict: Verdict, screen: Screen, *, full: bool) -> Iterator[Line]:
    """In one line what was over a limit already; in full, each of them."""
    told = {function_of(finding) for finding in verdict.findings if finding.blocking}
    before = [f for f in verdict.findings if f.status in _BEFORE and function_of(f) not in told]
    if not before:
        return
    text = _were_over(before, verdict, screen)
    if full:
        yield from listed(f"{text}:", (_passing(finding, screen) for finding in before), len(before))
    else:
        yield line(text)


def _were_over(before: Sequence[Finding], verdict: Verdict, screen: Screen) -> str:
    if verdict.scope.kind == ScopeKind.TREE:
        return f"Over a limit, and let through: {functions(before)}"
    were = "was" if len(set(map(function_of, before))) == 1 else "were"
    return f"{wording(verdict.scope, screen).others}: {functions(before)} {were} over a limit before"


def unlooked(verdict: Verdict) -> list[FileOutcome]:
    """What was to be looked at and was not; what a finding says of a file need not be said twice."""
    told = {finding.path for finding in verdict.findings if finding.metric == SYNTAX and finding.blocking}
    return [file for file in verdict.files if file.status in UNCHECKED and file.path not in told]


def _unchecked(files: Sequence[FileOutcome], screen: Screen, *, full: bool) -> Iterator[Line]:
    """In one line what was not checked, by name as far as there is room; in full, each on a line."""
    if not files:
        return
    entries = [(shown(file.path, screen), f" ({shown(file.reason or file.status, screen)})") for file in files]
    title = f"Not checked: {count(len(files), 'file')}:"
    if full:
        yield from listed(title, (f"{_INDENT}{path}{why}" for path, why in entries), len(entries))
        return
    yield line(f"{title} {_named(entries, screen._replace(width=screen.width - columns(title) - 1))}")


def _named(entries: Sequence[tuple[str, str]], screen: Screen) -> str:
    """As many names as there is room for, with what is to be said of each, and how many more there are."""
    for named in range(min(len(entries), _MOST_NAMED), 0, -1):
        rest = f" and {len(entries) - named:,} more" if named < len(entries) else ""
        text = ", ".join(path + why for path, why in entries[:named]) + rest
        if columns(text) <= screen.width:
            return text
    path, why = entries[0]
    room = screen.width - columns(rest)
    return cut(cut_middle(path, max(_SHORTEST_SYMBOL, room - columns(why)), screen) + why, room, screen) + rest


def _told(verdict: Verdict, screen: Screen, most: int) -> Iterator[Line]:
    """What has to be known besides: what went wrong, and what the change silences."""
    silenced = [problem for problem in verdict.problems if problem.kind in _FOR_REVIEW]
    others = [problem for problem in verdict.problems if problem.kind not in _FOR_REVIEW]
    yield from listed("Please note:", (_problem(problem, screen) for problem in others), most)
    title = f"Silenced by {wording(verdict.scope, screen).by}, listed for the reviewer:"
    yield from listed(title, (_silenced(problem, screen) for problem in silenced), most)


def _silenced(problem: Problem, screen: Screen) -> str:
    where = f"{shown(problem.path, screen)}: " if problem.path else ""
    return cut(f"{_INDENT}{where}{shown(problem.message, screen)}", screen.width, screen)


def _problem(problem: Problem, screen: Screen) -> str:
    """What went wrong is said in full, on further lines if need be."""
    mark = "" if problem.severity == Severity.NOTICE else f"{problem.severity}: "
    where = f"{shown(problem.path, screen)}: " if problem.path else ""
    recovery = f" ({shown(problem.recovery, screen)})" if problem.recovery else ""
    text = f"{_INDENT}{mark}{where}{shown(problem.message, screen)}{recovery}"
    if columns(text) <= screen.width:
        return text
    import textwrap

    wrapped = textwrap.wrap(
        text.strip(),
        screen.width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(wrapped)
