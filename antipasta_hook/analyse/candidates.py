"""Whether time is short at all, and if it is, in which order the files have their turn."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.deadline import Deadline
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import ChangeSet, Significance
from antipasta_hook.plan import ALWAYS_MEASURED, is_ample, pays_for_children
from antipasta_hook.verdict import judged_changes

if TYPE_CHECKING:
    from antipasta_hook.analyse.ranking import Ranked
    from antipasta_hook.changes import BlobSource

MOST_RANKED: Final = 10_000
"""Changes; more are measured in the order of their paths: ranking them would take the time that there is."""
_ONE_OF_MANY: Final = Significance(0.5, (f"one of more than {MOST_RANKED:,} changes",))
_KEPT_BACK: Final = 0.05


def candidates(
    changeset: ChangeSet, blobs: "BlobSource", settings: Settings, *, deadline: Deadline, crew: Crew
) -> "tuple[Ranked, ...] | None":
    """The changes in the order of their significance; None where there is time enough for all, and no order needed.

    Where there is much to do the crew is called, to get ready meanwhile. Where there is no time even for an order the
    result is empty.
    """
    left = deadline.left_ms
    if deadline.limit_ms is None or _is_ample(changeset, blobs, left):
        return None
    if left > 0 and any(map(pays_for_children, _sizes(changeset, blobs))):
        crew.pool()
    from antipasta_hook.analyse.ranking import Ranked, ranked

    changes = judged_changes(changeset)
    if len(changes) > MOST_RANKED:
        return tuple(Ranked(change, _ONE_OF_MANY, critical=False, estimate_ms=0) for change in changes)
    try:
        return ranked(changeset, Hourglass(blobs, deadline), settings)
    except OutOfTime:
        return ()


class OutOfTime(Exception):  # noqa: N818 - nothing is wrong
    """There is no time left to find an order."""


class Hourglass:
    """A BlobSource that gives nothing any more when what is left of the time is needed to report."""

    def __init__(self, blobs: "BlobSource", deadline: Deadline) -> None:
        self._blobs = blobs
        self._deadline = deadline
        self._kept_back = _KEPT_BACK * (deadline.limit_ms or 0)

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


def _is_ample(changeset: ChangeSet, blobs: "BlobSource", left_ms: float) -> bool:
    return all(is_ample(size, left_ms) for size in _sizes(changeset, blobs))


def is_trifle(changeset: ChangeSet, blobs: "BlobSource") -> bool:
    """Whether so little changed that it is measured whatever the clock says."""
    return all(size <= ALWAYS_MEASURED for size in _sizes(changeset, blobs))


def _sizes(changeset: ChangeSet, blobs: "BlobSource") -> Iterator[int]:
    """The bytes of the first changes together, of one more each time: who has seen enough asks for no more."""
    size = 0
    for change in judged_changes(changeset):
        for side in (change.before, change.after):
            size += (blobs.size(side.oid) or 0) if side else 0
        yield size
