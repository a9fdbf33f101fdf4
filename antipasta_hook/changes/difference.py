"""What a span changes: read once, and held against the settings when they are known."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from antipasta_hook.changes.attributes import directories
from antipasta_hook.changes.content import has_python_shebang
from antipasta_hook.changes.layout import Layout
from antipasta_hook.changes.marks import Marks
from antipasta_hook.changes.pairing import has_python_name, is_python, python_changes
from antipasta_hook.changes.reader import FILE_MODES, BlobSource, MissingBlob, RawChange, shown
from antipasta_hook.changes.repository import Repository
from antipasta_hook.changes.scopes import Span, staged
from antipasta_hook.changes.skips import AttributeReader, attribute_paths, is_attribute_file
from antipasta_hook.changes.target import Target
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import NOT_COMPARED, Blob, Change, ChangeSet, Comparison, Failure, Problem, Scope, Severity

_LARGEST_SCRIPT: Final = 1_000_000
_LARGEST_ATTRIBUTES: Final = 1_000_000
_ROOT_ONLY: Final = "pyproject.toml"


class SettingFiles(NamedTuple):
    """Files that may hold settings, by path: as the target holds them, and as the first base held them.

    ``edited`` are those whose bytes this change gives, takes or alters: not those that a merge brings as they are.
    """

    now: dict[str, Blob]
    before: dict[str, Blob]
    edited: frozenset[str]


class Difference:
    """What a target changes against each base. ``source`` gives the bytes of its blobs; ``label`` is for people.

    ``layout`` is that of the target, where it is known: of a census only what differs is listed then.
    """

    def __init__(
        self,
        span: Span,
        raw: Sequence[list[RawChange]],
        source: BlobSource,
        base_files: Callable[[], list[RawChange]],
        *,
        layout: Layout | None = None,
    ) -> None:
        first, *others = span.bases
        heads = tuple(oid for oid in others if oid is not None)
        self.scope: Final = Scope(span.target.kind, first, span.target.oid, heads, span.source)
        self.label: Final = span.label
        self._note = span.note
        self.source: Final = source
        self._bases = span.bases
        self._all_of_base = base_files
        self._raw = raw
        self._blobs = SmallBlobs(source)
        self._holdings = _Holdings(span.target)
        self._found = [python_changes(each, self._blobs.has_python_shebang) for each in raw]
        self._whole = span.whole
        self._layout = {} if layout is None else dict(layout.files)
        self._listed = _paths_of(change for found in self._found for change in found)
        self._is_complete = not span.whole or layout is None
        if span.whole:
            self._complete(is_known=layout is not None)

    def _complete(self, *, is_known: bool) -> None:
        """Add what a census looks at besides what changed; not what is as it was, where that ``is_known``."""
        self._listed.update(self.empty)
        self._found[1:] = [_in_order([*found, *self._merged(found)]) for found in self._found[1:]]
        if not is_known:
            self._list_all()

    def _merged(self, other: list[Change]) -> Iterator[Change]:
        """What is new to the first base and as it is in another one: a census looks at that, too."""
        differing = _paths_of(other)
        for change in self._found[0]:
            if change.after is not None and change.path not in differing:
                yield Change(change.path, change.after, change.after)

    def _list_all(self) -> None:
        """Add what is as it was."""
        self._found[0] = _in_order([*self._found[0], *self._unchanged()])
        self._listed |= _paths_of(self._found[0])

    @cached_property
    def brought(self) -> frozenset[str]:
        """The paths at which the target has something else than the first base, as far as Python files go."""
        known = {change.path for change in self._found[0] if change.after is not None and not change.is_none}
        return frozenset(known | {raw.path for raw in self._raw[0] if raw.before is None})  # new, and nothing in it

    @cached_property
    def empty(self) -> tuple[str, ...]:
        """The new Python files with nothing in them: no changes, and not as they were either."""
        known = {change.path for change in self._found[0]}
        new = (raw for raw in self._raw[0] if raw.before is None and raw.after is not None and raw.path not in known)
        return tuple(
            raw.path for raw in new if raw.after and has_python_name(raw.path) and raw.after.mode in FILE_MODES
        )

    def _unchanged(self) -> Iterator[Change]:
        """The Python files that are as they were."""
        for path, blob in self._holdings.all.items():
            if path not in self.brought and is_python(path, blob, self._blobs.has_python_shebang):
                yield Change(path, blob, blob)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All paths at which the target or a base has a Python file that is to be looked at, in order."""
        return tuple(sorted(self._listed if self._is_complete else self._listed | _paths_of(self._unchanged())))

    def setting_files(self, names: Collection[str]) -> SettingFiles:
        """All files of these base names that differ, and those in the directories above them and above ``paths``.

        Of pyproject.toml only the root's counts.
        """
        changed = [raw for raw in self._raw[0] if _may_set(raw.path, names)]
        places = (*self._listed, *(raw.path for raw in changed))
        paths = {*_above(places, names), *(raw.path for raw in changed)}
        now = self._holdings.among(paths, besides=attribute_paths(self._listed))
        now |= {path: blob for path, blob in self._layout.items() if _may_set(path, names)}
        edited = frozenset(raw.path for raw in changed if raw.path in self._unlike_all)
        return SettingFiles(now, _undone(now, changed), edited)

    @cached_property
    def _unlike_all(self) -> set[str]:
        """The paths whose bytes are those of no base."""
        return set.intersection(*({each.path for each in raw if not each.only_mode} for raw in self._raw))

    def base_holds(self, name: str) -> bool:
        """Whether the first base has a file of this base name anywhere; every file of it is listed for that."""
        return any(raw.path.rpartition("/")[2] == name for raw in self._all_of_base())

    def held(self, paths: Iterable[str]) -> dict[str, Blob]:
        """Those of these paths that the target holds as regular files."""
        return {path: blob for path, blob in self._holdings.among(paths).items() if blob.mode in FILE_MODES}

    def changeset(self, settings: Settings, before: Settings | None = None) -> ChangeSet:
        """The changes of Python files, each marked with why it is skipped, if it is.

        ``before`` are the settings of the old side, where they are others: what they did not skip is newly skipped.
        """
        return self.marked(self.marks(settings, before))

    def marks(self, settings: Settings, before: Settings | None = None) -> Marks:
        """The rules by which changes are marked as skipped; see ``changeset``."""
        attributes = self._holdings.among(attribute_paths(self._listed))
        attributes |= {path: blob for path, blob in self._layout.items() if is_attribute_file(path)}
        reader = AttributeReader(self._blobs.attributes)
        return Marks((settings, before or settings), self._raw, attributes, reader, whole=self._whole)

    def marked(self, marks: Marks) -> ChangeSet:
        """The changes of Python files by these rules."""
        comparisons = tuple(
            Comparison(base, tuple(marks.mark(change) for change in changes))
            for base, changes in zip(self._bases, self._found, strict=True)
        )
        problems = (*marks.notices(), *marks.problems)
        return ChangeSet(self.scope, comparisons, (*self._noted(), *problems), self._whole)

    def _noted(self) -> Iterator[Problem]:
        if self._note:
            recovery = "antipasta-hook run --all-files shows where the project stands"
            yield Problem(NOT_COMPARED, self._note, None, Severity.WARNING, recovery)


