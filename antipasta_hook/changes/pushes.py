"""What a push brings: from the lines that git gives a pre-push hook to commits and what the remote already has."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from antipasta_hook.changes.history import History, Lacking
from antipasta_hook.changes.reader import decode_path, shown
from antipasta_hook.changes.repository import Repository
from antipasta_hook.model import Failure

LARGEST: Final = 16_000_000
"""Bytes of lines; a hundred thousand references need fewer."""

_OIDS: Final = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_FURTHER_BASES: Final = 8
_MOST_WEIGHED: Final = 50
_MOST_NAMED: Final = 3
_TAGS: Final = "refs/tags/"


class Brought(NamedTuple):
    """A commit that is sent, and what the remote has of its history: the base, then further ones. None: nothing."""

    target: str
    bases: tuple[str | None, ...]
    label: str


class _Line(NamedTuple):
    """One reference: what it is here (None: it is deleted), its name there, and what it was there."""

    local: str | None
    name: str
    remote: str | None


def brought(repository: Repository, lines: bytes) -> list[Brought]:
    """Each commit that is sent and that the remote does not have; raises Failure for lines that are not git's.

    A tag on what another reference brings in the same push says nothing of its own.
    """
    pushed = _parsed(lines)
    if not any(line.local for line in pushed):
        return []
    with History(repository) as history:
        commits = history.commits({oid for line in pushed for oid in (line.local, line.remote) if oid})
        sent = _sent(pushed, commits)
        lacking = _lacking(history, sent, _known(pushed, commits))
        return [
            Brought(target, _bases(history, lacking, target, _before(refs, commits)), _label(refs))
            for target, refs in sent.items()
            if target in lacking.new and not _only_tags_on_the_way(target, refs, lacking)
        ]


def _sent(pushed: list[_Line], commits: dict[str, str]) -> dict[str, list[_Line]]:
    """The commits that are sent, each with its references; neither what is deleted nor what is no commit."""
    sent: dict[str, list[_Line]] = {}
    for line in pushed:
        if line.local in commits:
            sent.setdefault(commits[line.local], []).append(line)
    return sent


def _known(pushed: list[_Line], commits: dict[str, str]) -> set[str]:
    """What the remote has by git's own word, as far as it is here."""
    return {commits[line.remote] for line in pushed if line.remote in commits}


def _lacking(history: History, sent: Iterable[str], known: set[str]) -> Lacking:
    """What the remote lacks. That of a whole history is only listed where it matters how its commits hang together."""
    targets = tuple(sent)
    tracking = history.tracking()
    if len(targets) == 1 and not known and tracking is None:
        return Lacking({targets[0]: ()}, {})
    return history.lacking(targets, known, tracking) if targets else Lacking({}, {})


def _only_tags_on_the_way(target: str, refs: list[_Line], lacking: Lacking) -> bool:
    """Whether nothing but tags name a commit that leads to another one that is sent: a new one is its child."""
    return all(line.name.startswith(_TAGS) for line in refs) and target in lacking.inside


def _before(refs: list[_Line], commits: dict[str, str]) -> str | None:
    """What the first of the references was there that is here."""
    return next((commits[line.remote] for line in refs if line.remote in commits), None)


def _bases(history: History, lacking: Lacking, target: str, before: str | None) -> tuple[str | None, ...]:
    """The base, and what else the remote has that was merged: the newest, at most eight."""
    edge = sorted(_edge(target, lacking), key=lambda commit: (-lacking.edge[commit], commit))
    if len(edge) > 1:
        independent = history.independent(edge[:_MOST_WEIGHED])
        further = [commit for commit in edge if commit in independent]
    else:
        further = edge
    base = None
    if before is not None:
        base = before if before in edge else history.merge_base(target, before)
    if base is None:
        base = further[0] if further else None
    return (base, *[commit for commit in further if commit != base][:_MOST_FURTHER_BASES])


def _edge(target: str, lacking: Lacking) -> set[str]:
    """The commits that are not new and of which a new one that leads to the target is a child."""
    if not lacking.edge:
        return set()
    seen, pending = {target}, [target]
    while pending:
        parents = lacking.new.get(pending.pop(), ())
        pending += [parent for parent in parents if parent not in seen]
        seen.update(parents)
    return seen & lacking.edge.keys()


def _label(refs: list[_Line]) -> str:
    names = ", ".join(shown(line.name) for line in refs[:_MOST_NAMED])
    return names + (f" and {len(refs) - _MOST_NAMED} more" if len(refs) > _MOST_NAMED else "")


def _parsed(lines: bytes) -> list[_Line]:
    """``<local ref> SP <local oid> SP <remote ref> SP <remote oid> LF``; the first may be any revision, spaces too."""
    if len(lines) > LARGEST:
        raise _not_gits(f"they are too large: {len(lines):,} bytes")
    return [_line(line) for line in lines.split(b"\n") if line]


def _line(line: bytes) -> _Line:
    parts = line.rsplit(b" ", 3)
    if len(parts) == 4:
        local_ref, local, name, remote = parts
        if local_ref and name and len(local) == len(remote) and _OIDS.fullmatch(local) and _OIDS.fullmatch(remote):
            return _Line(_oid(local), decode_path(name), _oid(remote))
    raise _not_gits(f"this is none: {shown(decode_path(line[:200])) or 'an empty line'}")


def _oid(digits: bytes) -> str | None:
    """An object's id; all zeros stand for nothing."""
    return digits.decode("ascii") if digits.strip(b"0") else None


def _not_gits(why: str) -> Failure:
    return Failure(
        f"a push is told in lines of LOCAL_REF LOCAL_ID REMOTE_REF REMOTE_ID; {why}",
        kind="push-lines",
        recovery="give what git gives a pre-push hook on standard input",
    )
