"""How much the change of each file matters, for the report: of what was measured by its numbers, else by its lines."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from antipasta_hook.analyse.deadline import NO_DEADLINE, Deadline
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import (
    Change,
    ChangeSet,
    Failure,
    FileMetrics,
    FileOutcome,
    FileStatus,
    Reading,
    Significance,
    Verdict,
)
from antipasta_hook.significance import PROVED, by_metrics, counts_layout, is_proved_equal

if TYPE_CHECKING:
    from antipasta_hook.analyse.ranking import Ranked
    from antipasta_hook.changes import BlobSource

MOST_PROVED: Final = 4_000_000
"""Bytes of source, in the order of the files, for which it is tried to prove that only layout changed: some seconds."""
_PROOF_MS_A_BYTE: Final = 0.0005
_LISTING_MS: Final = 60.0
_LISTING_A_FILE_MS: Final = 0.3


def ranked_files(verdict: Verdict, order: "Iterable[Ranked]") -> Verdict:
    """The verdict with what is known of the files that there was no time for.

    Of the others nothing is said that would not be said if there were time for all.
    """
    known = {entry.change.path: entry.significance for entry in order}
    files = tuple(
        file._replace(significance=known.get(file.path)) if file.status == FileStatus.DEFERRED else file
        for file in verdict.files
    )
    return verdict._replace(files=files)


def rated_files(
    verdict: Verdict,
    changeset: ChangeSet,
    settings: Settings,
    blobs: "BlobSource",
    *,
    deadline: Deadline = NO_DEADLINE,
) -> Verdict:
    """The verdict with the significance of every change that was measured on both sides.

    What looks the same by its numbers is read again for a proof, as long as there is time.
    """
    changes = {change.path: change for change in changeset.comparisons[0].changes}
    rating = _Rating(settings, _Proofs(blobs, deadline, len(verdict.files)))
    files = tuple(
        file._replace(significance=rating.of(file, changes[file.path])) if _is_measured(file) else file
        for file in verdict.files
    )
    return verdict._replace(files=files)


def _is_measured(file: FileOutcome) -> bool:
    has_changed = file.blob is not None and file.blob != file.before_blob
    return has_changed and file.metrics is not None and (file.before_blob is None or file.before_metrics is not None)


class _Proofs:
    """Both versions of files on the bench, for as long as there is time and room."""

    def __init__(self, blobs: "BlobSource", deadline: Deadline, files: int) -> None:
        self._blobs = blobs
        self._deadline = deadline
        self._kept_back_ms = _LISTING_MS + _LISTING_A_FILE_MS * files
        self._room = MOST_PROVED

    def proves(self, before: str, after: str) -> bool:
        """Whether two blobs hold the same code, as far as that can be found out."""
        try:
            size = (self._blobs.size(before) or 0) + (self._blobs.size(after) or 0)
            self._room -= size
            if self._room < 0 or size * _PROOF_MS_A_BYTE > self._deadline.left_ms - self._kept_back_ms:
                return False
            return is_proved_equal(self._blobs.read(before), self._blobs.read(after))
        except Failure:
            return False


class _Rating:
    def __init__(self, settings: Settings, proofs: _Proofs) -> None:
        self._settings = settings
        self._proofs = proofs

    def of(self, file: FileOutcome, change: Change) -> Significance:
        """The significance of one file that was measured."""
        return by_metrics(change, self._settings, file.before_metrics, file.metrics, self._proof(file))

    def _proof(self, file: FileOutcome) -> Significance | None:
        if counts_layout(self._settings.criteria(file.path)) or not (file.blob and file.before_blob):
            return None
        if not _look_alike(file.before_metrics, file.metrics):
            return None
        return PROVED if self._proofs.proves(file.before_blob, file.blob) else None


def _look_alike(before: FileMetrics | None, after: FileMetrics | None) -> bool:
    """Whether two sides could be the same code, by their numbers: what depends on layout is left out."""
    if before is None or after is None or Reading.BROKEN in {before.reading, after.reading}:
        return False
    return _shape(before) == _shape(after)


def _shape(side: FileMetrics) -> tuple[object, ...]:
    functions = [(f.symbol, f.cyclomatic, f.cognitive, f.halstead, f.suppressions) for f in side.functions]
    return side.cyclomatic_total, side.cognitive_total, side.halstead, functions
