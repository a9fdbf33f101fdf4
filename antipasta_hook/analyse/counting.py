"""What each file adds to the roll-up of its tree: measured some at a time, and dropped when it is counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.contexts import Ground
from antipasta_hook.analyse.course import Step
from antipasta_hook.analyse.reading import Means
from antipasta_hook.analyse.run import analyse
from antipasta_hook.model import (
    Aside,
    AsideKind,
    Change,
    ChangeSet,
    Clocked,
    Comparison,
    FileMetrics,
    FileStatus,
    Finding,
    Measurement,
    Reading,
    RollUp,
    Scope,
    ScopeKind,
    Tally,
)
from antipasta_hook.verdict import has_excess, judge
from antipasta_hook.verdict.census import counted, total
from antipasta_hook.verdict.sides import known_after

if TYPE_CHECKING:
    from antipasta_hook.cache import Store
    from antipasta_hook.changes import Entry

MEASURED_AT_A_TIME: Final = 1_000
"""Files; what is measured of them is held until they are counted."""
_SCOPE: Final = Scope(ScopeKind.TREE, None)


class Node:
    """A tree at its path, put together from its files and the trees in it, unless all of it is known (``is_kept``).

    ``before`` is the tree that the base has there, if any.
    """

    def __init__(self, path: str, tree: str, before: str | None = None) -> None:
        self.path = path
        self.tree = tree
        self.before = before
        self.is_kept = False
        self.is_certain = True
        self.files: list[Entry] = []
        self.inner: list[tuple[str, Node]] = []
        self.rollup = RollUp()
        self.tallies: list[Tally] = []
        self.findings: list[Finding] = []
        self.asides: list[Aside] = []

    def below(self, name: str) -> str:
        """The path of what stands in it."""
        return f"{self.path}/{name}" if self.path else name

    def enter(self, name: str, tree: str, before: str | None = None) -> None:
        """A tree in it is to be looked into as well."""
        self.inner.append((name, Node(self.below(name), tree, before)))

    def begin_with(self, rollup: RollUp, apart: Iterable[tuple[str, str]]) -> None:
        """What is known already: a roll-up without the trees in ``apart``, which are to be looked into."""
        self.tallies, self.findings, self.asides = [rollup.tally], [*rollup.findings], [*rollup.asides]
        for name, tree in apart:
            self.enter(name, tree)


class Counting:
    """Counts the files of trees.

    ``unsettled`` is what became of blobs that may be otherwise tomorrow, by id; ``clocked`` are those that were
    measured, and how long each took, ``paths`` says where they stand.
    """

    def __init__(self, ground: Ground, means: Means, store: "Store | None") -> None:
        self.unsettled: Final[dict[str, Measurement]] = {}
        self.clocked: Final[list[tuple[str, Clocked]]] = []
        self.paths: Final[dict[str, str]] = {}
        self.hits = 0
        self.misses = 0
        self._ground = ground
        self._means = means._replace(tell=self._tell) if means.tell else means
        self._told = means.tell
        self._wanted = self._counted = 0
        self._store = store

    def count(self, nodes: Sequence[Node]) -> None:
        """Count the files of these nodes, a number of them at a time; those that are included stand for themselves."""
        self._wanted += sum(len(node.files) for node in nodes)
        waiting: dict[bool, list[tuple[Node, Change]]] = {False: [], True: []}
        for node, change in self._changes(nodes):
            batch = waiting[change.included]
            batch.append((node, change))
            if len(batch) >= MEASURED_AT_A_TIME:
                self._count_all(batch)
                batch.clear()
        for batch in waiting.values():
            self._count_all(batch)

    def _changes(self, nodes: Sequence[Node]) -> Iterator[tuple[Node, Change]]:
        """The files that are to be looked at; the others are put aside."""
        for node in nodes:
            for entry in node.files:
                change = self._ground.marks.mark(Change(node.below(entry.name), entry.blob, entry.blob))
                if change.skip:
                    node.asides.append(Aside(change.path, entry.blob.oid, AsideKind.RULED, change.skip))
                else:
                    yield node, change
            node.files = []

    def _count_all(self, batch: Sequence[tuple[Node, Change]]) -> None:
        if not batch:
            return
        ground = self._ground
        changeset = ChangeSet(_SCOPE, (Comparison(None, tuple(change for _, change in batch)),), whole=True)
        with Bench(ground.blobs, None, lent=self._store) as bench:
            found = analyse(changeset, ground.settings, bench, means=self._means)
        self._counted += len(batch)
        self.clocked.extend(found.clocked)
        self._name(found.clocked, batch)
        self.hits += found.hits
        self.misses += found.misses
        for node, change in batch:
            self._place(node, change, found.measured)
        for node in {id(node): node for node, _ in batch}.values():
            node.tallies = [total(node.tallies)]

    def _name(self, clocked: Iterable[tuple[str, Clocked]], batch: Sequence[tuple[Node, Change]]) -> None:
        """Where the blobs stand that were measured."""
        places = {change.after.oid: change.path for _, change in batch if change.after}
        self.paths.update((oid, places[oid]) for oid, _ in clocked if oid in places)

    def _tell(self, step: Step) -> None:
        """How far all of it has come, not only the files that are measured at the time."""
        done = self._counted + step.done
        if self._told is not None:
            self._told(Step(done, self._wanted, min(1.0, done / max(1, self._wanted))))

    def _place(self, node: Node, change: Change, measured: Mapping[str, Measurement]) -> None:
        """Count one file, or put it aside."""
        oid = change.after.oid if change.after else ""
        known = known_after(change, measured) or measured[oid]
        aside = _aside(change.path, oid, known)
        if aside is not None:
            node.asides.append(aside)
            if aside.kind == AsideKind.UNSETTLED:
                self.unsettled[oid] = known
        elif metrics := known.metrics:
            node.tallies.append(counted(metrics))
            if has_excess(change, measured, self._ground.settings):
                alone = ChangeSet(_SCOPE, (Comparison(None, (change,)),))
                node.findings += judge(alone, measured, self._ground.settings).findings


def _aside(path: str, oid: str, measurement: Measurement) -> Aside | None:
    """What of a file is not simply counted."""
    metrics = measurement.metrics
    if measurement.status == FileStatus.SKIPPED:
        return Aside(path, oid, AsideKind.HIDDEN, measurement.reason or "")
    if metrics is None or metrics.reading == Reading.DEEP:
        return Aside(path, oid, AsideKind.UNSETTLED)
    if metrics.generated:
        return Aside(path, oid, AsideKind.INCLUDED)
    return _broken(path, oid, metrics) if metrics.reading == Reading.BROKEN else None


def _broken(path: str, oid: str, metrics: FileMetrics) -> Aside:
    message, line = metrics.error or ("", None)
    return Aside(path, oid, AsideKind.BROKEN, message, line, metrics.lines)
