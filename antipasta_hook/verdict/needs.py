"""What must be read, step by step: which blobs the verdict still needs, given what is known already.

Nothing over a limit after the change means that nothing can block, so in a large change the old sides are measured
only where something is over, and other files' old sides only where such a function may have come from them. A census
measures them all: what would be known by chance, of a blob that stands elsewhere too, is known always. It depends on
the change alone: never on the cache or the clock.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from antipasta_hook.config.settings import Settings
from antipasta_hook.model import (
    Blob,
    Change,
    ChangeSet,
    Comparison,
    FileStatus,
    Measurement,
    Reading,
    Status,
)
from antipasta_hook.verdict.functions import function_findings
from antipasta_hook.verdict.limits import any_over, excess, file_limits
from antipasta_hook.verdict.sides import is_unmeasured, known_after, metrics_after

SMALL_CHANGE: Final = 50
"""Up to this many files the old side of each is measured whatever the new side says."""


class Needs(NamedTuple):
    """What to measure next.

    ``blobs`` must be measured, in this order, ``even_generated`` or not. Of a change in ``sources`` both sides must be
    measured if it removes lines that one of ``suspects`` (bodies: sorted line hashes) holds, for then it can be where
    the suspect came from; if it does not, its old side is to be set aside.
    """

    blobs: tuple[str, ...] = ()
    even_generated: bool = False
    sources: tuple[Change, ...] = ()
    suspects: tuple[bytes, ...] = ()


def judged_changes(changeset: ChangeSet) -> tuple[Change, ...]:
    """The changes whose new side is to be measured and judged."""
    return tuple(change for change in changeset.comparisons[0].changes if change.after and not change.skip)


def needs(
    changeset: ChangeSet,
    measured: Mapping[str, Measurement],
    settings: Settings,
    looked_through: Collection[str] = (),
) -> Needs:
    """The next blobs to measure; empty when all that can matter is known.

    Of the old sides in ``looked_through`` it is known what they gave to suspects, as far as it can be.
    """
    for step in (_new_sides, _included_sides, _old_sides):
        wanted = step(changeset, measured, settings)
        if wanted.blobs:
            return wanted
    return _possible_sources(changeset, measured, settings, looked_through)


def _unmeasured(blobs: Iterable[Blob | None], measured: Mapping[str, Measurement], *, even_generated: bool) -> Needs:
    oids = dict.fromkeys(blob.oid for blob in blobs if blob is not None)
    return Needs(
        tuple(oid for oid in oids if is_unmeasured(oid, measured, even_generated=even_generated)), even_generated
    )


def _new_sides(changeset: ChangeSet, measured: Mapping[str, Measurement], _: Settings) -> Needs:
    blobs = [change.after for change in judged_changes(changeset) if not change.included]
    return _unmeasured(blobs, measured, even_generated=False)


def _included_sides(changeset: ChangeSet, measured: Mapping[str, Measurement], _: Settings) -> Needs:
    blobs = [change.after for change in judged_changes(changeset) if change.included]
    return _unmeasured(blobs, measured, even_generated=True)


def _old_sides(changeset: ChangeSet, measured: Mapping[str, Measurement], settings: Settings) -> Needs:
    judged = {change.path for change in judged_changes(changeset)}
    if not (judged or changeset.whole):
        return Needs()  # nothing but deletions: nothing can be over a limit
    first, *others = changeset.comparisons
    wanted = _of_first(first, measured, settings, always=is_small(first) or changeset.whole)
    for comparison in others:
        wanted += [c for c in comparison.changes if c.path in judged and has_excess(c, measured, settings)]
    # What a file was counts, whatever it said of itself: nothing becomes new because a header was taken out.
    return _unmeasured(map(_former, wanted), measured, even_generated=True)


def _former(change: Change) -> Blob | None:
    """What a file was, if it is anything else now."""
    return None if change.is_of_one_blob else change.before


def _of_first(
    comparison: Comparison, measured: Mapping[str, Measurement], settings: Settings, *, always: bool
) -> list[Change]:
    changes = [change for change in comparison.changes if not change.skip]
    if always:
        return [change for change in changes if not _is_unlooked(change.after, measured)]
    wanted = [change for change in changes if needs_old_side(change, measured, settings)]
    return wanted + _perhaps_moved_out_of_sight(changes, measured)


def _perhaps_moved_out_of_sight(changes: Iterable[Change], measured: Mapping[str, Measurement]) -> list[Change]:
    """The deleted files of which a new one that hides itself has the name."""
    hidden = {change.base_name for change in changes if change.before is None and _is_hidden(change, measured)}
    return [change for change in changes if change.after is None and change.base_name in hidden]


def needs_old_side(change: Change, measured: Mapping[str, Measurement], settings: Settings) -> bool:
    """Whether it has to be known what a file of a large change was: something is over a limit, or it hides itself."""
    return _is_hidden(change, measured) or has_excess(change, measured, settings)


def _is_hidden(change: Change, measured: Mapping[str, Measurement]) -> bool:
    """Whether a file is skipped for what it says of itself."""
    known = known_after(change, measured)
    return known is not None and known.status == FileStatus.SKIPPED


def is_small(comparison: Comparison) -> bool:
    """Whether the old sides are to be measured whatever the new ones say."""
    return sum(not change.skip for change in comparison.changes) <= SMALL_CHANGE


def _is_unlooked(new: Blob | None, measured: Mapping[str, Measurement]) -> bool:
    """Whether a new side was not looked at, perhaps for lack of time: the old one alone says nothing."""
    if new is None:
        return False
    known = measured.get(new.oid)
    return known is None or known.status == FileStatus.DEFERRED


def has_excess(change: Change, measured: Mapping[str, Measurement], settings: Settings) -> bool:
    """Whether a new side has anything over a limit, or could not be read in full."""
    after = metrics_after(change, measured)
    if after is None:
        return False
    criteria = settings.criteria(change.path)
    if after.error is not None or any_over(after.functions, criteria):
        return True
    return any(excess(after.value(m), limit.limit, m) for m, limit in file_limits(criteria).items())


def _possible_sources(
    changeset: ChangeSet,
    measured: Mapping[str, Measurement],
    settings: Settings,
    looked_through: Collection[str],
) -> Needs:
    """Old sides from which a function that looks new or worse, against every parent, may have come."""
    changes = (change for comparison in changeset.comparisons for change in comparison.changes)
    waiting = [change for change in changes if _is_open(change, measured, looked_through)]
    bodies = _bodies_of_suspects(changeset, measured, settings) if waiting else []
    return Needs(sources=tuple(waiting), suspects=tuple(bodies)) if bodies else Needs()


def _bodies_of_suspects(changeset: ChangeSet, measured: Mapping[str, Measurement], settings: Settings) -> list[bytes]:
    if not any(has_excess(change, measured, settings) for change in judged_changes(changeset)):
        return []
    first, *others = (_suspects(comparison, measured, settings) for comparison in changeset.comparisons)
    return sorted({first[identity] for identity in set(first).intersection(*others)})


def _is_open(change: Change, measured: Mapping[str, Measurement], looked_through: Collection[str]) -> bool:
    """Whether it is still open if functions came out of the old side: a side is unmeasured, or nobody can read it."""
    if change.before is None or not change.may_have_lost_code or change.before.oid in looked_through:
        return False
    if is_unmeasured(change.before.oid, measured, even_generated=True):
        return True
    known = measured[change.before.oid]
    if known.status == FileStatus.DEFERRED or _is_unlooked(change.after, measured):
        return True
    unread = known.metrics is not None and known.metrics.reading in {Reading.BROKEN, Reading.DEEP}
    return unread and known.status in {FileStatus.ANALYSED, FileStatus.CACHED}


def _suspects(
    comparison: Comparison, measured: Mapping[str, Measurement], settings: Settings
) -> dict[tuple[str, str | None, int], bytes]:
    """The functions that look new or worse, or cannot be judged: path, symbol and line -> body."""
    findings, lineage = function_findings(comparison, measured, settings)
    suspicious = {
        (finding.path, finding.symbol, finding.line)
        for finding in findings
        if finding.status in {Status.INTRODUCED, Status.WORSENED, Status.UNJUDGED}
    }
    places = ((pair.new.path, pair.new.function) for pair in lineage.pairs)
    return {
        (path, function.symbol, function.line): function.body
        for path, function in places
        if (path, function.symbol, function.line) in suspicious
    }
