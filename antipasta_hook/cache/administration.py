"""What a person does with a store: empty it, look through all that is in it, and take out what is broken."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from time import monotonic, sleep
from typing import Final, NamedTuple

from antipasta_hook.cache.database import DATABASE, connected, create_database, is_damage
from antipasta_hook.cache.encoding import LARGEST, decode
from antipasta_hook.cache.lock import LOCK, Occupancy
from antipasta_hook.cache.memory import forget_all
from antipasta_hook.cache.rollup import decode_layout, decode_row
from antipasta_hook.cache.version import ROLL_UP_VERSION

WAIT: Final = 5.0
"""Seconds that a person may wait for other processes."""
_ALONE: Final = 0.5
"""Seconds after which it is no more hoped to be alone."""
_PAUSE: Final = 0.005
_STEP: Final = 200
"""Rows; so few are removed or read at a time that nobody waits for it."""
_HEX: Final = frozenset("0123456789abcdef")

MEASUREMENT, LAYOUT, ROLL_UP = "measurement", "layout", "roll-up"
OTHER: Final = "of another version"
BROKEN: Final = "broken"


class Busy(Exception):  # noqa: N818 - others are at work, which is no fault
    """Other processes did not let go in time."""


class Foreign(Exception):  # noqa: N818 - a finding about a file
    """The database is damaged, or none that this tool made."""


class Entry(NamedTuple):
    """A row and what it is: ``kind`` is one of the constants above."""

    row: int
    key: str
    kind: str


def clear(directory: str, *, whatever_it_is: bool, wait: float = WAIT) -> int:
    """Empty the store in a directory, and its memory; how many entries it had. Raises Busy, Foreign, OSError.

    Where nobody else uses the files they are made anew. Else the rows go that are there now, a few at a time; whoever
    writes new ones meanwhile keeps them. ``whatever_it_is``: a database that is damaged or not ours goes, too.
    """
    with _occupied(directory) as occupancy:
        if _granted(occupancy.seize, _ALONE):
            removed = _count(directory, whatever_it_is=whatever_it_is)
            create_database(directory)
            occupancy.leave()
        elif _granted(occupancy.share, wait):
            removed = _emptied(directory, wait)
        else:
            raise Busy
    return removed + forget_all(directory)


def entries(directory: str, engine: str) -> Iterator[Entry]:
    """All that is in the store, row by row; ``engine`` is the one whose measurements must be readable.

    Raises Busy, and Foreign where the database as a whole is not sound, before or on the way.
    """
    with _shared(directory) as connection:
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
    with _shared(directory) as connection:
        for first in range(0, len(rows), _STEP):
            step = rows[first : first + _STEP]
            marks = ",".join("?" * len(step))
            removed += _done(connection, f"DELETE FROM Cache WHERE rowid IN ({marks})", step, WAIT)  # noqa: S608 - question marks alone are put in
    return removed


def size(directory: str) -> int:
    """Bytes of the database."""
    with suppress(OSError):
        return os.lstat(os.path.join(directory, DATABASE)).st_size
    return 0


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
    oid, _, word = key.partition(":")
    if len(oid) not in (40, 64) or not _HEX.issuperset(oid) or not word:
        return BROKEN
    kind, read = _reader(word, engine)
    if read is None:
        return OTHER
    return kind if type(value) is bytes and read(value, key) is not None else BROKEN


def _reader(word: str, engine: str) -> tuple[str, Callable[[bytes, str], object] | None]:
    if word == engine:
        return MEASUREMENT, decode
    if word == f"layout{ROLL_UP_VERSION}":
        return LAYOUT, decode_layout
    if word.startswith(f"rollup{ROLL_UP_VERSION}-"):
        return ROLL_UP, decode_row
    return OTHER, None


@contextmanager
def _occupied(directory: str) -> Iterator[Occupancy]:
    with closing(Occupancy(os.path.join(directory, LOCK))) as occupancy:
        yield occupancy


@contextmanager
def _shared(directory: str) -> Iterator[sqlite3.Connection]:
    """A connection to the store's database, in use together with others."""
    with _occupied(directory) as occupancy:
        if not _granted(occupancy.share, WAIT):
            raise Busy
        with closing(_connection(directory)) as connection:
            try:
                yield connection
            except sqlite3.Error as error:
                if is_damage(error):
                    raise Foreign from error
                raise


def _connection(directory: str) -> sqlite3.Connection:
    try:
        connection = connected(directory)
    except sqlite3.OperationalError as error:
        raise Busy from error
    if connection is None:
        raise Foreign
    connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    return connection


def _granted(ask: Callable[[], bool], seconds: float) -> bool:
    end = monotonic() + seconds
    while not ask():
        if monotonic() > end:
            return False
        sleep(_PAUSE)
    return True


def _count(directory: str, *, whatever_it_is: bool) -> int:
    """How many rows there are; the caller is alone."""
    if not size(directory):
        return 0
    try:
        with closing(_connection(directory)) as connection:
            return int(connection.execute("SELECT count(*) FROM Cache").fetchone()[0])
    except (Foreign, sqlite3.DatabaseError):
        if not whatever_it_is:
            raise
        return 0


def _emptied(directory: str, wait: float) -> int:
    """Remove all rows that there are now, while others go on."""
    removed = done = 0
    with closing(_connection(directory)) as connection:
        ((last,),) = connection.execute("SELECT coalesce(max(rowid), 0) FROM Cache").fetchall()
        while done < last:
            ((end,),) = connection.execute(_STEP_AFTER, {"done": done, "last": last, "step": _STEP}).fetchall()
            removed += _done(connection, "DELETE FROM Cache WHERE rowid > ? AND rowid <= ?", (done, end), wait)
            done = end
            sleep(_PAUSE)  # others come first
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return removed


_STEP_AFTER: Final = """
SELECT coalesce(max(rowid), :last) FROM
    (SELECT rowid FROM Cache WHERE rowid > :done AND rowid <= :last ORDER BY rowid LIMIT :step)
"""
"""Where so many rows end; a row that is written anew when the last one is gone does not come before it."""


def _done(connection: sqlite3.Connection, statement: str, values: Sequence[int], wait: float) -> int:
    """Carry out a statement that writes, as soon as others let it; how many rows it hit."""
    end = monotonic() + wait
    while True:
        try:
            return connection.execute(statement, values).rowcount
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if monotonic() > end:
                raise Busy from error
