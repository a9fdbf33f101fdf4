"""What blocks: the table of statuses against gates, the tolerance, and the words for what is let through."""

from typing import Final

from antipasta_hook.config.settings import Criteria, Limit
from antipasta_hook.model import MAINTAINABILITY, Gate, Level, Status
from antipasta_hook.verdict.limits import growth, tolerated_growth

_SMALLEST: Final = 0.1


def why_not_blocking(
    status: Status,
    values: tuple[float | None, float],
    metric: str,
    criteria: Criteria,
    *,
    code_changed: bool,
    excuse: str | None = None,
) -> str | None:
    """Say why a finding with this status and these (old, new) values does not block; None where it does."""
    why_not = _by_gate(status, values, metric, criteria, code_changed=code_changed, excuse=excuse)
    if why_not is None and criteria.limits[metric].level != Level.ERROR:
        return "a warning: this metric does not block"
    return why_not


def _by_gate(
    status: Status,
    values: tuple[float | None, float],
    metric: str,
    criteria: Criteria,
    *,
    code_changed: bool,
    excuse: str | None,
) -> str | None:
    if status == Status.RESOLVED:
        return "within the limit now"
    if criteria.gate == Gate.ALL:
        return None
    if status == Status.IMPROVED:
        return "better than before"
    if status == Status.EXISTING:
        return None if criteria.gate == Gate.TOUCHED and code_changed else "as it was before"
    if status == Status.WORSENED and criteria.gate == Gate.INTRODUCED and excuse is None:
        return _tolerated(values, metric, criteria.limits[metric])
    return excuse


def _tolerated(values: tuple[float | None, float], metric: str, limit: Limit) -> str | None:
    old, new = values
    if old is None:
        return None
    allowed = tolerated_growth(old, limit)
    grown = growth(old, new, metric)
    if grown > allowed:
        return None
    worse = "fell" if metric == MAINTAINABILITY else "grew"
    up_to = in_words(allowed) if limit.tolerance is None else f"{allowed:g}"  # as it is set
    return f"{worse} by {in_words(grown)}, up to {up_to} is tolerated"


def in_words(value: float) -> str:
    """A number in a sentence: one decimal at most, and no change that looks like none."""
    if 0 < value < _SMALLEST:
        return f"less than {_SMALLEST}"
    return f"{value:.1f}".removesuffix(".0")
