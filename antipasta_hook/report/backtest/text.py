"""A backtest for people: within the columns of a screen."""

from collections.abc import Iterator
from typing import Final

from antipasta_hook.model.backtest import Backtest, Replayed
from antipasta_hook.report.backtest.phrases import (
    MOST_STOPPED,
    asked,
    cells,
    day,
    functions,
    kinds,
    newest,
    other_limits,
    percent,
    remarks,
    stopping,
    summary,
)
from antipasta_hook.report.layout import arrow, columns, cut, cut_middle, shown
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.words import as_set

_MOST_STOPS: Final = 2
_ROW: Final = 36  # columns of a row's name


def render(found: Backtest, screen: Screen = PLAIN) -> str:
    """Write the numbers first, then what they are made of, the table of limits, and the newest stopped commits."""
    parts = (_head, _shares, _stops, _functions, _limits, _stopped, _remarks)
    blocks = [list(part(found, screen)) for part in parts]
    lines = [line for block in blocks if block for line in (*block, "")]
    return "".join(f"{cut(line, screen.width, screen).rstrip()}\n" for line in (*lines, summary(found)))


def _head(found: Backtest, screen: Screen) -> Iterator[str]:
    yield f"antipasta-hook: {shown(asked(found.question), screen)}"
    yield f"back from {found.head[:12]}, judged by {shown(found.settings, screen)}"


def _shares(found: Backtest, _: Screen) -> Iterator[str]:
    yield f"{'':{_ROW}}{'judged':>8}{'stopped':>9}{'share':>9}"
    for name, share in kinds(found):
        yield f"{name:{_ROW}}{share.judged:>8,}{share.stopped:>9,}{percent(share.stopped, share.judged):>9}"


def _stops(found: Backtest, _: Screen) -> Iterator[str]:
    if found.stops:
        yield "What stopped commits"
    for stop in found.stops:
        share = percent(stop.commits, found.commits.judged)
        yield f"{f'  {stopping(stop)}':{_ROW}}{'':8}{stop.commits:>9,}{share:>9}"


def _functions(found: Backtest, screen: Screen) -> Iterator[str]:
    if found.functions:
        yield "Functions that stop most: how many commits, and what they were at in the newest"
    for each in found.functions:
        times, measured = f"{each.commits:>5,}  ", f"  {newest(each)}"
        room = screen.width - columns(times) - columns(measured)
        yield f"{times}{_fitted(f'{each.path} {each.symbol}', room, screen)}{measured}"


def _limits(found: Backtest, _: Screen) -> Iterator[str]:
    table = found.limits
    if not found.commits.judged:
        return
    yield f"Share that other limits would stop{other_limits(table)}"
    yield f"{'  cyclomatic':14}{'cognitive':>10}" + "".join(f"{as_set(limit):>10}" for limit in table.cognitive)
    for name, row in cells(table, found.commits.judged, marks=("[", "]")):
        yield f"{name:>12}{'':12}" + "".join(f"{cell:>10}" if "[" not in cell else f"{cell:>11}" for cell in row)


def _stopped(found: Backtest, screen: Screen) -> Iterator[str]:
    commits = [each for each in found.stopped if not each.is_merge]
    if commits:
        yield "The newest that would have been stopped"
    for each in commits[:MOST_STOPPED]:
        yield cut(f"  {each.oid[:10]} {day(each.time)} {shown(each.subject, screen)}", screen.width, screen)
        yield from _why(each, screen)


def _why(commit: Replayed, screen: Screen) -> Iterator[str]:
    found = functions(commit.stops, arrow(screen))
    for stop, measured in found[:_MOST_STOPS]:
        place = f"{stop.path}:{stop.line} {stop.symbol or ''}".strip()
        yield f"    {_fitted(place, screen.width - 6 - columns(measured), screen)}  {measured}"
    if len(found) > _MOST_STOPS:
        yield f"    ... and {len(found) - _MOST_STOPS:,} more"


def _remarks(found: Backtest, screen: Screen) -> Iterator[str]:
    for remark in remarks(found):
        yield from _wrapped(shown(remark, screen), screen.width)


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)


def _fitted(text: str, room: int, screen: Screen) -> str:
    return cut_middle(shown(text, screen), room, screen)
