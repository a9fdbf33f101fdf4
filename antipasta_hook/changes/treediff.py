"""How two trees differ, entering only directories that do. Pure: trees come as bytes from whoever reads them."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from antipasta_hook.changes.reader import RawChange, blob, decode_path
from antipasta_hook.model import Blob

_ENTRY: Final = re.compile(rb"(\d+) ([^\0]+)\0(.{20})", re.DOTALL)  # ids of SHA-1: libgit2 opens nothing else
_TREE: Final = b"40000"

ReadTree = Callable[[str], bytes]
_Side = tuple[bytes, bytes] | None
"""An entry's mode and id; None where there is none."""


def tree_difference(old: str, new: str, read: ReadTree) -> Iterator[RawChange]:
    """All paths in which two trees differ, whatever their type; raises ValueError for a damaged tree.

    ``read`` gives a tree object's bytes by its id.
    """
    pending: list[tuple[bytes, _Side, _Side]] = [(b"", (_TREE, bytes.fromhex(old)), (_TREE, bytes.fromhex(new)))]
    while pending:
        path, before, after = pending.pop()
        if before == after:
            continue
        if _is_tree(before) or _is_tree(after):
            pending.extend(_inside(path, _entries(before, read), _entries(after, read)))
        was, now = _blob(before), _blob(after)
        if was != now:
            yield RawChange(decode_path(path), was, now)


def _inside(
    path: bytes,
    old: set[tuple[bytes, bytes, bytes]],
    new: set[tuple[bytes, bytes, bytes]],
) -> Iterator[tuple[bytes, _Side, _Side]]:
    """The entries of a directory that differ, side by side."""
    prefix = path + b"/" if path else path
    before = {name: (mode, oid) for mode, name, oid in old - new}
    after = {name: (mode, oid) for mode, name, oid in new - old}
    for name in before.keys() | after.keys():
        yield prefix + name, before.get(name), after.get(name)


def _entries(side: _Side, read: ReadTree) -> set[tuple[bytes, bytes, bytes]]:
    """Mode, name and id of each entry (``mode SP name NUL id``, repeated); none of what is no directory."""
    if side is None or not _is_tree(side):
        return set()
    data = read(side[1].hex())
    entries = _ENTRY.findall(data)
    if sum(len(mode) + len(name) + 22 for mode, name, _ in entries) != len(data):
        msg = f"tree {side[1].hex()} is damaged"
        raise ValueError(msg)
    return set(entries)


def _is_tree(side: _Side) -> bool:
    return side is not None and side[0] == _TREE


def _blob(side: _Side) -> Blob | None:
    """The side as a file, link or submodule."""
    return None if side is None or side[0] == _TREE else blob(side[1].hex(), int(side[0], 8))
