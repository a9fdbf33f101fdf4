"""What git alone knows of commits: what a revision names, where histories parted, what others do not have."""

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from io import BytesIO
from time import time
from types import TracebackType
from typing import Final, NamedTuple, Self

from antipasta_hook.changes.children import Git, Objects
from antipasta_hook.changes.plumbing import explain
from antipasta_hook.changes.reader import shown
from antipasta_hook.changes.repository import Repository
from antipasta_hook.model import Failure

_OID: Final = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})\n")
_LONGEST_REVISION: Final = 4096
_NAME_ONE: Final = "name a branch, tag or commit that is in this clone (git rev-parse --verify NAME), or fetch it"
_NOW: Final = re.compile(r"\b(?:now|today|0 *\w+|tomorrow)\b", re.IGNORECASE)
_LOGGED: Final = "%P%x00%ae%x00%ct%x00%s"


class Logged(NamedTuple):
    """One commit as the log has it. ``email`` is the author's, in lower case; ``time`` is when it was committed.

    Undecodable bytes of the texts survive as surrogate escapes; ``time`` is in seconds since 1970.
    """

    oid: str
    parents: tuple[str, ...]
    email: str
    time: int
    subject: str


class Lacking:
    """Commits that somebody does not have yet: ``new``, each with its parents.

    ``edge``: those parents of new commits that are not new, each with the time of its commit.
    """

    def __init__(self, new: dict[str, tuple[str, ...]], edge: dict[str, int]) -> None:
        self.new: Final = new
        self.edge: Final = edge

    @cached_property
    def inside(self) -> set[str]:
        """Commits that have a new child."""
        return {parent for parents in self.new.values() for parent in parents}


