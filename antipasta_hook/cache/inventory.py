"""What is in a store, counted and looked up, by who only looks: nothing is written, made or waited for long."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from antipasta_hook.cache.admission import reading, size, size_of_all
from antipasta_hook.cache.encoding import LARGEST
from antipasta_hook.cache.kinds import BROKEN, family_of, kind_of, oid_and_word

_LATEST: Final = 1 << 33  # seconds since 1970: the year 2242
_MOST: Final = 200


class Part(NamedTuple):
    """What one version of one part of the tool wrote: so many entries, whose values are so many bytes.

    ``kind`` is what they are to this version (see ``kinds``); ``family`` is empty for what is no key of ours.
    """

    family: str
    kind: str
    entries: int
    size: int


class Contents(NamedTuple):
    """All that is in a store. ``size``: bytes on disk. Times are seconds since 1970, None where there are none."""

    size: int
    parts: tuple[Part, ...]
    oldest: float | None
    newest: float | None


class Row(NamedTuple):
    """One entry. ``used`` is when it was last noted that it was read, ``value`` None where that is no value of ours."""

    key: str
    family: str
    kind: str
    stored: float | None
    used: float | None
    size: int
    value: bytes | None


def contents(directory: str, engine: str) -> Contents | None:
    """Count what is in a store; None where there is none. Raises Busy, Foreign, sqlite3.Error, OSError.

    ``engine`` is the one whose measurements are in use.
    """
    if not size(directory):
        return None
    found: dict[bytes | None, list[int]] = defaultdict(lambda: [0, 0])
    with reading(directory) as connection:
        connection.text_factory = bytes  # which are not decoded row by row
        for tail, length in connection.execute(_TAILS):
            counts = found[tail]
            counts[0] += 1
            counts[1] += length
        ends = [connection.execute(f"{_ENDS} {order} LIMIT 1").fetchall() for order in ("ASC", "DESC")]
    oldest, newest = (_time(rows[0][0]) if rows else None for rows in ends)
    return Contents(size_of_all(directory), _parts(found, engine), oldest, newest)


def rows_of(directory: str, engine: str, start: str) -> list[Row]:
    """The entries about objects whose ids start with some hex digits, in order, at most 200; raises as ``contents``."""
    if not size(directory):
        return []
    with reading(directory) as connection:
        values = {"start": start, "end": f"{start}g", "largest": LARGEST, "most": _MOST}
        return [_row(engine, *found) for found in connection.execute(_ROWS, values)]


_TAILS: Final = """
SELECT CASE WHEN typeof(key) = 'text' THEN substr(key, 41, 300) END, coalesce(length(value), 0) FROM Cache
"""
"""Of each key what follows the 40 digits of the shorter ids: that is the same for many, and quickly had."""
_ENDS: Final = "SELECT store_time FROM Cache WHERE store_time > 0 ORDER BY store_time"
_ROWS: Final = """
SELECT key, store_time, access_time, coalesce(length(value), 0),
    CASE WHEN typeof(value) = 'blob' AND length(value) <= :largest AND mode = 1 AND raw = 1 THEN value END
FROM Cache WHERE key >= :start AND key < :end AND typeof(key) = 'text' AND length(key) < 400 ORDER BY key LIMIT :most
"""


def _parts(found: Mapping[bytes | None, Sequence[int]], engine: str) -> tuple[Part, ...]:
    """Families together, the largest first."""
    entries: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for tail, (number, length) in found.items():
        family = family_of(_word((tail or b"").decode("utf-8", "surrogateescape")))
        entries[family] += number
        sizes[family] += length
    parts = (
        Part(family, kind_of(family, engine) if family else BROKEN, number, sizes[family])
        for family, number in entries.items()
    )
    return tuple(sorted(parts, key=lambda part: (-part.entries, part.family)))


def _word(tail: str) -> str:
    """What says of which part a key is; empty for no key of ours. Whether an id is one, ``verify`` finds out."""
    digits, colon, word = tail.partition(":")
    return word if colon and len(digits) in (0, 24) else ""


def _row(engine: str, key: str, stored: object, used: object, length: int, value: bytes | None) -> Row:  # noqa: PLR0917
    found = oid_and_word(key)
    family = family_of(found[1]) if found else ""
    kind = kind_of(family, engine) if found else BROKEN
    return Row(key, family, kind, _time(stored), _time(used), length, value)


def _time(found: object) -> float | None:
    return found if isinstance(found, float) and 0 < found < _LATEST else None
