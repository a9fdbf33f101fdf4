"""What a change silences: suppressions it adds and files it newly skips. Listed in every report, never blocking."""

from collections.abc import Iterator, Mapping
from typing import Final

from antipasta_hook.model import (
    Change,
    Comparison,
    FileStatus,
    FunctionMetrics,
    Kind,
    Measurement,
    Problem,
    Severity,
    Suppression,
)
from antipasta_hook.verdict.lineage import Lineage, Pair
from antipasta_hook.verdict.sides import known_after, metrics_before

SUPPRESSION_ADDED: Final = "suppression-added"
NEWLY_SKIPPED: Final = "newly-skipped"
_HIDDEN_NOW: Final = "this change takes the file out of sight"
_HIDDEN_AT_ONCE: Final = "a new file that this change hides"


def notices(comparison: Comparison, lineage: Lineage, measured: Mapping[str, Measurement]) -> list[Problem]:
    """One record for each comment that silences more than before, and for each file that the change newly skips.

    A comment that silences several metrics is one.
    """
    return list(dict.fromkeys(_notices(comparison, lineage, measured)))


def _notices(comparison: Comparison, lineage: Lineage, measured: Mapping[str, Measurement]) -> Iterator[Problem]:
    judged_and_gone = {change.base_name for change in comparison.changes if _is_judged_and_gone(change, measured)}
    for change in comparison.changes:
        moved_there = change.before is None and change.base_name in judged_and_gone
        if reason := _newly_skipped(change, measured, moved_there=moved_there):
            what = _HIDDEN_AT_ONCE if change.before is None and not moved_there else _HIDDEN_NOW
            yield _notice(NEWLY_SKIPPED, change.path, f"{what}: {reason}")
    for pair in lineage.pairs:
        yield from _silenced(pair)


def _silenced(pair: Pair) -> Iterator[Problem]:
    new, old = pair.new.function, pair.old.function if pair.old else None
    for suppression in new.suppressions:
        if not _stood_before(suppression, old):
            yield _notice(SUPPRESSION_ADDED, pair.new.path, f"line {new.line}, {new.symbol}: {suppression.text}")


def _notice(kind: Kind, path: str, message: str) -> Problem:
    return Problem(kind, message, path, Severity.NOTICE, "listed for the reviewer")


def _newly_skipped(change: Change, measured: Mapping[str, Measurement], *, moved_there: bool) -> str | None:
    """Why a file is skipped from this change on: by a rule, by what it says of itself, or by where it was moved."""
    if change.after is None:
        return None
    if change.skip:
        return change.skip if change.newly_skipped or moved_there else None
    after = known_after(change, measured)
    if after is None or after.status != FileStatus.SKIPPED:
        return None
    return after.reason if moved_there or _was_judged(change, measured) else None


def _was_judged(change: Change, measured: Mapping[str, Measurement]) -> bool:
    before = metrics_before(change, measured)
    return change.was_included or (before is not None and not before.generated)


def _is_judged_and_gone(change: Change, measured: Mapping[str, Measurement]) -> bool:
    """Whether a file was deleted that was judged, as far as is known."""
    if change.after is not None or change.skip:
        return False
    before = metrics_before(change, measured)
    return change.was_included or before is None or not before.generated


def _stood_before(suppression: Suppression, old: FunctionMetrics | None) -> bool:
    """Whether the old function had a suppression that silences at least as much."""
    return old is not None and any(_covers(earlier, suppression) for earlier in old.suppressions)


def _covers(earlier: Suppression, later: Suppression) -> bool:
    if earlier.metric is not None and earlier.metric != later.metric:
        return False
    return earlier.ceiling is None or (later.ceiling is not None and later.ceiling <= earlier.ceiling)
