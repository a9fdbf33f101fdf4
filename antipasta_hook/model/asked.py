"""What a run is asked to judge: the first noun of the story, before any repository is open."""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from antipasta_hook.model.base import Meant


class Ask(StrEnum):
    """The ways to ask."""

    STAGED = "staged"
    """The index against HEAD: a commit that is being made, or will be."""
    RANGE = "range"
    """What leads from one commit to another, from their merge base on."""
    PUSH = "push"
    """What git is about to push."""
    TREE = "tree"
    """Every Python file, against HEAD."""
    WORKTREE = "worktree"
    """The files on disk against HEAD."""
    CI = "ci"
    """Every Python file of HEAD, against where its branch began."""


class Asked(NamedTuple):
    """``why`` says for people who or what asked in this way.

    ``from_ref`` None, with a ``to_ref``: a whole history that is pushed for the first time, which is not judged.
    ``pushed`` are the lines that git gives a pre-push hook. ``tree_if_empty``: where nothing is staged the whole tree
    is meant. ``strict``: what cannot be judged fails. ``meant`` is what a CI run is held against; where nothing is
    said, it is the first parent.
    """

    what: Ask
    why: str = ""
    from_ref: str | None = None
    to_ref: str | None = None
    pushed: bytes = b""
    tree_if_empty: bool = False
    strict: bool = False
    meant: "Meant | None" = None
