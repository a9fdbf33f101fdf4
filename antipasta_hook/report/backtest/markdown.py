"""A backtest as Markdown, for a wiki or the description of a pull request."""

from collections.abc import Iterator, Sequence

from antipasta_hook.model.backtest import Backtest, Replayed
from antipasta_hook.report.backtest.phrases import (
    MOST_STOPPED,
    about_limits,
    are_in_part,
    day,
    functions,
    kinds,
    newest,
    other_limits,
    percent,
    remarks,
    replayed,
    shares,
    stopping,
    summary,
)
from antipasta_hook.report.markup import code, escaped, paragraph
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.words import printable


def render(found: Backtest, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write the same as the text, in tables."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Backtest) -> Iterator[str]:
    whole = found.commits.judged
    yield f"## Backtest of {escaped(replayed(found))}"
    yield ""
    yield f"Back from {_code(found.head[:12])}, judged by {escaped(found.settings)}."
    last = 5 if are_in_part(found) else 4
    counts = [
        (name.strip(), f"{s.judged:,}", f"{s.stopped:,}", percent(s.stopped, s.judged), f"{s.incomplete:,}")[:last]
        for name, s in kinds(found)
    ]
    yield from _table(("", "judged", "stopped", "share", "in part")[:last], counts)
    stops = [(stopping(stop), f"{stop.commits:,}", percent(stop.commits, whole)) for stop in found.stops]
    yield from _table(("stopped by", "commits", "share"), stops)
    repeated = [(_code(f"{f.path} {f.symbol}"), f"{f.commits:,}", newest(f)) for f in found.functions]
    yield from _table(("functions that stop most", "commits", "in the newest"), repeated)
    yield from _limits(found)
    commits = [each for each in found.stopped if not each.is_merge][:MOST_STOPPED]
    rows = [(_code(each.oid[:10]), day(each.time), escaped(each.subject), *_first(each)) for each in commits]
    yield from _table(("newest stopped", "day", "subject", "first of what stopped it", ""), rows)
    for remark in remarks(found):
        yield ""
        yield paragraph(remark)
    yield ""
    yield summary(found)


def _first(commit: Replayed) -> tuple[str, str]:
    stop, measured = functions(commit.stops)[0]
    return _code(f"{stop.path} {stop.symbol or ''}".strip()), measured


def _limits(found: Backtest) -> Iterator[str]:
    table = shares(found, marks=("**", "**"))
    if table is None:
        return
    yield ""
    yield f"Share that other limits would stop{other_limits(found)}:"
    yield from _table(("cyclomatic \\ cognitive", *table.head), [(name, *row) for name, row in table.rows])
    for text in about_limits(found):
        yield ""
        yield text


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _code(text: str) -> str:
    """A name as code, in a cell, which it must not end: forges do not agree on how a bar is written there."""
    return code(printable(text).replace("|", "\\x7c"))
