"""Which changed file can be where a suspicious function came from: one that loses lines which the function holds."""

import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable

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

    def may_come_from(self, before: bytes, after: bytes) -> bool:
        """Whether the lines that a change removes make up enough of any of the bodies."""
        given: Counter[int] = Counter()
        for line, count in (_line_hashes(before) - _line_hashes(after)).items():
            for number, held in self._holders.get(line, ()):
                given[number] += min(count, held)
        return any(lines >= self._least[number] for number, lines in given.items())


def _line_hashes(source: bytes) -> "Counter[int]":
    """The hash of each stripped line, as FunctionMetrics.body has them for a source in UTF-8."""
    return Counter(map(zlib.crc32, map(bytes.strip, source.replace(b"'", b'"').splitlines())))
