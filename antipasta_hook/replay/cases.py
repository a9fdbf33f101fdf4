"""Which commits are replayed, and what each of them changes: asked of the history, read from the object database."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from antipasta_hook.changes import Difference, Repository, Span, read_difference
from antipasta_hook.changes.history import History, Logged
from antipasta_hook.changes.target import Commit
from antipasta_hook.model import Failure
from antipasta_hook.model.backtest import Question

_FIRST_ASKED: Final = 1_000
_UNKNOWN: Final = 1 << 62
"""The time of a commit that cannot be read: named at once."""


class Case(NamedTuple):
    """A commit that touches Python files; ``difference`` is None where what it changes could not be read."""

    commit: Logged
    difference: Difference | None
    reason: str = ""

    @property
    def is_merge(self) -> bool:
        """Whether it has several parents."""
        return len(self.commit.parents) > 1


def cases(repository: Repository, history: History, tip: str, question: Question) -> Iterator[Case]:
    """The commits that were asked for, the newest first."""
    shallow = history.is_shallow()
    found = 0
    for commit in _log(history, tip, question.since):
        if shallow and not commit.parents:
            yield Case(commit, None, "its parent is not in this clone")
            continue
        case = _case(repository, commit)
        if case.difference is None or case.difference.paths:
            yield case
            found += not case.is_merge and case.difference is not None
        if found == question.last:
            return


def _log(history: History, tip: str, since: str | None) -> Iterator[Logged]:
    skip, most = 0, _FIRST_ASKED
    seen: dict[str, Logged] = {}
    try:
        while commits := history.log(tip, skip=skip, most=most, since=since):
            seen.update((commit.oid, commit) for commit in commits)
            yield from commits
            skip, most = skip + most, 2 * most  # git walks from the tip each time
    except Failure:
        if not seen:
            raise
        earliest = None if since is None else history.moment(since)
        yield from _one_by_one(history, seen, earliest or 0)


def _one_by_one(history: History, seen: dict[str, Logged], earliest: int) -> Iterator[Logged]:
    """What comes before these commits, where git does not get past one that is damaged: that one has nothing but an id.

    The newest first, as far as each of them is known by its children.
    """
    waiting: dict[str, Logged] = {}
    wanted = [parent for commit in seen.values() for parent in commit.parents]
    known = set(seen)
    while wanted or waiting:
        for oid in wanted:
            if oid not in known:
                known.add(oid)
                waiting[oid] = history.logged(oid) or Logged(oid, (), "", _UNKNOWN, "")
        if not waiting:
            return
        commit = waiting.pop(max(waiting, key=lambda oid: waiting[oid].time))
        if commit.time >= earliest:
            yield commit
            wanted = list(commit.parents)
        else:
            wanted = []


def _case(repository: Repository, commit: Logged) -> Case:
    """A merge is held against its other parents, too, as when it was being committed."""
    try:
        return Case(
            commit, read_difference(repository, Span(Commit(repository, commit.oid), commit.parents or (None,)))
        )
    except Failure:
        return Case(commit, None, "it cannot be read")
