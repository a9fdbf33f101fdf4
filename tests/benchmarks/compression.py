"""What it saves, and costs, to pack the rows of a cache: by size of the row and level of zlib."""

import statistics
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from antipasta_hook.cache import decode, encode, encoding
from antipasta_hook.model import FileMetrics
from tests.benchmarks.measure import table

_STEPS: Final = (200, 1_000, 4_000)
"""Bytes of JSON, at which sizes of rows are told apart."""


class Packed(NamedTuple):
    """Of rows of about one size: how many, and the bytes of all values without compression and with it, by level.

    ``write`` and ``read``: times of compressing and of unpacking, over those of ``encode`` and ``decode`` as a whole.
    """

    rows: int
    plain: int
    sizes: Mapping[int, int]
    write: Mapping[int, float]
    read: float


LEVELS: Final = (1, 6)


def by_size(facts: Sequence[FileMetrics]) -> Iterator[tuple[str, Packed]]:
    """By size of the JSON of a row; and once for the hashes that are kept as they are."""
    texts = [encoding._write(encoding._facts(metrics)).encode("utf-8", "surrogatepass") for metrics in facts]
    values = [encode(metrics) for metrics in facts]
    bounds = (0, *_STEPS, max(map(len, texts)) + 1)
    for least, most in pairwise(bounds):
        chosen = [index for index, text in enumerate(texts) if least <= len(text) < most]
        if chosen:
            yield f"{least:,} to {most:,} bytes of JSON", _packed(chosen, facts, texts, values)


def _packed(
    chosen: Sequence[int], facts: Sequence[FileMetrics], texts: Sequence[bytes], values: Sequence[bytes]
) -> Packed:
    own = [texts[index] for index in chosen]
    rest = sum(_beside(facts[index]) for index in chosen)
    packed = {level: [zlib.compress(text, level) for text in own] for level in LEVELS}
    encoding_time = _median(lambda: [encode(facts[index]) for index in chosen])
    decoding_time = _median(lambda: [decode(values[index]) for index in chosen])
    return Packed(
        len(chosen),
        rest + sum(map(len, own)),
        {level: rest + sum(map(len, packed[level])) for level in LEVELS},
        {level: _packing(own, level) / encoding_time for level in LEVELS},
        _median(lambda: [zlib.decompress(text) for text in packed[1]]) / decoding_time,
    )


def _beside(metrics: FileMetrics) -> int:
    """Bytes of a value that are never packed."""
    return 16 + sum(8 + len(function.body) for function in metrics.functions)


def _packing(texts: Sequence[bytes], level: int) -> float:
    return _median(lambda: [zlib.compress(text, level) for text in texts])


def hashes_packed(facts: Sequence[FileMetrics]) -> float:
    """Bytes of the functions' body hashes after zlib level 6, over those before."""
    bodies = [b"".join(function.body for function in metrics.functions) for metrics in facts]
    return sum(len(zlib.compress(body, 6)) for body in bodies if body) / sum(map(len, bodies))


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def shown(facts: Sequence[FileMetrics]) -> str:
    """Both, as a table and a line."""
    rows = [
        [
            name,
            f"{each.rows:,}",
            *(f"{each.sizes[level] / each.plain:.2f}" for level in LEVELS),
            *(f"{100 * each.write[level]:.0f} %" for level in LEVELS),
            f"{100 * each.read:.0f} %",
        ]
        for name, each in by_size(facts)
    ]
    head = ["value, over one that is not packed", "rows", "level 1", "level 6", "of encode: 1", "6", "of decode"]
    return f"{table(head, rows)}\n\nthe hashes, packed at level 6: {hashes_packed(facts):.2f} of their size"
