"""What a commit leaves alone: functions that nothing need be asked about. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from antipasta_hook.config.settings import Criteria, Settings
from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    Change,
    ChangeSet,
    FileStatus,
    FunctionMetrics,
    Gate,
    Measurement,
    Reading,
)
from antipasta_hook.model.backtest import LimitPair
from antipasta_hook.verdict.limits import function_limits, value_of

Measured = Mapping[str, Measurement]


class Touched(NamedTuple):
    """A change, or what of it can matter, and what was measured of that."""

    changeset: ChangeSet
    measured: Measured


def touched(changeset: ChangeSet, measured: Measured, settings: Settings, lowest: LimitPair) -> Touched:
    """A change without the functions and files that cannot matter to a verdict, in most commits all but a few.

    A function does not matter where it is within all limits (``lowest`` among them) and no other function can be
    excused by it: it is new, or surely its own old self (the only one of its name on either side) and no simpler than
    that was. Nor does one that is in all as it was, for which no gate but ``all`` stops. Of a file nothing need be left
    if it was read in full or need not be. A merge, whose new sides are held against several old ones, is left as it is.
    """
    first, *others = changeset.comparisons
    if others or Gate.ALL in {settings.criteria(change.path).gate for change in first.changes}:
        return Touched(changeset, measured)
    found, left = dict(measured), []
    times = Counter(oid for change in first.changes for oid in _sides(change))
    for change in first.changes:
        limits = _Limits(settings.criteria(change.path), lowest)
        if _stand_once(_sides(change), times):
            found.update(_without_the_quiet(_sides(change), measured, limits))
        if not (limits.are_all and _is_quiet(change, found)):
            left.append(change)
    return Touched(changeset._replace(comparisons=(first._replace(changes=tuple(left)),)), found)


def _stand_once(sides: Sequence[str], times: Mapping[str, int]) -> bool:
    """Whether no other file is the same as a side of this one: that would have two old selves, or two new ones."""
    return all(times[oid] == 1 for oid in sides if oid)


def _is_quiet(change: Change, measured: Measured) -> bool:
    """Whether nothing is left of a file that could be judged, and nothing about it is unknown."""
    known = [measured.get(oid) for oid in _sides(change) if oid]
    if any(each is not None and not _is_nothing(each) for each in known):
        return False
    return bool(change.skip) or change.after is None or measured.get(change.after.oid) is not None


def _is_nothing(known: Measurement) -> bool:
    """Whether a blob was read in full and has no functions, or was not to be read."""
    if known.metrics is None:
        return known.status == FileStatus.SKIPPED
    return known.metrics.reading == Reading.FULL and known.metrics.error is None and not known.metrics.functions


def _sides(change: Change) -> tuple[str, str]:
    """Both blobs; none is empty."""
    before, after = change.before, change.after
    return before.oid if before else "", after.oid if after else ""


def functions_of(measured: Measured, oid: str) -> tuple[FunctionMetrics, ...]:
    """The functions of a blob; none where nothing is known of it."""
    known = measured.get(oid)
    return known.metrics.functions if known is not None and known.metrics is not None else ()


def _without_the_quiet(
    sides: tuple[str, str], measured: Measured, limits: "_Limits"
) -> Iterator[tuple[str, Measurement]]:
    """Both sides of one file, as far as anything is known of them."""
    old, new = (functions_of(measured, oid) for oid in sides)
    quiet = _quiet(old, new, limits)
    for oid in sides:
        known = measured.get(oid)
        if known is not None and known.metrics is not None:
            functions = tuple(each for each in known.metrics.functions if each.symbol not in quiet)
            yield oid, known._replace(metrics=known.metrics._replace(functions=functions))


def _quiet(old: Sequence[FunctionMetrics], new: Sequence[FunctionMetrics], limits: "_Limits") -> set[str]:
    """The names of functions that cannot matter, of those that stand once on a side."""
    before, after = _by_unique_name(old), _by_unique_name(new)
    same = {
        name
        for name in before.keys() & after.keys()
        if before[name][3:] == after[name][3:]  # all but its name and lines: as nearly all are
        or limits.did_not_fall(before[name], after[name])
    }
    fresh = after.keys() - {function.symbol for function in old}
    return same | {name for name in fresh if limits.holds(after[name])}


def _by_unique_name(functions: Sequence[FunctionMetrics]) -> dict[str, FunctionMetrics]:
    found = {function.symbol: function for function in functions}
    if len(found) == len(functions):
        return found
    times = Counter(function.symbol for function in functions)
    return {symbol: function for symbol, function in found.items() if times[symbol] == 1}


class _Limits:
    """The limits of a file's functions, none of them higher than the lowest; ``are_all``: the file itself has none."""

    def __init__(self, criteria: Criteria, lowest: LimitPair) -> None:
        floor = {CYCLOMATIC: lowest.cyclomatic, COGNITIVE: lowest.cognitive}
        limits = function_limits(criteria)
        self._criteria = criteria
        self.are_all: Final = criteria.limits.keys() <= floor.keys()
        self._known = limits.keys() <= floor.keys()
        self._limits = [(metric, min(limits[metric].limit, floor[metric])) for metric in limits if self._known]

    def holds(self, function: FunctionMetrics) -> bool:
        """Whether a function is surely within all of them."""
        return self._known and all((self._value(function, metric) or 0) <= limit for metric, limit in self._limits)

    def did_not_fall(self, old: FunctionMetrics, new: FunctionMetrics) -> bool:
        """Whether a function is within them, and no simpler than it was."""
        return self.holds(new) and all(self._is_no_less(old, new, metric) for metric, _ in self._limits)

    def _is_no_less(self, old: FunctionMetrics, new: FunctionMetrics, metric: str) -> bool:
        was, now = self._value(old, metric), self._value(new, metric)
        return was is not None and now is not None and was <= now

    def _value(self, function: FunctionMetrics, metric: str) -> float | None:
        return value_of(function, metric, self._criteria)
