"""What the formats for people say in the same words."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

from antipasta_hook import __version__
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, SYNTAX, Finding
from antipasta_hook.model.backtest import Backtest, LimitTable, Question, Repeated, Share, Stopping
from antipasta_hook.report.words import as_set, count, metric_name, number, values

MOST_STOPPED = 10
"""Commits that are listed."""


def asked(question: Question) -> str:
    """Which commits, in words."""
    if question.since is not None:
        return f"the commits since {question.since} that touch Python files"
    return f"the last {question.last:,} commits that touch Python files"


def percent(part: int, whole: int) -> str:
    """A share with one decimal; ``-`` of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def day(time: int) -> str:
    """The day, in UTC: the same wherever it is read."""
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
    except (OverflowError, ValueError, OSError):
        return "?"


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


def cells(table: LimitTable, whole: int, *, marks: tuple[str, str]) -> list[tuple[str, list[str]]]:
    """A row for each cyclomatic limit: its name, and the share for each cognitive one, that in force between marks."""
    rows = []
    for limit, stopped in zip(table.cyclomatic, table.stopped, strict=True):
        row = [
            _marked(percent(times, whole), marks, mark=(limit, other) == table.in_force)
            for other, times in zip(table.cognitive, stopped, strict=True)
        ]
        rows.append((as_set(limit), row))
    return rows


def _marked(text: str, marks: tuple[str, str], *, mark: bool) -> str:
    return f"{marks[0]}{text}{marks[1]}" if mark else text


def remarks(found: Backtest) -> Iterator[str]:
    """What could not be judged, and what else must be known."""
    if not found.complete:
        yield "It was interrupted: these are the commits that were judged until then, the newest."
    yield from found.problems
    if found.firsts is None:
        yield "This clone is shallow: which commits are the first of their authors cannot be told."
    for reason, commits in found.left_out:
        yield f"Left out: {count(commits, 'commit')}: {reason}."
    incomplete = found.commits.incomplete + found.merges.incomplete
    if incomplete:
        yield f"Not all of {count(incomplete, 'commit')} could be judged; none of these counts as stopped."
    for reason, blobs in found.blobs.lost:
        yield f"Not looked at: {count(blobs, 'version')} of files: {reason}."


def summary(found: Backtest) -> str:
    """The last line: by whom, how much was measured, how long it took."""
    blobs = found.blobs
    known = f", {blobs.known:,} known before" if blobs.known else ""
    return f"antipasta-hook {__version__}: {count(blobs.measured, 'file')} measured{known}, {found.seconds:.1f} s"


def other_limits(table: LimitTable) -> str:
    """What the table of limits says, and which of it is in force."""
    names = ((CYCLOMATIC, table.in_force[0]), (COGNITIVE, table.in_force[1]))
    told: Sequence[str] = [f"{metric_name(metric)} {as_set(limit)}" for metric, limit in names if limit is not None]
    return f" (in force: {', '.join(told)})" if told else ""
