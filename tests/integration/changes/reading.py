"""Both readers on one repository, and git's own answer beside them."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from antipasta_hook.changes import RawChange, open_repository, staged_changes
from antipasta_hook.changes.plumbing import _raw_changes
from antipasta_hook.config.settings import DEFAULTS, Settings
from antipasta_hook.model import Change, ChangeSet, Failure
from tests.integration.repositories import Repo

READERS = ("pygit2", "pygit2, index", "git")
"""pygit2 reads the index as a tree where git noted one, else entry by entry: the second forces the latter."""


class Reading(NamedTuple):
    """What one reader said: a change set with its raw differences from HEAD, or why it could not read."""

    changes: ChangeSet | None
    raw: tuple[RawChange, ...]
    failure: str | None
    message: str


def read(reader: str, cwd: str | Path, environ: Mapping[str, str], settings: Settings = DEFAULTS) -> Reading:
    """Read the index scope with one of READERS or with ``auto``."""
    with reader_of(reader) as name:
        try:
            with open_repository(str(cwd), environ, reader=name) as repository:
                raw = tuple(sorted(repository.staged(repository.head()), key=repr))
                return Reading(staged_changes(repository, settings), raw, None, repository.reader_reason)
        except Failure as failure:
            return Reading(None, (), failure.kind, f"{failure} [{failure.recovery}]")


@contextmanager
def reader_of(reader: str) -> Iterator[str]:
    """The name to open a repository with for one of READERS, as long as it is to read."""
    name, _, way = reader.partition(", ")
    with mock.patch("antipasta_hook.changes.libgit2.tree_of_index", return_value=None) if way else nullcontext():
        yield name


def truth(cwd: str | Path, environ: Mapping[str, str]) -> tuple[RawChange, ...]:
    """What git says is staged."""
    arguments = ["git", "-c", "core.fsmonitor=false", "diff-index", "--cached", "--raw", "-z", "--no-abbrev"]
    head = subprocess.run(["git", "rev-parse", "-q", "--verify", "HEAD"], cwd=cwd, env=environ, capture_output=True)  # noqa: PLW1510 - both answers are of use
    base = head.stdout.decode().strip() or empty_tree(cwd, environ)
    done = subprocess.run([*arguments, "--no-renames", base], cwd=cwd, env=environ, capture_output=True, check=True)
    return tuple(sorted(_raw_changes(done.stdout), key=repr))


def empty_tree(cwd: str | Path, environ: Mapping[str, str]) -> str:
    """The id of the empty tree."""
    command = ["git", "hash-object", "-t", "tree", "--stdin"]
    return (
        subprocess.run(command, cwd=cwd, env=environ, input=b"", capture_output=True, check=True)
        .stdout.decode()
        .strip()
    )


def agreed(readings: Mapping[str, Reading], said_by_git: tuple[RawChange, ...] | None = None) -> ChangeSet:
    """The one answer of all readers, after checking that it is one and that git agrees."""
    answers = {reader: reading.changes for reader, reading in readings.items()}
    first = next(iter(answers.values()))
    assert first is not None, readings
    assert all(answer == first for answer in answers.values()), answers
    if said_by_git is not None:
        for reader, reading in readings.items():
            assert reading.raw == said_by_git, reader
    return first


def staged(
    repo: Repo | Path,
    *,
    readers: tuple[str, ...] = READERS,
    env: Mapping[str, str] | None = None,
    settings: Settings = DEFAULTS,
    check_truth: bool = True,
) -> ChangeSet:
    """What all these readers agree is staged, and git too."""
    cwd = repo.path if isinstance(repo, Repo) else repo
    environ = {**os.environ, **(env or {})}
    readings = {reader: read(reader, cwd, environ, settings) for reader in readers}
    return agreed(readings, truth(cwd, environ) if check_truth else None)


def only_git_reads(repo: Repo | Path, env: Mapping[str, str] | None = None) -> ChangeSet:
    """What git's plumbing says of a repository that libgit2 refuses; auto must find its way there."""
    cwd = repo.path if isinstance(repo, Repo) else repo
    environ = {**os.environ, **(env or {})}
    refused = read("pygit2", cwd, environ)
    assert refused.failure == "unreadable-repository", refused
    automatic = read("auto", cwd, environ)
    assert automatic.message.startswith("libgit2 cannot read this"), automatic
    return agreed({"auto": automatic, "git": read("git", cwd, environ)}, truth(cwd, environ))


def failures(cwd: Repo | Path, env: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """The kind of failure of each reader, auto included; None where it read."""
    where = cwd.path if isinstance(cwd, Repo) else cwd
    return {reader: read(reader, where, {**os.environ, **(env or {})}).failure for reader in ("pygit2", "git", "auto")}


def summary(changes: ChangeSet | tuple[Change, ...]) -> dict[str, str]:
    """Path -> kind, of the first comparison; a rename as ``renamed from OLD``, a skip after a colon."""
    each = changes.comparisons[0].changes if isinstance(changes, ChangeSet) else changes
    return {
        change.path: change.kind.value
        + (f" from {change.old_path}" if change.old_path else "")
        + (f": {change.skip}" if change.skip else "")
        for change in each
    }


PROJECT = Path(__file__).parents[3]

HOOK = """#!/bin/sh
export PYTHONPATH='{project}'
exec '{python}' -m tests.integration.changes.dump '{out}'
"""


class HookedRepo(NamedTuple):
    """A repository whose pre-commit hook leaves what the readers saw inside it."""

    repo: Repo
    out: Path

    def seen(self) -> ChangeSet:
        """What all readers agreed on in the last run of the hook, git too."""
        readings, said_by_git = self.raw()
        return agreed(readings, said_by_git)

    def seen_without_truth(self) -> ChangeSet:
        """As ``seen``, where git itself cannot be asked from the same place."""
        return agreed(self.raw()[0])

    def raw(self) -> tuple[dict[str, Reading], tuple[RawChange, ...]]:
        """The last run's readings, once."""
        content = self.out.read_bytes()
        self.out.unlink()
        readings, said_by_git = pickle.loads(content)
        return readings, said_by_git


def install(repo: Repo, out: Path, name: str = "pre-commit") -> HookedRepo:
    """Install the recording hook."""
    repo.hook(name, HOOK.format(project=PROJECT, python=sys.executable, out=out))
    return HookedRepo(repo, out)
