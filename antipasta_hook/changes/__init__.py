"""The only room that knows git: opening a repository, and what its index, a range, a push or its work tree changes.

Importing it costs nothing: pygit2 is imported by ``open_repository``, subprocess only where git itself has to read.
"""

from antipasta_hook.changes.attributes import FILE_NAME as ATTRIBUTES
from antipasta_hook.changes.attributes import directories
from antipasta_hook.changes.content import LFS_POINTER, is_lfs_pointer
from antipasta_hook.changes.difference import Difference, SettingFiles, SmallBlobs, read_difference, staged_changes
from antipasta_hook.changes.layout import Layout, layout_of, python_files
from antipasta_hook.changes.marks import Marks
from antipasta_hook.changes.reader import (
    FILE_MODES,
    TREE,
    BlobSource,
    Entry,
    MissingBlob,
    RawChange,
    Reader,
    UnreadableBlob,
)
from antipasta_hook.changes.repository import Repository, open_repository
from antipasta_hook.changes.scopes import Span, between, pushed, spans, staged, whole_commit, whole_tree, worktree
from antipasta_hook.changes.skips import SAME_AS_MERGED
from antipasta_hook.changes.target import Target

__all__ = [
    "ATTRIBUTES",
    "FILE_MODES",
    "LFS_POINTER",
    "SAME_AS_MERGED",
    "TREE",
    "BlobSource",
    "Difference",
    "Entry",
    "Layout",
    "Marks",
    "MissingBlob",
    "RawChange",
    "Reader",
    "Repository",
    "SettingFiles",
    "SmallBlobs",
    "Span",
    "Target",
    "UnreadableBlob",
    "between",
    "directories",
    "is_lfs_pointer",
    "layout_of",
    "open_repository",
    "pushed",
    "python_files",
    "read_difference",
    "spans",
    "staged",
    "staged_changes",
    "whole_commit",
    "whole_tree",
    "worktree",
]
