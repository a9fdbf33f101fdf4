"""What of a store is of no more use, removed in steps so small that nobody waits for them."""

import sqlite3
from collections.abc import Iterator, Sequence
from time import perf_counter, sleep
from typing import Final, NamedTuple

from antipasta_hook.cache.admission import PAUSE, done, reading, shared, size
from antipasta_hook.cache.kinds import OTHER, family_of, kind_of, oid_and_word

_STEP: Final = 100
"""Rows of one transaction."""
_STEP_BYTES: Final = 1024 * 1024
"""Of values; a single one may be larger."""
_REST: Final = 2
"""Times as long as a step took nothing is done after it: who waits tries now and then only, and must find it free."""
_MOST_ROUNDS: Final = 9
_ORDERS: Final = {"least-recently-used": "access_time", "least-frequently-used": "access_count"}


class Useless(NamedTuple):
    """What is to go; whatever any of these names.

    ``others``: what this version never looks up. ``before``: what was stored before a time in seconds since 1970.
    ``to``: so much that the database has at most so many bytes, in the order in which ``eviction`` takes it.
    """

    others: bool = False
    before: float | None = None
    to: int | None = None
    eviction: str = ""


class Pruned(NamedTuple):
    """So many entries went (or would), whose values were so many bytes; ``before`` and ``after`` are the database's."""

    entries: int
    size: int
    before: int
    after: int


class _Row(NamedTuple):
    row: int
    stored: object
    size: int


def foreseen(directory: str, engine: str, useless: Useless) -> Pruned:
    """What ``prune`` would remove; ``after`` is an estimate. Raises Busy, Foreign, sqlite3.Error, OSError."""
    before = size(directory)
    if not before:
        return Pruned(0, 0, 0, 0)
    with reading(directory) as connection:
        rows = _chosen(connection, engine, useless)
        weight = _weight(connection)
    gone = sum(row.size for row in rows)
    return Pruned(len(rows), gone, before, max(0, before - int(gone * weight)))


def prune(directory: str, engine: str, useless: Useless) -> Pruned:
    """Remove what is of no use; what is written anew meanwhile stays. Raises as ``foreseen``."""
    before, entries, gone = size(directory), 0, 0
    if not before:
        return Pruned(0, 0, 0, 0)
    with shared(directory) as connection:
        for _ in range(_MOST_ROUNDS):  # how many bytes a row takes is an estimate
            rows = _chosen(connection, engine, useless)
            for step in _steps(rows):
                begun = perf_counter()
                entries += _removed(connection, step)
                gone += sum(row.size for row in step)
                sleep(max(PAUSE, _REST * (perf_counter() - begun)))
            if not rows or useless.to is None or _volume(connection) <= useless.to:
                break
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return Pruned(entries, gone, before, size(directory))


def _chosen(connection: sqlite3.Connection, engine: str, useless: Useless) -> list[_Row]:
    chosen: dict[int, _Row] = {}
    if useless.others:
        found = connection.execute(f"SELECT {_COLUMNS}, {_KEY} FROM Cache")  # noqa: S608
        chosen.update((row, _Row(row, *rest)) for row, *rest, key in found if _is_others(key, engine))
    if useless.before is not None:
        old = connection.execute(f"SELECT {_COLUMNS} FROM Cache WHERE store_time < ?", (useless.before,))  # noqa: S608
        chosen.update((row, _Row(row, *rest)) for row, *rest in old)
    if useless.to is not None:
        chosen.update((row.row, row) for row in _first_to_go(connection, useless, chosen))
    return list(chosen.values())


_COLUMNS: Final = "rowid, store_time, coalesce(length(value), 0)"
_KEY: Final = "CASE WHEN typeof(key) = 'text' AND length(key) < 400 THEN key END"


def _is_others(key: str | None, engine: str) -> bool:
    found = oid_and_word(key or "")
    return found is None or kind_of(family_of(found[1]), engine) == OTHER


def _first_to_go(connection: sqlite3.Connection, useless: Useless, chosen: dict[int, _Row]) -> Iterator[_Row]:
    """So many rows that with those that are chosen already the database comes to the size that is wanted."""
    weight = _weight(connection)
    excess = _volume(connection) - (useless.to or 0) - weight * sum(row.size for row in chosen.values())
    order = _ORDERS.get(useless.eviction, "store_time")
    for row, *rest in connection.execute(f"SELECT {_COLUMNS} FROM Cache ORDER BY {order}"):  # noqa: S608
        if excess <= 0:
            return
        if row not in chosen:
            found = _Row(row, *rest)
            excess -= weight * found.size
            yield found


def _weight(connection: sqlite3.Connection) -> float:
    """How many bytes of the database there are for each byte of a value."""
    ((values,),) = connection.execute("SELECT coalesce(sum(length(value)), 0) FROM Cache").fetchall()
    return _volume(connection) / values if values else 1.0


def _volume(connection: sqlite3.Connection) -> int:
    ((pages,),) = connection.execute("PRAGMA page_count").fetchall()
    ((page,),) = connection.execute("PRAGMA page_size").fetchall()
    return int(pages * page)


def _steps(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    step: list[_Row] = []
    weight = 0
    for row in rows:
        if step and (len(step) == _STEP or weight + row.size > _STEP_BYTES):
            yield step
            step, weight = [], 0
        step.append(row)
        weight += row.size
    if step:
        yield step


def _removed(connection: sqlite3.Connection, step: Sequence[_Row]) -> int:
    """Remove some rows in one transaction, but those that have been written anew; how many that were."""
    done(connection, "BEGIN IMMEDIATE")
    try:
        same = [(row.row, row.stored) for row in step]
        removed = connection.executemany("DELETE FROM Cache WHERE rowid = ? AND store_time IS ?", same).rowcount
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return removed
