"""Over or not: limits, ceilings set by a suppression, excess and tolerance."""

from collections.abc import Iterable
from typing import Final

from antipasta_hook.config.settings import Criteria, Limit
from antipasta_hook.model import FUNCTION_METRICS, MAINTAINABILITY, FunctionMetrics, Status, Suppression

_OF_FUNCTIONS: Final = frozenset(FUNCTION_METRICS)


def function_limits(criteria: Criteria) -> dict[str, Limit]:
    """The limits in force that concern functions."""
    return {metric: limit for metric, limit in criteria.limits.items() if metric in _OF_FUNCTIONS}


def file_limits(criteria: Criteria) -> dict[str, Limit]:
    """The limits in force that concern whole files."""
    return {metric: limit for metric, limit in criteria.limits.items() if metric not in _OF_FUNCTIONS}


def value_of(function: FunctionMetrics, metric: str, criteria: Criteria) -> float | None:
    """The number that is judged."""
    return function.value(metric, count_asserts=criteria.count_asserts)


def excess(value: float | None, limit: float, metric: str) -> float:
    """How far a value is over its limit, 0 where it is not or does not exist."""
    if value is None:
        return 0
    over = limit - value if metric == MAINTAINABILITY else value - limit
    return over if over > 0 else 0  # noqa: FURB136 - it is asked of every function of a change


def growth(old: float, new: float, metric: str) -> float:
    """How much worse ``new`` is than ``old``; negative where it is better."""
    return old - new if metric == MAINTAINABILITY else new - old


def tolerated_growth(old: float, limit: Limit) -> float:
    """The growth of an old offender that does not block yet: min(5, max(2, 20 % of the old value))."""
    if limit.tolerance is not None:
        return limit.tolerance
    return min(5, max(2, 0.2 * old))


def is_over(function: FunctionMetrics, criteria: Criteria) -> bool:
    """Whether any judged metric is over its plain limit, suppressed or not."""
    return any_over((function,), criteria)


def any_over(functions: Iterable[FunctionMetrics], criteria: Criteria) -> bool:
    """Whether any of these is."""
    limits = [(metric, limit.limit) for metric, limit in function_limits(criteria).items()]
    return any(
        excess(value_of(function, metric, criteria), limit, metric)
        for function in functions
        for metric, limit in limits
    )


def status_of(old: float | None, new: float | None, limit: float, metric: str) -> Status | None:
    """The row of the table that a pair of values falls in; None where neither is over."""
    was_over, now_over = excess(old, limit, metric) > 0, excess(new, limit, metric) > 0
    if not now_over:
        return Status.RESOLVED if was_over and new is not None else None
    if not was_over or old is None or new is None:
        return Status.INTRODUCED
    grown = growth(old, new, metric)
    if grown > 0:
        return Status.WORSENED
    return Status.EXISTING if grown == 0 else Status.IMPROVED


def silenced(function: FunctionMetrics, metric: str, value: float) -> str | None:
    """The text of the suppression that lets this value of ``metric`` pass; None where there is none."""
    for suppression in _suppressions(function, metric):
        if suppression.ceiling is None or not excess(value, suppression.ceiling, metric):
            return suppression.text
    return None


def effective_limit(function: FunctionMetrics, metric: str, limit: float) -> float:
    """The limit, raised to the highest ceiling that the function's ``def`` line allows."""
    ceilings = [s.ceiling for s in _suppressions(function, metric) if s.ceiling is not None]
    return max([limit, *ceilings])


def _suppressions(function: FunctionMetrics, metric: str) -> list[Suppression]:
    return [s for s in function.suppressions if s.metric is None or s.metric == metric]
