"""A run in the trace-event format (JSON), which Perfetto and chrome://tracing draw.

The format is Google's "Trace Event Format": complete events (``X``) with begin and length in microseconds, and a track
a lane: this process's own, and one for each that helps it.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from antipasta_hook.model import Report
from antipasta_hook.report.words import with_bytes_escaped
from antipasta_hook.telemetry.record import Circumstances, named

_PROCESS: Final = 1


def render(circumstances: Circumstances, report: Report, code: int) -> str:
    """The steps within the run, and what was measured within the steps; an event a line."""
    events = ",\n".join(json.dumps(event) for event in _events(circumstances, report, code))
    return f'{{"displayTimeUnit": "ms", "traceEvents": [\n{events}\n]}}\n'


def _events(circumstances: Circumstances, report: Report, code: int) -> Iterator[dict[str, Any]]:
    cost = report.cost
    measured = named(report)
    yield _name("process_name", 0, f"antipasta-hook {circumstances.version} {circumstances.run_id}")
    for lane in sorted({0, *(each.lane for each in measured)}):
        yield _name("thread_name", lane, f"worker {lane}" if lane else "pipeline")
    about = {
        "run_id": circumstances.run_id,
        "scope": circumstances.scope,
        "outcome": str(report.verdict.outcome),
        "code": code,
    }
    yield {**_complete(circumstances.command, "run", (0, cost.spent_ms)), "args": about}
    first = min((span.begun_ms for span in cost.effort.spans), default=0.0)
    yield _complete("start", "stage", (0, first))
    for span in cost.effort.spans:
        yield _complete(span.name, "stage", span[1:])
    for each in measured:
        name = with_bytes_escaped(each.path) or each.blob[:12]
        yield _complete(name, "measure", (each.begun_ms, each.took_ms), lane=each.lane, blob=each.blob)


def _complete(name: str, category: str, span: tuple[float, float], *, lane: int = 0, **args: object) -> dict[str, Any]:
    begun, took = (round(ms * 1000, 1) for ms in span)
    place = {"pid": _PROCESS, "tid": lane}
    return {"name": name, "cat": category, "ph": "X", "ts": begun, "dur": took, **place, "args": args}


def _name(what: str, lane: int, name: str) -> dict[str, Any]:
    return {"name": what, "ph": "M", "pid": _PROCESS, "tid": lane, "args": {"name": name}}
