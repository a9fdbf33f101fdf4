"""Which changed file can be where a suspicious function came from: one that loses lines which the function holds."""

import zlib
from array import array
from collections import Counter

from antipasta_hook.verdict import LINK_SHARE


def gives_lines(before: bytes, after: bytes, suspects: tuple[bytes, ...]) -> bool:
    """Whether the lines that a change removes make up enough of a suspect's body (sorted 32-bit line hashes)."""
    removed = line_hashes(before) - line_hashes(after)
    if not removed:
        return False
    for body in suspects:
        lines = Counter(array("I", body))
        if (lines & removed).total() >= LINK_SHARE * lines.total():
            return True
    return False


def line_hashes(source: bytes) -> "Counter[int]":
    """The hash of each stripped line, as FunctionMetrics.body has them for a source in UTF-8."""
    return Counter(map(zlib.crc32, map(bytes.strip, source.splitlines())))
