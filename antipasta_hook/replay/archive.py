"""What blobs measured, for a whole replay: a few in hand, all others in the user's store, or as bytes in memory."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from antipasta_hook.cache import cache_key, decode, encode
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.model import FileMetrics, Reading

if TYPE_CHECKING:
    from antipasta_hook.cache import Store

IN_HAND: Final = 2_000
"""Measurements as objects; a large file's takes 100 kB, its bytes a twentieth of that."""
_AT_ONCE: Final = 200


class Archive:
    """Measurements by blob id. ``store`` None: they are kept in memory, for this run alone.

    ``measured`` and ``known`` are the blobs that were put here, and those that the store had.
    """

    def __init__(self, store: "Store | None") -> None:
        self._store = store
        self.measured: Final[set[str]] = set()
        self.known: Final[set[str]] = set()
        self._in_hand: OrderedDict[str, FileMetrics] = OrderedDict()
        self._new: dict[str, FileMetrics] = {}
        self._encoded: dict[str, bytes] = {}

    def find(self, oids: Iterable[str]) -> dict[str, FileMetrics]:
        """What is known of these blobs."""
        found, missing = {}, []
        for oid in oids:
            metrics = self._here(oid)
            if metrics is None:
                missing.append(oid)
            else:
                found[oid] = metrics
        if self._store is not None and missing:
            keys = {_key(oid): oid for oid in missing}
            for key, metrics in self._store.get_many(keys).items():
                found[keys[key]] = metrics
                self._take(keys[key], metrics)
            self.known.update(found.keys() & set(missing) - self.measured)
        return found

    def put(self, oid: str, metrics: FileMetrics) -> None:
        """Keep what a blob measured."""
        self.measured.add(oid)
        self._take(oid, metrics)
        if self._store is None or metrics.reading == Reading.DEEP:  # that may depend on the memory of the day
            self._encoded[oid] = encode(metrics)
            return
        self._new[oid] = metrics
        if len(self._new) >= _AT_ONCE:
            self.keep()

    def keep(self) -> None:
        """Put into the store what is new; into memory where the store fails."""
        if self._store is not None and self._new:
            self._store.set_many({_key(oid): metrics for oid, metrics in self._new.items()})
            if self._store.problem is not None:
                self._encoded |= {oid: encode(metrics) for oid, metrics in self._new.items()}
            self._new.clear()

    def _here(self, oid: str) -> FileMetrics | None:
        """What needs no store."""
        metrics = self._in_hand.get(oid) or self._new.get(oid)
        if metrics is None and oid in self._encoded:
            metrics = decode(self._encoded[oid])
        if metrics is not None:
            self._take(oid, metrics)
        return metrics

    def _take(self, oid: str, metrics: FileMetrics) -> None:
        self._in_hand[oid] = metrics
        self._in_hand.move_to_end(oid)
        if len(self._in_hand) > IN_HAND:
            self._in_hand.popitem(last=False)


def _key(oid: str) -> str:
    return cache_key(oid, engine_fingerprint())
