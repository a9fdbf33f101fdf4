"""The loop between what the verdict still needs and what can be had, as long as there is time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.analyse.bench import Amount, Bench, Want
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.deadline import NO_DEADLINE, Deadline
from antipasta_hook.analyse.work import Work
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Change, ChangeSet, Measurement
from antipasta_hook.plan import Deferral, Pace, Plan, plan
from antipasta_hook.verdict import Needs, is_small, judged_changes, needs, needs_old_side

if TYPE_CHECKING:
    from antipasta_hook.analyse.course import Tell
    from antipasta_hook.analyse.sources import Suspects
    from antipasta_hook.plan import Candidate

_REPORT_MS: Final = 40.0
_REPORT_A_CHANGE_MS: Final = 0.01
_REPORT_A_FUNCTION_MS: Final = 0.015
_LISTING_A_CHANGE_MS: Final = 0.02
_LISTING_A_BLOB_MS: Final = 0.1
_KEEP_MS: Final = 0.03
_KEEP_A_FUNCTION_MS: Final = 0.004
"""Kept back for the verdict and the report: at all, for each change and each function that is known; more where all of
them are listed; and for each blob that the cache gets, and its functions."""
_SOURCES: Final = 0.08
_SOURCES_A_CHANGE_MS: Final = 0.04
_SOURCES_A_FUNCTION_MS: Final = 0.006
"""Kept back besides, while the selection is measured, to find where functions came from: a share of the budget, what it
takes to look through each change, and to find the suspects among the functions."""
_MOST_SOURCES: Final = 0.25
"""The share that is kept back for looking at most: nearly always nothing has to be looked for."""
_MOST_STRAIN: Final = 3.0


class Means(NamedTuple):
    """What an analysis may use: time, and others that help; by default all the time there is, and nobody.

    ``in_detail``: all that is measured will be listed, for which some time is kept back. ``tell`` is called as it goes
    on.
    """

    deadline: Deadline = NO_DEADLINE
    crew: Crew | None = None
    in_detail: bool = False
    tell: "Tell | None" = None


NO_LIMIT: Final = Means()


class Reading:
    """One analysis in progress."""

    def __init__(self, changeset: ChangeSet, settings: Settings, bench: Bench, means: Means = NO_LIMIT) -> None:
        self._changeset = changeset
        self._settings = settings
        self._bench = bench
        self._deadline = means.deadline
        self._in_detail = means.in_detail
        self._crew = means.crew or Crew(0)
        self._work = Work(bench, self._crew, means.tell)
        self._strain = min(max(1.0, means.deadline.strain), _MOST_STRAIN)
        self._looked_through: set[str] = set()
        self._looked_for: set[bytes] = set()
        self._in_doubt: set[bytes] = set()
        self._changes = sum(len(comparison.changes) for comparison in changeset.comparisons)
        olds = (c for comparison in changeset.comparisons for c in comparison.changes if c.before and not c.skip)
        self._sources = sum(1 for _ in olds)

    def carry_out(self, planned: Plan) -> None:
        """Measure what is to be measured now, each new side with the old ones that it needs, and then more if possible.

        What is left out is deferred, with the reason.
        """
        rest, left = planned, self._deadline.left_ms
        estimated = 0.0
        while rest.now and not self._select(rest.now):
            estimated += sum(candidate.estimate_ms for candidate in rest.now)
            rest = self._more(rest.later, spent_ms=left - self._deadline.left_ms, estimated_ms=estimated)
        reasons = {deferral.candidate.change.path: deferral.reason for deferral in rest.later}
        for change in judged_changes(self._changeset):
            for want in _new_side(change):
                self._bench.defer(want, reasons.get(change.path, self._deadline.reason))

    def complete(self) -> None:
        """Measure what the verdict needs besides; of what there is no time for, say so."""
        while (wanted := self._needs()) != Needs():
            wants = [Want(oid, wanted.even_generated) for oid in wanted.blobs]
            for want in self._work.do(wants, self._left):
                self._bench.defer(want, self._deadline.reason)
            if wanted.sources:
                self._find_sources(wanted)

    def keep(self) -> None:
        """Put what is new into the cache, as far as there is time: what was measured first is what matters most."""
        fresh = self._bench.fresh
        if fresh.blobs:
            share = self._left_without_keeping() / (self._strain * _keeping_ms(fresh))
            self._bench.keep(int(min(1.0, max(0.0, share)) * fresh.blobs))

    @property
    def cleared(self) -> frozenset[bytes]:
        """The bodies of functions that were looked for, and came from nothing that there was no time for."""
        return frozenset(self._looked_for - self._in_doubt)

    def _needs(self) -> Needs:
        return needs(self._changeset, self._bench.measured, self._settings, self._looked_through)

    def _left(self) -> float:
        """Milliseconds for measuring: what is found has yet to be judged, reported and kept."""
        return self._left_without_keeping() - self._strain * _keeping_ms(self._bench.fresh)

    def _left_without_keeping(self) -> float:
        blobs, functions = self._bench.known
        listing = _LISTING_A_CHANGE_MS * self._changes + _LISTING_A_BLOB_MS * blobs if self._in_detail else 0
        report = _REPORT_MS + _REPORT_A_CHANGE_MS * self._changes + _REPORT_A_FUNCTION_MS * functions
        return self._deadline.left_ms - self._strain * (report + listing)

    def _left_for_selection(self) -> float:
        limit = self._deadline.limit_ms or 0
        looking = _SOURCES_A_CHANGE_MS * self._sources + _SOURCES_A_FUNCTION_MS * self._bench.known.functions
        return self._left() - min(self._strain * looking, _MOST_SOURCES * limit) - _SOURCES * limit

    def _select(self, candidates: "Sequence[Candidate]") -> list[Want]:
        """Measure some candidates; gives what there was no time for."""
        wants = [want for candidate in candidates for want in _new_side(candidate.change)]
        grace = _SOURCES * (self._deadline.limit_ms or 0) / 2
        return self._work.do(wants, self._left_for_selection, self._old_sides, grace)

    def _more(self, later: Sequence[Deferral], *, spent_ms: float, estimated_ms: float) -> Plan:
        """What there is time for after all, by the pace so far."""
        lanes = self._crew.size if self._crew.is_called else 1
        factor = spent_ms * lanes / estimated_ms if estimated_ms else 1.0
        order = [deferral.candidate for deferral in later]
        return plan(order, self._left_for_selection(), self._deadline.reason, Pace(factor, lanes))

    def _old_sides(self, oid: str) -> Iterator[Want]:
        """The old sides that are needed now that a new side is known."""
        for change, always in self._by_new_side[oid]:
            if always or needs_old_side(change, self._bench.measured, self._settings):
                yield from _old_side(change)

    @cached_property
    def _by_new_side(self) -> defaultdict[str, list[tuple[Change, bool]]]:
        """Where each new side is compared, and whether its old side is needed whatever it holds."""
        judged = {change.path for change in judged_changes(self._changeset)}
        table: defaultdict[str, list[tuple[Change, bool]]] = defaultdict(list)
        for number, comparison in enumerate(self._changeset.comparisons):
            always = number == 0 and (self._changeset.whole or is_small(comparison))
            for change in comparison.changes:
                if change.after is not None and change.path in judged:
                    table[change.after.oid].append((change, always))
        return table

    def _find_sources(self, wanted: Needs) -> None:
        """Measure both sides of the changes that really give lines to a suspect; the others are set aside.

        Where there is no time for that, it is in doubt where the suspect came from.
        """
        given = self._given(wanted)
        givers = [change for change in wanted.sources if given[change]]
        undone = self._measure_both_sides(givers)
        for change in givers:
            if not undone.isdisjoint(_sides(change)):
                self._in_doubt.update(wanted.suspects[number] for number in given[change])

    def _measure_both_sides(self, changes: Sequence[Change]) -> set[str]:
        """Gives what there was no time for, or no memory, which is deferred."""
        wants = list(dict.fromkeys(want for change in changes for want in (*_old_side(change), *_new_side(change))))
        for want in self._work.do(wants, self._left):
            self._bench.defer(want, self._deadline.reason)
        return {want.oid for want in wants if self._bench.is_deferred(want.oid)}

    def _given(self, wanted: Needs) -> dict[Change, Collection[int]]:
        """To which suspects each change may have given lines; what gave none to any is set aside."""
        from antipasta_hook.analyse.sources import Suspects

        self._looked_for.update(wanted.suspects)
        suspects = Suspects(wanted.suspects)
        given: dict[Change, Collection[int]] = {}
        gives: dict[str, bool] = {}
        for change in wanted.sources:
            given[change] = self._lines_given(change, suspects) if self._left() > 0 else range(len(wanted.suspects))
            for oid in _sides(change):
                gives[oid] = gives.get(oid, False) or bool(given[change])
        for oid, is_giver in gives.items():
            self._bench.settle_source(oid, given=is_giver)
        self._looked_through.update(change.before.oid for change in wanted.sources if change.before)
        return given

    def _lines_given(self, change: Change, suspects: "Suspects") -> Collection[int]:
        before, after = (self._bench.read(side.oid) if side else b"" for side in (change.before, change.after))
        if isinstance(before, Measurement) or isinstance(after, Measurement):
            return suspects.all
        return suspects.given_by(before, after)


def _keeping_ms(fresh: Amount) -> float:
    return _KEEP_MS * fresh.blobs + _KEEP_A_FUNCTION_MS * fresh.functions


def _new_side(change: Change) -> Iterator[Want]:
    if change.after is not None:
        yield Want(change.after.oid, change.included)


def _old_side(change: Change) -> Iterator[Want]:
    """What a file was counts, whatever it said of itself; nothing comes out of one that still is what it was."""
    if change.before is not None and not change.is_of_one_blob:
        yield Want(change.before.oid, even_generated=True)


def _sides(change: Change) -> list[str]:
    """The ids of the blobs that there are."""
    return [side.oid for side in (change.before, change.after) if side is not None]
