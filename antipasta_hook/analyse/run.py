"""The loop between what the verdict still needs and what can be had from the cache or must be measured."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.changes import MissingBlob, is_lfs_pointer
from antipasta_hook.config.settings import Settings
from antipasta_hook.metrics import engine_fingerprint, is_generated, measure
from antipasta_hook.model import Change, ChangeSet, FileMetrics, FileStatus, Measurement, Problem, Reading
from antipasta_hook.verdict import Needs, needs

if TYPE_CHECKING:
    from antipasta_hook.analyse.sources import Suspects
    from antipasta_hook.cache import Store
    from antipasta_hook.changes import BlobSource

LARGEST_BLOB: Final = 16 * 1024 * 1024
"""Bytes; a larger source is not even read. What the parser can bear is decided later, on its contents."""

STORE_PAYS_FROM: Final = 60_000
"""Bytes of source; fewer are measured sooner than a store is opened."""


class Analysis(NamedTuple):
    """What became of every blob that was needed, by blob id, and how the cache did."""

    measured: dict[str, Measurement]
    hits: int
    misses: int
    cache_problem: Problem | None


def analyse(
    changeset: ChangeSet, blobs: "BlobSource", settings: Settings, open_store: "Callable[[], Store] | None"
) -> Analysis:
    """Measure all that the verdict needs. ``open_store`` None: no cache; else it is called when it first pays."""
    bench = _Bench(blobs, open_store)
    try:
        while (wanted := needs(changeset, bench.measured, settings)) != Needs():
            bench.measure(wanted.blobs, even_generated=wanted.even_generated)
            bench.measure(bench.sources_among(wanted), even_generated=True)
        bench.keep()
    finally:
        bench.close()
    return Analysis(bench.measured, bench.hits, bench.misses, bench.cache_problem)


class _Bench:
    """One analysis in progress: what is known so far, and what of it is new."""

    def __init__(self, blobs: "BlobSource", open_store: "Callable[[], Store] | None") -> None:
        self.measured: dict[str, Measurement] = {}
        self.hits = 0
        self.misses = 0
        self._blobs = blobs
        self._open_store = open_store
        self._store: Store | None = None
        self._fresh: dict[str, FileMetrics] = {}

    def measure(self, oids: Iterable[str], *, even_generated: bool) -> None:
        """Find what these blobs measure: in the cache, or by measuring."""
        missing = [oid for oid in dict.fromkeys(oids) if oid not in self.measured]
        cached = self._cached(missing)
        for oid in missing:
            if oid in cached:
                skipped = cached[oid].generated and not even_generated
                self.measured[oid] = _GENERATED if skipped else Measurement(FileStatus.CACHED, cached[oid])
            else:
                self.measured[oid] = self._measured_now(oid, even_generated=even_generated)

    def sources_among(self, wanted: Needs) -> list[str]:
        """Both sides of the possible sources that really give lines to a suspect; the others are set aside."""
        if not wanted.sources:
            return []
        from antipasta_hook.analyse.sources import Suspects

        suspects = Suspects(wanted.suspects)
        gives: dict[str, bool] = {}
        for change in wanted.sources:
            given = self._gives_lines(change, suspects)
            for side in filter(None, (change.before, change.after)):
                gives[side.oid] = gives.get(side.oid, False) or given
        for oid, given in gives.items():
            self._settle(oid, given=given)
        return [oid for oid, given in gives.items() if given]

    def _settle(self, oid: str, *, given: bool) -> None:
        """Set aside what gave nothing; of what nobody can read, whether it gave lines is all there is to know."""
        known = self.measured.get(oid)
        if known is None:
            if not given:
                self.measured[oid] = _NOT_NEEDED
        elif known.metrics is not None and known.metrics.reading in {Reading.BROKEN, Reading.DEEP}:
            status = FileStatus.UNREADABLE if given else FileStatus.SKIPPED
            self.measured[oid] = Measurement(status, known.metrics, known.reason)

    @property
    def cache_problem(self) -> Problem | None:
        """What went wrong with the store, if anything."""
        return self._store.problem if self._store is not None else None

    def keep(self) -> None:
        """Put what is new into the cache."""
        if self._store is not None and self._fresh:
            self._store.set_many({_key(oid): metrics for oid, metrics in self._fresh.items()})

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()

    def _cached(self, oids: list[str]) -> dict[str, FileMetrics]:
        if self._store is None and self._pays_to_open(oids):
            self._store = self._open_store() if self._open_store else None
        if self._store is None:
            self.misses += len(oids)
            return {}
        keys = {_key(oid): oid for oid in oids}
        found = {keys[key]: metrics for key, metrics in self._store.get_many(list(keys)).items()}
        self.hits += len(found)
        self.misses += len(oids) - len(found)
        return found

    def _pays_to_open(self, oids: list[str]) -> bool:
        if self._open_store is None:
            return False
        return sum(self._blobs.size(oid) or 0 for oid in oids) >= STORE_PAYS_FROM

    def _measured_now(self, oid: str, *, even_generated: bool) -> Measurement:
        source = self._source(oid)
        if isinstance(source, Measurement):
            return source
        if is_lfs_pointer(source):
            return Measurement(FileStatus.SKIPPED, None, "a git LFS pointer")
        if is_generated(source) and not even_generated:
            return _GENERATED
        metrics = measure(source)
        if metrics.reading != Reading.DEEP:  # what is too deep may depend on the memory and stack of the day
            self._fresh[oid] = metrics
        return Measurement(FileStatus.ANALYSED, metrics)

    def _source(self, oid: str) -> bytes | Measurement:
        """The bytes of a blob, or why there are none."""
        size = self._blobs.size(oid)
        if size is not None and size > LARGEST_BLOB:
            return Measurement(FileStatus.UNREADABLE, None, f"too large: {size:,} bytes")
        try:
            return self._blobs.read(oid)
        except MissingBlob as missing:
            return Measurement(FileStatus.UNREADABLE, None, missing.reason)

    def _gives_lines(self, change: Change, suspects: "Suspects") -> bool:
        before, after = (self._source(side.oid) if side else b"" for side in (change.before, change.after))
        if isinstance(before, Measurement) or isinstance(after, Measurement):
            return True
        return suspects.may_come_from(before, after)


_NOT_NEEDED: Final = Measurement(FileStatus.SKIPPED, None, "not needed")
_GENERATED: Final = Measurement(FileStatus.SKIPPED, None, "generated: it says so in its first lines")


def _key(oid: str) -> str:
    from antipasta_hook.cache import cache_key

    return cache_key(oid, engine_fingerprint())
