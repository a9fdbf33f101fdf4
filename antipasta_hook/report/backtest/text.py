"""A backtest for people: within the columns of a screen."""

from collections.abc import Iterator
from typing import Final

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
from antipasta_hook.report.layout import arrow, columns, cut, cut_middle, shown
from antipasta_hook.report.screen import PLAIN, Screen

_MOST_STOPS: Final = 2
_MOST_COLUMNS: Final = 120
_ROW: Final = 36  # columns of a row's name


def render(found: Backtest, screen: Screen = PLAIN) -> str:
    """Write the numbers first, then what they are made of, the table of limits, and the newest stopped commits."""
    parts = (_head, _shares, _stops, _functions, _limits, _stopped, _remarks)
    blocks = [list(part(found, screen)) for part in parts]
    lines = [line for block in blocks if block for line in (*block, "")]
    return "".join(f"{cut(line, screen.width, screen).rstrip()}\n" for line in (*lines, summary(found)))


def _head(found: Backtest, screen: Screen) -> Iterator[str]:
    yield from _wrapped(f"antipasta-hook: {shown(replayed(found), screen)}", screen.width)
    yield f"back from {found.head[:12]}, judged by {shown(found.settings, screen)}"


def _shares(found: Backtest, _: Screen) -> Iterator[str]:
    in_part = are_in_part(found)
    yield f"{'':{_ROW}}{'judged':>8}{'stopped':>9}{'share':>9}{'in part' if in_part else '':>10}"
    for name, share in kinds(found):
        row = f"{name:{_ROW}}{share.judged:>8,}{share.stopped:>9,}{percent(share.stopped, share.judged):>9}"
        yield row + (f"{share.incomplete:>10,}" if in_part else "")


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


def _limits(found: Backtest, screen: Screen) -> Iterator[str]:
    table = shares(found, marks=("[", "]"))
    if table is None:
        return
    yield from _wrapped(f"Share that other limits would stop{other_limits(found)}", screen.width)
    yield f"{'  cyclomatic':14}{'cognitive':>10}" + "".join(f"{name:>10}" for name in table.head)
    for name, row in table.rows:
        yield f"{name:>12}{'':12}" + "".join(f"{cell:>10}" if "[" not in cell else f"{cell:>11}" for cell in row)
    for text in about_limits(found):
        yield from _wrapped(text, screen.width)


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

    return textwrap.wrap(text, min(width, _MOST_COLUMNS), subsequent_indent="  ", break_on_hyphens=False)


def _fitted(text: str, room: int, screen: Screen) -> str:
    return cut_middle(shown(text, screen), room, screen)
