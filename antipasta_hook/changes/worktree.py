"""The files on disk as the new side of a comparison: what ``git commit -a`` would take, and what git does not know yet.

git lists, and we look: to decide whether a file changed git may run the filters that a repository configures.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from typing import Final

from antipasta_hook.changes.disk import Disk, OnDisk
from antipasta_hook.changes.listing import Entry, Stat, list_work_tree
from antipasta_hook.changes.pairing import has_python_name
from antipasta_hook.changes.reader import EMPTY_BLOBS, EXECUTABLE, FILE_MODES, BlobSource, RawChange
from antipasta_hook.changes.repository import Repository
from antipasta_hook.model import Blob, ScopeKind

_LARGEST_OTHER: Final = 1_000_000
_SUBMODULE: Final = 0o160000
_LINK: Final = 0o120000
_PROJECT_FILE: Final = "pyproject.toml"
_UNTRACKED: Final = Entry(None, None, may_lack=False, unwatched=False)
_BITS: Final = 0xFFFFFFFF


class Worktree:
    """What is on disk: tracked files, and untracked ones that git does not ignore.

    Looked at is what can matter: Python files, executables, and what may say how to judge, by a name that begins with a
    dot or is pyproject.toml. Of other files the staged version counts. Submodules are not entered.
    """

    kind: Final = ScopeKind.WORKTREE
    oid: Final = None

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._listing = list_work_tree(repository)
        self._entries = self._listing.entries
        self._paths = dict.fromkeys((*self._entries, *self._listing.untracked))
        self._disk = Disk(self._listing.root, sha256=self._listing.sha256)
        self._seen: dict[str, OnDisk | None] = {}

    def blobs_from(self, repository: Repository) -> BlobSource:
        """See Target."""
        return self._disk.before(repository)

    def difference(self, commit: str | None) -> list[RawChange]:
        """See Target."""
        before = self._before(commit)
        sides = ((path, before.get(path), self._look(path)) for path in {**self._paths, **before})
        changes = (RawChange(path, old, _blob(now, old)) for path, old, now in sides)
        return [change for change in changes if change.before != change.after]

    def _before(self, commit: str | None) -> dict[str, Blob | None]:
        """What a commit holds: the index with the difference undone. Of unmerged paths the index does not know it."""
        before: dict[str, Blob | None] = {path: entry.blob for path, entry in self._entries.items()}
        conflicts = [path for path, blob in before.items() if blob is None]
        before |= {change.path: change.before for change in self._repository.staged(commit)}
        before |= dict.fromkeys(conflicts)
        if commit and conflicts:
            before |= self._repository.tree_blobs(commit, conflicts)
        return before

    def blobs(self, paths: Iterable[str]) -> dict[str, Blob]:
        """See Target."""
        return {path: seen.blob for path in paths if (seen := self._look(path)) is not None}

    def files(self) -> Iterator[tuple[str, Blob]]:
        """See Target."""
        return ((path, seen.blob) for path in self._paths if (seen := self._look(path)) is not None)

    def _look(self, path: str) -> OnDisk | None:
        """What is at a path now, as far as it matters; looked at once."""
        if path not in self._seen:
            self._seen[path] = self._found(path) if path in self._paths else None
        return self._seen[path]

    def _found(self, path: str) -> OnDisk | None:
        entry = self._entries.get(path, _UNTRACKED)
        if entry.blob is not None and (entry.unwatched or entry.blob.mode == _SUBMODULE):
            return OnDisk(entry.blob)
        try:
            status = self._disk.status(path)
        except OSError as error:
            return self._disk.unread(path, None, f"it cannot be read: {error.strerror}", executable=False)
        if status is None:
            return _staged(entry) if entry.may_lack else None
        if stat.S_ISLNK(status.st_mode):
            return self._disk.link(path)
        return self._file(path, entry, status) if stat.S_ISREG(status.st_mode) else None

    def _file(self, path: str, entry: Entry, status: os.stat_result) -> OnDisk | None:
        """A regular file: as it is staged, if it did not change or does not matter."""
        executable = self._is_executable(entry, status)
        if self._is_clean(entry, status) or self._is_link_as_file(entry):
            return _staged(entry)
        if not (_may_matter(path) or executable or _is_executable(entry)):
            return _staged(entry)
        if status.st_size > _LARGEST_OTHER and not has_python_name(path):
            return self._disk.unread(path, status.st_size, "too large to be looked at", executable=executable)
        return self._disk.file(path, executable=executable, known=entry.blob.oid if entry.blob else None)

    def _is_executable(self, entry: Entry, status: os.stat_result) -> bool:
        return bool(status.st_mode & 0o100) if self._listing.modes else _is_executable(entry)

    def _is_link_as_file(self, entry: Entry) -> bool:
        """Where the disk has no symlinks git writes the name of the target into a file."""
        return not self._listing.links and entry.blob is not None and entry.blob.mode == _LINK

    def _is_clean(self, entry: Entry, status: os.stat_result) -> bool:
        """Whether a file is as git last saw it: by git's own rules, but in doubt it is not.

        A file that changed within the tick in which the index was written may look as it did before.
        """
        if entry.blob is None or entry.stat is None or entry.blob.mode not in FILE_MODES:
            return False
        if entry.stat.size == 0 and entry.blob.oid not in EMPTY_BLOBS:
            return False
        return status.st_mtime_ns < self._listing.written and entry.stat == _stat(status)


def _staged(entry: Entry) -> OnDisk | None:
    return None if entry.blob is None else OnDisk(entry.blob)


def _is_executable(entry: Entry) -> bool:
    return entry.blob is not None and entry.blob.mode == EXECUTABLE


def _stat(status: os.stat_result) -> Stat:
    """As an index remembers it."""
    return Stat(
        changed=(status.st_ctime_ns // 10**9 & _BITS, status.st_ctime_ns % 10**9),
        modified=(status.st_mtime_ns // 10**9 & _BITS, status.st_mtime_ns % 10**9),
        inode=status.st_ino & _BITS,
        owner=status.st_uid & _BITS,
        group=status.st_gid & _BITS,
        size=status.st_size & _BITS,
    )


def _blob(now: OnDisk | None, before: Blob | None) -> Blob | None:
    """The new side; a file that differs from the old one by its line ends alone is the old one."""
    if now is None or before is None or now.unix != before.oid:
        return None if now is None else now.blob
    return Blob(before.oid, now.blob.mode)


def _may_matter(path: str) -> bool:
    name = path.rpartition("/")[2]
    return has_python_name(path) or name.startswith(".") or name == _PROJECT_FILE
