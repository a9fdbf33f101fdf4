"""The quick reader: pygit2. It knows what libgit2 gets wrong and what must be arranged around it."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from antipasta_hook.changes.assumed import assumed
from antipasta_hook.changes.cachetree import states_too_many, tree_of_index
from antipasta_hook.changes.loose import Damaged, LooseObjects
from antipasta_hook.changes.packs import misleading
from antipasta_hook.changes.place import Place, locate_index, require_index
from antipasta_hook.changes.reader import (
    TREE,
    Entry,
    MissingBlob,
    RawChange,
    Unreadable,
    UnreadableBlob,
    blob,
    decode_path,
)
from antipasta_hook.changes.surroundings import environment, imported
from antipasta_hook.changes.treediff import Entries, entries, listed, tree_difference
from antipasta_hook.model import Blob

if TYPE_CHECKING:
    import pygit2

_Answer = TypeVar("_Answer")

_EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_ADDED, _DELETED, _CONFLICTED = 1, 2, 10
_TREES: Final = 200
"""How many are remembered: of a history, a commit's trees are nearly all its parent's."""


@contextmanager
def _libgit2_limits() -> Iterator[None]:
    """Whatever libgit2 raises means that it cannot read this; all its errors are of these types."""
    import pygit2

    try:
        yield
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        raise Unreadable(str(error) or type(error).__name__) from error


class Libgit2Reader:
    """Reads with pygit2; raises Unreadable where libgit2 cannot (split and sparse index, SHA-256, reftable, …)."""

    name: Final = "pygit2"

    def __init__(self, place: Place) -> None:
        self._place = place
        self._pygit2 = imported()
        # What libgit2 makes of a damaged pack; ValueError for a type that there is not, and for what cannot be mapped.
        self._damage: Final = (OSError, ValueError, self._pygit2.GitError)
        with _libgit2_limits():
            self._repo = self._open()
            self.git_dir: Final = os.path.abspath(self._repo.path)
            self._loose: Final = LooseObjects(place, self.git_dir)
        if index := misleading(self._loose.directories):
            msg = f"{index} points behind the end of its pack"
            raise Unreadable(msg)
        self._trees: Final = lru_cache(_TREES)(self._tree)
        self._entries: Final = lru_cache(_TREES)(self._read_tree)

    def _open(self) -> "pygit2.Repository":
        """Open as git would (GIT_DIR, GIT_OBJECT_DIRECTORY, …), but for the index, which ``_index`` opens by its path.

        libgit2 looks at GIT_DIR only when it is given no path, and pygit2 always gives one.
        """
        place, flags = self._place, self._pygit2.enums.RepositoryOpenFlag
        wanted = place.git_variables()
        wanted.pop("GIT_NAMESPACE", None)  # git itself does not look for HEAD in it
        inherited: dict[str, str | None] = dict.fromkeys(name for name in os.environ if name.startswith("GIT_"))
        git_dir = wanted.get("GIT_DIR")
        how = flags.FROM_ENV | flags.NO_SEARCH if git_dir else flags.FROM_ENV
        with environment(inherited | wanted):
            repository: pygit2.Repository = self._pygit2.Repository(git_dir or place.cwd, how)
            _ = repository.odb, repository.config  # opened when first asked for, by the environment of that moment
        return repository

    def root(self) -> str | None:
        """See Reader. libgit2's own answer is wrong where GIT_WORK_TREE or GIT_DIR is set."""
        if named := self._place.path("GIT_WORK_TREE"):
            return named
        if self._place.path("GIT_DIR"):
            return self._configured_root() or (None if self._repo.is_bare else self._place.cwd)
        return self._repo.workdir or None

    def _configured_root(self) -> str | None:
        config = self._repo.config
        if "core.worktree" not in config:
            return None
        return os.path.join(self.git_dir, config["core.worktree"] or "")

    @cached_property
    def _index_path(self) -> str:
        index = locate_index(self._place, git_dir=self.git_dir, root=self.root(), bare=self._repo.is_bare)
        require_index(index, unborn=self._repo.head_is_unborn, git_dir=self.git_dir)
        return index.path

    @cached_property
    def _index(self) -> "pygit2.Index":
        from pygit2.ffi import ffi

        class Index(self._pygit2.Index):  # type: ignore[misc, name-defined] # imported when it is needed
            """What pygit2 cannot open it frees all the same, and complains on stderr that there is nothing to free."""

            _index = ffi.NULL

        if states_too_many(self._index_path):
            raise Unreadable("invalid data in index - it states more entries than it has room for")
        index: pygit2.Index = Index(self._index_path)
        return index

    @cached_property
    def _index_tree(self) -> "pygit2.Tree | None":
        """The index as a tree, where it knows its own and that tree is here."""
        oid = tree_of_index(self._index_path)
        if oid is None:
            return None
        self._require_whole(oid)
        found = self._repo.get(oid)
        return found if isinstance(found, self._pygit2.Tree) else None

    def head(self) -> str | None:
        """See Reader."""
        with _libgit2_limits():
            return None if self._repo.head_is_unborn else str(self._repo.head.target)

    def _tree(self, commit: str | None) -> "pygit2.Tree":
        self._require_whole(commit or _EMPTY_TREE)
        found = self._repo.get(commit or _EMPTY_TREE)
        if found is None:
            msg = f"commit {commit} is not here"
            raise Unreadable(msg)
        if isinstance(found, self._pygit2.Commit):
            self._require_whole(str(found.tree_id))
        tree: pygit2.Tree = found.peel(self._pygit2.Tree)
        return tree

    def index_path(self) -> str:
        """See Reader."""
        with _libgit2_limits():
            return self._index_path

    def staged(self, commit: str | None) -> list[RawChange]:
        """See Reader."""
        with _libgit2_limits():
            tree = self._trees(commit)
            if self._index_tree is not None:
                return list(tree_difference(str(tree.id), str(self._index_tree.id), self._entries))
            diff = tree.diff_to_index(self._index, self._pygit2.enums.DiffOption.INCLUDE_TYPECHANGE)
            found = [change for delta in diff.deltas if (change := _raw_change(delta)).before != change.after]
            return [*found, *self._kept_from(tree, found)]

    def _kept_from(self, tree: "pygit2.Tree", found: list[RawChange]) -> Iterator[RawChange]:
        """What libgit2 leaves out of a difference: new files that git was told to take for unchanged on disk."""
        named = {change.path for change in found}
        new = {path: blob for path, blob in assumed(self._index).items() if path not in named}
        before = self._blobs(str(tree.id), new) if new else {}
        return (RawChange(path, None, blob) for path, blob in new.items() if path not in before)

    def difference(self, old: str | None, new: str | None) -> list[RawChange]:
        """See Reader."""
        with _libgit2_limits():
            return list(tree_difference(str(self._trees(old).id), str(self._trees(new).id), self._entries))

    def _read_tree(self, oid: str) -> Entries:
        if oid == _EMPTY_TREE:
            return frozenset()
        self._require_whole(oid)
        return entries(self._repo.odb.read(oid)[1], oid)

    def index_blobs(self, paths: Iterable[str]) -> dict[str, Blob]:
        """See Reader."""
        with _libgit2_limits():
            if self._index_tree is not None:
                return self._blobs(str(self._index_tree.id), paths)
            index = self._index
            return {path: blob(str(index[path].id), int(index[path].mode)) for path in paths if path in index}

    def tree_blobs(self, commit: str, paths: Iterable[str]) -> dict[str, Blob]:
        """See Reader."""
        with _libgit2_limits():
            return self._blobs(str(self._trees(commit).id), paths)

    def _blobs(self, tree: str, paths: Iterable[str]) -> dict[str, Blob]:
        found = {}
        entered: dict[str, str | None] = {"": tree}
        for path in paths:
            parent, _, name = path.rpartition("/")
            entry = self._entry(self._entered(parent, entered), name)
            if entry is not None and entry.mode != TREE:
                found[path] = entry
        return found

    def _entered(self, path: str, entered: dict[str, str | None]) -> str | None:
        """The tree of a directory; ``entered`` knows the root's, and keeps what it is asked for."""
        missing = []
        above = path
        while above not in entered:
            missing.append(above)
            above = above.rpartition("/")[0]
        for each in reversed(missing):
            parent, _, name = each.rpartition("/")
            entry = self._entry(entered[parent], name)
            entered[each] = entry.oid if entry is not None and entry.mode == TREE else None
        return entered[path]

    def _entry(self, tree: str | None, name: str) -> Blob | None:
        """What a tree holds under a name, be it a tree."""
        raw = name.encode("utf-8", "surrogateescape")
        held = self._entries(tree) if tree is not None else ()
        return next((blob(oid.hex(), int(mode, 8)) for mode, each, oid in held if each == raw), None)

    def root_tree(self, commit: str) -> str:
        """See Reader."""
        with _libgit2_limits():
            return str(self._trees(commit).id)

    def entries(self, tree: str) -> tuple[Entry, ...]:
        """See Reader."""
        with _libgit2_limits():
            return listed(self._entries(tree))

    def size(self, oid: str) -> int | None:
        """See Reader."""
        try:
            size = self._loose.size(oid)
            return int(self._repo.odb.read_header(oid)[1]) if size is None else size
        except (KeyError, *self._damage):
            return None
        except Damaged:
            return self._packed(oid, lambda packs: int(packs.read_header(oid)[1]))

    def read(self, oid: str) -> bytes:
        """See Reader."""
        try:
            content = self._loose.read(oid)
            return bytes(self._repo.odb.read(oid)[1]) if content is None else content
        except KeyError:
            raise MissingBlob(oid) from None
        except self._damage as error:
            raise UnreadableBlob(oid) from error
        except Damaged as error:
            content = self._packed(oid, lambda packs: bytes(packs.read(oid)[1]))
            if content is None:
                raise UnreadableBlob(oid) from error
            return content

    def _packed(self, oid: str, ask: "Callable[[pygit2.OdbBackendPack], _Answer]") -> _Answer | None:
        """What the packs say of an object whose loose file is damaged; None where they do not have it, or are, too."""
        try:
            packs = self._packs(oid)
            return None if packs is None else ask(packs)
        except (KeyError, *self._damage):
            return None

    def _packs(self, oid: str) -> "pygit2.OdbBackendPack | None":
        """The packs that hold an object whose loose file is damaged; libgit2 must be asked in no other way for it."""
        for directory in self._loose.directories:
            if os.path.isdir(os.path.join(directory, "pack")):
                packs: pygit2.OdbBackendPack = self._pygit2.OdbBackendPack(directory)
                if packs.exists(oid):
                    return packs
        return None

    def _require_whole(self, oid: str) -> None:
        """Refuse a tree or commit that libgit2 would never finish reading."""
        try:
            self._loose.read(oid)
        except Damaged as error:
            msg = f"object {oid} is damaged: {error}"
            raise Unreadable(msg) from error

    def close(self) -> None:
        """See Reader."""
        self._repo.free()


def _raw_change(delta: "pygit2.DiffDelta") -> RawChange:
    """One delta. Sizes and paths come from nowhere else: ``delta.*.size`` is the index's stat data, not the blob's."""
    status = int(delta.status)
    old, new = delta.old_file, delta.new_file
    before = None if status == _ADDED else blob(str(old.id), int(old.mode))
    after = None if status == _DELETED else blob(str(new.id), int(new.mode))
    path = decode_path((old if after is None else new).raw_path)
    return RawChange(path, before, after, unmerged=status == _CONFLICTED)
