"""Pack indexes, looked at before libgit2 follows them: a place behind the end of a pack ends the process (SIGBUS).

Format: Documentation/gitformat-pack.txt. Places are big-endian, in version 1 before each id, in version 2 in a table.
"""

import os
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

_MAGIC: Final = b"\xfftOc"
_FANOUT: Final = 4 * 256
_ID: Final = 20
_TRAILER: Final = 20
_FAR: Final = 1 << 31
"""From here on a place stands in the table of long ones."""


def misleading(directories: Iterable[str]) -> str | None:
    """The first pack index in these object directories that points behind the end of its pack; None where all is well.

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
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".idx"))


def _points_too_far(index: str) -> bool:
    try:
        end = os.stat(index[: -len("idx")] + "pack").st_size - _TRAILER
        with open(index, "rb") as stream:
            return _reaches(stream, max(end, 0))
    except OSError:
        return False


def _reaches(stream: BinaryIO, end: int) -> bool:
    """Whether a place in the index is ``end`` or behind it."""
    head = stream.read(8)
    old = head[:4] != _MAGIC
    fanout = (head if old else b"") + stream.read(_FANOUT - 8 * old)
    if len(fanout) != _FANOUT:
        return False
    count = int.from_bytes(fanout[-4:], "big")
    if old:
        rows = stream.read((4 + _ID) * count)
        return _any_from(b"".join(rows[place : place + 4] for place in range(0, len(rows), 4 + _ID)), end)
    stream.seek((_ID + 4) * count, os.SEEK_CUR)  # ids and checksums
    near = stream.read(4 * count)
    if end < _FAR:
        return _any_from(near, end)
    far = len(near[::4]) - len(near[::4].translate(None, bytes(range(0x80, 0x100))))
    longs = stream.read(8 * far)
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
