"""From what a CI service means to the commit that is held against HEAD: found here, or what has to be fetched for it.

Nothing is guessed. A base that is wrong in the past makes the whole legacy look new, one that is wrong in the future
hides what is judged: where a clone does not reach back far enough to be sure, the answer is a Failure that says how to
get the rest.
"""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from antipasta_hook.changes.history import History
from antipasta_hook.changes.reader import shown
from antipasta_hook.model import Failure
from antipasta_hook.model.base import Base, Deeper, Meant, Way

FIRST_PARENT: Final = Meant((Base(Way.PARENT, "HEAD's first parent"),))
"""What is held against a commit of which nobody says anything."""

_FULL_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BRANCH: Final = re.compile(r"(?!HEAD\b)\w[\w./+-]*")
_ALL_BRANCHES: Final = "+refs/heads/*:refs/remotes/origin/*"
"""git fetches no commit by the beginning of its id."""
_ORIGINS: Final = ("origin/", "refs/remotes/origin/")


class Held(NamedTuple):
    """What a commit is held against: the base (None: the empty tree), and others whose doing is not its own.

    ``own``: the base is an earlier state of the same branch, so that what was agreed on since then counts at once.
    ``source`` is the commit that is to be merged, where HEAD is a merge that only the service has.
    """

    base: str | None
    why: str
    others: tuple[str, ...] = ()
    own: bool = False
    source: str | None = None


def held_against(history: History, target: str, meant: Meant) -> Held:
    """The first base that fits; raises Failure where this clone lacks what is needed to find it, or to be sure."""
    search = _Search(history, target, meant.deeper)
    for base in meant.bases:
        found = _WAYS[base.way](search, base)
        if found is not None:
            return found
    raise Failure(
        f"nothing says what {target[:7]} is to be held against", kind="no-base", recovery="name a base: --base REV"
    )


