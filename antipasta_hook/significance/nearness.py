"""How near a function comes to a limit, and how fast."""

from typing import Final, NamedTuple

from antipasta_hook.config.settings import Criteria, Limit
from antipasta_hook.model import CYCLOMATIC, FUNCTION_METRICS, FunctionMetrics, Level
from antipasta_hook.significance.scale import Part, counted, saturated

_WARNING: Final = 0.6
_WORTH_SAYING: Final = 0.05
_OF_FUNCTIONS: Final = frozenset(FUNCTION_METRICS)


class Pair(NamedTuple):
    """A function of the new side, and the one that it was."""

    new: FunctionMetrics
    old: FunctionMetrics | None

    @property
    def is_touched(self) -> bool:
        """Whether it is new, or its code differs."""
        return self.old is None or self.old.code_hash != self.new.code_hash

    def growth(self, metric: str, *, count_asserts: bool = False) -> float:
        """How much a value grew; of a new function, how far it is above an empty one's. 0 where it is not known."""
        new = self.new.value(metric, count_asserts=count_asserts)
        old: float | None = 1 if metric == CYCLOMATIC else 0
        if self.old is not None:
            old = self.old.value(metric, count_asserts=count_asserts)
        return 0 if new is None or old is None else new - old


def nearness(pair: Pair, criteria: Criteria) -> Part:
    """The part of the metric by which a touched function is worst off."""
    parts = (
        _by_metric(pair, metric, limit, count_asserts=criteria.count_asserts)
        for metric, limit in criteria.limits.items()
        if metric in _OF_FUNCTIONS
    )
    return max(parts, key=lambda part: part.weight, default=Part(0))


def _by_metric(pair: Pair, metric: str, limit: Limit, *, count_asserts: bool) -> Part:
    value = pair.new.value(metric, count_asserts=count_asserts)
    most = _limit_in_force(pair.new, metric, limit.limit)
    if value is None or most is None:
        return Part(0)
    weight = _weight(value, most, pair.growth(metric, count_asserts=count_asserts))
    weight *= _WARNING if limit.level == Level.WARNING else 1
    if weight < _WORTH_SAYING:
        return Part(weight)
    words = metric.replace("_", " ")
    score = f"{value:g} in {words}, over the limit of {most:g}" if value > most else f"{value:g} of {most:g} in {words}"
    return Part(weight, f"{_what_happened(pair, metric)} scores {score}")


def _weight(value: float, limit: float, growth: float) -> float:
    """Near 1 for what grew up to its limit or over it; less for what only changed there."""
    share = min(1.0, value / limit) if limit > 0 else 1.0
    if growth <= 0:
        return 0.25 * share * share
    return 0.9 + 0.1 * saturated(growth, 2) if value > limit else share * saturated(growth, 0.25)


def _limit_in_force(function: FunctionMetrics, metric: str, limit: float) -> float | None:
    """The limit, or the highest ceiling that the ``def`` line allows; None where that line silences the metric."""
    for suppression in function.suppressions:
        if suppression.metric in {None, metric}:
            if suppression.ceiling is None:
                return None
            limit = max(limit, suppression.ceiling)
    return limit


def _what_happened(pair: Pair, metric: str) -> str:
    symbol = pair.new.symbol
    if pair.old is None:
        return f"new function {symbol}, which"
    if (branches := pair.growth(CYCLOMATIC)) > 0:
        return f"{counted(int(branches), 'branch', 'branches')} added in {symbol}, which"
    if (growth := pair.growth(metric)) > 0:
        return f"{growth:g} added to {symbol}, which"
    return f"{symbol} changed and"
