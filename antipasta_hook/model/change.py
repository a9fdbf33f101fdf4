"""What is judged: a scope and all that it changes."""

from enum import StrEnum
from typing import Final, NamedTuple

from antipasta_hook.model.problem import Problem


class ScopeKind(StrEnum):
    """Which two states of the code are compared."""

    INDEX = "index"
    RANGE = "range"
    TREE = "tree"
    WORKTREE = "worktree"


class Scope(NamedTuple):
    """The two states: ``base`` None is the empty tree; ``target`` None is the index or the work tree.

    ``source`` is the commit that its author has, where the target is a merge that only a CI service has.
    """

    kind: ScopeKind
    base: str | None
    target: str | None = None
    merge_heads: tuple[str, ...] = ()
    source: str | None = None


class Blob(NamedTuple):
    """One file of one state: its object id and its git mode (0o100644, 0o100755, 0o120000, 0o160000)."""

    oid: str
    mode: int


class ChangeKind(StrEnum):
    """What became of one path."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"


class Change(NamedTuple):
    """One Python file that differs between the two states.

    ``path`` is the new path, or the old one of a deleted file; ``old_path`` is set only for a rename.
    ``skip`` says why the file is not to be measured, ``newly_skipped`` that this change is what makes it so;
    ``included`` that the settings ask for it by name, even where it says itself that it is generated, ``was_included``
    that those of the old side did.
    """

    path: str
    before: Blob | None
    after: Blob | None
    old_path: str | None = None
    skip: str | None = None
    newly_skipped: bool = False
    included: bool = False
    was_included: bool = False

    @property
    def kind(self) -> ChangeKind:
        """Derived from the sides that exist."""
        if self.before is None:
            return ChangeKind.ADDED
        if self.after is None:
            return ChangeKind.DELETED
        return ChangeKind.RENAMED if self.old_path else ChangeKind.MODIFIED

    @property
    def base_name(self) -> str:
        """The path without its directories."""
        return self.path.rpartition("/")[2]

    @property
    def is_none(self) -> bool:
        """Whether nothing changed: a census holds such files, too."""
        return self.before == self.after and self.old_path is None

    @property
    def may_have_lost_code(self) -> bool:
        """Whether functions can have come out of what it was: it is looked at, and is not what it was."""
        return self.before is not None and not self.skip and not self.is_of_one_blob

    @property
    def is_of_one_blob(self) -> bool:
        """Whether both sides have the same content: nothing changed, or no more than the path or the mode."""
        return self.before is not None and self.after is not None and self.before.oid == self.after.oid


NOT_COMPARED: Final = "not-compared"
"""The kind of the problem that there was nothing to compare with: nothing was judged, which is no pass."""


class Comparison(NamedTuple):
    """One base commit (None: the empty tree) and how the target differs from it, in the order of the paths."""

    base: str | None
    changes: tuple[Change, ...]


class ChangeSet(NamedTuple):
    """All that a scope changes. The first comparison is against the base; a merge adds one for each merge head."""

    scope: Scope
    comparisons: tuple[Comparison, ...]
    problems: tuple[Problem, ...] = ()
    whole: bool = False
    """Whether it is a census: what did not change is looked at, too."""
