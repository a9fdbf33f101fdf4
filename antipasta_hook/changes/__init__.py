"""The only room that knows git: opening a repository, and what its index changes.

Importing it costs nothing: pygit2 is imported by ``open_repository``, subprocess only where git itself has to read.
"""

from antipasta_hook.changes.content import LFS_POINTER, is_lfs_pointer
from antipasta_hook.changes.reader import MissingBlob, RawChange, Reader, UnreadableBlob
from antipasta_hook.changes.repository import Repository, open_repository
from antipasta_hook.changes.skips import SAME_AS_MERGED
from antipasta_hook.changes.staged import staged_changes

__all__ = [
    "LFS_POINTER",
    "SAME_AS_MERGED",
    "MissingBlob",
    "RawChange",
    "Reader",
    "Repository",
    "UnreadableBlob",
    "is_lfs_pointer",
    "open_repository",
    "staged_changes",
]
