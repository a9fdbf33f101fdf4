"""What a change silences: suppressions it adds and files it newly skips. Listed in every report, never blocking."""

from collections.abc import Iterator

from antipasta_hook.model import Change, Comparison, FunctionMetrics, Problem, Severity, Suppression
from antipasta_hook.verdict.lineage import Lineage

SUPPRESSION_ADDED = "suppression-added"
NEWLY_SKIPPED = "newly-skipped"


def notices(comparison: Comparison, lineage: Lineage) -> Iterator[Problem]:
    """Yield one record for each suppression that the change adds or widens, and for each file it newly skips."""
    for change in comparison.changes:
        if change.newly_skipped:
            yield _newly_skipped(change)
    for pair in lineage.pairs:
        new, old = pair.new.function, pair.old.function if pair.old else None
        for suppression in new.suppressions:
            if not _stood_before(suppression, old):
                yield Problem(
                    kind=SUPPRESSION_ADDED,
                    message=f"line {new.line}, {new.symbol}: {suppression.text}",
                    path=pair.new.path,
                    severity=Severity.NOTICE,
                    recovery="listed for the reviewer",
                )


def _newly_skipped(change: Change) -> Problem:
    return Problem(
        kind=NEWLY_SKIPPED,
        message=f"this change takes the file out of sight: {change.skip}",
        path=change.path,
        severity=Severity.NOTICE,
        recovery="listed for the reviewer",
    )


def _stood_before(suppression: Suppression, old: FunctionMetrics | None) -> bool:
    """Whether the old function had a suppression that silences at least as much."""
    return old is not None and any(_covers(earlier, suppression) for earlier in old.suppressions)


def _covers(earlier: Suppression, later: Suppression) -> bool:
    if earlier.metric is not None and earlier.metric != later.metric:
        return False
    return earlier.ceiling is None or (later.ceiling is not None and later.ceiling <= earlier.ceiling)
