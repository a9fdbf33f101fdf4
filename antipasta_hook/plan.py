"""What there is time for: of one order as much as fits, and why the rest is left for later. Pure.

The order comes from the change alone. What this machine takes moves the cut and nothing else, so that more time never
measures less.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from typing import Protocol

    from antipasta_hook.model import Change

    class Candidate(Protocol):
        """A change to be measured."""

        @property
        def change(self) -> Change:
            """What it is."""
            ...

        @property
        def estimate_ms(self) -> float:
            """What measuring both sides takes on the machine on which estimates were calibrated."""
            ...


_HOPE: Final = 2
"""Estimates may be so many times too high: of files that nobody has read, they are by their size."""
GIANT_MS: Final = 500
"""Files whose estimate is above this come last of all, however much they matter: none of them starves the rest."""
MOST_PER_BYTE_MS: Final = 0.003
"""What the densest source takes that was found: nothing but names and semicolons."""
MS_PER_BYTE: Final = 0.0003
"""What code that people wrote takes."""
_WELL_WITHIN: Final = 0.7
ALWAYS_MEASURED: Final = 100_000
"""Bytes of source, some thirty milliseconds, or 15 % of the usual budget at the worst: they are not left unmeasured,
however slow the machine is at the moment."""
POOL_PAYS_FROM_MS: Final = 300
"""Work; of less, this process has done most before children are ready, and they pay from 200 ms on a machine of two
processors with nothing else to do."""


class Deferral(NamedTuple):
    """A change that there is no time for, and why, in words."""

    candidate: "Candidate"
    reason: str


class Plan(NamedTuple):
    """``now`` and then ``later`` are the whole order."""

    now: "tuple[Candidate, ...]" = ()
    later: tuple[Deferral, ...] = ()


class Pace(NamedTuple):
    """How much sooner or later than estimated this machine is done (1: as estimated), at so many files at once."""

    factor: float = 1
    lanes: int = 1


def plan(order: "Sequence[Candidate]", left_ms: float, reason: str, pace: Pace = Pace()) -> Plan:  # noqa: B008 - frozen
    """Cut the order where the time ends that is left; ``reason`` is why the rest is deferred.

    What may turn out to be done in time is not deferred beforehand.
    """
    hoped = max(0.0, left_ms) * _HOPE
    spent = 0.0
    for place, candidate in enumerate(order):
        work = candidate.estimate_ms * pace.factor
        spent += work
        if spent > hoped * pace.lanes or work > hoped:
            later = (Deferral(each, _words(each, reason)) for each in order[place:])
            return Plan(tuple(order[:place]), tuple(later))
    return Plan(tuple(order))


def _words(candidate: "Candidate", reason: str) -> str:
    if candidate.estimate_ms <= GIANT_MS:
        return reason
    return f"{reason}: it alone would take about {candidate.estimate_ms / 1000:.1f} s"


def pays_for_children(size: int) -> bool:
    """Whether children would measure sources of so many bytes sooner than this process, the time to start included."""
    return size * MS_PER_BYTE >= POOL_PAYS_FROM_MS


def is_ample(size: int, left_ms: float) -> bool:
    """Whether sources of so many bytes are measured well within the time that is left, whatever stands in them."""
    return size * MOST_PER_BYTE_MS <= _WELL_WITHIN * left_ms
