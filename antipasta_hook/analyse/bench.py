"""What is known of blobs in one run: from the cache, or because it was measured; and what of it is new."""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, islice
from time import perf_counter
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from antipasta_hook.analyse.room import too_large_for_now
from antipasta_hook.changes import MissingBlob, is_lfs_pointer
from antipasta_hook.metrics import engine_fingerprint, is_generated, measure
from antipasta_hook.model import GENERATED, Clocked, FileMetrics, FileStatus, Kind, Measurement, Problem, Reading
from antipasta_hook.verdict.sides import is_unmeasured

if TYPE_CHECKING:
    from antipasta_hook.cache import Store
    from antipasta_hook.changes import BlobSource

LARGEST_BLOB: Final = 16 * 1024 * 1024
"""Bytes; a larger source is not even read. What the parser can bear is decided later, on its contents."""
STORE_PAYS_FROM: Final = 60_000
"""Bytes of source; fewer are measured sooner than a store is opened."""


NOTHING: Final[Mapping[str, Measurement]] = MappingProxyType({})


class Want(NamedTuple):
    """A blob to be measured, ``even_generated`` or only if it does not say that it is."""

    oid: str
    even_generated: bool = False


class Amount(NamedTuple):
    """How much was measured."""

    blobs: int = 0
    functions: int = 0

    def plus(self, metrics: FileMetrics) -> "Amount":
        """And one blob more."""
        return Amount(self.blobs + 1, self.functions + len(metrics.functions))


