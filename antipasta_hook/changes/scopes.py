"""From what is asked for to what is compared: a new side, and the commits that it is held against.

History is asked only where a range or a push needs it, the work tree is read only for ``check``.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.changes.reader import shown
from antipasta_hook.changes.repository import Repository
from antipasta_hook.changes.target import Commit, Index, Target
from antipasta_hook.model import Ask, Asked, Failure, ScopeKind

if TYPE_CHECKING:
    from antipasta_hook.model.base import Meant


class Span(NamedTuple):
    """What is compared. ``bases``: the base first, then further parents of the target, whose doing is not its own.

    None is the empty tree. ``whole``: a census, which holds what did not change, too. ``label`` is for people, and
    ``note`` is what they have to be told in any case. ``source`` is that of the scope.
    """

    target: Target
    bases: tuple[str | None, ...]
    whole: bool = False
    label: str = ""
    note: str = ""
    source: str | None = None


def spans(repository: Repository, asked: Asked) -> list[Span]:
    """All that is to be judged for a question; none where a push brings nothing. Raises Failure."""
    if asked.what == Ask.PUSH:
        return pushed(repository, asked.pushed)
    return [_span(repository, asked)]


def _span(repository: Repository, asked: Asked) -> Span:
    return _WAYS[asked.what](repository, asked)


def _range(repository: Repository, asked: Asked) -> Span:
    to_ref = asked.to_ref or "HEAD"
    return first_push(repository, to_ref) if asked.from_ref is None else between(repository, asked.from_ref, to_ref)


def _index_or_tree(repository: Repository, asked: Asked) -> Span:
    span = staged(repository)
    return whole_tree(repository) if asked.tree_if_empty and not span.target.difference(span.bases[0]) else span


def staged(repository: Repository) -> Span:
    """The index against HEAD and against the commits that are being merged into it."""
    return Span(Index(repository), (repository.head(), *repository.merge_heads()))


def whole_tree(repository: Repository) -> Span:
    """Every Python file of the index (in a bare repository: of HEAD), against HEAD."""
    head = repository.head()
    target = Index(repository, ScopeKind.TREE) if _has_index(repository) else Commit(repository, head, ScopeKind.TREE)
    return Span(target, (head,), whole=True)


def _has_index(repository: Repository) -> bool:
    try:
        repository.index_path()
    except Failure as failure:
        if failure.kind != "bare":
            raise
        return False
    return True


def between(repository: Repository, from_rev: str | None, to_rev: str) -> Span:
    """What leads to one revision from another (None: from the empty tree), since their histories parted.

    Where they have nothing in common the first is itself the base. Raises Failure: a revision that does not exist, or a
    shallow clone that does not reach back to where they parted.
    """
    from antipasta_hook.changes.history import History

    with History(repository) as history:
        target = history.resolve(to_rev)
        bases = (None,) if from_rev is None else history.parting(history.resolve(from_rev), target)
    label = f"{shown(from_rev or '')}...{shown(to_rev)}: {short(bases[0])}..{short(target)}"
    return Span(Commit(repository, target), bases, label=label)


def whole_commit(repository: Repository, to_rev: str, meant: "Meant | None" = None) -> Span:
    """Every Python file of a revision, against what is meant, or its first parent. Raises Failure."""
    from antipasta_hook.changes.bases import FIRST_PARENT, held_against
    from antipasta_hook.changes.history import History

    with History(repository) as history:
        target = history.resolve(to_rev)
        held = held_against(history, target, meant or FIRST_PARENT)
    kind = ScopeKind.TREE if held.own else ScopeKind.RANGE
    label = f"{shown(held.why)}: {short(held.base)}..{short(target)}"
    bases = (held.base, *held.others)
    return Span(Commit(repository, target, kind), bases, whole=True, label=label, source=held.source)


def worktree(repository: Repository) -> Span:
    """The files on disk against HEAD and against the commits that are being merged into it."""
    from antipasta_hook.changes.worktree import Worktree

    return Span(Worktree(repository), (repository.head(), *repository.merge_heads()))


def pushed(repository: Repository, lines: bytes) -> list[Span]:
    """What a push brings that no remote has yet, as far as is known here, for each commit that it sends.

    ``lines`` are what git gives a pre-push hook. Raises Failure.
    """
    from antipasta_hook.changes.pushes import brought

    return [
        Span(
            Commit(repository, each.target),
            each.bases,
            label=f"{each.label}: {short(each.bases[0])}..{short(each.target)}",
        )
        if each.bases != (None,)
        else first_push(repository, each.target, each.label)
        for each in brought(repository, lines)
    ]


def first_push(repository: Repository, revision: str, label: str = "") -> Span:
    """A whole history goes where there is nothing yet: nothing to compare with, and nobody's doing today."""
    from antipasta_hook.changes.history import History

    with History(repository) as history:
        target = history.resolve(revision)
    return Span(Commit(repository, target), (target,), label=label or shown(revision), note=_FIRST)


_FIRST: Final = "a whole history is pushed for the first time: nothing to compare it with, so it was not judged"


def short(oid: str | None) -> str:
    """A commit for people; the empty tree has no name."""
    return oid[:7] if oid else "nothing"


_WAYS: Final[Mapping[Ask, Callable[[Repository, Asked], Span]]] = {
    Ask.STAGED: _index_or_tree,
    Ask.RANGE: _range,
    Ask.TREE: lambda repository, _: whole_tree(repository),
    Ask.WORKTREE: lambda repository, _: worktree(repository),
    Ask.CI: lambda repository, asked: whole_commit(repository, asked.to_ref or "HEAD", asked.meant),
}
