"""What the formats for people say in the same words."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import NamedTuple

from antipasta_hook import __version__
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, SYNTAX, Finding
from antipasta_hook.model.backtest import Backtest, Question, Repeated, Share, Stopping
from antipasta_hook.report.words import as_set, count, metric_name, number, values

MOST_STOPPED = 10
"""Commits that are listed."""
_MOST_REASONS = 5


def asked(question: Question) -> str:
    """Which commits are meant, in words."""
    if question.since is not None:
        understood = "" if question.moment is None else f" ({day(question.moment)})"
        return f"the commits since {question.since}{understood} that touch Python files"
    if question.last == 1:
        return "the last commit that touches Python files"
    return f"the last {question.last:,} commits that touch Python files"


def replayed(found: Backtest) -> str:
    """Which commits were judged, in words: it may be that there are not so many."""
    judged, last = found.commits.judged, found.question.last
    if not found.complete:
        return f"the newest {judged:,} of {asked(found.question)}"
    if last is None or judged >= last:
        return asked(found.question)
    return (
        "the only commit that touches Python files"
        if judged == 1
        else f"all {judged:,} commits that touch Python files"
    )


def percent(part: int, whole: int) -> str:
    """A share with one decimal; ``-`` of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def day(time: int) -> str:
    """The day, in UTC: the same wherever it is read."""
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
    except (OverflowError, ValueError, OSError):
        return "?"


def are_in_part(found: Backtest) -> bool:
    """Whether any commit could be judged in part only."""
    return bool(found.commits.incomplete or found.merges.incomplete)


def kinds(found: Backtest) -> Iterator[tuple[str, Share]]:
    """The kinds of commits, each with its share: all that count first, those by newcomers indented, merges last."""
    yield "commits", found.commits
    if found.firsts is not None:
        yield "  the first of their authors", found.firsts
    yield "merges, counted apart", found.merges


def stopping(stop: Stopping) -> str:
    """``cognitive, introduced``."""
    return "cannot be parsed" if stop.metric == SYNTAX else f"{metric_name(stop.metric)}, {stop.status}"


def newest(function: Repeated) -> str:
    """``cognitive 16, cyclomatic 12``."""
    return ", ".join(f"{metric_name(metric)} {number(value)}" for metric, value in function.values)


def functions(stops: Sequence[Finding], arrow: str = "->") -> list[tuple[Finding, str]]:
    """The functions and files that stopped a commit: one finding of each, and ``cognitive 14 -> 23, cyclomatic 11``."""
    groups = [list(group) for _, group in groupby(stops, key=lambda stop: (stop.path, stop.line, stop.symbol))]
    return [(group[0], ", ".join(_measured(stop, arrow) for stop in group)) for group in groups]


def _measured(stop: Finding, arrow: str) -> str:
    if stop.metric == SYNTAX:
        return "cannot be parsed"
    new = ", new" if stop.before is None else ""
    return f"{metric_name(stop.metric)} {values(stop, arrow)}{new}"


class Table(NamedTuple):
    """The limits as they are shown: their names in a row, and rows of a name and of the shares beside it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def shares(found: Backtest, *, marks: tuple[str, str]) -> Table | None:
    """The share that each pair of limits would stop, that in force between marks; None where limits change nothing.

    A metric that is judged nowhere has one row, or column.
    """
    table, whole = found.limits, found.commits.judged
    rows = _once(table.stopped, table.cyclomatic, table.in_force[0])
    columns = _once(tuple(zip(*table.stopped, strict=True)), table.cognitive, table.in_force[1])
    if not whole or (len(rows) == len(columns) == 1):
        return None
    in_force = _cell_in_force(found)
    return Table(
        tuple(name for _, name in columns),
        tuple(
            (
                name,
                tuple(_marked(percent(table.stopped[r][c], whole), marks, mark=(r, c) == in_force) for c, _ in columns),
            )
            for r, name in rows
        ),
    )


def _once(lines: Sequence[Sequence[int]], limits: Sequence[float], in_force: float | None) -> list[tuple[int, str]]:
    """The index and the name of each limit; one for all where none of them matters."""
    if in_force is None and len(set(map(tuple, lines))) == 1:
        return [(0, "any")]
    return [(index, as_set(limit)) for index, limit in enumerate(limits)]


def _cell_in_force(found: Backtest) -> tuple[int, int] | None:
    """Where the limits that judged everything stand; None where these were others in some places."""
    table = found.limits
    one, other = table.in_force
    if one not in table.cyclomatic or other not in table.cognitive:
        return None
    cell = table.cyclomatic.index(one), table.cognitive.index(other)
    return cell if table.stopped[cell[0]][cell[1]] == found.commits.stopped else None


def _marked(text: str, marks: tuple[str, str], *, mark: bool) -> str:
    return f"{marks[0]}{text}{marks[1]}" if mark else text


def about_limits(found: Backtest) -> Iterator[str]:
    """What has to be known to read the table."""
    stopped = found.limits.stopped
    rises = any(a < b for row in stopped for a, b in pairwise(row))
    if rises or any(a < b for column in zip(*stopped, strict=True) for a, b in pairwise(column)):
        yield (
            "A higher limit may stop more: what is over the lower one already may grow a little, "
            "what crosses a limit may not."
        )


def remarks(found: Backtest) -> Iterator[str]:
    """What could not be judged, and what else must be known."""
    if not found.complete:
        yield "It was interrupted: these are the commits that were judged until then, the newest."
    yield from found.problems
    if found.firsts is None:
        yield (
            "Not all of the history can be read here: this clone is shallow (git fetch --unshallow brings the older "
            "commits) or damaged (git fsck). Which commits are the first of their authors cannot be told."
        )
    for reason, commits in found.left_out:
        yield f"Left out: {count(commits, 'commit')}: {reason}."
    for reason, commits in found.in_part[:_MOST_REASONS]:
        yield f"Judged in part, and not counted as stopped: {count(commits, 'commit')}: {reason}."
    if others := sum(commits for _, commits in found.in_part[_MOST_REASONS:]):
        yield f"Judged in part for other reasons: {count(others, 'commit')}."
    for reason, blobs in found.blobs.lost:
        yield f"Not looked at: {count(blobs, 'file version')}: {reason}."


def summary(found: Backtest) -> str:
    """The last line: by whom, how much was measured, how long it took."""
    blobs = found.blobs
    known = f", {blobs.known:,} known before" if blobs.known else ""
    return (
        f"antipasta-hook {__version__}: {count(blobs.measured, 'file version')} measured{known}, {found.seconds:.1f} s"
    )


def other_limits(found: Backtest) -> str:
    """What the table of limits says, and which of it is in force."""
    names = zip((CYCLOMATIC, COGNITIVE), found.limits.in_force, strict=True)
    told: Sequence[str] = [f"{metric_name(metric)} {as_set(limit)}" for metric, limit in names if limit is not None]
    if not told:
        return ""
    return f" (in force: {', '.join(told)}{'' if _cell_in_force(found) else '; others in places'})"
