"""The findings of one comparison that concern whole files: what could not be read, and file metrics over a limit."""

import sys
from collections.abc import Mapping

from antipasta_hook.config.settings import Criteria, Settings
from antipasta_hook.model import (
    COGNITIVE,
    SYNTAX,
    Change,
    Comparison,
    FileMetrics,
    Finding,
    Gate,
    Level,
    Measurement,
    Reading,
    Status,
)
from antipasta_hook.verdict.gate import why_not_blocking
from antipasta_hook.verdict.limits import file_limits, status_of
from antipasta_hook.verdict.sides import metrics_after, metrics_before


def file_findings(comparison: Comparison, measured: Mapping[str, Measurement], settings: Settings) -> list[Finding]:
    """Judge every file of the comparison that has a new side."""
    findings: list[Finding] = []
    for change in comparison.changes:
        after = metrics_after(change, measured)
        if after is None:
            continue
        criteria = settings.criteria(change.path)
        if after.reading == Reading.BROKEN:
            broken = _broken(change, after, measured, criteria)
            findings += [broken, *_of_lines(broken, after, criteria)]
            continue
        findings += _half_read(change, after, criteria)
        if after.reading == Reading.FULL:
            findings += _over_limits(change, after, measured, criteria)
    return findings


def _broken(change: Change, after: FileMetrics, measured: Mapping[str, Measurement], criteria: Criteria) -> Finding:
    """A true syntax error blocks if the file is new or could be read before, unless the settings only want it said."""
    finding = _about(change, after, SYNTAX, Status.INTRODUCED)._replace(level=criteria.unreadable)
    if criteria.unreadable != Level.ERROR:
        finding = finding._replace(blocking=False, why_not="a warning: what cannot be read does not block")
    if change.before is None:
        return finding
    before = metrics_before(change, measured)
    if before is None:
        return finding._replace(
            status=Status.UNJUDGED, blocking=False, why_not="its old version could not be looked at"
        )
    if before.reading == Reading.BROKEN:
        blocking = finding.blocking and criteria.gate == Gate.ALL
        return finding._replace(
            status=Status.EXISTING, blocking=blocking, why_not=None if blocking else "could not be read before either"
        )
    return finding


def _of_lines(broken: Finding, after: FileMetrics, criteria: Criteria) -> list[Finding]:
    """Name each limit of whole files that cannot be held against one of which there are but lines."""
    status = Status.EXISTING if broken.status == Status.EXISTING else Status.UNJUDGED
    named = broken._replace(status=status, level=Level.WARNING, blocking=False, why_not=_why(after))
    return [named._replace(metric=metric) for metric in file_limits(criteria)]


def _why(after: FileMetrics) -> str:
    return after.error.message if after.error else "it could not be measured"


def _half_read(change: Change, after: FileMetrics, criteria: Criteria) -> list[Finding]:
    """Name each metric that has a limit and could not be had: no tree gives cognitive complexity alone, if that.

    Physical lines can be had, and are not judged: they need not be those that a parser would count.
    """
    missing = [metric for metric in criteria.limits if not _was_had(after, metric)]
    if after.reading == Reading.NEWER:
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        why = f"syntax newer than Python {python}, which this hook runs on"
    else:
        why = _why(after)
    unchanged = change.before is not None and change.after is not None and change.before.oid == change.after.oid
    status = Status.EXISTING if unchanged else Status.UNJUDGED
    return [
        _about(change, after, metric, status)._replace(level=Level.WARNING, blocking=False, why_not=why)
        for metric in missing
    ]


def _was_had(after: FileMetrics, metric: str) -> bool:
    return after.cognitive_total is not None if metric == COGNITIVE else after.reading == Reading.FULL


def _about(change: Change, after: FileMetrics, metric: str, status: Status) -> Finding:
    line = (after.error.line if after.error else None) or 1
    return Finding(
        path=change.path,
        line=line,
        end_line=line,
        symbol=None,
        metric=metric,
        value=None,
        before=None,
        limit=None,
        level=Level.ERROR,
        status=status,
        blocking=True,
    )


def _read_in_full(change: Change, measured: Mapping[str, Measurement]) -> FileMetrics | None:
    """What the old side measures, if that can be compared with."""
    before = metrics_before(change, measured)
    return before if before is not None and before.reading == Reading.FULL else None


def _over_limits(
    change: Change, after: FileMetrics, measured: Mapping[str, Measurement], criteria: Criteria
) -> list[Finding]:
    before = _read_in_full(change, measured)
    end_line = max(1, after.raw.loc if after.raw else 1)
    findings = []
    for metric, in_force in file_limits(criteria).items():
        limit = in_force.limit
        value, old = after.value(metric), before.value(metric) if before else None
        if value is None:
            continue
        status = status_of(old, value, limit, metric)
        if status is None:
            continue
        code_changed = change.before != change.after
        why_not = why_not_blocking(status, (old, value), metric, criteria, code_changed=code_changed)
        if change.before is not None and old is None:
            status, why_not = Status.UNJUDGED, "its old version could not be measured"
        finding = _about(change, after, metric, status)
        findings.append(
            finding._replace(
                line=1,
                end_line=end_line,
                value=value,
                before=old,
                limit=limit,
                level=in_force.level,
                blocking=why_not is None,
                why_not=why_not,
                limit_origin=in_force.origin,
            )
        )
    return findings
