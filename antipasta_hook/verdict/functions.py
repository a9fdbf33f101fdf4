"""The findings of one comparison: every function over a limit, before against after, and whether it blocks."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from antipasta_hook.config.settings import Settings
from antipasta_hook.model import (
    COGNITIVE,
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
    growth,
    judged_metrics,
    silenced,
    status_of,
    value_of,
)
from antipasta_hook.verdict.lineage import Lineage, Pair, predecessors, trace

NOT_BY_THIS_METRIC: Final = "its old version was not measured by this metric"


class Draft(NamedTuple):
    """A finding before it is known whether it blocks."""

    pair: Pair
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
    findings = []
    for metric in judged_metrics(settings):
        lost = {c.path: reason for c in comparison.changes if (reason := lost_before(c, measured, metric))}
        drafts = [
            draft
            for pair in lineage.pairs
            if (draft := _draft(pair, metric, settings, lost=_why_unknown(pair, lost, lineage)))
        ]
        excused = _excused(drafts, lineage, metric, settings)
        findings += [_finding(draft, excused.get(n), settings) for n, draft in enumerate(drafts)]
    return findings, lineage


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


def _draft(pair: Pair, metric: str, settings: Settings, *, lost: str | None) -> Draft | None:
    new = pair.new.function
    value = value_of(new, metric, settings)
    before = value_of(pair.old.function, metric, settings) if pair.old else None
    plain = settings.limits[metric].limit
    if value is None:
        return None
    if not excess(value, plain, metric):
        status = status_of(before, value, plain, metric)
        return Draft(pair, metric, value, before, plain, status) if status else None
    over = Draft(pair, metric, value, before, effective_limit(new, metric, plain), Status.INTRODUCED)
    if permission := silenced(new, metric, value):
        return over._replace(status=Status.SUPPRESSED, why_not=f"allowed on its def line: {permission}")
    if lost or _old_value_is_unknown(pair, before):
        return over._replace(status=Status.UNJUDGED, why_not=lost or NOT_BY_THIS_METRIC)
    return over._replace(status=status_of(before, value, over.limit, metric) or Status.INTRODUCED)


def _old_value_is_unknown(pair: Pair, before: float | None) -> bool:
    """A function read without a syntax tree has no cyclomatic number; a nested one has no cognitive one by rule."""
    return pair.old is not None and before is None and pair.old.function.cyclomatic is None


def _excused(drafts: list[Draft], lineage: Lineage, metric: str, settings: Settings) -> dict[int, Excuse]:
    suspects = {n: draft for n, draft in enumerate(drafts) if draft.status in {Status.INTRODUCED, Status.WORSENED}}
    if not suspects or settings.gate != Gate.INTRODUCED:
        return {}
    limit = settings.limits[metric].limit
    found = excuses(
        [
            Suspect(d.pair.new, excess(d.value, limit, metric), excess(d.before, limit, metric))
            for d in suspects.values()
        ],
        _sources(lineage, metric, settings),
    )
    numbers = list(suspects)
    return {numbers[n]: excuse for n, excuse in found.items()}


def _sources(lineage: Lineage, metric: str, settings: Settings) -> list[Source]:
    limit = settings.limits[metric].limit
    sources = []
    for old, new in predecessors(lineage):
        value = value_of(old.function, metric, settings)
        new_value = value_of(new.function, metric, settings) if new else None
        if value is None or (new_value is not None and growth(value, new_value, metric) >= 0):
            continue
        if new is not None and new_value is None and new.function.cyclomatic is None:
            continue  # not measured, which is not the same as fallen
        sources.append(Source(old, value, new_value, excess(value, limit, metric), excess(new_value, limit, metric)))
    return sources


def _finding(draft: Draft, excuse: Excuse | None, settings: Settings) -> Finding:
    function = draft.pair.new.function
    why_not = draft.why_not or why_not_blocking(
        draft.status,
        (draft.before, draft.value),
        draft.metric,
        settings,
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
        level=settings.limits[draft.metric].level,
        status=draft.status,
        blocking=why_not is None,
        why_not=why_not,
    )


def _in_words(excuse: Excuse) -> str:
    source = excuse.sources[0]
    now = "gone now" if source.new_value is None else f"{source.new_value:g} now"
    others = f" and {len(excuse.sources) - 1} more" if len(excuse.sources) > 1 else ""
    return (
        f"its code came out of {source.place.function.symbol} ({source.value:g} before, {now}){others}: no worse in all"
    )
