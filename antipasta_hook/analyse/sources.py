"""Which changed file can be where a suspicious function came from: one that loses lines which the function holds."""

import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from antipasta_hook.significance.lines import changed_lines
from antipasta_hook.verdict.excuse import LINK_SHARE


class Suspects:
    """The bodies of suspicious functions (sorted 32-bit line hashes), as an index from line to body."""

    def __init__(self, bodies: Iterable[bytes]) -> None:
        self._holders: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._least: list[float] = []
        for number, body in enumerate(bodies):
            lines = Counter(array("I", body))
            self._least.append(LINK_SHARE * lines.total())
            for line, count in lines.items():
                self._holders[line].append((number, count))

    @property
    def all(self) -> Collection[int]:
        """The number of each."""
        return range(len(self._least))

    def may_come_from(self, before: bytes, after: bytes) -> bool:
        """Whether the lines that a change removes make up enough of any of the bodies."""
        return bool(self.given_by(before, after))

    def given_by(self, before: bytes, after: bytes) -> set[int]:
        """The numbers of the bodies of which the lines that a change removes make up enough."""
        given: Counter[int] = Counter()
        for line, count in _removed(before, after).items():
            for number, held in self._holders.get(line, ()):
                given[number] += min(count, held)
        return {number for number, lines in given.items() if lines >= self._least[number]}


def _removed(before: bytes, after: bytes) -> "Counter[int]":
    """The lines that are gone, as FunctionMetrics.body has them for a source in UTF-8."""
    lines = changed_lines(before, after)
    return _hashed(lines.removed) - _hashed(lines.added)


def _hashed(lines: Iterable[bytes]) -> "Counter[int]":
    return Counter(zlib.crc32(line.replace(b"'", b'"').strip()) for line in lines)
