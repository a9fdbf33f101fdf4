"""Which changed file can be where a suspicious function came from: one that loses lines which the function holds."""

import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from math import ceil

from antipasta_hook.significance.lines import changed_lines
from antipasta_hook.verdict.excuse import LINK_SHARE
from antipasta_hook.verdict.overlap import LineIndex, by, numbers


class Suspects:
    """The bodies of suspicious functions (sorted 32-bit line hashes), as an index from line to body."""

    def __init__(self, bodies: Iterable[bytes]) -> None:
        lines = [Counter(array("I", body)) for body in bodies]
        self._index = LineIndex(lines)
        self._least = by(max(1, ceil(LINK_SHARE * each.total())) for each in lines)
        self._number = len(lines)

    @property
    def all(self) -> Collection[int]:
        """The number of each."""
        return range(self._number)

    def may_come_from(self, before: bytes, after: bytes) -> bool:
        """Whether the lines that a change removes make up enough of any of the bodies."""
        return bool(self.given_by(before, after))

    def given_by(self, before: bytes, after: bytes) -> set[int]:
        """The numbers of the bodies of which the lines that a change removes make up enough."""
        overlap = self._index.overlap(_removed(before, after))
        return {each for least, those in self._least.items() for each in numbers(overlap.at_least(least, those))}


def _removed(before: bytes, after: bytes) -> "Counter[int]":
    """The lines that are gone, as FunctionMetrics.body has them for a source in UTF-8."""
    lines = changed_lines(before, after)
    return _hashed(lines.removed) - _hashed(lines.added)


def _hashed(lines: Iterable[bytes]) -> "Counter[int]":
    return Counter(zlib.crc32(line.replace(b"'", b'"').strip()) for line in lines)
