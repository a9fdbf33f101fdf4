"""The new side of a comparison: the index or a commit. The work tree is another (``changes/worktree.py``)."""

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from antipasta_hook.changes.reader import BlobSource, RawChange
from antipasta_hook.changes.repository import Repository
from antipasta_hook.model import Blob, ScopeKind


class Target(Protocol):
    """One state of the code, and how it differs from commits."""

    @property
    def kind(self) -> ScopeKind:
        """What the scope of a comparison with it is called."""
        ...

    @property
    def oid(self) -> str | None:
        """The commit; None for the index and the work tree."""
        ...

    def blobs_from(self, repository: Repository) -> BlobSource:
        """Where the bytes of its blobs are had, and of the commits' that it is compared with."""
        ...

    def difference(self, commit: str | None) -> list[RawChange]:
        """All paths in which it differs from a commit (None: the empty tree), in no particular order."""
        ...

    def blobs(self, paths: Iterable[str]) -> dict[str, Blob]:
        """Those of the paths that it holds, of whatever type."""
        ...

    def files(self) -> Iterator[tuple[str, Blob]]:
        """All that it holds, unmerged paths excepted."""
        ...


class Index:
    """What is staged."""

    oid: Final = None

    def __init__(self, repository: Repository, kind: ScopeKind = ScopeKind.INDEX) -> None:
        self.kind: Final = kind
        self._repository = repository

    def blobs_from(self, repository: Repository) -> BlobSource:
        """See Target."""
        return repository

    def difference(self, commit: str | None) -> list[RawChange]:
        """See Target."""
        return self._repository.staged(commit)

    def blobs(self, paths: Iterable[str]) -> dict[str, Blob]:
        """See Target."""
        return self._repository.index_blobs(paths)

    def files(self) -> Iterator[tuple[str, Blob]]:
        """See Target."""
        return _held(self._repository.staged(None))


class Commit:
    """What a commit holds; None stands for the empty tree."""

    def __init__(self, repository: Repository, oid: str | None, kind: ScopeKind = ScopeKind.RANGE) -> None:
        self.kind: Final = kind
        self.oid: Final = oid
        self._repository = repository

    def blobs_from(self, repository: Repository) -> BlobSource:
        """See Target."""
        return repository

    def difference(self, commit: str | None) -> list[RawChange]:
        """See Target."""
        return self._repository.difference(commit, self.oid)

    def blobs(self, paths: Iterable[str]) -> dict[str, Blob]:
        """See Target."""
        return self._repository.tree_blobs(self.oid, paths) if self.oid else {}

    def files(self) -> Iterator[tuple[str, Blob]]:
        """See Target."""
        return _held(self._repository.difference(None, self.oid))


def _held(added: Iterable[RawChange]) -> Iterator[tuple[str, Blob]]:
    """What differs from the empty tree is all there is."""
    return ((change.path, change.after) for change in added if change.after is not None and not change.unmerged)