class _Search:
    """The ways to find the base of one commit; each is None where it does not fit."""

    def __init__(self, history: History, target: str, deeper: Deeper) -> None:
        self._history = history
        self._target = target
        self._deeper = deeper

    def named(self, base: Base) -> Held | None:
        """A revision that a person names: what is none is a mistake, what only is not here can be fetched."""
        try:
            tip = self._history.resolve(base.name)
        except Failure as failure:
            found = self._history.branch(base.name)  # CI services fetch branches and make none
            if found is None:
                raise self._nowhere(base.name, failure) from failure
            tip = found
        start, *others = self._parting(tip)
        return Held(start, base.why, tuple(others))

    def _nowhere(self, name: str, failure: Failure) -> Failure:
        """A revision that is not here."""
        origin = next((each for each in _ORIGINS if name.startswith(each)), None)
        if origin is not None:
            return self._no_branch(name.removeprefix(origin))
        if _FULL_ID.fullmatch(name):
            return self._no_commit(name)
        if self._history.is_shallow():
            return self._no_branch(name) if _BRANCH.fullmatch(name) else self._shallow(name)
        return failure

    def _shallow(self, name: str) -> Failure:
        return self._lacking(shown(name[:100]), self._deeper.all, "--unshallow")

    def trial(self, base: Base) -> Held | None:
        """A merge that nobody wrote: its second parent is the commit that is to be merged."""
        parents = self._history.parents(self._target)
        if len(parents) != 2 or parents[1] != base.name:
            return None
        if not self._history.holds(parents[0]):
            raise self._no_parent(parents[0])
        return Held(parents[0], base.why, source=base.name)

    def commit(self, base: Base) -> Held | None:
        """A commit that the service has found out itself."""
        if not self._history.holds(base.name):
            raise self._no_parent(base.name) if self._is_parent(base.name) else self._no_commit(base.name)
        return Held(base.name, base.why)

    def parted(self, base: Base) -> Held | None:
        """A commit of the target, which may be older than what was merged of it since."""
        tip = self._history.commit_of(base.name)
        if tip is None:
            raise self._no_commit(base.name)
        return self._from(tip, base)

    def branch(self, base: Base) -> Held | None:
        """The tip of the target."""
        return self._from(self._tip(base.name), base)

    def _from(self, tip: str, base: Base) -> Held:
        start, *others = self._parting(tip)
        if base.merging and (start == self._target or not self._holds_source(base.source)):
            raise Failure(
                f"{self._target[:7]} is checked out, which is not what is to be merged",
                kind="wrong-checkout",
                recovery="check out the pull request, not its target",
            )
        others += self._others(base.besides, start, known=start == tip)
        return Held(start, base.why, tuple(dict.fromkeys(others)))

    def before(self, base: Base) -> Held | None:
        """What was there before a push. In a whole clone it is only missing where the push replaced it."""
        if not self._history.holds(base.name):
            if not self._history.is_shallow():
                return None
            raise self._no_parent(base.name) if self._is_parent(base.name) else self._no_commit(base.name)
        start, *others = self._parting(base.name)
        others += self._others(base.besides, start, known=start == base.name)
        return Held(start, base.why, tuple(dict.fromkeys(others)), own=True)

    def parent(self, base: Base) -> Held | None:
        """What HEAD itself names."""
        first = next(iter(self._history.parents(self._target)), None)
        if first is not None and not self._history.holds(first):
            raise self._no_parent(first)
        return Held(first, base.why, own=True)

    def _holds_source(self, source: str) -> bool:
        """Whether HEAD is the commit that is to be merged, or has it behind it."""
        if not source or source == self._target:
            return True
        return self._history.holds(source) and self._history.merge_base(source, self._target) == source

    def _others(self, branch: str, start: str, *, known: bool) -> tuple[str, ...]:
        """What was merged of a branch since the base. Where nothing was, the branch need not be here.

        ``known``: the base lies on the way to HEAD.
        """
        if not branch or (known and not self._history.has_merge(start, self._target)):
            return ()
        tip = self._tip(branch)
        shared = self._parting(tip)
        if self._target in shared:  # it has been merged by now: judged again it is not held against itself
            before = self._history.before_it_had(tip, self._target)
            shared = () if before is None else self._parting(before)
        return tuple(commit for commit in shared if commit != start)

    def _is_parent(self, commit: str) -> bool:
        return commit in self._history.parents(self._target)

    def _tip(self, branch: str) -> str:
        tip = self._history.branch(branch)
        if tip is None:
            raise self._no_branch(branch)
        return tip

    def _parting(self, tip: str) -> tuple[str, ...]:
        try:
            return self._history.parting(tip, self._target)
        except Failure as failure:
            if failure.kind == "shallow":
                failure.recovery = self._deeper.all or "fetch the history: git fetch --unshallow"
            raise

    def _no_parent(self, commit: str) -> Failure:
        if not self._history.is_shallow():
            return self._no_commit(commit)
        return self._lacking(f"commit {commit[:7]}", self._deeper.parent, "--deepen=1")

    def _no_commit(self, commit: str) -> Failure:
        which = shown(commit) if _FULL_ID.fullmatch(commit) else _ALL_BRANCHES
        arguments = ("--unshallow",) if self._history.is_shallow() else ("origin", which)
        return self._lacking(f"commit {shown(commit[:7])}", self._deeper.all, *arguments)

    def _no_branch(self, name: str) -> Failure:
        whole = ("--unshallow",) if self._history.is_shallow() else ()
        reference = f"+refs/heads/{name}:refs/remotes/origin/{name}"
        return self._lacking(f"the branch {shown(name)}", self._deeper.all, *whole, "origin", shown(reference))

    def _lacking(self, what: str, line: str, *arguments: str) -> Failure:
        """``line`` is the service's, for a clone that it made too shallow; else git has to be told what to fetch."""
        command = f"fetch it: git fetch {shlex.join(arguments)}"
        return Failure(
            f"the base is not in this clone: {what}",
            kind="missing-base",
            recovery=line if line and self._history.is_shallow() else command,
        )


_WAYS: Final[Mapping[Way, Callable[[_Search, Base], Held | None]]] = {
    Way.NAMED: _Search.named,
    Way.TRIAL: _Search.trial,
    Way.COMMIT: _Search.commit,
    Way.PARTED: _Search.parted,
    Way.BRANCH: _Search.branch,
    Way.BEFORE: _Search.before,
    Way.PARENT: _Search.parent,
}
