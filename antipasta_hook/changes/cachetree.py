"""What an index says of itself before it is loaded: the tree that it is (git's cache-tree extension), its size.

Before it runs hooks, git writes the trees of the index that it is about to commit and notes the root's id in it.
Comparing two trees enters only what differs; loading an index of 50,000 entries costs a hundred times more.
Format: Documentation/gitformat-index.txt.
"""

import os
import re
from mmap import ACCESS_READ, mmap
from typing import Final

_HEADER: Final = 12
_SMALLEST_ENTRY: Final = 62
_TRAILER: Final = 20  # SHA-1; libgit2 opens no repository with another hash
_SIGNATURE: Final = b"TREE"
_OTHERS: Final = frozenset({b"REUC", b"UNTR", b"FSMN", b"IEOT", b"EOIE"})
_ROOT: Final = re.compile(rb"\0(\d+) \d+\n(.{20})", re.DOTALL)


def states_too_many(path: str) -> bool:
    """Whether an index states more entries than it has room for: libgit2 would make that room before it finds out."""
    try:
        with open(path, "rb") as file:
            head = file.read(_HEADER)
            return int.from_bytes(head[8:]) * _SMALLEST_ENTRY > os.fstat(file.fileno()).st_size
    except OSError:
        return False


def tree_of_index(path: str) -> str | None:
    """The id of the tree that is the whole index; None where the index does not know it (or there is no index)."""
    try:
        with open(path, "rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            return _tree_of(data)
    except (OSError, ValueError):  # ValueError: an empty file cannot be mapped
        return None


def _tree_of(data: mmap) -> str | None:
    if len(data) < _HEADER + _TRAILER or data[:4] != b"DIRC":
        return None
    count = int.from_bytes(data[8:_HEADER])
    start = data.find(_SIGNATURE, _HEADER)
    while start >= 0:
        if _is_last_chain(data, start):
            return _root(data[start + 8 : start + 108], count)
        start = data.find(_SIGNATURE, start + 1)
    return None


def _is_last_chain(data: mmap, start: int) -> bool:
    """Whether well-formed extensions lead from here exactly to the trailer: four letters, a size, that many bytes."""
    end = len(data) - _TRAILER
    place = start
    while place < end:
        if place > start and data[place : place + 4] not in _OTHERS:
            return False
        place += 8 + int.from_bytes(data[place + 4 : place + 8])
    return place == end


def _root(payload: bytes, count: int) -> str | None:
    """The root's record comes first: an empty name, how many entries it covers (-1: not known), its id."""
    root = _ROOT.match(payload)
    return root[2].hex() if root and int(root[1]) == count else None
