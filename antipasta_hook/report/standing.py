"""Where a project stands: what is over a limit, the worst first, a line each."""

from collections.abc import Iterable, Iterator

from antipasta_hook.model import MAINTAINABILITY, SYNTAX, Finding
from antipasta_hook.report.entry import about, function_of
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.words import metric_name, values


def standing(groups: Iterable[list[Finding]], screen: Screen) -> Iterator[str]:
    """Write a line for each function with all of its numbers that are over a limit."""
    for group in groups:
        numbers = (f"{metric_name(finding.metric)} {values(finding._replace(before=None))}" for finding in group)
        yield about(group[0], (", ".join(numbers),), screen)


def worst_first(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings of each function; that function first which has the number furthest over its limit."""
    groups: dict[tuple[str, int, str | None], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(function_of(finding), []).append(finding)
    return sorted(groups.values(), key=_rank)


def urgent_first(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The same, and before all of it what cannot be parsed: nobody can tell how complex that is."""
    return sorted(worst_first(findings), key=lambda group: all(finding.metric != SYNTAX for finding in group))


def _rank(group: Iterable[Finding]) -> tuple[float, float]:
    shares = [_share_over(finding) for finding in group]
    return -max(shares), -sum(shares)


def _share_over(finding: Finding) -> float:
    """How far a value is over its limit, as a share of the limit: so that metrics can be compared."""
    if finding.value is None or finding.limit is None:
        return 0
    over = finding.value - finding.limit
    return (-over if finding.metric == MAINTAINABILITY else over) / (finding.limit or 1)
