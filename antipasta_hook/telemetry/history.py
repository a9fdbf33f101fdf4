"""What the runs that are over come to: how long they took, how often they blocked, what was left for later."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Any, Final, NamedTuple

from antipasta_hook.model import NOT_JUDGED, Outcome, Run
from antipasta_hook.report.words import count
from antipasta_hook.telemetry.document import iso

SCHEMA_VERSION: Final = 1
_NAMES: Final = {
    "staged": "commit",
    "push": "push",
    "ci": "CI",
    "range": "range",
    "tree": "whole tree",
    "worktree": "check",
}
"""What people call what was judged, in the order in which it is told."""


class Summary(NamedTuple):
    """The runs of one scope. Times are in milliseconds, from the process's start.

    ``blocked`` ended in a verdict that blocks, ``unjudged`` in none or in an incomplete one that was not only late,
    ``late`` left ``deferred`` files for later. ``hits`` and ``misses`` are of the cache.
    """

    scope: str
    runs: int
    median_ms: float
    p95_ms: float
    longest_ms: float
    blocked: int
    unjudged: int
    late: int
    deferred: int
    hits: int
    misses: int

    @property
    def hit_rate(self) -> float | None:
        """The share of the files that the cache knew, 0 to 1; None where it was asked for none."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None


def hit_rate(runs: Sequence[Run]) -> float | None:
    """The share of the files that the cache knew in all of these, 0 to 1; None where it was asked for none."""
    hits = sum(run.hits for run in runs)
    asked = hits + sum(run.misses for run in runs)
    return hits / asked if asked else None


def summaries(runs: Iterable[Run]) -> list[Summary]:
    """One for each scope of which there are runs."""
    by_scope: defaultdict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_scope[run.scope].append(run)
    return [_summary(scope, by_scope[scope]) for scope in _NAMES if scope in by_scope]


def percentile(values: Sequence[float], share: float) -> float:
    """The least of these values that so large a share of them does not exceed (the nearest-rank method)."""
    return sorted(values)[max(0, ceil(len(values) * share) - 1)]


def _summary(scope: str, runs: Sequence[Run]) -> Summary:
    took = [run.took_ms for run in runs]
    late = [run for run in runs if run.deferred]
    return Summary(
        scope,
        len(runs),
        percentile(took, 0.5),
        percentile(took, 0.95),
        max(took),
        blocked=sum(run.outcome == Outcome.FAIL for run in runs),
        unjudged=sum(map(_is_unjudged, runs)),
        late=len(late),
        deferred=sum(run.deferred for run in late),
        hits=sum(run.hits for run in runs),
        misses=sum(run.misses for run in runs),
    )


def _is_unjudged(run: Run) -> bool:
    return run.outcome == NOT_JUDGED or (run.outcome == Outcome.INCOMPLETE and (run.unread > 0 or not run.deferred))


def lines(runs: Sequence[Run]) -> Iterator[str]:
    """For people: a table, a row for each scope, and what stands out."""
    if not runs:
        yield "no runs are kept yet: each commit, push and CI run in this repository adds one"
        return
    first, last = (iso(when)[:10] for when in (min(run.when for run in runs), max(run.when for run in runs)))
    yield f"the latest {count(len(runs), 'run')} in this repository on this machine, {first} to {last}"
    found = summaries(runs)
    rows = [_HEADER, *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        padded = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield "  ".join([name.ljust(widths[0]), *padded]).rstrip()
    yield from filter(None, map(_remark, found))


_HEADER: Final = ("", "runs", "p50", "p95", "longest", "blocked", "not judged", "left for later", "cache knew")


def _row(summary: Summary) -> tuple[str, ...]:
    rate = summary.hit_rate
    return (
        _NAMES[summary.scope],
        f"{summary.runs:,}",
        *(_seconds(took) for took in (summary.median_ms, summary.p95_ms, summary.longest_ms)),
        _share(summary.blocked, summary.runs),
        _share(summary.unjudged, summary.runs),
        f"{count(summary.deferred, 'file')}, {count(summary.late, 'run')}" if summary.late else "-",
        "-" if rate is None else f"{rate:.0%}",
    )


def _seconds(took_ms: float) -> str:
    return f"{took_ms / 1000:.2f} s"


def _share(number: int, of: int) -> str:
    return f"{number:,} ({number / of:.0%})" if number else "-"


_OFTEN: Final = 0.05
_MANY: Final = 20


def _remark(summary: Summary) -> str:
    """What there is to do about what stands out; nothing of a few runs."""
    if summary.runs < _MANY or summary.scope not in {"staged", "push"}:
        return ""
    name = _NAMES[summary.scope]
    if summary.late / summary.runs > _OFTEN:
        return f"a {name} often leaves files for later: a warm cache helps (cache warm), or a larger budget"
    if summary.unjudged / summary.runs > _OFTEN:
        return f"a {name} often cannot be judged: antipasta-hook last says why"
    return ""


def document(runs: Sequence[Run]) -> dict[str, Any]:
    """The same for programs."""
    scopes = [
        {
            **{name: round(value, 1) if isinstance(value, float) else value for name, value in each._asdict().items()},
            "hit_rate": each.hit_rate,
        }
        for each in summaries(runs)
    ]
    return {"schema_version": SCHEMA_VERSION, "runs": len(runs), "scopes": scopes}
