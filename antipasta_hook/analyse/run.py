"""Measure what a change needs: first what the plan selects, then whatever the verdict asks for besides."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.candidates import is_trifle
from antipasta_hook.analyse.deadline import NO_DEADLINE
from antipasta_hook.analyse.reading import NO_LIMIT, Means, Reading
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import ChangeSet, FileStatus, Measurement, Problem
from antipasta_hook.plan import Plan

if TYPE_CHECKING:
    from antipasta_hook.cache import Store
    from antipasta_hook.changes import BlobSource


class Analysis(NamedTuple):
    """What became of every blob that was needed, by blob id, and how the cache did.

    ``cleared`` are the bodies of functions that were looked for, and came from no file which there was no time for.
    """

    measured: dict[str, Measurement]
    hits: int
    misses: int
    cache_problem: Problem | None
    cleared: frozenset[bytes] = frozenset()

    @property
    def was_late(self) -> bool:
        """Whether there was no time for something that was needed."""
        return any(each.status == FileStatus.DEFERRED for each in self.measured.values())


def analyse(
    changeset: ChangeSet,
    blobs: "BlobSource",
    settings: Settings,
    open_store: "Callable[[], Store] | None",
    *,
    planned: Plan | None = None,
    means: Means = NO_LIMIT,
) -> Analysis:
    """Measure all that the verdict needs. ``open_store`` None: no cache; else it is called when it first pays.

    ``planned`` is what comes first where time is short; None where there is enough for all. What there was no time for
    is deferred.
    """
    if planned is None and means.deadline.limit_ms is not None and is_trifle(changeset, blobs):
        means = means._replace(deadline=NO_DEADLINE)
    bench = Bench(blobs, open_store)
    reading = Reading(changeset, settings, bench, means)
    try:
        if planned is not None:
            reading.carry_out(planned)
        reading.complete()
        reading.keep()
    finally:
        bench.close()
    return Analysis(bench.measured, bench.hits, bench.misses, bench.cache_problem, reading.cleared)
