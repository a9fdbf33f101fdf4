"""What a run costs: kept while it goes on, and added up at its end."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from antipasta_hook.analyse.run import Analysis
from antipasta_hook.model import Clocked, Cost, Effort, Measuring, Problem, Span

if TYPE_CHECKING:
    from antipasta_hook.analyse.crew import Crew
    from antipasta_hook.analyse.ranking import Ranked
    from antipasta_hook.cache import Store
    from antipasta_hook.plan import Plan


class Ledger:
    """``started`` is the process's start on ``time.perf_counter``'s clock, from which all counts.

    ``watch`` may be set: it is called with each step as it ends. ``remarks`` are what a person has to be told that is
    no part of the verdict; ``limit_ms`` the time that the run has, None where there is no end.
    """

    def __init__(self, started: float) -> None:
        self.limit_ms: float | None = None
        self.remarks: list[Problem] = []
        self.watch: Callable[[Span], None] | None = None
        self.started = started
        self._spans: list[Span] = []
        self._analyses: list[Analysis] = []
        self._stores: list[Store] = []
        self._ranked = self._selected = 0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """A step; a stage may have several, whose times are added up."""
        begun = self._now_ms()
        try:
            yield
        finally:
            span = Span(stage, begun, self._now_ms() - begun)
            self._spans.append(span)
            if self.watch is not None:
                self.watch(span)

    def opened(self, store: "Store") -> "Store":
        """A store is used, too."""
        self._stores.append(store)
        return store

    def planned(self, order: "tuple[Ranked, ...] | None", plan: "Plan | None") -> None:
        """How many files were put in order for lack of time, and how many of them are to be measured."""
        self._ranked += len(order or ())
        self._selected += len(plan.now) if plan is not None else 0

    def analysed(self, analysis: Analysis) -> None:
        """Something was analysed."""
        self._analyses.append(analysis)

    def cost(self, crew: "Crew") -> Cost:
        """All of it, until now."""
        spent = self._now_ms()
        hits, misses = (sum(getattr(each, name) for each in self._analyses) for name in ("hits", "misses"))
        problems = filter(None, (each.cache_problem for each in self._analyses))
        remarks = dict.fromkeys([*self.remarks, *crew.remarks, *problems])
        timings = (("total", spent), *self._timings().items())
        return Cost(self.limit_ms, spent, hits, misses, timings, tuple(remarks), self._effort())

    def _timings(self) -> dict[str, float]:
        timings: dict[str, float] = {}
        for span in self._spans:
            timings[span.name] = timings.get(span.name, 0.0) + span.took_ms
        return timings

    def _effort(self) -> Effort:
        measured = (self._measuring(blob, each, of.paths) for of in self._analyses for blob, each in of.clocked)
        read, written = (sum(getattr(store, f"bytes_{way}") for store in self._stores) for way in ("read", "written"))
        return Effort(tuple(self._spans), tuple(measured), self._ranked, self._selected, read, written)

    def _measuring(self, blob: str, clocked: Clocked, paths: Mapping[str, str]) -> Measuring:
        begun, took, lane = clocked
        return Measuring(blob, lane, (begun - self.started) * 1000, took * 1000, paths.get(blob, ""))

    def _now_ms(self) -> float:
        return (time.perf_counter() - self.started) * 1000
