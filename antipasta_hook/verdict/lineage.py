"""One comparison with its functions matched: what each file was, and which old function each new one continues."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from antipasta_hook.config.settings import Settings
from antipasta_hook.model import (
    Blob,
    Change,
    Comparison,
    FileStatus,
    FunctionMetrics,
    Measurement,
    Reading,
)
from antipasta_hook.verdict.limits import is_over
from antipasta_hook.verdict.matching import Place, match_by_likeness, match_by_name
from antipasta_hook.verdict.sides import metrics_after, metrics_before


class Pair(NamedTuple):
    """One new function and the old one that it continues, if any."""

    new: Place
    old: Place | None

    @property
    def code_changed(self) -> bool:
        """Whether the function is new, or its normalised code differs."""
        return self.old is None or self.old.function.code_hash != self.new.function.code_hash


class Lineage(NamedTuple):
    """``pairs`` in the order of files and lines; ``gone`` are the old functions that nothing continues.

    ``unknown`` says that some old source which might hold a predecessor could not be read, ``untimely`` that there was
    no time for one, or for what became of it.
    """

    pairs: tuple[Pair, ...]
    gone: tuple[Place, ...]
    unknown: bool
    untimely: bool = False


def trace(comparison: Comparison, measured: Mapping[str, Measurement], settings: Settings) -> Lineage:
    """Match every function of the comparison's measured new sides with the old sides that were measured."""
    pairs: list[Pair] = []
    gone: list[Place] = []
    for change in comparison.changes:
        new, old = _functions(change, measured)
        old_path = change.old_path or change.path
        by_name = match_by_name(old, new)
        pairs.extend(
            Pair(Place(change.path, function), Place(old_path, old[by_name[n]]) if n in by_name else None)
            for n, function in enumerate(new)
        )
        kept = set(by_name.values())
        gone.extend(
            Place(old_path, function)
            for o, function in enumerate(old)
            if o not in kept and _is_known_gone(function, change, measured)
        )
    return _with_gaps(_follow_moves(pairs, gone, settings), comparison, measured)


def _with_gaps(lineage: Lineage, comparison: Comparison, measured: Mapping[str, Measurement]) -> Lineage:
    edited = [change for change in comparison.changes if change.may_have_lost_code]
    old = _statuses((change.before for change in edited), measured)
    new = _statuses((change.after for change in edited), measured)
    return lineage._replace(unknown=FileStatus.UNREADABLE in old, untimely=FileStatus.DEFERRED in old | new)


def _statuses(sides: Iterable[Blob | None], measured: Mapping[str, Measurement]) -> set[FileStatus]:
    """What became of these blobs."""
    return {measured[side.oid].status for side in sides if side is not None and side.oid in measured}


def _follow_moves(pairs: list[Pair], gone: list[Place], settings: Settings) -> Lineage:
    homeless = [
        i
        for i, pair in enumerate(pairs)
        if pair.old is None and is_over(pair.new.function, settings.criteria(pair.new.path))
    ]
    moved = match_by_likeness(gone, [pairs[i].new for i in homeless])
    for n, o in moved.items():
        pairs[homeless[n]] = Pair(pairs[homeless[n]].new, gone[o])
    found = set(moved.values())
    return Lineage(tuple(pairs), tuple(place for o, place in enumerate(gone) if o not in found), unknown=False)


def _functions(
    change: Change, measured: Mapping[str, Measurement]
) -> tuple[tuple[FunctionMetrics, ...], tuple[FunctionMetrics, ...]]:
    after, before = metrics_after(change, measured), metrics_before(change, measured)
    return (after.functions if after else (), before.functions if before else ())


def _is_known_gone(function: FunctionMetrics, change: Change, measured: Mapping[str, Measurement]) -> bool:
    """An unmatched old function is gone only if the new side was read; of newer syntax, only outermost ones show."""
    if change.after is None:
        return True
    metrics = metrics_after(change, measured)
    if metrics is None:
        return False
    return metrics.reading == Reading.FULL or (metrics.reading == Reading.NEWER and function.cognitive is not None)


def predecessors(lineage: Lineage) -> Iterator[tuple[Place, Place | None]]:
    """Each old function with the new one that continues it, None where it is gone."""
    for pair in lineage.pairs:
        if pair.old is not None:
            yield pair.old, pair.new
    for place in lineage.gone:
        yield place, None
