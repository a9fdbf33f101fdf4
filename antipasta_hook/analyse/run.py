"""Measure what a change needs: first what the plan selects, then whatever the verdict asks for besides."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.candidates import is_granted
from antipasta_hook.analyse.deadline import NO_DEADLINE
from antipasta_hook.analyse.reading import NO_LIMIT, Means, Reading
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import ChangeSet, Clocked, FileStatus, Measurement, Problem
from antipasta_hook.plan import Plan

_NOWHERE: Final[Mapping[str, str]] = MappingProxyType({})


class Analysis(NamedTuple):
    """What became of every blob that was needed, by blob id, and how the cache did.

    ``cleared`` are the bodies of functions that were looked for, and came from no file which there was no time for;
    ``clocked`` are the blobs that were measured, and how long each took; ``paths`` where they stand, if that is known.
    """

    measured: dict[str, Measurement]
    hits: int
    misses: int
    cache_problem: Problem | None
    cleared: frozenset[bytes] = frozenset()
    clocked: tuple[tuple[str, Clocked], ...] = ()
    paths: Mapping[str, str] = _NOWHERE

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
    counts = (bench.hits, bench.misses, bench.cache_problem)
    return Analysis(bench.measured, *counts, reading.cleared, tuple(bench.clocked))
