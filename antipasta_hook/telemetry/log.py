"""What happens in a run as JSON lines: one event a line, each with the time, its level and the run's id."""

import json
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, Final

from antipasta_hook.model import FileStatus, Finding, Problem, Report, Severity, Span
from antipasta_hook.report.words import with_bytes_escaped
from antipasta_hook.telemetry.decisions import Decision
from antipasta_hook.telemetry.document import document, iso
from antipasta_hook.telemetry.record import Record


class LogLevel(IntEnum):
    """How much an event matters; the names are those of syslog's levels, as Python's."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


_LEVELS: Final = {Severity.NOTICE: LogLevel.INFO, Severity.WARNING: LogLevel.WARNING, Severity.ERROR: LogLevel.ERROR}


class Log:
    """Makes the lines of one run, those of ``least`` level and above."""

    def __init__(self, run_id: str, least: LogLevel) -> None:
        self._run_id = run_id
        self._least = least

    def line(self, when: float, level: LogLevel, event: str, fields: Mapping[str, Any]) -> str:
        """One event, or nothing where it does not matter enough. ``when`` is a time in seconds since 1970."""
        if level < self._least:
            return ""
        told = {name: with_bytes_escaped(value) if isinstance(value, str) else value for name, value in fields.items()}
        head = {"time": iso(when), "level": level.name.lower(), "run_id": self._run_id, "event": event}
        return json.dumps({**head, **told}) + "\n"

    def step(self, when: float, span: Span) -> str:
        """A step has ended."""
        fields = {"stage": span.name, "begun_ms": round(span.begun_ms, 1), "took_ms": round(span.took_ms, 1)}
        return self.line(when, LogLevel.DEBUG, "stage", fields)

    def decided(self, when: float, decision: Decision) -> str:
        """Something was decided."""
        return self.line(when, LogLevel.DEBUG, "decision", decision._asdict())

    def judged(self, when: float, report: Report) -> Iterator[str]:
        """What the report holds that somebody has to know."""
        problems = (*report.verdict.problems, *report.cost.remarks, *(file.problem for file in report.verdict.files))
        yield from (self.problem(when, problem) for problem in problems if problem is not None)
        for file in report.verdict.files:
            if file.status == FileStatus.DEFERRED:
                yield self.line(when, LogLevel.WARNING, "deferred", {"path": file.path, "reason": file.reason})
        yield from (self._finding(when, finding) for finding in report.verdict.findings)

    def problem(self, when: float, problem: Problem) -> str:
        """Something went wrong, or must be known."""
        return self.line(when, _LEVELS[problem.severity], "problem", problem._asdict())

    def ended(self, when: float, record: Record) -> str:
        """The run is over; all that was counted."""
        told = {key: value for key, value in document(record).items() if key not in {"schema_version", "run_id"}}
        return self.line(when, LogLevel.INFO, "run-ended", told)

    def _finding(self, when: float, finding: Finding) -> str:
        names = ("path", "line", "symbol", "metric", "value", "before", "limit", "status", "blocking")
        level = LogLevel.WARNING if finding.blocking else LogLevel.INFO
        return self.line(when, level, "finding", {name: getattr(finding, name) for name in names})
