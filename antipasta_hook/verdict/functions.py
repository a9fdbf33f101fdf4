"""The findings of one comparison: every function over a limit, before against after, and whether it blocks."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from antipasta_hook.config.settings import Criteria, Settings
from antipasta_hook.model import (
    COGNITIVE,
    FUNCTION_METRICS,
    Ancestor,
    Change,
    Comparison,
    Finding,
    Gate,
    Measurement,
    Reading,
    Status,
)
from antipasta_hook.verdict.excuse import Excuse, Source, Suspect, excuses
from antipasta_hook.verdict.gate import why_not_blocking
from antipasta_hook.verdict.limits import (
    effective_limit,
    excess,
    function_limits,
    growth,
    silenced,
    status_of,
    value_of,
)
from antipasta_hook.verdict.lineage import Lineage, Pair, predecessors, trace
from antipasta_hook.verdict.matching import Place

NOT_BY_THIS_METRIC: Final = "its old version was not measured by this metric"
_ON_ITS_DEF_LINE: Final = "its def line"


class Draft(NamedTuple):
    """A finding before it is known whether it blocks."""

    pair: Pair
    criteria: Criteria
    metric: str
    value: float
    before: float | None
    limit: float
    status: Status
    why_not: str | None = None


def function_findings(
    comparison: Comparison, measured: Mapping[str, Measurement], settings: Settings
) -> tuple[list[Finding], Lineage]:
    """Judge every function of the comparison by every function metric that has a limit in force."""
    lineage = trace(comparison, measured, settings)
    blobs = {c.old_path or c.path: c.before.oid for c in comparison.changes if c.before}
    findings = []
    for metric in _judged_metrics(comparison, settings):
        drafts = list(_drafts(metric, lineage, comparison, measured=measured, settings=settings))
        excused = _excused(drafts, lineage, metric, settings)
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
        status = status_of(before, value, plain, metric)
        return Draft(pair, criteria, metric, value, before, plain, status) if status else None
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


def _excused(drafts: list[Draft], lineage: Lineage, metric: str, settings: Settings) -> dict[int, Excuse]:
    suspects = {
        n: draft
        for n, draft in enumerate(drafts)
        if draft.status in {Status.INTRODUCED, Status.WORSENED} and draft.criteria.gate == Gate.INTRODUCED
    }
    if not suspects:
        return {}
    found = excuses(
        [_suspect(draft) for draft in suspects.values()],
        _sources(lineage, metric, settings),
    )
    numbers = list(suspects)
    return {numbers[n]: excuse for n, excuse in found.items()}


def _suspect(draft: Draft) -> Suspect:
    limit, metric = draft.criteria.limits[draft.metric].limit, draft.metric
    return Suspect(draft.pair.new, excess(draft.value, limit, metric), excess(draft.before, limit, metric))


def _sources(lineage: Lineage, metric: str, settings: Settings) -> list[Source]:
    found = (_source(old, new, metric, settings) for old, new in predecessors(lineage))
    return [source for source in found if source is not None]


def _source(old: Place, new: Place | None, metric: str, settings: Settings) -> Source | None:
    """An old function that is gone or whose value fell; where its file is not judged it has nothing to pay with."""
    criteria = settings.criteria(new.path if new else old.path)
    value = value_of(old.function, metric, criteria)
    new_value = value_of(new.function, metric, criteria) if new else None
    if value is None or (new_value is not None and growth(value, new_value, metric) >= 0):
        return None
    if new is not None and new_value is None and new.function.cyclomatic is None:
        return None  # not measured, which is not the same as fallen
    limit = criteria.limits[metric].limit if metric in criteria.limits else value
    return Source(old, value, new_value, excess(value, limit, metric), excess(new_value, limit, metric))


def _finding(draft: Draft, excuse: Excuse | None, blobs: Mapping[str, str]) -> Finding:
    function, old = draft.pair.new.function, draft.pair.old
    limit = draft.criteria.limits[draft.metric]
    why_not = draft.why_not or why_not_blocking(
        draft.status,
        (draft.before, draft.value),
        draft.metric,
        draft.criteria,
        code_changed=draft.pair.code_changed,
        excuse=_in_words(excuse) if excuse else None,
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


def _in_words(excuse: Excuse) -> str:
    source = excuse.sources[0]
    now = "gone now" if source.new_value is None else f"{source.new_value:g} now"
    others = f" and {len(excuse.sources) - 1} more" if len(excuse.sources) > 1 else ""
    return (
        f"its code came out of {source.place.function.symbol} ({source.value:g} before, {now}){others}: no worse in all"
    )
