"""What else there is to say, in a line each: what does not block, what was before, what was not checked, notices."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from antipasta_hook.model import (
    SYNTAX,
    FileOutcome,
    FileStatus,
    Finding,
    Outcome,
    Problem,
    Scope,
    ScopeKind,
    Severity,
    Status,
    Verdict,
)
from antipasta_hook.report.deferred import deferred
from antipasta_hook.report.entry import HANG, INDENT, about, function_of, functions, listed, passing
from antipasta_hook.report.layout import Line, columns, cut_middle, filled, folded, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.standing import standing, worst_first
from antipasta_hook.report.wording import wording
from antipasta_hook.report.words import UNCHECKED, count, placed, printable

WORTH_A_LINE: Final = frozenset({Status.INTRODUCED, Status.WORSENED, Status.UNJUDGED})
"""What is news, whether it blocks or not."""
_BEFORE: Final = frozenset({Status.EXISTING, Status.IMPROVED})
FOR_REVIEW: Final = frozenset({"suppression-added", "newly-skipped"})
"""The kinds of problems that say what a change silences."""
_MOST_STANDING: Final = 10
_MOST_NAMED: Final = 20  # files on one line, if it is a very wide one


def remarks(verdict: Verdict, screen: Screen, most: int, *, full: bool) -> Iterator[Line]:
    """Write all that is not about what blocks; no list has more than ``most`` entries."""
    unjudged = _of_passing_functions(verdict, frozenset({Status.UNJUDGED}))
    yield from listed("Could not be judged:", (about(f, passing(f, screen), screen) for f in unjudged), most)
    let_through = _of_passing_functions(verdict, WORTH_A_LINE - {Status.UNJUDGED})
    yield from listed("Not blocking:", (about(f, passing(f, screen), screen) for f in let_through), most)
    whole = verdict.scope.kind == ScopeKind.TREE or verdict.census is not None
    yield from _before(_of_passing_functions(verdict, _BEFORE), verdict.scope, screen, full=full, whole=whole)
    unseen = unlooked(verdict)
    yield from _unchecked([file for file in unseen if file.status != FileStatus.DEFERRED], screen, full=full)
    late = [file for file in unseen if file.status == FileStatus.DEFERRED]
    yield from deferred(late, verdict.scope, screen, full=full, stopped=verdict.outcome == Outcome.FAIL)
    yield from _told(verdict, screen, most)


def _of_passing_functions(verdict: Verdict, statuses: frozenset[Status]) -> list[Finding]:
    """The findings of such a status; a function that blocks says in its block what else there is to be said of it."""
    blocked = {function_of(finding) for finding in verdict.findings if finding.blocking}
    return [f for f in verdict.findings if f.status in statuses and function_of(f) not in blocked]


def _before(before: Sequence[Finding], scope: Scope, screen: Screen, *, full: bool, whole: bool) -> Iterator[Line]:
    """What was as it is, or worse: in one line, in full each of it; of a whole tree, the worst of what is over."""
    over = [finding for finding in before if finding.value is not None]
    if whole:
        title = f"Over a limit, and let through: {functions(over)}"
        groups, most = worst_first(over), sys.maxsize if full else _MOST_STANDING
        yield from listed(title, standing(groups[:most], screen), most, more=len(groups[most:]))
    elif before:
        text = f"{wording(scope, screen).others}: {' and '.join(_as_before(before, over))}"
        entries = [about(finding, passing(finding, screen), screen) for finding in before if full]
        title = "\n".join(folded(f"{text}:" if full else text, screen, "", HANG))
        yield from _lines([title, *entries])


def _lines(entries: Iterable[str]) -> Iterator[Line]:
    return (line(text) for entry in entries for text in entry.split("\n"))


def _as_before(before: Sequence[Finding], over: Sequence[Finding]) -> Iterator[str]:
    """What has not become worse, in numbers; the findings are those of all of it and of what is over a limit."""
    if over:
        yield f"{functions(over)} {'was' if len(set(map(function_of, over))) == 1 else 'were'} over a limit before"
    if unread := len(before) - len(over):
        yield f"{count(unread, 'file')} could not be parsed before either"


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
        yield from listed(title, ("\n".join(_unread(path, why, screen)) for path, why in entries), len(entries))
    else:
        yield from map(line, _named(title, entries, screen))


def _unread(path: str, why: str, screen: Screen) -> list[str]:
    return filled(f"{INDENT}{cut_middle(path, screen.width - len(INDENT), screen)}", (why,), screen, HANG)


def _named(title: str, entries: Sequence[tuple[str, str]], screen: Screen) -> list[str]:
    """As many names as a line has room for, with what is to be said of each, and how many more there are.

    One name is said in full, on further lines if need be.
    """
    for named in range(min(len(entries), _MOST_NAMED), 0, -1):
        rest = f" and {len(entries) - named:,} more" if named < len(entries) else ""
        text = f"{title} {', '.join(path + why for path, why in entries[:named])}{rest}"
        if columns(text) <= screen.width:
            return [text]
    path, why = entries[0]
    return filled(title, (f" {cut_middle(path, screen.width - len(INDENT), screen)}", why, rest), screen, INDENT)


def _told(verdict: Verdict, screen: Screen, most: int) -> Iterator[Line]:
    """What has to be known besides: what went wrong, and what the change silences."""
    silenced = [problem for problem in verdict.problems if problem.kind in FOR_REVIEW]
    others = [problem for problem in verdict.problems if problem.kind not in FOR_REVIEW]
    yield from listed("Please note:", (_problem(problem, screen) for problem in others), most)
    title = f"Silenced by {wording(verdict.scope, screen).by}, listed for the reviewer:"
    yield from listed(title, (_silenced(problem, screen) for problem in silenced), most)


def _silenced(problem: Problem, screen: Screen) -> str:
    where = f"{_shortened(problem.path, screen)}: " if problem.path else ""
    return "\n".join(folded(f"{where}{shown(problem.message, screen)}", screen, INDENT, HANG))


def _problem(problem: Problem, screen: Screen) -> str:
    """What went wrong is said in full, on further lines if need be."""
    mark = "" if problem.severity == Severity.NOTICE else f"{problem.severity}: "
    says_where = not problem.path or placed(problem)[2] != printable(problem.message)
    where = "" if says_where else f"{_shortened(problem.path or '', screen)}: "
    recovery = f" ({shown(problem.recovery, screen)})" if problem.recovery else ""
    return "\n".join(folded(f"{mark}{where}{shown(problem.message, screen)}{recovery}", screen, INDENT, HANG))


def _shortened(path: str, screen: Screen) -> str:
    """A path, in the middle of a text; a very long one without its middle."""
    return cut_middle(shown(path, screen), screen.width - len(HANG) - 1, screen)
