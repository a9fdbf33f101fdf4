"""In which order the files of a change are worth looking at, and what each will cost: from the change alone.

How much of a large change is looked into is bounded by counts and bytes, never by time, so the order of one change is
the same everywhere.
"""

from collections.abc import Iterator
from statistics import median_low
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.analyse.bench import LARGEST_BLOB
from antipasta_hook.changes import MissingBlob
from antipasta_hook.config.settings import Settings
from antipasta_hook.metrics import explodes, is_generated
from antipasta_hook.model import Blob, Change, ChangeSet, Significance
from antipasta_hook.plan import GIANT_MS
from antipasta_hook.significance import (
    PROVED,
    by_path,
    by_text,
    counts_layout,
    is_critical,
    is_proved_equal,
    may_be_same_code,
)
from antipasta_hook.significance.lines import changed_lines

if TYPE_CHECKING:
    from antipasta_hook.changes import BlobSource

MOST_SIZED: Final = 2_000
"""Files whose sizes are asked for; an answer takes 20 to 100 microseconds."""
MOST_READ: Final = 1_000
"""Files that are read and compared; one of 400 lines on both sides takes 200 microseconds."""
MOST_LINES: Final = 80_000
"""Changed lines, in all files together, after which no more are read; one takes 2 to 5 microseconds."""

_MOST_BYTES: Final = 48 << 20
_LARGEST_READ: Final = 8 << 20
_LARGEST_COMPARED: Final = 1 << 20
_LARGE: Final = 256 << 10  # what is larger, or grows by a quarter of this, is read when all the others have been
_MOST_PROOFS_MS: Final = 30.0  # estimated for measuring; a proof takes about as long
_DEAR_MS: Final = 250.0  # what costs this much has to matter twice as much
_GENERATED: Final = Significance(0.05, ("it says that it is generated",))

# Calibrated on 9,500 files of the standard library and of common packages; see docs/significance.md.
_MS_A_FILE: Final = 0.045
_MS_A_LINE: Final = 0.0027
_MS_A_BRACKET: Final = 0.0062
_MS_A_SEPARATOR: Final = 0.001
_MS_A_BYTE: Final = 0.00002
_MS_AN_UNREAD_BYTE: Final = 0.0003
_MS_A_HUGE_BYTE: Final = 0.0005  # a file that is too large to be compared, and was not read: a giant, to be careful
_NOT_COUNTED: Final = bytes(set(range(256)).difference(b"\n([{=+-*/%<>|&^~@:,.;"))
_MAY_EXPLODE_FROM_MS: Final = 100.0


class Ranked(NamedTuple):
    """One changed file. ``estimate_ms`` is what measuring its sides will take, uncalibrated, from the change alone."""

    change: Change
    significance: Significance
    critical: bool
    estimate_ms: float


def ranked(changeset: ChangeSet, blobs: "BlobSource", settings: Settings) -> tuple[Ranked, ...]:
    """The changes against the first base that are not skipped, in the one order in which they are to be measured.

    Critical paths come first, then what is most significant for its cost; giants come last, critical or not.
    """
    changes = [change for change in changeset.comparisons[0].changes if not change.skip]
    return tuple(sorted(_Ranking(blobs, settings).of(changes), key=_place))


def by_paths(changeset: ChangeSet, settings: Settings) -> tuple[Ranked, ...]:
    """The same by nothing but the paths: critical ones first."""
    changes = [change for change in changeset.comparisons[0].changes if not change.skip]
    known = (Ranked(c, by_path(c, settings, None, None), is_critical(c.path, settings), 0.0) for c in changes)
    return tuple(sorted(known, key=_place))


def _place(entry: Ranked) -> tuple[bool, bool, float, str]:
    priority = entry.significance.score / (1 + entry.estimate_ms / _DEAR_MS)
    return entry.estimate_ms > GIANT_MS, not entry.critical, -priority, entry.change.path


def estimate_ms(source: bytes) -> float:
    """About how long one source takes to be measured, on the machine on which the constants were found.

    Bytes mislead: what separates expressions is what takes time, brackets most of all. What is too large to be parsed
    costs no more than finding that out.
    """
    marks = source.translate(None, _NOT_COUNTED)
    lines, brackets = marks.count(b"\n"), marks.count(b"(") + marks.count(b"[") + marks.count(b"{")
    bare = _MS_A_FILE + _MS_A_LINE * lines + _MS_A_BYTE * len(source)
    found = bare + _MS_A_BRACKET * brackets + _MS_A_SEPARATOR * (len(marks) - lines - brackets)
    return bare if found > _MAY_EXPLODE_FROM_MS and explodes(source) is not None else found


def _both(before: bytes, after: bytes) -> float:
    """Two versions of nearly one size are taken to be of nearly one density: counting takes a while."""
    new = estimate_ms(after) if after else 0.0
    if abs(len(before) - len(after)) * 10 <= len(after):
        return new + new * len(before) / len(after) if after else 0.0
    return new + (estimate_ms(before) if before else 0.0)


def _by_size(size: int | None) -> float:
    """The estimate for a source that was not read; one that is too large to be measured costs nothing."""
    if not size or size > LARGEST_BLOB:
        return _MS_A_FILE
    return _MS_A_FILE + size * (_MS_A_HUGE_BYTE if size > _LARGEST_COMPARED else _MS_AN_UNREAD_BYTE)


