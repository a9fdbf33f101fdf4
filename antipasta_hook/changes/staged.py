"""The index scope: what a commit of the index changes, against HEAD and against every merge head."""

from collections.abc import Mapping, Sequence
from typing import Final

from antipasta_hook.changes.content import has_python_shebang
from antipasta_hook.changes.pairing import python_changes
from antipasta_hook.changes.reader import FILE_MODES, MissingBlob, RawChange, shown
from antipasta_hook.changes.repository import Repository
from antipasta_hook.changes.skips import (
    SAME_AS_MERGED,
    AttributeReader,
    Rules,
    added_attributes,
    attribute_paths,
    before_blobs,
    is_attribute_file,
)
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Blob, Change, ChangeSet, Comparison, Failure, Problem, Scope, ScopeKind

_LARGEST_SCRIPT: Final = 1_000_000
_LARGEST_ATTRIBUTES: Final = 1_000_000


def staged_changes(repository: Repository, settings: Settings) -> ChangeSet:
    """What the index changes; raises Failure for a state that cannot be judged.

    The first comparison is against HEAD; a merge that is being committed adds one for each merge head.
    """
    base, heads = repository.head(), repository.merge_heads()
    differences = [repository.staged(commit) for commit in (base, *heads)]
    _refuse_unmerged(differences[0])
    blobs = _Blobs(repository)
    found = [python_changes(raw, blobs.has_python_shebang) for raw in differences]
    paths = {path for changes in found for change in changes for path in (change.path, change.old_path) if path}
    attributes = repository.index_blobs(attribute_paths(paths))
    reader = AttributeReader(blobs.attributes)
    skipping = _Skipping(settings, differences, attributes, reader)
    comparisons = tuple(
        Comparison(commit, tuple(skipping.mark(change) for change in changes))
        for commit, changes in zip((base, *heads), found, strict=True)
    )
    scope = Scope(ScopeKind.INDEX, base, None, heads)
    return ChangeSet(scope, comparisons, (*skipping.notices(), *reader.problems))


def _refuse_unmerged(raw: Sequence[RawChange]) -> None:
    unmerged = sorted({change.path for change in raw if change.unmerged})
    if unmerged:
        first = ", ".join(shown(path) for path in unmerged[:3])
        more = f" and {len(unmerged) - 3} more" if len(unmerged) > 3 else ""
        raise Failure(
            f"unmerged paths in the index: {first}{more}",
            kind="unmerged",
            recovery="resolve the conflicts and git add the files",
        )


class _Blobs:
    """Small blobs that decide what is looked at, each read once; None where one is not in this clone."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._shebangs: dict[str, bool | None] = {}

    def has_python_shebang(self, oid: str) -> bool | None:
        if oid not in self._shebangs:
            size = self._repository.size(oid)
            self._shebangs[oid] = None if size is None else size <= _LARGEST_SCRIPT and self._shebang(oid)
        return self._shebangs[oid]

    def _shebang(self, oid: str) -> bool | None:
        try:
            return has_python_shebang(self._repository.read(oid))
        except MissingBlob:
            return None

    def attributes(self, oid: str) -> bytes | None:
        size = self._repository.size(oid)
        try:
            return None if size is None or size > _LARGEST_ATTRIBUTES else self._repository.read(oid)
        except MissingBlob:
            return None


class _Skipping:
    """Which changes are skipped by the index's rules, and for which of them that is new."""

    def __init__(
        self,
        settings: Settings,
        differences: Sequence[Sequence[RawChange]],
        attributes: Mapping[str, Blob],
        reader: AttributeReader,
    ) -> None:
        self._differences = differences
        self._reader = reader
        self._now = Rules(reader.attributes(attributes), settings)
        self._then = [
            Rules(reader.attributes(before_blobs(attributes, raw)), settings)
            if any(is_attribute_file(change.path) for change in raw)
            else self._now
            for raw in differences
        ]
        self._unlike = [_other_paths(raw) for raw in differences[1:]]

    def mark(self, change: Change) -> Change:
        """The change with its skip: the rules' reason before the merge's."""
        if reason := self._now.skip(change.path):
            return change._replace(skip=reason, newly_skipped=self._is_new(change))
        if change.after is not None and self._is_merged(change.path):
            return change._replace(skip=SAME_AS_MERGED)
        return change._replace(included=True) if self._now.includes(change.path) else change

    def _is_new(self, change: Change) -> bool:
        """It was judged before: it existed, and neither HEAD's rules nor a merge head's skipped it."""
        if change.before is None or change.after is None:
            return False
        return all(rules.skip(change.old_path or change.path) is None for rules in self._then)

    def _is_merged(self, path: str) -> bool:
        """Some merge head has this very blob at this path: its difference from the index does not name the path."""
        return any(path not in unlike for unlike in self._unlike)

    def notices(self) -> list[Problem]:
        """What changed attribute files newly take out of judgement, unless a merge brought it."""
        changed = [raw for raw in self._differences[0] if is_attribute_file(raw.path) and not self._is_merged(raw.path)]
        return [notice for raw in sorted(changed) for notice in added_attributes(raw, self._reader)]


def _other_paths(raw: Sequence[RawChange]) -> set[str]:
    """The paths whose bytes differ, modes aside."""
    return {
        change.path
        for change in raw
        if not (change.before and change.after and change.before.oid == change.after.oid and _files(change))
    }


def _files(change: RawChange) -> bool:
    return all(blob is not None and blob.mode in FILE_MODES for blob in (change.before, change.after))
