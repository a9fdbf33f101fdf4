"""Measure what a change needs: first what the plan selects, then whatever the verdict asks for besides."""

from typing import NamedTuple

from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.candidates import is_granted
from antipasta_hook.analyse.deadline import NO_DEADLINE
from antipasta_hook.analyse.reading import NO_LIMIT, Means, Reading
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import ChangeSet, FileStatus, Measurement, Problem
from antipasta_hook.plan import Plan


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
    changeset: ChangeSet, settings: Settings, bench: Bench, *, planned: Plan | None = None, means: Means = NO_LIMIT
) -> Analysis:
    """Measure on the bench all that the verdict needs.

    ``planned`` is what comes first where time is short; None where there is enough for all. What there was no time for
    is deferred.
    """
    if planned is None and means.deadline.limit_ms is not None and is_granted(changeset, bench, means.deadline):
        means = means._replace(deadline=NO_DEADLINE)
    reading = Reading(changeset, settings, bench, means)
    if planned is not None:
        reading.carry_out(planned)
    reading.complete()
    reading.keep()
    return Analysis(bench.measured, bench.hits, bench.misses, bench.cache_problem, reading.cleared)
