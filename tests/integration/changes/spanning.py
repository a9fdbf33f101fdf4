"""Ranges, pushes, the whole tree and the work tree, as both readers see them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from antipasta_hook.changes import (
    RawChange,
    Repository,
    SettingFiles,
    Span,
    open_repository,
    read_difference,
)
from antipasta_hook.config.settings import DEFAULTS, Settings
from antipasta_hook.model import Change, ChangeSet, Failure
from tests.integration.changes.reading import READERS, reader_of
from tests.integration.repositories import Repo

NAMES = (".antipasta.yaml", "pyproject.toml")

SpansOf = Callable[[Repository], list[Span]]


class Compared(NamedTuple):
    """One span: what it changes, and what it says about the settings. ``raw`` are the differences from each base."""

    label: str
    paths: tuple[str, ...]
    raw: tuple[tuple[RawChange, ...], ...]
    changes: ChangeSet
    files: SettingFiles
    contents: tuple[tuple[str, bytes | str], ...]
    """The new side of each change, by path: its bytes, or why there are none."""

    @property
    def bases(self) -> tuple[str | None, ...]:
        """The commits that it was held against."""
        return tuple(comparison.base for comparison in self.changes.comparisons)


def compared(
    repo: Repo | Path,
    spans_of: SpansOf,
    *,
    readers: tuple[str, ...] = READERS,
    env: Mapping[str, str] | None = None,
    settings: Settings = DEFAULTS,
) -> list[Compared]:
    """What all these readers agree on."""
    cwd = repo.path if isinstance(repo, Repo) else repo
    environ = {**os.environ, **(env or {})}
    answers = {}
    for reader in readers:
        with reader_of(reader) as name, open_repository(str(cwd), environ, reader=name) as repository:
            answers[reader] = [_compared(repository, span, settings) for span in spans_of(repository)]
    first = next(iter(answers.values()))
    assert all(answer == first for answer in answers.values()), answers
    return first


def one(repo: Repo | Path, span_of: Callable[[Repository], Span], **options: object) -> Compared:
    """As ``compared``, for a question with one answer."""
    (only,) = compared(repo, lambda repository: [span_of(repository)], **options)  # type: ignore[arg-type] # options of one of several kinds
    return only


def failure(
    repo: Repo | Path, spans_of: SpansOf, *, readers: tuple[str, ...] = READERS, env: Mapping[str, str] | None = None
) -> Failure:
    """The one failure of all readers."""
    cwd = repo.path if isinstance(repo, Repo) else repo
    failures = []
    for reader in readers:
        with reader_of(reader) as name, open_repository(str(cwd), {**os.environ, **(env or {})}, reader=name) as opened:
            try:
                spans = spans_of(opened)
                for span in spans:
                    read_difference(opened, span)
            except Failure as raised:
                failures.append(raised)
            else:
                raise AssertionError(f"{reader} read {spans}")
    assert len({(str(each), each.kind) for each in failures}) == 1, failures
    return failures[0]


def _compared(repository: Repository, span: Span, settings: Settings) -> Compared:
    raw = tuple(tuple(sorted(span.target.difference(base), key=repr)) for base in span.bases)
    difference = read_difference(repository, span)
    changes = difference.changeset(settings)
    contents: dict[str, bytes | str] = {}
    for change in changes.comparisons[0].changes:
        if change.after is not None:
            size = difference.source.size(change.after.oid)
            try:
                content = difference.source.read(change.after.oid)
            except Failure as failure:
                contents[change.path] = f"{failure.kind}: {size}"
            else:
                assert size == len(content)
                contents[change.path] = content
    files = difference.setting_files(NAMES)
    return Compared(difference.label, difference.paths, raw, changes, files, tuple(contents.items()))


def kinds(changes: ChangeSet | tuple[Change, ...]) -> dict[str, str]:
    """Path -> kind, of the first comparison, ``unchanged`` for what a census adds."""
    each = changes.comparisons[0].changes if isinstance(changes, ChangeSet) else changes
    return {
        change.path: ("unchanged" if change.before == change.after and not change.old_path else change.kind.value)
        + (f" from {change.old_path}" if change.old_path else "")
        + (f": {change.skip}" if change.skip else "")
        for change in each
    }