class History:
    """The commits of a repository, asked of git whoever reads it otherwise. A partial clone fetches nothing."""

    def __init__(self, repository: Repository) -> None:
        self._git = Git(repository.place)
        self._git_dir = repository.git_dir

    def resolve(self, revision: str) -> str:
        """The commit that a revision names (that a tag leads to); raises Failure where there is none."""
        said = ""
        if not revision.startswith("-") and _is_name(revision):
            searched = revision.startswith(":/")  # what is searched for takes all that follows
            wanted = revision if searched else f"{revision}^{{commit}}"
            answer = self._git.ask("rev-parse", "--verify", "--quiet", wanted)
            if answer.code == 0 and _OID.fullmatch(answer.out):
                return answer.out.decode("ascii").strip()
            said = answer.err.partition("\n")[0].partition(": ")[2]
        name = shown(revision[:100]) or "an empty name"
        raise Failure(
            f"{name} names no commit here" + (f": {shown(said)}" if said else ""),
            kind="broken-head" if revision == "HEAD" else "revision",  # nobody has to name that
            recovery="see: git fsck" if said else _NAME_ONE,
        )

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits, the first that git names; None where they have none."""
        return next(iter(self._merge_bases(one, other)), None)

    def _merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """All best common ancestors: there are several where each has merged the other at some time."""
        answer = self._git.ask("merge-base", "--all", one, other)
        if answer.code not in {0, 1}:
            raise explain(answer, self._git_dir)
        return tuple(answer.out.decode("ascii").split())

    def parting(self, base: str, target: str) -> tuple[str, ...]:
        """Where a target parted from a base: their merge bases, or the base itself if they have nothing in common.

        In a shallow clone that may lie where nothing is known any more: raises Failure.
        """
        bases = self._merge_bases(base, target)
        found = next(iter(bases), None)
        if found not in {base, target} and self.is_shallow() and (found is None or self._is_cut(base, target, found)):
            raise Failure(
                f"this clone is too shallow to say where {target[:7]} parted from {base[:7]}",
                kind="shallow",
                recovery="fetch the history: git fetch --unshallow (on CI: fetch-depth: 0)",
            )
        return bases or (base,)

    def before_it_had(self, tip: str, commit: str) -> str | None:
        """What a branch that has a commit was before it had it; None where its own line leads through that commit."""
        line = self._checked("rev-list", "--first-parent", tip, f"^{commit}", "--").decode("ascii").split()
        low, high = 0, len(line)
        while low < high:  # the newest ones have it
            middle = (low + high) // 2
            if self.merge_base(line[middle], commit) == commit:
                low = middle + 1
            else:
                high = middle
        first = next(iter(self.parents(line[low - 1])), None) if low else None
        return first if first is not None and first != commit and self.holds(first) else None

    def _is_cut(self, one: str, other: str, found: str) -> bool:
        """Whether the history of two commits is cut off before it comes to their common ancestor.

        Then there may be a newer one, by a way that is not here: the one that is found would be too old, and everything
        since then would look new. What is cut off beyond the ancestor only leads to older ones.
        """
        ends = self._checked("rev-list", "--max-parents=0", one, other, f"^{found}", "--").decode("ascii").split()
        return any(self.parents(commit) for commit in ends)

    def parents(self, commit: str) -> tuple[str, ...]:
        """The parents of a commit, as it names them itself: a shallow clone may not have them."""
        header, _, _ = self._checked("cat-file", "commit", commit).partition(b"\n\n")
        fields = (line.partition(b" ") for line in header.split(b"\n"))
        return tuple(value.decode("ascii") for name, _, value in fields if name == b"parent")

    def holds(self, commit: str) -> bool:
        """Whether a commit is in this clone."""
        return commit in self.commits([commit])

    def branch(self, name: str) -> str | None:
        """The tip of a branch as its origin has it, or this repository; None where it is not here."""
        for place in ("refs/remotes/origin/", "refs/heads/") if _is_name(name) else ():
            answer = self._git.ask("show-ref", "--verify", "--hash", "--", place + name)
            if answer.code == 0 and _OID.fullmatch(answer.out):
                return answer.out.decode("ascii").strip()
        return None

    def has_merge(self, old: str, new: str) -> bool:
        """Whether anything was merged on the way from one commit to another."""
        return bool(self._checked("rev-list", "--merges", "--max-count=1", new, f"^{old}", "--"))

    def log(self, tip: str, *, skip: int, most: int, since: str | None = None) -> list[Logged]:
        """The commits that lead to one, the newest first: at most so many, after so many that are left out.

        ``since`` is a date in any form that git takes. Where git stumbles over one that is damaged: those before it, if
        there are any; else raises Failure.
        """
        given = () if since is None else (f"--since={since}",)
        counts = (f"--skip={skip}", f"--max-count={most}")
        # rev-list, because git log does what the user's configuration says: check signatures, show only some.
        answer = self._git.ask("rev-list", "--encoding=UTF-8", f"--format={_LOGGED}", *counts, *given, tip, "--")
        whole = answer.out[: answer.out.rfind(b"\n") + 1]
        if answer.code and not whole:
            raise explain(answer, self._git_dir)
        return list(map(_logged, _pairs(whole)))

    def logged(self, oid: str) -> Logged | None:
        """One commit, whatever became of its parents; None where it cannot be read."""
        answer = self._git.ask("rev-list", "--encoding=UTF-8", "--no-walk", f"--format={_LOGGED}", oid, "--")
        return None if answer.code else next(map(_logged, _pairs(answer.out)), None)

    def moment(self, date: str) -> int:
        """What git makes of a date, in seconds since 1970. Raises Failure for what it takes for now, but is not.

        git understands nearly everything, and what it does not understand is this moment.
        """
        before = int(time())
        answer = self._git.ask("rev-parse", f"--since={date}")
        found = re.fullmatch(rb"--max-age=(\d{1,18})\n", answer.out)
        if found is None or (int(found[1]) >= before and not _NOW.search(date)):
            raise Failure(
                f"{shown(date[:100])!r} is no date that git understands",
                kind="date",
                recovery="for example: --since 2025-06-30, or --since '6 months ago'",
            )
        return int(found[1])

    def first_commits(self, tip: str) -> dict[str, str]:
        """The first commit of each author (an address in lower case) among those that lead to one."""
        first = {}
        for oid, email in self._records("--date-order", "--format=<%ae>", tip, "--"):  # never an empty line
            first[_text(email[1:-1]).lower()] = oid  # the oldest comes last
        return first

    def _records(self, *arguments: str) -> Iterator[tuple[str, bytes]]:
        """The id of each commit, and the line that the format makes of it, which may not be empty."""
        return _pairs(self._checked("rev-list", "--encoding=UTF-8", *arguments))

    def is_shallow(self) -> bool:
        """Whether the clone has only the newest commits."""
        return self._git.ask("rev-parse", "--is-shallow-repository").out.strip() == b"true"

    def commits(self, oids: Iterable[str]) -> dict[str, str]:
        """The commits that objects are, or that tags lead to; left out is what is something else or not here."""
        objects = Objects(self._git, "--batch-check")
        found = {oid: objects.name(f"{oid}^{{commit}}") for oid in oids}
        objects.close()
        return {oid: commit for oid, commit in found.items() if commit is not None}

    def commit_of(self, oid: str) -> str | None:
        """The commit that an id, or the beginning of one, stands for, whatever else has such a name; None for none."""
        found = self._git.ask("rev-parse", f"--disambiguate={oid}").out.decode("ascii").split()
        commits = {commit for commit in self.commits(found).values() if commit.startswith(oid)}
        return commits.pop() if len(commits) == 1 else None

    def tracking(self) -> str | None:
        """The option that stands for all that is known of any remote; None where nothing is known.

        What another remote has was not written for this push: a branch of a fork begins with what upstream has.
        """
        return "--remotes" if self._has_refs("refs/remotes") else None

    def _has_refs(self, under: str) -> bool:
        return bool(self._checked("for-each-ref", "--count=1", "--format=%(refname)", under))

    def lacking(self, targets: Iterable[str], known: Iterable[str], tracking: str | None) -> Lacking:
        """What leads to the targets and neither to commits that are known nor to those of ``tracking``."""
        given = "".join([*(f"{oid}\n" for oid in targets), *(f"^{oid}\n" for oid in known)])
        besides = ("--not", tracking, "--not") if tracking else ()
        options = ("--parents", "--boundary", "--timestamp", *besides, "--stdin")
        lacking = Lacking({}, {})
        for line in self._checked("rev-list", *options, given=given.encode("ascii")).decode("ascii").splitlines():
            time, commit, *parents = line.split(" ")
            if commit.startswith("-"):
                lacking.edge[commit[1:]] = int(time)
            else:
                lacking.new[commit] = tuple(parents)
        return lacking

    def independent(self, commits: Iterable[str]) -> set[str]:
        """Those of the commits that do not lead to another one of them."""
        return set(self._checked("merge-base", "--independent", *commits).decode("ascii").split())

    def _checked(self, *arguments: str, given: bytes = b"") -> bytes:
        answer = self._git.ask(*arguments, given=given)
        if answer.code:
            raise explain(answer, self._git_dir)
        return answer.out

    def close(self) -> None:
        """End what still runs."""
        self._git.close()

    def __enter__(self) -> Self:
        """A history is its own context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


def _is_name(text: str) -> bool:
    """Whether a text can be given to git as an argument."""
    try:
        return len(text) <= _LONGEST_REVISION and b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:  # half a character
        return False


def _pairs(listed: bytes) -> Iterator[tuple[str, bytes]]:
    """The id of each commit in a list, and the line after it; where that is missing the list ends."""
    lines = iter(BytesIO(listed))
    for header in lines:
        line = next(lines, None)
        if line is not None:
            yield header.removeprefix(b"commit ").strip().decode("ascii"), line.removesuffix(b"\n")


def _logged(record: tuple[str, bytes]) -> Logged:
    oid, line = record
    parents, email, time, subject = line.split(b"\0", 3)
    when = int(time) if time.isdigit() else 0  # a damaged header has none
    return Logged(oid, tuple(parents.decode("ascii").split()), _text(email).lower(), when, _text(subject))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
