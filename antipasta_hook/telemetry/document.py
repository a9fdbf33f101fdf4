"""A record as JSON: one document a run; its schema is docs/stats.schema.json."""

import json
from datetime import UTC, datetime
from typing import Any

from antipasta_hook.report.words import with_bytes_escaped
from antipasta_hook.telemetry.record import Record

SCHEMA_VERSION = 1


def document(record: Record) -> dict[str, Any]:
    """The record with names and units that stay; times in milliseconds, sizes in bytes."""
    about, usage, significance = record.circumstances, record.usage, record.significance
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": about.run_id,
        "ended": iso(about.when),
        "tool": {"name": "antipasta-hook", "version": about.version, "python": about.python},
        "command": about.command,
        "scope": about.scope,
        "why": with_bytes_escaped(about.why),
        "repository": with_bytes_escaped(about.repository),
        "outcome": record.outcome,
        "exit_code": record.code,
        "duration_ms": round(record.took_ms, 1),
        "budget_ms": record.limit_ms,
        "stages_ms": {stage: round(took, 1) for stage, took in record.stages_ms.items()},
        "files": {"looked_at": record.looked_at, **record.files},
        "functions": record.functions,
        "findings": dict(record.findings),
        "blocking": record.blocking,
        "problems": dict(record.problems),
        "cache": {
            "hits": record.hits,
            "misses": record.misses,
            "bytes_read": record.bytes_read,
            "bytes_written": record.bytes_written,
        },
        "measured": {
            "files": record.measured,
            "executor": record.executor,
            "busy_ms": {str(lane): round(busy, 1) for lane, busy in record.busy_ms.items()},
            "slowest": [
                {"path": with_bytes_escaped(each.path), "blob": each.blob, "ms": round(each.took_ms, 1)}
                for each in record.slowest
            ],
        },
        "sampling": {"ranked": record.ranked, "selected": record.selected, "deferred": record.deferred},
        "significance": significance._asdict(),
        "usage": {name: round(value, 1) for name, value in usage._asdict().items()},
    }


def render(record: Record) -> str:
    """The document as text."""
    return json.dumps(document(record), indent=2) + "\n"


def iso(when: float) -> str:
    """A time in seconds since 1970 as ISO 8601 writes it, in UTC, to the millisecond."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
