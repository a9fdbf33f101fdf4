"""A record as one row of a CSV file, which grows by one each run (RFC 4180, but for the line's end)."""

import csv
from typing import Final

from antipasta_hook.model import FileStatus, Status
from antipasta_hook.report.words import printable
from antipasta_hook.telemetry.document import iso
from antipasta_hook.telemetry.record import Circumstances, Record

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_STAGES: Final = ("changes", "settings", "significance", "plan", "analyse", "verdict", "blame")
_NOBODY: Final = Circumstances("", 0, "", "", "", "", "", "")


def header() -> str:
    """The first line: the names of the columns."""
    return _line(list(_cells(Record(_NOBODY, "", 0, 0))))


def row(record: Record) -> str:
    """One line of values."""
    return _line(list(_cells(record).values()))


def _cells(record: Record) -> dict[str, object]:
    about, usage = record.circumstances, record.usage
    return {
        "run_id": about.run_id,
        "ended": iso(about.when),
        "version": about.version,
        "python": about.python,
        "command": about.command,
        "scope": about.scope,
        "repository": about.repository,
        "outcome": record.outcome,
        "exit_code": record.code,
        "duration_ms": round(record.took_ms, 1),
        "budget_ms": record.limit_ms,
        **{f"{stage}_ms": round(record.stages_ms.get(stage, 0), 1) for stage in _STAGES},
        "files": record.looked_at,
        **{f"files_{status}": record.files.get(status, 0) for status in FileStatus},
        "functions": record.functions,
        **{f"findings_{status}": record.findings.get(status, 0) for status in Status},
        "blocking": record.blocking,
        "problems": sum(record.problems.values()),
        "cache_hits": record.hits,
        "cache_misses": record.misses,
        "cache_bytes_read": record.bytes_read,
        "cache_bytes_written": record.bytes_written,
        "measured": record.measured,
        "lanes": len(record.busy_ms),
        "ranked": record.ranked,
        "selected": record.selected,
        "cpu_ms": round(usage.cpu_ms),
        "children_cpu_ms": round(usage.children_cpu_ms),
        "peak_bytes": usage.peak_bytes,
        "children_peak_bytes": usage.children_peak_bytes,
    }


def _line(cells: list[object]) -> str:
    text = _Text()
    csv.writer(text, lineterminator="\n").writerow(map(_plain, cells))
    return "".join(text)


class _Text(list[str]):
    """Takes what is written."""

    write = list.append


def _plain(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula, and that is one line."""
    if not isinstance(cell, str):
        return cell
    text = printable(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
