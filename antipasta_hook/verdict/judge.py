"""The verdict: before against after over all that a scope changes, and what was not checked."""

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import reduce

from antipasta_hook.config.settings import Settings
from antipasta_hook.model import (
    NOT_COMPARED,
    Change,
    ChangeSet,
    Comparison,
    FileOutcome,
    FileStatus,
    Finding,
    Kind,
    Measurement,
    Outcome,
    Problem,
    Reading,
    Status,
    Verdict,
)
from antipasta_hook.verdict.census import tally_of
from antipasta_hook.verdict.files import file_findings
from antipasta_hook.verdict.functions import function_findings
from antipasta_hook.verdict.limits import growth, is_over
from antipasta_hook.verdict.lineage import Lineage
from antipasta_hook.verdict.notices import notices
from antipasta_hook.verdict.sides import known_after, metrics_before

MILDNESS = (
    Status.RESOLVED,
    Status.SUPPRESSED,
    Status.IMPROVED,
    Status.EXISTING,
    Status.UNJUDGED,
    Status.WORSENED,
    Status.INTRODUCED,
)


def judge(
    changeset: ChangeSet,
    measured: Mapping[str, Measurement],
    settings: Settings,
    cleared: Container[bytes] = frozenset(),
) -> Verdict:
    """Judge a change set by what was measured (blob id -> measurement).

    ``cleared`` matters where there was no time for some files: the bodies of functions that came from none of them.
    A blob that could not be looked at makes findings ``unjudged`` and the outcome ``incomplete``: never a pass.
    """
    findings, lineages = _findings(changeset, measured, settings, cleared)
    findings.sort(key=place_of)
    told, *others = (
        dict.fromkeys(notices(comparison, lineage, measured))
        for comparison, lineage in zip(changeset.comparisons, lineages, strict=True)
    )
    notable = _notable(lineages[0], settings, _unread_before(changeset.comparisons[0], measured))
    files = tuple(_outcome(change, measured, notable) for change in changeset.comparisons[0].changes)
    return Verdict(
        scope=changeset.scope,
        outcome=word(findings, files, changeset.problems),
        findings=tuple(findings),
        files=files,
        problems=(*changeset.problems, *(notice for notice in told if all(notice in other for other in others))),
        census=tally_of(files) if changeset.whole else None,
    )


def blocks(changeset: ChangeSet, measured: Mapping[str, Measurement], settings: Settings) -> bool:
    """Whether a change set is stopped: what ``judge`` says of it, without what else it says."""
    return any(finding.blocking for finding in _findings(changeset, measured, settings, frozenset())[0])


def _findings(
    changeset: ChangeSet, measured: Mapping[str, Measurement], settings: Settings, cleared: Container[bytes]
) -> tuple[list[Finding], list[Lineage]]:
    """The mildest findings of all comparisons, and the lineage of each."""
    judged = [_compared(comparison, measured, settings, cleared) for comparison in changeset.comparisons]
    findings = reduce(_milder, (found for found, _ in judged))
    return findings, [lineage for _, lineage in judged]


def _compared(
    comparison: Comparison,
    measured: Mapping[str, Measurement],
    settings: Settings,
    cleared: Container[bytes],
) -> tuple[list[Finding], Lineage]:
    findings, lineage = function_findings(comparison, measured, settings, cleared)
    return findings + file_findings(comparison, measured, settings), lineage


def _milder(ours: list[Finding], others: Iterable[Finding]) -> list[Finding]:
    """Of two judgements of one function, against two parents of a merge, keep the milder one.

    A function has a finding against each parent as long as it is over a limit; a resolved one only against HEAD.
    """
    theirs = {_identity(finding): finding for finding in others}
    return [
        min(finding, theirs[_identity(finding)], key=_harshness) if _identity(finding) in theirs else finding
        for finding in ours
    ]


def _identity(finding: Finding) -> tuple[str, int, str | None, str]:
    return finding.path, finding.line, finding.symbol, finding.metric


def _harshness(finding: Finding) -> tuple[bool, int, float]:
    grown = growth(finding.before or 0, finding.value or 0, finding.metric)
    return finding.blocking, MILDNESS.index(finding.status), grown


def _unread_before(comparison: Comparison, measured: Mapping[str, Measurement]) -> set[str]:
    """The files whose old version nobody looked at: what of them is new cannot be told."""
    changes = (change for change in comparison.changes if change.before is not None)
    return {change.path for change in changes if metrics_before(change, measured) is None}


