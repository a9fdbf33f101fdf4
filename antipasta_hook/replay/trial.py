"""Entries of a store worked out again from the repository that they were made of."""

import random
from collections.abc import Iterable
from typing import Final

from antipasta_hook.analyse.bench import Bench, Want
from antipasta_hook.analyse.layouts import layout
from antipasta_hook.cache import Store, decode
from antipasta_hook.cache.administration import Entry
from antipasta_hook.cache.kinds import LAYOUT, MEASUREMENT
from antipasta_hook.cache.rollup import decode_layout
from antipasta_hook.changes import Layout, Repository, SmallBlobs
from antipasta_hook.metrics import measure
from antipasta_hook.model import Failure, FileMetrics, Reading

_WORKED_OUT: Final = frozenset({MEASUREMENT, LAYOUT})


class Trial:
    """``tried`` is how many were worked out again, ``wrong`` those that are not what they should be.

    ``repository`` None: there is none, and ``tried`` is None.
    """

    def __init__(self, repository: Repository | None, store: Store) -> None:
        self.tried: int | None = None
        self.wrong: list[Entry] = []
        self._right: dict[str, FileMetrics] = {}
        self._repository = repository
        self._store = store

    def run(self, found: Iterable[Entry], most: int) -> None:
        """Take so many at random of those that this repository can tell."""
        if self._repository is None:
            return
        drawn = [entry for entry in found if entry.kind in _WORKED_OUT]
        random.SystemRandom().shuffle(drawn)
        self.tried = 0
        for entry in drawn:
            if self.tried >= most:
                return
            known = self._known(self._repository, entry)
            self.tried += known is not None
            if known is False:
                self.wrong.append(entry)

    def keep(self) -> None:
        """Put the measurements that are right in the place of those that were wrong."""
        self._store.set_many(self._right)

    def _known(self, repository: Repository, entry: Entry) -> bool | None:
        """Whether an entry is what it should be; None where that cannot be told."""
        if repository.size(_oid(entry)) is None:
            return None
        return self._is_layout(repository, entry) if entry.kind == LAYOUT else self._is_measurement(repository, entry)

    def _is_layout(self, repository: Repository, entry: Entry) -> bool | None:
        kept = self._store.read([entry.key], decode_layout).get(entry.key)
        try:
            right = layout(repository, _oid(entry), SmallBlobs(repository).has_python_shebang, None)
        except Failure:
            return None
        return None if kept is None else Layout(*kept) == right

    def _is_measurement(self, repository: Repository, entry: Entry) -> bool | None:
        kept = self._store.read([entry.key], decode).get(entry.key)
        source = Bench(repository, None).source(Want(_oid(entry), even_generated=True))
        if kept is None or source is None:
            return None
        right = measure(source)
        if right.reading == Reading.DEEP:  # how deep is too deep may depend on the memory and stack of the day
            return None
        if kept != right:
            self._right[entry.key] = right
        return kept == right


def _oid(entry: Entry) -> str:
    return entry.key.partition(":")[0]
