"""An open repository: pygit2 reads, and git's plumbing takes over where libgit2 cannot."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Final, Self, TypeVar

from antipasta_hook.changes.pipes import require_files
from antipasta_hook.changes.place import Place, corrupt_index, merge_heads, not_a_repository, place_of
from antipasta_hook.changes.reader import Entry, RawChange, Reader, Unreadable, shown
from antipasta_hook.model import Blob, Failure

_Answer = TypeVar("_Answer")


class Repository:
    """Answers what a Reader answers; with reader ``auto`` the first thing libgit2 cannot read makes git the reader.

    ``place`` is where it was opened, and with what environment.
    """

    def __init__(self, place: Place, wanted: str) -> None:
        require_files(place)
        self.place: Final = place
        self._wanted = wanted
        self._reader = self._opened()

    def _opened(self) -> Reader:
        self.reader_reason = "asked for" if self._wanted != "auto" else "the quick one, and it could read everything"
        try:
            return _plumbing(self.place) if self._wanted == "git" else _libgit2(self.place)
        except Unreadable as limit:
            return self._other_reader(limit)

    def use(self, wanted: str) -> bool:
        """Read with ``pygit2`` or ``git`` from now on; ``auto`` leaves it as it is. Whether another one reads now."""
        if _known_reader(wanted) == "auto" or wanted == self._wanted:
            return False
        self._wanted = wanted
        if self.reader == wanted:
            return False
        self._reader.close()
        self._reader = self._opened()
        return True

    @property
    def reader(self) -> str:
        """``pygit2`` or ``git``: who reads now."""
        return self._reader.name

    @property
    def git_dir(self) -> str:
        """The absolute git directory."""
        return self._reader.git_dir

    def _other_reader(self, limit: Unreadable) -> Reader:
        """git's plumbing instead of libgit2; raises Failure where that was not wanted or there is no git."""
        if self._wanted != "auto":
            raise _failure(limit, self.place.cwd) from limit
        self.reader_reason = f"libgit2 cannot read this: {limit}"
        try:
            return _plumbing(self.place)
        except Failure as failure:
            if failure.kind != "git-missing":
                raise
            raise _failure(limit, self.place.cwd) from failure

    def _ask(self, question: Callable[[Reader], _Answer]) -> _Answer:
        try:
            return question(self._reader)
        except Unreadable as limit:
            self._reader.close()
            self._reader = self._other_reader(limit)
            return question(self._reader)

    def head(self) -> str | None:
        """The commit that HEAD names; None where there is none yet."""
        return self._ask(lambda reader: reader.head())

    def relative(self, path: str) -> str:
        """A path that a person gave where this was opened, as the nouns name it: from the root, with slashes.

        The last name is not followed where it is a symlink, and need not exist. Raises Failure outside the work tree.
        """
        root = os.path.realpath(self.root() or self.place.cwd)
        parent, name = os.path.split(os.path.normpath(os.path.join(self.place.cwd, path)))
        inner = os.path.relpath(os.path.join(os.path.realpath(parent), name), root).replace(os.sep, "/")
        if inner == ".." or inner.startswith("../"):
            raise Failure(
                f"{shown(path)} is outside the work tree {shown(root)}",
                kind="outside",
                recovery="name files of this repository",
            )
        return inner

    def lacks(self, path: str) -> bool:
        """Whether there is a work tree, and nothing at this path in it."""
        root = self.root()
        return root is not None and not os.path.lexists(os.path.join(root, path))

    def here(self) -> str:
        """The directory in which this was opened, from the root; empty at the root and outside the work tree."""
        try:
            found = self.relative(".")
        except Failure:
            return ""
        return "" if found == "." else found

    def merge_heads(self) -> tuple[str, ...]:
        """The commits that are being merged into HEAD."""
        return merge_heads(self.git_dir)

    def root(self) -> str | None:
        """The absolute root of the work tree; None where there is none."""
        return self._ask(lambda reader: reader.root())

    def index_path(self) -> str:
        """The absolute path of the index; raises Failure where there is none (bare)."""
        return self._ask(lambda reader: reader.index_path())

    def staged(self, commit: str | None) -> list[RawChange]:
        """All paths in which the index differs from a commit (None: the empty tree)."""
        return self._ask(lambda reader: reader.staged(commit))

    def difference(self, old: str | None, new: str | None) -> list[RawChange]:
        """All paths in which two commits differ (None: the empty tree)."""
        return self._ask(lambda reader: reader.difference(old, new))

    def index_blobs(self, paths: Iterable[str]) -> dict[str, Blob]:
        """Those of the paths that the index holds."""
        wanted = tuple(paths)
        return self._ask(lambda reader: reader.index_blobs(wanted))

    def tree_blobs(self, commit: str, paths: Iterable[str]) -> dict[str, Blob]:
        """Those of the paths that a commit holds."""
        wanted = tuple(paths)
        return self._ask(lambda reader: reader.tree_blobs(commit, wanted))

    def root_tree(self, commit: str) -> str:
        """The tree that a commit holds."""
        return self._ask(lambda reader: reader.root_tree(commit))

    def entries(self, tree: str) -> tuple[Entry, ...]:
        """What stands in a tree, by name."""
        return self._ask(lambda reader: reader.entries(tree))

    def size(self, oid: str) -> int | None:
        """The size of a blob in bytes, without reading it; None where it is not in this clone."""
        return self._ask(lambda reader: reader.size(oid))

    def read(self, oid: str) -> bytes:
        """The bytes of a blob; raises MissingBlob."""
        return self._ask(lambda reader: reader.read(oid))

    def read_many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The bytes of blobs, one at a time; raises MissingBlob at the first that is not here."""
        return ((oid, self.read(oid)) for oid in oids)

    def close(self) -> None:
        """Let go of files and processes."""
        self._reader.close()

    def __enter__(self) -> Self:
        """A repository is its own context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


def open_repository(cwd: str, environ: Mapping[str, str], *, reader: str = "auto") -> Repository:
    """The repository that git would find from a directory with an environment; raises Failure.

    ``reader`` is ``auto``, ``pygit2`` or ``git``.
    """
    return Repository(place_of(cwd, environ), _known_reader(reader))


def _known_reader(name: str) -> str:
    if name not in {"auto", "pygit2", "git"}:
        raise Failure(
            f"there is no reader {name!r}",
            kind="unknown-reader",
            recovery="one of: auto, pygit2, git",
        )
    return name


def _libgit2(place: Place) -> Reader:
    from antipasta_hook.changes.libgit2 import Libgit2Reader

    return Libgit2Reader(place)


def _plumbing(place: Place) -> Reader:
    from antipasta_hook.changes.plumbing import PlumbingReader

    return PlumbingReader(place)


def _failure(limit: Unreadable, where: str) -> Failure:
    """What libgit2 said, for a person."""
    text = shown(str(limit))
    if text.startswith(("Repository not found", "repository not found", "could not find repository")):
        return not_a_repository(where)
    if text.startswith(("invalid data in index", "insufficient buffer space")):
        return corrupt_index(f"of {where}", text)
    if "is not owned by current user" in text:
        directory = text.partition("'")[2].rpartition("'")[0].rstrip("/")
        import shlex

        return Failure(
            text,
            kind="wrong-owner",
            recovery=f"if you trust it: git config --global --add safe.directory {shlex.quote(directory)}",
        )
    return Failure(
        f"libgit2 cannot read {shown(where)}: {text}",
        kind="unreadable-repository",
        recovery="let git itself read it: reader auto, with git on PATH",
    )
