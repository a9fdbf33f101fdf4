"""A person's way into a store: in use together with others, waiting for them, and told plainly what is in the way."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from time import monotonic, sleep
from typing import Final

from antipasta_hook.cache.database import DATABASE, FILES, connected, is_damage
from antipasta_hook.cache.lock import LOCK, Occupancy
from antipasta_hook.cache.patience import PATIENCE

WAIT: Final = 5.0
"""Seconds that a person may wait for other processes."""
_GLANCE: Final = 1.0
"""Seconds that who only looks may wait."""
PAUSE: Final = 0.005
"""Seconds; between two steps, so that others come first."""


class Busy(Exception):  # noqa: N818 - others are at work, which is no fault
    """Other processes did not let go in time."""


class Foreign(Exception):  # noqa: N818 - a finding about a file
    """The database is damaged, or none that this tool made."""


@contextmanager
def occupied(directory: str) -> Iterator[Occupancy]:
    """The lock on a store's files; nothing is granted yet."""
    with closing(Occupancy(os.path.join(directory, LOCK))) as occupancy:
        yield occupancy


@contextmanager
def shared(directory: str) -> Iterator[sqlite3.Connection]:
    """A connection to the store's database, in use together with others. Raises Busy and Foreign."""
    with occupied(directory) as occupancy:
        if not granted(occupancy.share, WAIT):
            raise Busy
        with closing(connection_to(directory)) as connection, _damage_told():
            yield connection


@contextmanager
def reading(directory: str) -> Iterator[sqlite3.Connection]:
    """The same for who only looks: nothing is written or made, nor need it be allowed. The database must be there."""
    with ExitStack() as stack:
        with suppress(FileNotFoundError):  # then nobody can be alone with the files
            occupancy = stack.enter_context(closing(Occupancy(os.path.join(directory, LOCK), make=False)))
            if not granted(occupancy.share, _GLANCE):
                raise Busy
        connection = stack.enter_context(closing(connection_to(directory, _GLANCE, writes=False)))
        with _damage_told():
            yield connection


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            raise Foreign from error
        raise


def connection_to(directory: str, patience: float = PATIENCE, *, writes: bool = True) -> sqlite3.Connection:
    """A connection to a database of ours, in which any text can be read. Raises Busy and Foreign."""
    try:
        connection = connected(directory, patience) if writes else connected(directory, patience, _looking)
    except sqlite3.OperationalError as error:
        if is_wait(error):
            raise Busy from error
        raise
    if connection is None:
        raise Foreign
    connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    return connection


def _looking(path: str, patience: float) -> sqlite3.Connection:
    """Where the log cannot be opened either, the file alone is all that there is to be seen."""
    from urllib.parse import quote

    place = quote(os.fsencode(os.path.abspath(path).replace(os.sep, "/")))
    for way in ("mode=rw", "mode=ro&immutable=1"):  # whoever opens it for reading alone leaves a log behind
        uri = f"file:{'' if place.startswith('/') else '/'}{place}?{way}"
        connection = sqlite3.connect(uri, timeout=patience, isolation_level=None, uri=True)
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                return connection  # whoever uses it is told
            connection.close()
        except sqlite3.Error:
            return connection
        else:
            return connection
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def granted(ask: Callable[[], bool], seconds: float) -> bool:
    """Ask for something until it is granted or the time is over."""
    end = monotonic() + seconds
    while not ask():
        if monotonic() > end:
            return False
        sleep(PAUSE)
    return True


def done(connection: sqlite3.Connection, statement: str, values: Sequence[int] = (), wait: float = WAIT) -> int:
    """Carry out a statement that writes, as soon as others let it; how many rows it hit. Raises Busy."""
    end = monotonic() + wait
    while True:
        try:
            return connection.execute(statement, values).rowcount
        except sqlite3.OperationalError as error:
            if not is_wait(error):
                raise
            if monotonic() > end:
                raise Busy from error


def is_wait(error: sqlite3.OperationalError) -> bool:
    """Whether the error says that others have what is wanted."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def size(directory: str) -> int:
    """Bytes of the database."""
    return _bytes_of(directory, DATABASE)


def size_of_all(directory: str) -> int:
    """Bytes of the database and all that SQLite keeps beside it."""
    return sum(_bytes_of(directory, name) for name in FILES)


def _bytes_of(directory: str, name: str) -> int:
    with suppress(OSError):
        return os.lstat(os.path.join(directory, name)).st_size
    return 0
