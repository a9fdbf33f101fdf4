"""The findings of one comparison: every function over a limit, before against after, and whether it blocks."""

from collections.abc import Container, Iterator, Mapping
from typing import Final

from antipasta_hook.config.settings import Criteria, Settings
from antipasta_hook.model import (
    COGNITIVE,
    FUNCTION_METRICS,
    Ancestor,
    Change,
    Comparison,
    Finding,
    Measurement,
    Reading,
    Status,
)
from antipasta_hook.verdict.draft import Draft
from antipasta_hook.verdict.gate import why_not_blocking
from antipasta_hook.verdict.limits import (
    effective_limit,
    excess,
    function_limits,
    silenced,
    status_of,
    value_of,
)
from antipasta_hook.verdict.lineage import Lineage, Pair, trace

NOT_BY_THIS_METRIC: Final = "its old version was not measured by this metric"
UNTIMELY: Final = "there was no time to see whether its code came from another file"
_ON_ITS_DEF_LINE: Final = "its def line"


def function_findings(
    comparison: Comparison,
    measured: Mapping[str, Measurement],
    settings: Settings,
    cleared: Container[bytes] = frozenset(),
) -> tuple[list[Finding], Lineage]:
    """Judge every function of the comparison by every function metric that has a limit in force.

    ``cleared`` matters where there was no time for some files: the bodies of functions that came from none of them.
    """
    lineage = trace(comparison, measured, settings)
    blobs = {c.old_path or c.path: c.before.oid for c in comparison.changes if c.before}
    findings = []
    for metric in _judged_metrics(comparison, settings):
        drafts = list(_drafts(metric, lineage, comparison, measured=measured, settings=settings))
        excused = _excused(drafts, lineage, metric, settings)
        if lineage.untimely:
            suspects = {n: draft for n, draft in enumerate(drafts) if _looks_bad(draft) and n not in excused}
            drafts = _doubted(drafts, _in_doubt(suspects, lineage, metric, settings, cleared=cleared))
        findings += [_finding(draft, excused.get(n), blobs) for n, draft in enumerate(drafts)]
    return findings, lineage


def _drafts(
    metric: str, lineage: Lineage, comparison: Comparison, *, measured: Mapping[str, Measurement], settings: Settings
) -> Iterator[Draft]:
    """What is to be said of each function whose file is judged by this metric."""
    lost = {c.path: reason for c in comparison.changes if (reason := lost_before(c, measured, metric))}
    for pair in lineage.pairs:
        criteria = settings.criteria(pair.new.path)
        if metric in criteria.limits:
            draft = _draft(pair, metric, criteria, lost=_why_unknown(pair, lost, lineage))
            if draft is not None:
                yield draft


def _judged_metrics(comparison: Comparison, settings: Settings) -> list[str]:
    """The function metrics that have a limit in force anywhere in this change."""
    in_force = {id(found): found for change in comparison.changes for found in [settings.criteria(change.path)]}
    judged = {metric for criteria in in_force.values() for metric in function_limits(criteria)}
    return [metric for metric in FUNCTION_METRICS if metric in judged]


def lost_before(change: Change, measured: Mapping[str, Measurement], metric: str) -> str | None:
    """Why the old side of a file cannot be compared with by this metric, where it exists but cannot."""
    if change.before is None:
        return None
    measurement = measured.get(change.before.oid)
    if measurement is None:
        return "its old version was not measured"
    if measurement.metrics is None:
        return f"its old version: {measurement.reason}"
    if measurement.metrics.reading in {Reading.BROKEN, Reading.DEEP}:
        error = measurement.metrics.error
        return f"its old version could not be read: {error.message if error else 'unreadable'}"
    if measurement.metrics.reading == Reading.NEWER and metric != COGNITIVE:
        return NOT_BY_THIS_METRIC
    return None


def _why_unknown(pair: Pair, lost: Mapping[str, str], lineage: Lineage) -> str | None:
    if pair.old is not None:
        return None
    return lost.get(pair.new.path) or (
        "an old file it may come from could not be measured" if lineage.unknown else None
    )


