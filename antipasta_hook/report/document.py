"""The JSON document, schema_version 1; its schema is docs/report.schema.json."""

import json
from collections.abc import Mapping
from typing import Any

from antipasta_hook import __version__
from antipasta_hook.model import (
    FILE_METRICS,
    FUNCTION_METRICS,
    Extent,
    FileMetrics,
    FileOutcome,
    FileStatus,
    Finding,
    FunctionMetrics,
    Problem,
    Report,
)
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.words import with_bytes_escaped

SCHEMA_VERSION = 1


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write the changed, unmeasured and newly skipped files, and of each the functions that changed or are over.

    ``full``: every file that was looked at, and every function of each.
    """
    verdict, cost = report
    problems_of_files = (file.problem for file in verdict.files)
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "antipasta-hook", "version": __version__},
        "scope": {"kind": verdict.scope.kind, "base": verdict.scope.base, "target": verdict.scope.target},
        "verdict": verdict.outcome,
        "findings": [_finding(finding) for finding in verdict.findings],
        "files": [_file(file, full=full) for file in verdict.files if full or not _is_unchanged(file)],
        "problems": [_problem(problem) for problem in (*verdict.problems, *filter(None, problems_of_files))],
        "budget": {"limit_ms": cost.limit_ms, "spent_ms": round(cost.spent_ms, 1)},
        "cache": {
            "hits": cost.hits,
            "misses": cost.misses,
            "problems": [_problem(remark) for remark in cost.remarks],
        },
        "timings_ms": {stage: round(spent, 1) for stage, spent in cost.timings_ms},
    }
    return _written(document)


def _written(document: Mapping[str, Any]) -> str:
    """A line for each key and each entry of a list: to indent all takes ten times as long, out of the budget."""
    lines = []
    for key, value in document.items():
        is_list = isinstance(value, list) and value
        text = "[\n    " + ",\n    ".join(map(json.dumps, value)) + "\n  ]" if is_list else json.dumps(value)
        lines.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


_FINDING = (
    "path",
    "line",
    "end_line",
    "symbol",
    "metric",
    "value",
    "before",
    "limit",
    "level",
    "status",
    "blocking",
    "why_not",
    "limit_origin",
)


def _finding(finding: Finding) -> Mapping[str, Any]:
    fields = {name: getattr(finding, name) for name in _FINDING}
    texts = {name: _text(getattr(finding, name)) for name in ("path", "symbol", "why_not", "limit_origin")}
    lines = [{"line": each.line, "adds": each.adds, "own": each.own} for each in finding.lines]
    return {
        **fields,
        **texts,
        **_numbers(finding),
        "lines": lines,
    }


def _text(text: str | None) -> str | None:
    """A text, if there is one; half a character is none that JSON could hold."""
    return with_bytes_escaped(text) if text else text


def _numbers(finding: Finding) -> Mapping[str, float | None]:
    return {name: _number(getattr(finding, name)) for name in ("value", "before", "limit")}


def _number(value: float | None) -> float | None:
    """Whole numbers without a fraction, as they are counted."""
    return int(value) if value is not None and value == int(value) else value


def _is_unchanged(file: FileOutcome) -> bool:
    """Whether a file of a census is as it was, where it was, and could be measured."""
    return (
        file.blob == file.before_blob
        and file.old_path is None
        and file.status in {FileStatus.ANALYSED, FileStatus.CACHED}
    )


def _file(file: FileOutcome, *, full: bool) -> Mapping[str, Any]:
    functions = file.metrics.functions if file.metrics else ()
    return {
        "path": with_bytes_escaped(file.path),
        "old_path": _text(file.old_path),
        "blob": file.blob,
        "before_blob": file.before_blob,
        "status": file.status,
        "reason": _text(file.reason),
        "reading": _reading(file),
        "significance": file.significance
        and {
            "score": round(file.significance.score, 3),
            "reasons": [with_bytes_escaped(reason) for reason in file.significance.reasons],
        },
        "metrics": _file_metrics(file.metrics),
        "before_metrics": _file_metrics(file.before_metrics) if file.before_metrics else None,
        "functions": [_function(f) for f in functions if full or (f.symbol, f.line) in file.notable],
    }


def _reading(file: FileOutcome) -> Extent | None:
    """How much of a file that was to be read could be."""
    if file.metrics is not None:
        return file.metrics.extent
    return Extent.UNREAD if file.status == FileStatus.UNREADABLE else None


def _file_metrics(metrics: FileMetrics | None) -> Mapping[str, float | None]:
    if metrics is None:
        return {}
    values = {name: metrics.value(name) for name in FILE_METRICS}
    return {name: _number(value) for name, value in values.items() if value is not None}


def _function(function: FunctionMetrics) -> Mapping[str, Any]:
    values = {name: function.value(name) for name in FUNCTION_METRICS}
    return {
        "symbol": with_bytes_escaped(function.symbol),
        "line": function.line,
        "end_line": function.end_line,
        "assertions": function.assertions,
        **{name: _number(value) for name, value in values.items()},
    }


def _problem(problem: Problem) -> Mapping[str, Any]:
    return {
        "kind": problem.kind,
        "path": _text(problem.path),
        "severity": problem.severity,
        "message": with_bytes_escaped(problem.message),
        "recovery": with_bytes_escaped(problem.recovery),
        "detail": with_bytes_escaped(problem.detail),
    }
