"""How two trees differ, entering only directories that do. Pure: trees come from whoever reads them."""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from antipasta_hook.changes.reader import Entry, RawChange, blob, decode_path
from antipasta_hook.model import Blob

_ENTRY: Final = rb"0*(\d+) ([^\0]+)\0(.{%d})"
_TREE: Final = b"40000"

Entries = frozenset[tuple[bytes, bytes, bytes]]
"""Mode, name and id of each entry of a tree."""
ReadTree = Callable[[str], Entries]
_Side = tuple[bytes, bytes] | None
"""An entry's mode and id; None where there is none."""
_NONE: Final[Entries] = frozenset()


def entries(data: bytes, oid: str) -> Entries:
    """What a tree object of this id holds (``mode SP name NUL id``, repeated); raises ValueError for a damaged one.

    So it does for one that another program wrote than git: a mode with zeros before it, a name that is there twice.
    """
    found = re.findall(_ENTRY % (len(oid) // 2), data, re.DOTALL)
    whole = sum(map(len, chain.from_iterable(found))) + 2 * len(found) == len(data)
    if not whole or len({name for _, name, _ in found}) != len(found):
        msg = f"tree {oid} is damaged"
        raise ValueError(msg)
    return frozenset(found)


def listed(held: Entries) -> tuple[Entry, ...]:
    """The entries of a tree by name."""
    return tuple(sorted(Entry(decode_path(name), blob(oid.hex(), int(mode, 8))) for mode, name, oid in held))


def tree_difference(old: str, new: str, read: ReadTree) -> Iterator[RawChange]:
    """All paths in which two trees differ, whatever their type. ``read`` gives the entries of a tree by its id."""
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


def _inside(path: bytes, old: Entries, new: Entries) -> Iterator[tuple[bytes, _Side, _Side]]:
    """The entries of a directory that differ, side by side."""
    prefix = path + b"/" if path else path
    before = {name: (mode, oid) for mode, name, oid in old - new}
    after = {name: (mode, oid) for mode, name, oid in new - old}
    for name in before.keys() | after.keys():
        yield prefix + name, before.get(name), after.get(name)


def _entries(side: _Side, read: ReadTree) -> Entries:
    """None of what is no directory."""
    return _NONE if side is None or not _is_tree(side) else read(side[1].hex())


def _is_tree(side: _Side) -> bool:
    return side is not None and side[0] == _TREE


def _blob(side: _Side) -> Blob | None:
    """The side as a file, link or submodule."""
    return None if side is None or side[0] == _TREE else blob(side[1].hex(), int(side[0], 8))
