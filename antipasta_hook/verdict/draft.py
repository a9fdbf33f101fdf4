"""A finding in the making."""

from typing import NamedTuple

from antipasta_hook.config.settings import Criteria
from antipasta_hook.model import Gate, Status
from antipasta_hook.verdict.lineage import Pair


class Draft(NamedTuple):
    """A finding before it is known whether it blocks."""

    pair: Pair
    criteria: Criteria
    metric: str
    value: float
    before: float | None
    limit: float
    status: Status
    why_not: str | None = None

    @property
    def is_suspect(self) -> bool:
        """Whether it would block, and may be excused: only the default gate knows excuses."""
        return self.status in {Status.INTRODUCED, Status.WORSENED} and self.criteria.gate == Gate.INTRODUCED