def _draft(pair: Pair, metric: str, criteria: Criteria, *, lost: str | None) -> Draft | None:
    new = pair.new.function
    value = value_of(new, metric, criteria)
    before = value_of(pair.old.function, metric, criteria) if pair.old else None
    plain = criteria.limits[metric].limit
    if value is None:
        return None
    if not excess(value, plain, metric):
        if not excess(before, plain, metric):  # as nearly all are
            return None
        return Draft(pair, criteria, metric, value, before, plain, Status.RESOLVED)
    limit = effective_limit(new, metric, plain)
    over = Draft(pair, criteria, metric, value, before, limit, Status.INTRODUCED)
    if permission := silenced(new, metric, value):
        return over._replace(status=Status.SUPPRESSED, why_not=f"allowed on its def line: {permission}")
    if lost or _old_value_is_unknown(pair, before):
        return over._replace(status=Status.UNJUDGED, why_not=lost or NOT_BY_THIS_METRIC)
    return over._replace(status=status_of(before, value, over.limit, metric) or Status.INTRODUCED)


def _old_value_is_unknown(pair: Pair, before: float | None) -> bool:
    """A function read without a syntax tree has no cyclomatic number; a nested one has no cognitive one by rule."""
    return pair.old is not None and before is None and pair.old.function.cyclomatic is None


def _excused(drafts: list[Draft], lineage: Lineage, metric: str, settings: Settings) -> dict[int, str]:
    """Why some of the drafts that look new or worse do not block: index -> words."""
    suspects = {n: draft for n, draft in enumerate(drafts) if draft.is_suspect}
    if not suspects:
        return {}
    from antipasta_hook.verdict.pardon import pardons

    numbers = list(suspects)
    return {numbers[n]: words for n, words in pardons(list(suspects.values()), lineage, metric, settings).items()}


def _looks_bad(draft: Draft) -> bool:
    return draft.status in {Status.INTRODUCED, Status.WORSENED}


def _in_doubt(
    suspects: Mapping[int, Draft], lineage: Lineage, metric: str, settings: Settings, *, cleared: Container[bytes]
) -> set[int]:
    """Of which suspects it cannot be told in time where their code came from.

    Whether one is excused whose code came from what fell or left depends on who else had a share in that.
    """
    from antipasta_hook.verdict.pardon import related

    numbers = list(suspects)
    knotty = related(list(suspects.values()), lineage, metric, settings) if suspects else set()
    unclear = {n for n, draft in suspects.items() if draft.pair.new.function.body not in cleared}
    return unclear | {numbers[n] for n in knotty}


def _doubted(drafts: list[Draft], in_doubt: Container[int]) -> list[Draft]:
    return [
        draft._replace(status=Status.UNJUDGED, why_not=UNTIMELY) if n in in_doubt else draft
        for n, draft in enumerate(drafts)
    ]


def _finding(draft: Draft, excuse: str | None, blobs: Mapping[str, str]) -> Finding:
    function, old = draft.pair.new.function, draft.pair.old
    limit = draft.criteria.limits[draft.metric]
    why_not = draft.why_not or why_not_blocking(
        draft.status,
        (draft.before, draft.value),
        draft.metric,
        draft.criteria,
        code_changed=draft.pair.code_changed,
        excuse=excuse,
    )
    return Finding(
        path=draft.pair.new.path,
        line=function.line,
        end_line=function.end_line,
        symbol=function.symbol,
        metric=draft.metric,
        value=draft.value,
        before=draft.before,
        limit=draft.limit,
        level=limit.level,
        status=draft.status,
        blocking=why_not is None,
        why_not=why_not,
        limit_origin=limit.origin if draft.limit == limit.limit else _ON_ITS_DEF_LINE,
        ancestor=Ancestor(blobs[old.path], old.function.line, old.function.end_line) if old else None,
    )
