"""What must be read, step by step: which blobs the verdict still needs, given what is known already.

Nothing over a limit after the change means that nothing can block, so in a large change the old sides are measured
only where something is over, and other files' old sides only where such a function may have come from them. It depends
on the change alone: never on the cache or the clock.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Change, ChangeSet, Comparison, Measurement, Status
from antipasta_hook.verdict.functions import function_findings
from antipasta_hook.verdict.limits import is_over
from antipasta_hook.verdict.lineage import metrics_of

SMALL_CHANGE: Final = 50
"""Up to this many files the old side of each is measured whatever the new side says."""


class Needs(NamedTuple):
    """What to measure next.

    ``blobs`` must be measured, in this order. Both sides of a change in ``sources`` must be measured only if it removes
    lines that one of ``suspects`` (bodies: sorted line hashes) holds; such a change can be where it came from.
    """

    blobs: tuple[str, ...] = ()
    sources: tuple[Change, ...] = ()
    suspects: tuple[bytes, ...] = ()


def judged_changes(changeset: ChangeSet) -> tuple[Change, ...]:
    """The changes whose new side is to be measured and judged."""
    return tuple(change for change in changeset.comparisons[0].changes if change.after and not change.skip)


def needs(changeset: ChangeSet, measured: Mapping[str, Measurement], settings: Settings) -> Needs:
    """The next blobs to measure; empty when all that can matter is known."""
    for step in (_new_sides, _old_sides, _possible_sources):
        wanted = step(changeset, measured, settings)
        if wanted.blobs or wanted.sources:
            return wanted
    return Needs()


def _unmeasured(oids: list[str], measured: Mapping[str, Measurement]) -> Needs:
    return Needs(blobs=tuple(dict.fromkeys(oid for oid in oids if oid not in measured)))


def _new_sides(changeset: ChangeSet, measured: Mapping[str, Measurement], settings: Settings) -> Needs:  # noqa: ARG001
    return _unmeasured([change.after.oid for change in judged_changes(changeset) if change.after], measured)


def _old_sides(changeset: ChangeSet, measured: Mapping[str, Measurement], settings: Settings) -> Needs:
    judged = {change.path for change in judged_changes(changeset)}
    if not judged:
        return Needs()  # nothing but deletions: nothing can be over a limit
    first, *others = changeset.comparisons
    wanted = _of_first(first, measured, settings)
    for comparison in others:
        wanted += [c for c in comparison.changes if c.path in judged and _is_over(c, measured, settings)]
    return _unmeasured([change.before.oid for change in wanted if change.before], measured)


def _of_first(comparison: Comparison, measured: Mapping[str, Measurement], settings: Settings) -> list[Change]:
    changes = [change for change in comparison.changes if not change.skip]
    if len(changes) <= SMALL_CHANGE:
        return changes
    return [change for change in changes if _is_over(change, measured, settings)]


def _is_over(change: Change, measured: Mapping[str, Measurement], settings: Settings) -> bool:
    """Whether a new side has a function over a limit, or could not be read in full."""
    after = metrics_of(measured, change.after.oid) if change.after else None
    if after is None:
        return False
    return after.error is not None or any(is_over(function, settings) for function in after.functions)


def _possible_sources(changeset: ChangeSet, measured: Mapping[str, Measurement], settings: Settings) -> Needs:
    """Old sides from which a function that looks new or worse may have come."""
    sources: list[Change] = []
    bodies: set[bytes] = set()
    for comparison in changeset.comparisons:
        unmeasured = [c for c in comparison.changes if c.before and not c.skip and c.before.oid not in measured]
        if not unmeasured:
            continue
        suspects = _suspects(comparison, measured, settings)
        if suspects:
            sources += unmeasured
            bodies |= suspects
    return Needs(sources=tuple(sources), suspects=tuple(sorted(bodies)))


def _suspects(comparison: Comparison, measured: Mapping[str, Measurement], settings: Settings) -> set[bytes]:
    findings, lineage = function_findings(comparison, measured, settings)
    suspicious = {
        (finding.path, finding.symbol, finding.line)
        for finding in findings
        if finding.status in {Status.INTRODUCED, Status.WORSENED, Status.UNJUDGED}
    }
    return {
        pair.new.function.body
        for pair in lineage.pairs
        if (pair.new.path, pair.new.function.symbol, pair.new.function.line) in suspicious
    }
