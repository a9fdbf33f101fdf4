"""The scale: how single observations make one score, in arithmetic that gives the same bits on every machine."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from antipasta_hook.model import Change, ChangeKind, Significance

LEAST: Final = 0.05
"""The score of a change of which nothing is known but that it is one; 0 is kept for what is proved."""

CRITICAL_FUNCTION: Final = 0.6
"""The part of a critical function that is touched."""

PROVED: Final = Significance(0.0, ("only comments and layout changed (proved)",))
_SAME: Final = Significance(0.0, ("not a byte changed",))
_RENAMED: Final = Significance(0.0, ("renamed, not a byte changed",))
_MOST_REASONS: Final = 4


class Part(NamedTuple):
    """One observation: how much it would make the change matter on its own, 0 to 1; ``reason`` may be empty."""

    weight: float
    reason: str = ""


def saturated(amount: float, half: float) -> float:
    """0 for nothing, 1/2 where the amount is ``half``, towards 1 for ever more.

    A fraction, no exponential: those differ in the last bit from one C library to the next, and orders with them.
    """
    return amount / (amount + half)


def rated(parts: Iterable[Part]) -> Significance:
    """Each part takes its share of what the others left of 1, so that a part that grows never lowers the score."""
    ordered = sorted(parts, key=lambda part: -part.weight)
    left = 1.0 - LEAST
    for part in ordered:
        left *= 1.0 - part.weight
    reasons = (part.reason for part in ordered if part.reason and part.weight > 0)
    return Significance(round(1.0 - left, 4), tuple(dict.fromkeys(reasons))[:_MOST_REASONS])


def unchanged(change: Change) -> Significance | None:
    """The score of a change of one blob into itself; None where the blobs are two."""
    if change.before is None or change.after is None or change.before.oid != change.after.oid:
        return None
    return same_bytes(change)


def same_bytes(change: Change) -> Significance:
    """The score where both sides hold the same bytes."""
    return _RENAMED if change.kind == ChangeKind.RENAMED else _SAME


def counted(number: int, one: str, more: str = "") -> str:
    """``1 branch``, ``1,200 branches``."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def named(names: Iterable[str], most: int = 2) -> str:
    """Some names, and how many more there are."""
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
