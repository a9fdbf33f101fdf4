"""Pack indexes, looked at before libgit2 follows them: a place behind the end of a pack ends the process (SIGBUS).

Format: Documentation/gitformat-pack.txt. Places are big-endian, in version 1 before each id, in version 2 in a table;
in an index of several packs each has the number of its pack before it.
"""

import os
import re
import stat
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from antipasta_hook.changes.loose import FLAGS

_MAGIC: Final = b"\xfftOc"
_FANOUT: Final = 4 * 256
_ID: Final = 20
_TRAILER: Final = 20
_MANY: Final = "multi-pack-index"
_CHUNK: Final = struct.Struct(">4sQ")
_MOST_ROWS: Final = 200_000
"""Of an index of several packs, of which each is held against its own; of more, against the largest."""
_FAR: Final = 1 << 31
"""From here on a place stands in the table of long ones."""


def misleading(directories: Iterable[str]) -> str | None:
    """The first index in these object directories that points behind the end of its pack; None where all is well.

    What cannot be read, or is no pack index, libgit2 refuses by itself.
    """
    return next((index for index in _indexes(directories) if _points_too_far(index)), None)


def _indexes(directories: Iterable[str]) -> Iterator[str]:
    for directory in directories:
        folder = os.path.join(directory, "pack")
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        yield from (os.path.join(folder, name) for name in sorted(names) if name == _MANY or name.endswith(".idx"))


def _points_too_far(index: str) -> bool:
    try:
        with open(os.open(index, FLAGS), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return False
            if os.path.basename(index) == _MANY:
                return _any_reaches(stream, os.path.dirname(index))
            return _reaches(stream, _end(index))
    except (OSError, ValueError, LookupError, OverflowError, struct.error):
        return False


def _end(index: str) -> int:
    """Where the objects of a pack end."""
    return max(os.stat(index.removesuffix("idx") + "pack").st_size - _TRAILER, 0)


def _any_reaches(stream: BinaryIO, folder: str) -> bool:
    """Whether a place in an index of several packs is behind the end of its pack."""
    head = stream.read(12)
    table = stream.read(_CHUNK.size * (head[6] + 1))
    chunks = list(_CHUNK.iter_unpack(table))
    ends = dict(zip((name for name, _ in chunks), (place for _, place in chunks[1:]), strict=False))
    parts = {
        name: _part(stream, place, ends[name]) for name, place in chunks[:-1] if name in {b"PNAM", b"OOFF", b"LOFF"}
    }
    names = [name for name in parts[b"PNAM"].split(b"\0") if name]
    packs = [_end(os.path.join(folder, os.fsdecode(name))) for name in names]
    return _behind(parts[b"OOFF"], parts.get(b"LOFF", b""), packs)


def _part(stream: BinaryIO, start: int, end: int) -> bytes:
    stream.seek(start)
    return _read(stream, max(0, end - start))


def _read(stream: BinaryIO, most: int) -> bytes:
    """Of so many bytes, those that are there: room is made for no more."""
    return stream.read(min(most, os.fstat(stream.fileno()).st_size))


def _behind(rows: bytes, longs: bytes, ends: list[int]) -> bool:
    """``rows``: number of a pack and place, four bytes each; ``ends``: of the packs."""
    if longs or len(rows) // 8 > _MOST_ROWS:
        places = memoryview(rows[: len(rows) // 8 * 8]).cast("I")[1::2].tobytes()
        far = any(place >= max(ends) for (place,) in struct.iter_unpack(">Q", longs[: len(longs) // 8 * 8]))
        return far or (max(ends) < _FAR and _any_from(places, max(ends)))
    return any(number >= len(ends) or place >= ends[number] for number, place in struct.iter_unpack(">II", rows))


def _reaches(stream: BinaryIO, end: int) -> bool:
    """Whether a place in the index is ``end`` or behind it."""
    head = stream.read(8)
    old = head[:4] != _MAGIC
    fanout = (head if old else b"") + stream.read(_FANOUT - 8 * old)
    if len(fanout) != _FANOUT:
        return False
    count = int.from_bytes(fanout[-4:], "big")
    if old:
        rows = _read(stream, (4 + _ID) * count)
        return _any_from(b"".join(rows[place : place + 4] for place in range(0, len(rows), 4 + _ID)), end)
    stream.seek((_ID + 4) * count, os.SEEK_CUR)  # ids and checksums
    near = _read(stream, 4 * count)
    if end < _FAR:
        return _any_from(near, end)
    far = len(near[::4]) - len(near[::4].translate(None, bytes(range(0x80, 0x100))))
    longs = _read(stream, 8 * far)
    return any(place >= end for (place,) in struct.iter_unpack(">Q", longs[: len(longs) // 8 * 8]))


def _any_from(table: bytes, end: int) -> bool:
    """Whether any number of four bytes is ``end`` or more. Of many, only those with the same first byte are read."""
    least = end.to_bytes(4, "big")
    if not least[0]:
        return _largest(table) >= end
    first = table[::4]
    if first.translate(None, bytes(range(least[0] + 1))):
        return True
    alike = re.finditer(re.escape(least[:1]), first)
    return any(table[4 * each.start() : 4 * each.start() + 4] >= least for each in alike)


def _largest(table: bytes) -> int:
    from array import array

    numbers = array("I", table[: len(table) // 4 * 4])
    if sys.byteorder == "little":
        numbers.byteswap()
    return max(numbers, default=-1)
