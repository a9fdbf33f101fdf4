"""How much the change of each file matters, for the report: of what was measured by its numbers, else by its lines."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Change, ChangeSet, FileOutcome, FileStatus, Significance, Verdict

if TYPE_CHECKING:
    from antipasta_hook.analyse.ranking import Ranked


def ranked_files(verdict: Verdict, order: "Iterable[Ranked]") -> Verdict:
    """The verdict with what is known of the files that there was no time for."""
    known = {entry.change.path: entry.significance for entry in order}
    if not known:
        return verdict
    files = tuple(
        file._replace(significance=known.get(file.path)) if file.status == FileStatus.DEFERRED else file
        for file in verdict.files
    )
    return verdict._replace(files=files)


def rated_files(verdict: Verdict, changeset: ChangeSet, settings: Settings) -> Verdict:
    """The verdict with the significance of every change that was measured on both sides."""
    changes = {change.path: change for change in changeset.comparisons[0].changes}
    files = tuple(
        file._replace(significance=_significance(file, changes[file.path], settings)) if _is_measured(file) else file
        for file in verdict.files
    )
    return verdict._replace(files=files)


def _is_measured(file: FileOutcome) -> bool:
    has_changed = file.blob is not None and file.blob != file.before_blob
    return has_changed and file.metrics is not None and (file.before_blob is None or file.before_metrics is not None)


def _significance(file: FileOutcome, change: Change, settings: Settings) -> Significance:
    from antipasta_hook.significance import by_metrics

    return by_metrics(change, settings, file.before_metrics, file.metrics, None)