class _Sizes(NamedTuple):
    """Bytes of each side: 0 where there is none, None where they are not known."""

    before: int | None = None
    after: int | None = None

    @property
    def total(self) -> int:
        """Of what is known."""
        return (self.before or 0) + (self.after or 0)

    @property
    def are_large(self) -> bool:
        """Whether comparing the sides may take long."""
        before, after = self.before or 0, self.after or 0
        return max(before, after) > _LARGE or after - before > _LARGE // 4

    @property
    def are_huge(self) -> bool:
        """Whether comparing them surely does."""
        return max(self.before or 0, self.after or 0) > _LARGEST_COMPARED


def _says_generated(change: Change, source: bytes | None) -> bool:
    return source is not None and not change.included and is_generated(source)


class _Ranking:
    """One change set on the way to its order: first by paths, then by sizes, then by what is in the files."""

    def __init__(self, blobs: "BlobSource", settings: Settings) -> None:
        self._blobs = blobs
        self._settings = settings
        self._sizes: dict[str, _Sizes] = {}
        self._proofs_ms = _MOST_PROOFS_MS
        self._lines = MOST_LINES

    def of(self, changes: list[Change]) -> Iterator[Ranked]:
        """Each with its place on the scale, in no order."""
        for change in self._first(changes, MOST_SIZED):
            self._sizes[change.path] = _Sizes(self._size(change.before), self._size(change.after))
        read = {change.path: self._read(change) for change in self._worth_reading(changes) if self._lines > 0}
        sized = {change.path: self._by_sizes(change) for change in changes if change.path in self._sizes}
        usual = median_low(sized.values()) if sized else 0.0
        for change in changes:
            yield read.get(change.path) or self._unread(change, sized.get(change.path, usual))

    def _first(self, changes: list[Change], most: int) -> list[Change]:
        return changes if len(changes) <= most else sorted(changes, key=self._promise)[:most]

    def _promise(self, change: Change) -> tuple[bool, bool, float, str, str]:
        """What to look into first, by all that is known; of equals some from everywhere, by their blobs' ids."""
        sizes = self._sizes.get(change.path, _Sizes())
        score = by_path(change, self._settings, *sizes).score
        side = change.after or change.before
        oid = side.oid if side else ""
        return sizes.are_large, not is_critical(change.path, self._settings), -score, oid, change.path

    def _worth_reading(self, changes: list[Change]) -> list[Change]:
        """The files to be compared: as many as the bounds allow, no huge ones, none of which all is known."""
        room = _MOST_BYTES
        chosen = []
        for change in sorted(filter(self._is_readable, changes), key=self._promise)[:MOST_READ]:
            room -= self._sizes[change.path].total
            if room >= 0:
                chosen.append(change)
        return chosen

    def _is_readable(self, change: Change) -> bool:
        before, after = self._sizes.get(change.path, _Sizes())
        if change.after is None or change.is_of_one_blob or before is None or after is None:
            return False
        return max(before, after) <= _LARGEST_READ

    def _size(self, side: Blob | None) -> int | None:
        return self._blobs.size(side.oid) if side else 0

    def _read(self, change: Change) -> Ranked:
        if self._sizes[change.path].are_huge:
            return self._weighed(change)
        before = self._content(change.before)  # the old side first: a pack often has the new one as a difference to it
        after = self._content(change.after)
        if _says_generated(change, after):
            return self._entry(change, _GENERATED, _MS_A_FILE)
        return self._compared(change, before, after)

    def _compared(self, change: Change, before: bytes | None, after: bytes | None) -> Ranked:
        lines = changed_lines(before or b"", after or b"")
        self._lines -= len(lines.added) + len(lines.removed) + lines.indented
        estimate = _both(before or b"", after or b"")
        found = by_text(change, self._settings, before, after)
        may_be_proved = found.score > 0 and not counts_layout(self._settings.criteria(change.path))
        if before and after and may_be_proved and self._is_proved(before, after, estimate):
            found = PROVED
        return self._entry(change, found, estimate)

    def _weighed(self, change: Change) -> Ranked:
        """A huge file: what it will take is looked at, what changed in it is not."""
        sizes = self._sizes[change.path]
        after = self._content(change.after) or b""
        if _says_generated(change, after):
            return self._entry(change, _GENERATED, _MS_A_FILE)
        return self._unread(change, estimate_ms(after) * sizes.total / max(1, len(after)))

    def _is_proved(self, before: bytes, after: bytes, estimate: float) -> bool:
        if estimate > self._proofs_ms or not may_be_same_code(before, after):
            return False
        self._proofs_ms -= estimate
        return is_proved_equal(before, after)

    def _unread(self, change: Change, estimate: float) -> Ranked:
        sizes = self._sizes.get(change.path, _Sizes())
        return self._entry(change, by_path(change, self._settings, *sizes), estimate)

    def _entry(self, change: Change, significance: Significance, estimate: float) -> Ranked:
        return Ranked(change, significance, is_critical(change.path, self._settings), round(estimate, 3))

    def _by_sizes(self, change: Change) -> float:
        sizes = self._sizes[change.path]
        sides = sizes[1:] if change.is_of_one_blob else sizes
        return sum(map(_by_size, sides))

    def _content(self, side: Blob | None) -> bytes | None:
        if side is None:
            return None
        try:
            return self._blobs.read(side.oid)
        except MissingBlob:
            return None