def _notable(
    lineage: Lineage, settings: Settings, unread_before: Container[str]
) -> dict[str, frozenset[tuple[str, int]]]:
    """The functions of each file that changed or are over a limit."""
    notable: dict[str, set[tuple[str, int]]] = {}
    for pair in lineage.pairs:
        new = pair.new.function
        changed = pair.code_changed and pair.new.path not in unread_before
        if changed or is_over(new, settings.criteria(pair.new.path)):
            notable.setdefault(pair.new.path, set()).add((new.symbol, new.line))
    return {path: frozenset(functions) for path, functions in notable.items()}


def _outcome(
    change: Change, measured: Mapping[str, Measurement], notable: Mapping[str, frozenset[tuple[str, int]]]
) -> FileOutcome:
    after = known_after(change, measured)
    status, reason = _status(change, after)
    return FileOutcome(
        path=change.path,
        old_path=change.old_path,
        blob=change.after.oid if change.after else None,
        before_blob=change.before.oid if change.before else None,
        status=status,
        reason=reason,
        metrics=after.metrics if after else None,
        before_metrics=metrics_before(change, measured),
        notable=notable.get(change.path, frozenset()),
        kind=_kind(after),
    )


def _status(change: Change, after: Measurement | None) -> tuple[FileStatus, str | None]:
    if change.skip:
        return FileStatus.SKIPPED, change.skip
    if change.after is None:
        return FileStatus.DELETED, None
    if after is None:
        return FileStatus.DEFERRED, "not looked at"
    error = after.metrics.error if after.metrics else None
    if error is None:
        return after.status, after.reason
    where = f"line {error.line}: " if error.line else ""
    read = after.metrics is not None and after.metrics.reading in {Reading.FULL, Reading.NEWER}
    return after.status if read else FileStatus.UNREADABLE, f"{where}{error.message}"


def _kind(after: Measurement | None) -> Kind | None:
    """Of what kind it is that a blob could not be read, or only in part."""
    if after is None:
        return None
    return "no-tree" if after.metrics and after.metrics.reading == Reading.DEEP else after.kind


def place_of(finding: Finding) -> tuple[str, int, str, str]:
    """The order of findings in a verdict."""
    return finding.path, finding.line, finding.symbol or "", finding.metric


def word(findings: Iterable[Finding], files: Iterable[FileOutcome], problems: Iterable[Problem]) -> Outcome:
    """The word for all that was found."""
    if any(finding.blocking for finding in findings):
        return Outcome.FAIL
    unjudged = any(finding.status == Status.UNJUDGED for finding in findings)
    not_compared = any(problem.kind == NOT_COMPARED for problem in problems)
    return Outcome.INCOMPLETE if unjudged or not_compared or any(map(_is_unlooked, files)) else Outcome.PASS


def is_unjudged(verdict: Verdict) -> bool:
    """Whether nothing blocks, and something could not be judged for another reason than a lack of time."""
    if verdict.outcome != Outcome.INCOMPLETE:
        return False
    statuses = {file.status for file in verdict.files if _is_unlooked(file)}
    return FileStatus.DEFERRED not in statuses or FileStatus.UNREADABLE in statuses


def _is_unlooked(file: FileOutcome) -> bool:
    """Whether a file was to be looked at and could not be."""
    return file.status == FileStatus.DEFERRED or (file.status == FileStatus.UNREADABLE and file.metrics is None)


def limited_to(verdict: Verdict, paths: Sequence[str], *, missing: Sequence[str] = ()) -> Verdict:
    """The part of a verdict that concerns these files, or files below these directories.

    Of those in ``missing``, at which there is nothing, it is said if nothing changed there either.
    """
    findings = tuple(finding for finding in verdict.findings if _is_within(finding.path, paths))
    files = tuple(file for file in verdict.files if _is_within(file.path, paths))
    problems = tuple(p for p in verdict.problems if p.path is None or p.kind == "settings" or _is_within(p.path, paths))
    problems += _no_matches(missing, files)
    census = None if verdict.census is None else tally_of(files)
    return Verdict(verdict.scope, word(findings, files, problems), findings, files, problems, census)


def _no_matches(missing: Iterable[str], files: Sequence[FileOutcome]) -> tuple[Problem, ...]:
    said, recovery = "is not here, and nothing changed there", "is it spelled right?"
    lost = (path for path in missing if not any(_is_within(file.path, [path]) for file in files))
    return tuple(Problem("no-match", f"{path} {said}", path, recovery=recovery) for path in lost)


def _is_within(path: str, places: Sequence[str]) -> bool:
    return any(place in {"", "."} or path == place or path.startswith(f"{place}/") for place in places)