class Bench:
    """``measured`` is what became of each blob that was asked for, by its id; ``known`` is how much has numbers.

    ``clocked`` are the blobs that were measured, and how long each took.
    ``open_store`` None: no cache; else it is called when it first pays. ``lent`` is a store that is open already, and
    stays so; ``known`` at first is what blobs measure that need not be looked up.
    """

    def __init__(
        self,
        blobs: "BlobSource",
        open_store: "Callable[[], Store] | None",
        *,
        lent: "Store | None" = None,
        known: Mapping[str, Measurement] = NOTHING,
    ) -> None:
        self.measured: Final[dict[str, Measurement]] = dict(known)
        self.hits = 0
        self.misses = 0
        self.known = Amount()
        self.clocked: Final[list[tuple[str, Clocked]]] = []
        self._blobs = blobs
        self._open_store = open_store
        self._store = lent
        self._is_lent = lent is not None
        self._fresh: dict[str, FileMetrics] = {}
        self._amount_of_fresh = Amount()
        self._looked_up: set[Want] = set()

    def is_settled(self, want: Want) -> bool:
        """Whether nothing more can be found out about a blob; what was deferred may have its turn after all."""
        known = self.measured.get(want.oid)
        if known is None or (want.even_generated and known == GENERATED):
            return False
        return known.metrics is not None or known.status != FileStatus.DEFERRED

    def is_deferred(self, oid: str) -> bool:
        """Whether it is left for later."""
        known = self.measured.get(oid)
        return known is not None and known.status == FileStatus.DEFERRED

    def size(self, oid: str) -> int:
        """Bytes; 0 where the blob is not here."""
        return self._blobs.size(oid) or 0

    @property
    def blobs(self) -> "BlobSource":
        """Where the blobs come from."""
        return self._blobs

    def in_cache(self, oids: Sequence[str]) -> set[str]:
        """The blobs that the cache has something for, as far as it pays to ask."""
        store = self._worth_asking(oids)
        if store is None:
            return set()
        keys = {_key(oid): oid for oid in oids}
        return {keys[key] for key in store.holds(keys)}

    def look_up(self, wants: Sequence[Want]) -> None:
        """Take from the cache what it knows of these blobs."""
        new = [want for want in wants if want not in self._looked_up and not self.is_settled(want)]
        self._looked_up.update(new)
        found = self._cached(list(dict.fromkeys(want.oid for want in new)))
        for want in new:
            if want.oid in found:
                metrics = found[want.oid]
                hidden = metrics.generated and not want.even_generated
                self._know(want.oid, GENERATED if hidden else Measurement(FileStatus.CACHED, metrics))

    def source(self, want: Want) -> bytes | None:
        """The bytes that are to be measured; None where there is nothing to measure, which is then known."""
        source = self.read(want.oid)
        if isinstance(source, Measurement):
            self._know(want.oid, source)
        elif is_lfs_pointer(source):
            self._know(want.oid, Measurement(FileStatus.SKIPPED, None, "a git LFS pointer"))
        elif is_generated(source) and not want.even_generated:
            self._know(want.oid, GENERATED)
        elif reason := too_large_for_now(source):
            self.defer(want, reason)
        else:
            return source
        return None

    def read(self, oid: str) -> bytes | Measurement:
        """The bytes of a blob, or why there are none."""
        size = self._blobs.size(oid)
        if size is not None and size > LARGEST_BLOB:
            return Measurement(FileStatus.UNREADABLE, None, f"too large: {size:,} bytes", "too-large")
        try:
            return self._blobs.read(oid)
        except MissingBlob as missing:
            return Measurement(FileStatus.UNREADABLE, None, missing.reason, missing.kind)

    def measure(self, oid: str, source: bytes) -> None:
        """Measure a blob here and now."""
        begun = perf_counter()
        metrics = measure(source)
        self.record(oid, metrics, Clocked(begun, perf_counter() - begun))

    def record(self, oid: str, metrics: FileMetrics, clocked: Clocked | None = None) -> None:
        """A blob was measured, in so much time."""
        if clocked is not None:
            self.clocked.append((oid, clocked))
        if metrics.reading != Reading.DEEP:  # what is too deep may depend on the memory and stack of the day
            self._fresh[oid] = metrics
            self._amount_of_fresh = self._amount_of_fresh.plus(metrics)
        self._know(oid, Measurement(FileStatus.ANALYSED, metrics))

    def lose(self, oid: str, reason: str, kind: Kind) -> None:
        """A blob could not be measured."""
        self._know(oid, Measurement(FileStatus.UNREADABLE, None, reason, kind))

    def defer(self, want: Want, reason: str) -> None:
        """There was no time for a blob, or no memory; the first reason holds."""
        if is_unmeasured(want.oid, self.measured, even_generated=want.even_generated):
            self._know(want.oid, Measurement(FileStatus.DEFERRED, None, reason))

    def settle_source(self, oid: str, *, given: bool) -> None:
        """Whether a suspect may have come from this blob: if not it is set aside, if nobody can read it that is all."""
        known = self.measured.get(oid)
        if known is None:
            if not given:
                self._know(oid, NOT_NEEDED)
        elif known.metrics is not None and known.metrics.reading in {Reading.BROKEN, Reading.DEEP}:
            status = FileStatus.UNREADABLE if given else FileStatus.SKIPPED
            self.measured[oid] = Measurement(status, known.metrics, known.reason)

    @property
    def cache_problem(self) -> Problem | None:
        """What went wrong with the store, if anything."""
        return self._store.problem if self._store is not None else None

    @property
    def fresh(self) -> Amount:
        """How much the cache does not have yet; nothing where there is none."""
        return self._amount_of_fresh if self._store is not None else Amount()

    def keep(self, most: int) -> None:
        """Put what is new into the cache: so many blobs, those that were measured first."""
        if self._store is not None and most:
            self._store.set_many({_key(oid): self._fresh[oid] for oid in islice(self._fresh, most)})

    def __enter__(self) -> Self:
        """A bench is its own context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the store, unless it was lent."""
        if self._store is not None and not self._is_lent:
            self._store.close()

    def _know(self, oid: str, measurement: Measurement) -> None:
        self.measured[oid] = measurement
        if measurement.metrics is not None:
            self.known = self.known.plus(measurement.metrics)

    def _cached(self, oids: list[str]) -> dict[str, FileMetrics]:
        store = self._worth_asking(oids)
        if store is None:
            self.misses += len(oids)
            return {}
        keys = {_key(oid): oid for oid in oids}
        found = {keys[key]: metrics for key, metrics in store.get_many(list(keys)).items()}
        self.hits += len(found)
        self.misses += len(oids) - len(found)
        return found

    def _is_much(self, oids: Sequence[str]) -> bool:
        """Whether to measure these blobs takes longer than to open a store; no more sizes are asked for than needed."""
        return any(size >= STORE_PAYS_FROM for size in accumulate(map(self.size, oids)))

    def _worth_asking(self, oids: Sequence[str]) -> "Store | None":
        """The store, opened when it first pays."""
        if self._store is None and self._open_store is not None and self._is_much(oids):
            self._store = self._open_store()
        return self._store


NOT_NEEDED: Final = Measurement(FileStatus.SKIPPED, None, "not needed")


def _key(oid: str) -> str:
    from antipasta_hook.cache import cache_key

    return cache_key(oid, engine_fingerprint())
