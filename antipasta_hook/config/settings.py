"""The compiled settings: what the pipeline reads while it runs. Building them from files is another module's work."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from antipasta_hook.model import COGNITIVE, CYCLOMATIC, Gate, Level


class Limit(NamedTuple):
    """A value above ``limit`` (below, for maintainability) is over; ``level`` says what that means."""

    limit: float
    level: Level


class Settings(NamedTuple):
    """Everything a run is told. Equal settings and equal blobs give an equal verdict.

    ``tolerance`` is the growth of an old offender that does not block yet; None is min(5, max(2, 20 % of the old
    value)), 0 is strict. ``include`` and ``exclude`` are gitignore patterns; ``include`` brings back what is skipped.
    """

    limits: Mapping[str, Limit]
    gate: Gate = Gate.INTRODUCED
    tolerance: float | None = None
    count_asserts: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    reader: str = "auto"
    strict: bool = False
    """What could not be judged fails (CI) instead of being named and let through (a commit)."""


DEFAULT_LIMITS: Final[Mapping[str, Limit]] = {
    CYCLOMATIC: Limit(10, Level.ERROR),
    COGNITIVE: Limit(15, Level.ERROR),
}

DEFAULTS: Final = Settings(limits=DEFAULT_LIMITS)
