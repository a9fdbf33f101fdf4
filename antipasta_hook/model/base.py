"""What a CI run is to be held against, as its service says it: before any repository is asked. Only CI imports this."""

from enum import StrEnum
from typing import NamedTuple


class Way(StrEnum):
    """How a base follows from what a CI service, or a person, names."""

    NAMED = "named"
    """Where HEAD parted from a revision that a person names."""
    TRIAL = "trial"
    """HEAD is a service's own merge of that commit into its target: HEAD's first parent, if it is such a merge."""
    COMMIT = "commit"
    """That commit itself, whatever lies between."""
    PARTED = "parted"
    """Where HEAD parted from a commit of its target."""
    BEFORE = "before"
    """Where HEAD parted from what the branch was before, if that is still there."""
    BRANCH = "branch"
    """Where HEAD parted from a branch."""
    PARENT = "parent"
    """HEAD's first parent; before a root is the empty tree."""


class Base(NamedTuple):
    """One way to find the base. ``why`` says for people who means it.

    ``name`` is what the way is about: a revision, a commit's id, or a branch. ``besides`` is a branch whose doing is
    not that of the change, although the change may have merged it. ``merging``: HEAD is what is to be merged, or holds
    it; ``source`` is the commit that it has to hold, where the service names it.
    """

    way: Way
    why: str
    name: str = ""
    besides: str = ""
    merging: bool = False
    source: str = ""


class Deeper(NamedTuple):
    """The line of a service's configuration that brings history which is missing; empty where only git's commands do.

    ``parent`` is enough for one commit more, ``all`` brings every branch and commit.
    """

    parent: str = ""
    all: str = ""


class Meant(NamedTuple):
    """The ways to find the base, of which the first that fits counts, and what to add where this clone is too small."""

    bases: tuple[Base, ...]
    deeper: Deeper = Deeper()
