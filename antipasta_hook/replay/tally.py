"""Commits that were replayed, taken together: how many were stopped, by what, and which functions stop most. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from antipasta_hook.model import Outcome
from antipasta_hook.model.backtest import (
    Backtest,
    Blobs,
    LimitPair,
    LimitTable,
    Question,
    Repeated,
    Replayed,
    Share,
    Stopping,
)
from antipasta_hook.replay.grid import Grid

MOST_FUNCTIONS: Final = 10


class Terms(NamedTuple):
    """What holds for a whole replay; see Backtest.

    ``first`` is the first commit of each author, None where the history is not all here.
    """

    question: Question
    head: str
    settings: str
    grid: Grid
    first: dict[str, str] | None
    problems: tuple[str, ...] = ()


def tally(done: Sequence[Replayed], terms: Terms, blobs: Blobs, *, complete: bool, seconds: float) -> Backtest:
    """The answer; ``done`` are the commits, the newest first."""
    merges, plain = ([each for each in done if each.is_merge == wanted] for wanted in (True, False))
    return Backtest(
        question=terms.question,
        head=terms.head,
        settings=terms.settings,
        complete=complete,
        commits=_share(plain),
        merges=_share(merges),
        firsts=None if terms.first is None else _share(filter(_is_first, plain)),
        left_out=_reasons(done, None),
        in_part=_reasons(done, Outcome.INCOMPLETE),
        stops=_stoppings(plain),
        functions=_functions_that_stop_most(plain),
        limits=_limit_table(plain, terms),
        stopped=tuple(each for each in done if each.stops),
        problems=terms.problems,
        blobs=blobs,
        seconds=seconds,
    )


def _reasons(done: Iterable[Replayed], outcome: Outcome | None) -> tuple[tuple[str, int], ...]:
    """Why commits had this outcome, and how many each time, the most frequent first."""
    times = Counter(each.reason for each in done if each.outcome == outcome)
    return tuple(sorted(times.items(), key=lambda item: (-item[1], item[0])))


def _is_first(commit: Replayed) -> bool:
    return commit.is_first is True


def _share(commits: Iterable[Replayed]) -> Share:
    """How many of some commits were judged, stopped and judged in part."""
    outcomes = Counter(each.outcome for each in commits if each.outcome is not None)
    incomplete = outcomes[Outcome.INCOMPLETE]
    return Share(outcomes.total(), outcomes[Outcome.FAIL], incomplete)


def _stoppings(commits: Iterable[Replayed]) -> tuple[Stopping, ...]:
    """How often each status and metric stopped a commit, the most frequent first."""
    times = Counter(found for each in commits for found in {(stop.status, stop.metric) for stop in each.stops})
    ranked = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Stopping(status, metric, number) for (status, metric), number in ranked)


def _functions_that_stop_most(commits: Sequence[Replayed]) -> tuple[Repeated, ...]:
    """The functions that stopped most commits, with their values in the newest of these; the newest commit first."""
    times: Counter[tuple[str, str]] = Counter()
    values: dict[tuple[str, str], dict[str, float]] = {}
    for each in commits:
        found: dict[tuple[str, str], dict[str, float]] = {}
        for stop in each.stops:
            if stop.symbol is not None and stop.value is not None:
                found.setdefault((stop.path, stop.symbol), {})[stop.metric] = stop.value
        times.update(found.keys())
        values = found | values
    ranked = sorted(times.items(), key=lambda item: (-item[1], item[0]))[:MOST_FUNCTIONS]
    return tuple(Repeated(*name, number, tuple(values[name].items())) for name, number in ranked)


def _limit_table(commits: Sequence[Replayed], terms: Terms) -> LimitTable:
    """How many commits each pair of limits would have stopped."""
    grid = terms.grid
    times = Counter(pair for each in commits for pair in each.stopped_by)
    stopped = tuple(tuple(times[LimitPair(one, other)] for other in grid.cognitive) for one in grid.cyclomatic)
    in_force = (None, None) if terms.question.own else grid.in_force
    return LimitTable(grid.cyclomatic, grid.cognitive, stopped, in_force)
