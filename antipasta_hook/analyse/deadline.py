"""When a run has to end, and what is left until then: the clock of this room."""

import math
import time
from collections.abc import Callable
from typing import Final

from antipasta_hook.plan import ALWAYS_MEASURED

_SHORTEST: Final = 0.2
"""Seconds; a quarter of that is kept back for the report alone."""


class Deadline:
    """The end of a budget that counts from ``started`` on, in seconds of ``clock``; ``limit_ms`` None is no limit.

    ``end``: another end than the budget's. ``granted``: bytes of source that are measured whatever the clock says.
    """

    def __init__(
        self,
        limit_ms: float | None,
        started: float = 0,
        *,
        end: float | None = None,
        granted: int = ALWAYS_MEASURED,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.limit_ms: Final = limit_ms
        self.granted: Final = granted
        self._started = started
        self._end = end if end is not None else math.inf if limit_ms is None else started + limit_ms / 1000
        self._clock = clock

    @property
    def left_ms(self) -> float:
        """Milliseconds; infinite without a limit, negative when it is over."""
        return (self._end - self._clock()) * 1000

    @property
    def reason(self) -> str:
        """Why something was not done in time."""
        return f"no time left within {in_words(self.limit_ms or 0)}"

    @property
    def strain(self) -> float:
        """How much longer this process took so far than it had to work: others use the machine, too. 1: nobody does."""
        return (self._clock() - self._started) / max(time.process_time(), 0.001)

    def share(self, parts: int, granted: int = ALWAYS_MEASURED) -> "Deadline":
        """The end of the first of so many equal parts of what is left; none is too short to do anything in.

        ``granted`` is what is left of that.
        """
        now = self._clock()
        part = max((self._end - now) / parts, min(_SHORTEST, self._end - now))
        return Deadline(self.limit_ms, self._started, end=now + part, granted=granted, clock=self._clock)


def in_words(milliseconds: float) -> str:
    """A time as it is set: ``500 ms``, ``2 s``."""
    return f"{milliseconds:g} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"


NO_DEADLINE: Final = Deadline(None)
