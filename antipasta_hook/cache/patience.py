"""How long a run waits for other processes at its store, all in all: a hook that waits at every step waits too long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

PATIENCE: Final = 0.3
"""Seconds that a run waits for its store."""
_LEAST: Final = 0.02
_BACK: Final = 0.1
"""Of each second that goes by: a replay that waited at its beginning need not do without a store for minutes."""


class Patience:
    """``most`` seconds at first, and at most; what was waited is taken from it, and comes back with time."""

    def __init__(self, most: float, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._clock = clock
        self._left = most
        self._since = clock()

    @property
    def left(self) -> float:
        """Seconds; never nothing at all."""
        now = self._clock()
        self._left = min(self._most, self._left + _BACK * (now - self._since))
        self._since = now
        return max(_LEAST, self._left)

    @contextmanager
    def tried(self) -> Iterator[None]:
        """What is done in this block may be waiting."""
        begun = self._clock()
        try:
            yield
        finally:
            self._left -= self._clock() - begun
