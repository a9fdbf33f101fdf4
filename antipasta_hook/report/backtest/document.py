"""A backtest as one JSON document, schema_version 1; docs/backtest.md describes it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from antipasta_hook import __version__
from antipasta_hook.model import Finding
from antipasta_hook.model.backtest import Backtest, LimitTable, Question, Replayed
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.words import with_bytes_escaped

SCHEMA_VERSION = 1


def render(found: Backtest, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write all of it, with every commit that would have been stopped."""
    lost = {with_bytes_escaped(reason): blobs for reason, blobs in found.blobs.lost}
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "antipasta-hook", "version": __version__},
        "question": _question(found.question),
        "head": found.head,
        "settings": with_bytes_escaped(found.settings),
        "complete": found.complete,
        "commits": found.commits._asdict(),
        "merges": found.merges._asdict(),
        "firsts": None if found.firsts is None else found.firsts._asdict(),
        "left_out": [{"reason": with_bytes_escaped(reason), "commits": commits} for reason, commits in found.left_out],
        "in_part": [{"reason": with_bytes_escaped(reason), "commits": commits} for reason, commits in found.in_part],
        "stops": [stop._asdict() for stop in found.stops],
        "functions": [
            {
                "path": with_bytes_escaped(each.path),
                "symbol": with_bytes_escaped(each.symbol),
                "commits": each.commits,
                "values": {metric: _number(value) for metric, value in each.values},
            }
            for each in found.functions
        ],
        "limits": _limits(found.limits),
        "stopped": [_commit(commit) for commit in found.stopped],
        "problems": [with_bytes_escaped(problem) for problem in found.problems],
        "blobs": {"measured": found.blobs.measured, "known": found.blobs.known, "lost": lost},
        "seconds": round(found.seconds, 2),
    }
    return json.dumps(document, indent=2) + "\n"


def _question(question: Question) -> Mapping[str, Any]:
    moment = None if question.moment is None else _time(question.moment)
    return {
        "last": question.last,
        "since": question.since and with_bytes_escaped(question.since),
        "moment": moment,
        "own": question.own,
    }


def _limits(table: LimitTable) -> Mapping[str, Any]:
    return {
        "cyclomatic": [_number(limit) for limit in table.cyclomatic],
        "cognitive": [_number(limit) for limit in table.cognitive],
        "stopped": [list(row) for row in table.stopped],
        "in_force": [_number(limit) for limit in table.in_force],
    }


def _commit(commit: Replayed) -> Mapping[str, Any]:
    return {
        "commit": commit.oid,
        "time": _time(commit.time),
        "subject": with_bytes_escaped(commit.subject),
        "merge": commit.is_merge,
        "first": commit.is_first,
        "findings": [_finding(stop) for stop in commit.stops],
    }


def _time(seconds: int) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None


def _finding(stop: Finding) -> Mapping[str, Any]:
    numbers = {name: _number(getattr(stop, name)) for name in ("value", "before", "limit")}
    return {
        "path": with_bytes_escaped(stop.path),
        "line": stop.line,
        "symbol": stop.symbol and with_bytes_escaped(stop.symbol),
        "metric": stop.metric,
        **numbers,
        "status": stop.status,
    }


def _number(value: float | None) -> float | None:
    """Whole numbers without a fraction, as they are counted."""
    return int(value) if value is not None and value == int(value) else value