def read_difference(repository: Repository, span: Span, layout: Layout | None = None) -> Difference:
    """Read what a span changes; raises Failure for a state that cannot be judged. For ``layout`` see Difference."""
    raw = [span.target.difference(base) for base in span.bases]
    _refuse_unmerged(raw[0])
    base = span.bases[0]
    source = span.target.blobs_from(repository)
    return Difference(span, raw, source, lambda: repository.difference(None, base) if base else [], layout=layout)


def _in_order(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: change.path)


def _paths_of(changes: Iterable[Change]) -> set[str]:
    return {path for change in changes for path in (change.path, change.old_path) if path}


def staged_changes(repository: Repository, settings: Settings) -> ChangeSet:
    """What the index changes; raises Failure for a state that cannot be judged."""
    return read_difference(repository, staged(repository)).changeset(settings)


def _above(paths: Iterable[str], names: Collection[str]) -> Iterator[str]:
    """Where files of these names would stand in the directories above paths, if they count there."""
    for directory in {each for path in paths for each in directories(path)}:
        for name in names:
            place = f"{directory}/{name}" if directory else name
            if _may_set(place, names):
                yield place


def _undone(blobs: dict[str, Blob], changes: Iterable[RawChange]) -> dict[str, Blob]:
    """What these files were before the changes."""
    before = dict(blobs)
    for change in changes:
        before.pop(change.path, None)
        if change.before is not None:
            before[change.path] = change.before
    return before


def _may_set(path: str, names: Collection[str]) -> bool:
    name = path.rpartition("/")[2]
    return name in names and (name != _ROOT_ONLY or path == name)


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


class _Holdings:
    """What a target holds, asked as rarely as can be: with git as the reader each question starts a child."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._asked: set[str] = set()
        self._held: dict[str, Blob] = {}

    @cached_property
    def all(self) -> dict[str, Blob]:
        """Every file."""
        return dict(self._target.files())

    def among(self, paths: Iterable[str], besides: Iterable[str] = ()) -> dict[str, Blob]:
        """Those of the paths that are held; ``besides`` are looked up at the same time, for a later question."""
        wanted = set(paths)
        if "all" in self.__dict__:
            return {path: self.all[path] for path in wanted if path in self.all}
        if new := {*wanted, *besides} - self._asked:
            self._held |= self._target.blobs(new)
            self._asked |= new
        return {path: self._held[path] for path in wanted if path in self._held}


class SmallBlobs:
    """Small blobs that decide what is looked at, each read once; None where one is not in this clone."""

    def __init__(self, source: BlobSource) -> None:
        self._source = source
        self._shebangs: dict[str, bool | None] = {}

    def has_python_shebang(self, oid: str) -> bool | None:
        """Whether a blob is a Python script; None where it is not in this clone."""
        if oid not in self._shebangs:
            size = self._source.size(oid)
            self._shebangs[oid] = None if size is None else size <= _LARGEST_SCRIPT and self._shebang(oid)
        return self._shebangs[oid]

    def _shebang(self, oid: str) -> bool | None:
        try:
            return has_python_shebang(self._source.read(oid))
        except MissingBlob:
            return None

    def attributes(self, oid: str) -> bytes | None:
        """The bytes of an attribute file; None where it is too large, or not here."""
        size = self._source.size(oid)
        try:
            return None if size is None or size > _LARGEST_ATTRIBUTES else self._source.read(oid)
        except MissingBlob:
            return None
