"""Keys, values and ways into a store's files that the tests of this room share."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from antipasta_hook.cache import Store, cache_key, open_store
from antipasta_hook.model import FileMetrics
from tests.unit.cache.samples import large

ITEMS: dict[str, FileMetrics] = {cache_key(f"{index + 1:040x}", "test"): large(5, index) for index in range(20)}
KEY, METRICS = next(iter(ITEMS.items()))
ROOT = not hasattr(os, "geteuid") or os.geteuid() == 0


def database_of(base: Path) -> Path:
    return base / "v1" / "cache.db"


def opened(base: Path) -> Store:
    return open_store(str(base), {})


def filled(base: Path) -> Path:
    """A store with all of ITEMS; returns its database."""
    with opened(base) as store:
        store.set_many(ITEMS)
        assert store.problem is None
        assert store.get_many(ITEMS) == ITEMS
    return database_of(base)


@contextlib.contextmanager
def plain(database: Path) -> Iterator[sqlite3.Connection]:
    """The database without diskcache; changes are committed and the log is folded in."""
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def assert_works_again(base: Path) -> None:
    """A new store opens without a complaint, remembers and knows."""
    with opened(base) as store:
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == ITEMS
        assert store.problem is None
