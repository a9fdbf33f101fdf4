"""Whether time is short at all, and if it is, in which order the files have their turn."""

from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.deadline import Deadline
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Change, ChangeSet
from antipasta_hook.plan import is_ample, pays_for_children

if TYPE_CHECKING:
    from antipasta_hook.analyse.ranking import Ranked
    from antipasta_hook.changes import BlobSource

MOST_RANKED: Final = 10_000
"""Changes; more are measured in the order of their paths: to rank them, or only to ask for their sizes, would take the
time that there is."""
_FOR_MEASURING: Final = 0.5
"""The share of the budget that an order may not use up: what is known of the files by then has to do."""
_CACHED_MS: Final = 0.4
"""What it takes to look up a blob that the cache knows."""


def candidates(
    changeset: ChangeSet, bench: Bench, settings: Settings, *, deadline: Deadline, crew: Crew
) -> "tuple[Ranked, ...] | None":
    """The changes in the order of their significance; None where there is time enough for all, and no order needed.

    Where there is much to do the crew is called, to get ready meanwhile. Where there is no time for more than the
    paths, they give the order.
    """
    if deadline.limit_ms is None:
        return None
    from antipasta_hook.analyse.ranking import by_paths, ranked

    if _are_too_many(changeset):
        return by_paths(changeset, settings)
    if _are_few(changeset, bench, deadline):
        return None
    unknown = _unknown_sizes(changeset, bench)
    left = deadline.left_ms - _CACHED_MS * unknown.cached
    if _is_ample(unknown.sizes, left):
        return None
    if left > 0 and crew.can_help and any(map(pays_for_children, unknown.sizes)):
        crew.pool()
    try:
        return ranked(changeset, Hourglass(bench.blobs, deadline), settings)
    except OutOfTime:
        return by_paths(changeset, settings)


def _are_too_many(changeset: ChangeSet) -> bool:
    return sum(1 for _ in _changes(changeset)) > MOST_RANKED


def _are_few(changeset: ChangeSet, bench: Bench, deadline: Deadline) -> bool:
    """Whether all are measured anyhow: in time, or whatever the clock says."""
    return _is_ample(_sizes(changeset, bench), deadline.left_ms) or is_granted(changeset, bench, deadline)


class OutOfTime(Exception):  # noqa: N818 - nothing is wrong
    """There is no time left to find an order."""


class Hourglass:
    """A BlobSource that gives nothing any more when what is left of the time is needed to measure."""

    def __init__(self, blobs: "BlobSource", deadline: Deadline) -> None:
        self._blobs = blobs
        self._deadline = deadline
        self._kept_back = _FOR_MEASURING * (deadline.limit_ms or 0)

    def size(self, oid: str) -> int | None:
        """See BlobSource; raises OutOfTime."""
        self._look()
        return self._blobs.size(oid)

    def read(self, oid: str) -> bytes:
        """See BlobSource; raises OutOfTime."""
        self._look()
        return self._blobs.read(oid)

    def _look(self) -> None:
        if self._deadline.left_ms < self._kept_back:
            raise OutOfTime


class _Unknown(NamedTuple):
    """``sizes``: the bytes of what the cache does not know, of one change more each time; ``cached``: blobs it does."""

    sizes: list[int]
    cached: int


def _unknown_sizes(changeset: ChangeSet, bench: Bench) -> _Unknown:
    sides = (side.oid for change in _changes(changeset) for side in (change.before, change.after) if side)
    known = bench.in_cache(list(dict.fromkeys(sides)))
    return _Unknown(list(_sizes(changeset, bench, known)), len(known))


def _is_ample(sizes: Iterable[int], left_ms: float) -> bool:
    return all(is_ample(size, left_ms) for size in sizes)


def is_granted(changeset: ChangeSet, bench: Bench, deadline: Deadline) -> bool:
    """Whether so little changed that it is measured whatever the clock says."""
    return all(size <= deadline.granted for size in _sizes(changeset, bench))


def used_of_grant(changeset: ChangeSet, bench: Bench, deadline: Deadline) -> int:
    """How much of what is granted was needed: nothing where there is time enough anyhow."""
    if deadline.limit_ms is None or not is_granted(changeset, bench, deadline):
        return 0
    size = max(_sizes(changeset, bench), default=0)
    return 0 if is_ample(size, deadline.left_ms) else size


def _sizes(changeset: ChangeSet, bench: Bench, known: Container[str] = frozenset()) -> Iterator[int]:
    """The bytes of the first changes together, of one more each time: who has seen enough asks for no more."""
    size = 0
    for change in _changes(changeset):
        for side in (change.before, change.after):
            size += bench.size(side.oid) if side and side.oid not in known else 0
        yield size


def _changes(changeset: ChangeSet) -> Iterator[Change]:
    """All of which a side may have to be measured, deletions among them, against every parent."""
    return (change for comparison in changeset.comparisons for change in comparison.changes if not change.skip)
