"""What is known of the files that are as they were, and a verdict on what changed together with it. Pure.

A file that is as it was adds to a verdict what it would add alone: nothing comes from it, nothing is moved out of it.
Only what is hidden or broken is judged together with what changed, because a blob may stand in several places.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

from antipasta_hook.model import (
    Aside,
    AsideKind,
    Blob,
    Change,
    ChangeSet,
    FileMetrics,
    FileOutcome,
    FileStatus,
    Finding,
    Measurement,
    Reading,
    RollUp,
    SourceError,
    Tally,
    Verdict,
)
from antipasta_hook.verdict.census import tally_of
from antipasta_hook.verdict.judge import place_of, word

_MODE: Final = 0o100644
_UNCOUNTED: Final = frozenset({AsideKind.INCLUDED, AsideKind.UNSETTLED})


class Standing(NamedTuple):
    """What is as it was. ``changes`` are to be judged with what changed, ``known`` is what their blobs measure.

    ``tally`` leaves out the files at the paths in ``uncounted``, which count as far as the verdict finds them readable.
    """

    tally: Tally
    findings: tuple[Finding, ...]
    files: tuple[FileOutcome, ...]
    changes: tuple[Change, ...]
    known: Mapping[str, Measurement]
    uncounted: frozenset[str]

    def within(self, changeset: ChangeSet) -> ChangeSet:
        """The change set with all that has to be judged together with it."""
        first, *others = changeset.comparisons
        changes = tuple(sorted((*first.changes, *self.changes), key=lambda change: change.path))
        return changeset._replace(comparisons=(first._replace(changes=changes), *others))

    def completed(self, verdict: Verdict) -> Verdict:
        """A verdict on what changed, and all else that is to be said of the tree."""
        findings = tuple(sorted((*verdict.findings, *self.findings), key=place_of))
        files = tuple(sorted((*verdict.files, *self.files, *_blocked(self.findings)), key=lambda file: file.path))
        uncounted = (file for file in verdict.files if file.path in self.uncounted)
        return Verdict(
            scope=verdict.scope,
            outcome=word(findings, files, verdict.problems),
            findings=findings,
            files=files,
            problems=verdict.problems,
            census=self.tally.plus(tally_of(uncounted)),
        )


def standing(
    rollup: RollUp,
    brought: Collection[str],
    mark: Callable[[Change], Change],
    unsettled: Mapping[str, Measurement],
    *,
    rules_are_new: bool,
) -> Standing:
    """What a roll-up says of the files at other paths than those in ``brought``.

    ``mark`` says of a file whether it is skipped, and newly so; ``unsettled`` is what became of blobs in this run that
    may be otherwise tomorrow.
    """
    files: list[FileOutcome] = []
    changes: list[Change] = []
    known: dict[str, Measurement] = {}
    for aside in rollup.asides:
        if aside.path in brought:
            continue
        change = _to_judge(aside, mark, rules_are_new=rules_are_new)
        if change is None:
            files.append(_skipped(aside))
        else:
            changes.append(change)
            known |= _known(aside, unsettled)
    findings = tuple(finding for finding in rollup.findings if finding.path not in brought)
    uncounted = (aside.path for aside in rollup.asides if aside.kind in _UNCOUNTED)
    return Standing(rollup.tally, findings, tuple(files), tuple(changes), known, frozenset(uncounted))


def _to_judge(aside: Aside, mark: Callable[[Change], Change], *, rules_are_new: bool) -> Change | None:
    """A file that is as it was, to be judged with what changed; None for one that was skipped before, too."""
    if aside.kind == AsideKind.RULED and not rules_are_new:
        return None
    blob = Blob(aside.oid, _MODE)
    change = mark(Change(aside.path, blob, blob))
    return None if change.skip and not change.newly_skipped else change


def _skipped(aside: Aside) -> FileOutcome:
    return FileOutcome(aside.path, None, aside.oid, aside.oid, FileStatus.SKIPPED, aside.reason, None, None)


def _known(aside: Aside, unsettled: Mapping[str, Measurement]) -> dict[str, Measurement]:
    if aside.kind == AsideKind.HIDDEN:
        return {aside.oid: Measurement(FileStatus.SKIPPED, None, aside.reason)}
    if aside.kind == AsideKind.BROKEN:
        return {aside.oid: Measurement(FileStatus.CACHED, broken(aside))}
    return {aside.oid: unsettled[aside.oid]} if aside.kind == AsideKind.UNSETTLED else {}


def broken(aside: Aside) -> FileMetrics:
    """What is measured of a file that nobody can parse."""
    return FileMetrics(
        reading=Reading.BROKEN,
        error=SourceError(aside.reason, aside.line),
        generated=False,
        cyclomatic_total=None,
        cognitive_total=None,
        halstead=None,
        raw=None,
        functions=(),
        lines=aside.lines,
    )


def _blocked(findings: tuple[Finding, ...]) -> list[FileOutcome]:
    """The files that are as they were, and blocked all the same: their lines are to be shown."""
    blobs = {finding.path: finding.ancestor.blob for finding in findings if finding.blocking and finding.ancestor}
    return [FileOutcome(path, None, oid, oid, FileStatus.CACHED, None, None, None) for path, oid in blobs.items()]
