"""What a person does with a store: empty it, look through all that is in it, and take out what is broken."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from time import sleep
from typing import Final, NamedTuple

from antipasta_hook.cache.admission import (
    PAUSE,
    WAIT,
    Busy,
    Foreign,
    connection_to,
    done,
    granted,
    occupied,
    shared,
    size,
)
from antipasta_hook.cache.database import create_database
from antipasta_hook.cache.encoding import LARGEST
from antipasta_hook.cache.kinds import BROKEN, OTHER, READERS, family_of, kind_of, oid_and_word
from antipasta_hook.cache.memory import forget_all

_ALONE: Final = 0.5
"""Seconds after which it is no more hoped to be alone."""
_STEP: Final = 200
"""Rows; so few are removed or read at a time that nobody waits for it."""


class Entry(NamedTuple):
    """A row and what it is: ``kind`` is one of those of ``kinds``."""

    row: int
    key: str
    kind: str


def clear(directory: str, *, whatever_it_is: bool, wait: float = WAIT) -> int:
    """Empty the store in a directory, and its memory; how many entries it had. Raises Busy, Foreign, OSError.

    Where nobody else uses the files they are made anew. Else the rows go that are there now, a few at a time; whoever
    writes new ones meanwhile keeps them. ``whatever_it_is``: a database that is damaged or not ours goes, too.
    """
    with occupied(directory) as occupancy:
        if granted(occupancy.seize, _ALONE):
            removed = _count(directory, whatever_it_is=whatever_it_is)
            create_database(directory)
            occupancy.leave()
        elif granted(occupancy.share, wait):
            removed = _emptied(directory, wait)
        else:
            raise Busy
    return removed + forget_all(directory)


def entries(directory: str, engine: str) -> Iterator[Entry]:
    """All that is in the store, row by row; ``engine`` is the one whose measurements must be readable.

    Raises Busy, and Foreign where the database as a whole is not sound, before or on the way.
    """
    with shared(directory) as connection:
        if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
            raise Foreign
        last = 0
        while rows := connection.execute(_ROWS, {"last": last, "most": LARGEST, "step": _STEP}).fetchall():
            for row, key, is_plain, value in rows:
                yield Entry(row, key if type(key) is str else "", _kind(key, is_plain, value, engine))
            last = rows[-1][0]


def remove(directory: str, rows: Sequence[int]) -> int:
    """Remove some rows; how many there still were. Raises Busy and Foreign."""
    removed = 0
    with shared(directory) as connection:
        for first in range(0, len(rows), _STEP):
            step = rows[first : first + _STEP]
            marks = f"({','.join('?' * len(step))})"
            removed += done(connection, f"DELETE FROM Cache WHERE rowid IN {marks}", step, WAIT)  # noqa: S608 - marks only
    return removed


_ROWS: Final = """
SELECT rowid, CASE WHEN length(key) < 1000 THEN key END,
    raw IS 1 AND mode IS 1 AND filename IS NULL AND expire_time IS NULL AND typeof(key) = 'text',
    CASE WHEN typeof(value) = 'blob' AND length(value) <= :most THEN value END
FROM Cache WHERE rowid > :last ORDER BY rowid LIMIT :step
"""


def _kind(key: object, is_plain: int, value: object, engine: str) -> str:
    """What a row is: broken where this version would look it up and could not read it, or nobody ever would."""
    if not is_plain or type(key) is not str:
        return BROKEN
    found = oid_and_word(key)
    if found is None:
        return BROKEN
    kind = kind_of(family_of(found[1]), engine)
    if kind == OTHER:
        return OTHER
    return kind if type(value) is bytes and READERS[kind](value, key) is not None else BROKEN


def _count(directory: str, *, whatever_it_is: bool) -> int:
    """How many rows there are; the caller is alone."""
    if not size(directory):
        return 0
    try:
        with closing(connection_to(directory)) as connection:
            return int(connection.execute("SELECT count(*) FROM Cache").fetchone()[0])
    except (Foreign, sqlite3.DatabaseError):
        if not whatever_it_is:
            raise
        return 0


def _emptied(directory: str, wait: float) -> int:
    """Remove all rows that there are now, while others go on."""
    removed = last_gone = 0
    with closing(connection_to(directory)) as connection:
        ((last,),) = connection.execute("SELECT coalesce(max(rowid), 0) FROM Cache").fetchall()
        while last_gone < last:
            ((end,),) = connection.execute(_STEP_AFTER, {"done": last_gone, "last": last, "step": _STEP}).fetchall()
            removed += done(connection, "DELETE FROM Cache WHERE rowid > ? AND rowid <= ?", (last_gone, end), wait)
            last_gone = end
            sleep(PAUSE)  # others come first
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return removed


_STEP_AFTER: Final = """
SELECT coalesce(max(rowid), :last) FROM
    (SELECT rowid FROM Cache WHERE rowid > :done AND rowid <= :last ORDER BY rowid LIMIT :step)
"""
"""Where so many rows end; a row that is written anew when the last one is gone does not come before it."""
