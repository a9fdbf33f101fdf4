"""How far the measuring has come, for whoever wants to be told."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from antipasta_hook.analyse.bench import Bench, Want


class Step(NamedTuple):
    """Files that are known, of how many that are wanted so far; and the share of their bytes, 0 to 1."""

    done: int
    total: int
    share: float


Tell = Callable[[Step], None]


class Course:
    """What was wanted, and what of it is known; ``tell`` is called each time that it is more."""

    def __init__(self, bench: Bench, tell: Tell) -> None:
        self._bench = bench
        self._tell = tell
        self._waiting: dict[str, int] = {}
        self._done = self._done_bytes = self._bytes = 0

    def expect(self, wants: Iterable[Want]) -> None:
        """These are wanted."""
        for want in wants:
            if want.oid not in self._waiting and not self._bench.is_settled(want):
                self._waiting[want.oid] = self._bench.size(want.oid)
                self._bytes += self._waiting[want.oid]

    def known(self, oid: str) -> None:
        """One of them is known."""
        if oid not in self._waiting:
            return
        self._done += 1
        self._done_bytes += self._waiting.pop(oid)
        share = self._done_bytes / self._bytes if self._bytes else 1.0
        self._tell(Step(self._done, self._done + len(self._waiting), share))
