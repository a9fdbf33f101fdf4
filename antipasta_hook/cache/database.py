"""diskcache's table, transactions and eviction, over a connection that trusts nothing it finds in the file.

diskcache 5.6.3 believes its database: a planted row is unpickled or opened as a file (CVE-2025-69872), rows of its
Settings table become PRAGMA text, and opening retries for 60 s (https://github.com/grantjenks/python-diskcache/issues/357,
/85). Hence our own opening: constants instead of settings, a schema compared word for word, no Settings table at all.
"""

import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import time
from typing import Final

import diskcache
from diskcache.core import EVICTION_POLICY

from antipasta_hook.cache.encoding import LARGEST
from antipasta_hook.cache.limits import DEFAULT_EVICTION, DEFAULT_SIZE
from antipasta_hook.cache.patience import PATIENCE

DATABASE: Final = "cache.db"
_SUFFIXES: Final = ("", "-wal", "-shm", "-journal")
FILES: Final = tuple(DATABASE + suffix for suffix in _SUFFIXES)
"""Every file that SQLite keeps for the store. These and those of an unfinished one are all that is ever removed."""
_UNFINISHED: Final = "unfinished.db"

APPLICATION: Final = 0x61704831  # "apH1": `file` and a curious reader can tell whose database it is

_SCHEMA: Final = (
    (
        "table",
        "Cache",
        (
            "CREATE TABLE Cache (rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER, store_time REAL, expire_time REAL,"
            " access_time REAL, access_count INTEGER DEFAULT 0, tag BLOB, size INTEGER DEFAULT 0,"
            " mode INTEGER DEFAULT 0, filename TEXT, value BLOB)"
        ),
    ),
    ("index", "Cache_key_raw", "CREATE UNIQUE INDEX Cache_key_raw ON Cache(key, raw)"),
    ("index", "Cache_expire_time", "CREATE INDEX Cache_expire_time ON Cache (expire_time)"),
    ("index", "Cache_store_time", "CREATE INDEX Cache_store_time ON Cache (store_time)"),
)
_FOR_EVICTION: Final = frozenset(
    ("index", name, f"CREATE INDEX {name} ON Cache ({column})")
    for name, column in (("Cache_access_time", "access_time"), ("Cache_access_count", "access_count"))
)
"""What else may be in a schema: indexes for policies that evict by use, made when one is first in force."""
_NOTING: Final = 0.02
"""Seconds that noting what was read may wait for others: it is not worth more."""
_CONNECTION: Final = (
    "PRAGMA trusted_schema = OFF",  # nothing in a schema may call a function
    "PRAGMA cell_size_check = ON",
    "PRAGMA temp_store = MEMORY",  # an index that is made leaves nothing elsewhere
    "PRAGMA mmap_size = 0",  # a mapped file that shrinks is a SIGBUS
    "PRAGMA synchronous = OFF",  # values carry checksums: a power cut may cost the cache, an fsync costs every commit
)
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG})


class SafeDisk(diskcache.Disk):  # type: ignore[misc] # diskcache has no types
    """Text keys and bytes in the row: no pickles, no files, nothing removed."""

    def put(self, key: object) -> tuple[str, bool]:
        """A text key, as it is."""
        if type(key) is not str:
            raise TypeError(f"keys are text, not {type(key).__name__}")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """The key of a row; OSError for any that ``put`` did not make."""
        if raw != 1 or type(key) is not str:
            raise OSError("not a key of ours")
        return key

    def store(self, value: object, read: object, key: object = None) -> tuple[int, int, None, bytes]:  # noqa: ARG002 - diskcache's signature
        """Bytes, always in the row."""
        if type(value) is not bytes or read:
            raise TypeError(f"values are bytes, not {type(value).__name__}")
        return 0, diskcache.core.MODE_RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> bytes:
        """The bytes of a row; OSError, which diskcache takes for a miss, for any that ``store`` did not make."""
        if mode != diskcache.core.MODE_RAW or filename is not None or type(value) is not bytes or read:
            raise OSError("not a value of ours")
        return value

    def filename(self, key: object = None, value: object = None) -> tuple[str, str]:  # noqa: ARG002 - diskcache's signature
        """There are no files."""
        raise OSError("values are kept in rows")

    def remove(self, file_path: object) -> None:
        """Nothing: no file is ours to remove, whatever a row says."""


class Database(diskcache.Cache):  # type: ignore[misc] # diskcache has no types
    """One connection for one thread. ``get``, ``set`` and ``transact`` are diskcache's own."""

    eviction_policy = "none"  # so that diskcache's own reads do not write: see _cull and note_use
    evicts_by = DEFAULT_EVICTION
    cull_limit = 10
    statistics = 0
    tag_index = 0
    size_limit = DEFAULT_SIZE  # bytes; of one connection, so that the file need not remember it

    def __init__(self, directory: str, connection: sqlite3.Connection) -> None:  # its own would obey the file
        self._directory = directory
        self._timeout = PATIENCE
        self._local = threading.local()
        self._txn_id = None
        self._disk = SafeDisk(directory)
        self._connection = connection

    @property
    def _con(self) -> sqlite3.Connection:
        return self._connection

    def reset(self, key: str, *_: object) -> None:
        """Settings are constants here: nothing is read from the file."""
        raise NotImplementedError(key)

    def wait_at_most(self, seconds: float) -> None:
        """How long each statement from now on may wait for other processes."""
        self._connection.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}").fetchall()

    def limit(self, size: int, eviction: str) -> None:
        """Hold so many bytes, and let go by one of diskcache's policies.

        By the default one where the index that the policy wants is not there and cannot be made now.
        """
        self.size_limit = size
        init = EVICTION_POLICY[eviction]["init"]
        with suppress(sqlite3.OperationalError):
            if init is not None and eviction != DEFAULT_EVICTION:
                self._connection.execute(init)
            self.evicts_by = eviction

    @property
    def notes_use(self) -> bool:
        """Whether the policy wants to know what is read."""
        return EVICTION_POLICY[self.evicts_by]["get"] is not None

    def note_use(self, keys: Iterable[str], patience: float) -> None:
        """Note that these were read, in one transaction, or not where others write.

        Statements after that wait ``patience`` seconds again.
        diskcache writes at each ``get`` instead, which then waits for others and fails with them.
        """
        update = EVICTION_POLICY[self.evicts_by]["get"].format(now=time())
        self.wait_at_most(min(_NOTING, patience))
        with suppress(sqlite3.OperationalError, diskcache.Timeout), self.transact():
            self._connection.executemany(
                f"UPDATE Cache SET {update} WHERE key = ? AND raw = 1",  # noqa: S608 - diskcache's own words
                [(key,) for key in keys],
            )
        self.wait_at_most(patience)

    def _cull(self, *arguments: object, **options: object) -> None:
        """diskcache's eviction, by the policy that is in force."""
        self.eviction_policy = self.evicts_by
        try:
            super()._cull(*arguments, **options)
        finally:
            self.eviction_policy = "none"

    def volume(self) -> int:
        """Bytes of the database; there are no other files."""
        ((pages,),) = self._connection.execute("PRAGMA page_count").fetchall()
        ((size,),) = self._connection.execute("PRAGMA page_size").fetchall()
        return int(pages * size)

    def close(self) -> None:
        """Close the connection; what was being written is undone."""
        self._connection.close()


def _connect(path: str, patience: float) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=patience, isolation_level=None)


def open_database(directory: str, patience: float = PATIENCE) -> Database | None:
    """The store's database, if there is one and its schema is ours to the letter; None where it must be made anew.

    sqlite3.Error or OSError where it cannot be had now: locked, no space, not permitted. ``patience`` is in seconds.
    """
    connection = connected(directory, patience)
    return None if connection is None else Database(directory, connection)


def connected(
    directory: str, patience: float = PATIENCE, connect: Callable[[str, float], sqlite3.Connection] = _connect
) -> sqlite3.Connection | None:
    """The same, for statements of one's own. ``connect`` connects to the file."""
    path = os.path.join(directory, DATABASE)
    if not all(_is_ours(os.path.join(directory, name)) for name in FILES) or not _has_content(path):
        return None
    return _known(connect(path, patience))


def looked_at(directory: str) -> sqlite3.Connection | None:
    """The same, and no file is written, none locked: what others have written in the last moment is not seen.

    While others write the database may look damaged.
    """
    path = os.path.join(directory, DATABASE)
    if not _is_ours(path) or not _has_content(path):
        return None
    from urllib.parse import quote

    place = f"file:{quote(os.fsencode(path))}?immutable=1"
    return _known(sqlite3.connect(place, uri=True, isolation_level=None, check_same_thread=False))


def _known(connection: sqlite3.Connection) -> sqlite3.Connection | None:
    """A connection to a database whose schema is ours to the letter; else it is closed."""
    try:
        _restrain(connection)
        if _is_known(_schema(connection)):
            return connection
    except sqlite3.Error as error:
        connection.close()
        if is_damage(error):
            return None
        raise
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def create_database(directory: str) -> bool:
    """An empty database in place of whatever was there; True if something was. The caller must be alone with it.

    It is made under another name, so that it is there or it is not, whenever this process is ended.
    """
    replaced = [_remove(os.path.join(directory, name)) for name in FILES]
    unfinished = os.path.join(directory, _UNFINISHED)
    _remove_all(unfinished)
    try:
        _make(unfinished)
        os.replace(unfinished, os.path.join(directory, DATABASE))
    except BaseException:
        _remove_all(unfinished)
        raise
    return any(replaced)


def _make(path: str) -> None:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA auto_vacuum = FULL")  # eviction stops when the file has shrunk
        _restrain(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        if connection.execute("PRAGMA journal_mode = wal").fetchall() != [("wal",)]:
            raise OSError("the file system cannot keep a write-ahead log")
        connection.execute("BEGIN IMMEDIATE")
        for _, _, statement in _SCHEMA:
            connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        connection.close()  # which folds the log in


def is_damage(error: BaseException) -> bool:
    """Whether the error says that the file's content is wrong, not that it cannot be had now."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        if (
            code is None
        ):  # raised by Python: text that is not UTF-8 (or a use of the connection that is our own mistake)
            return isinstance(error, sqlite3.OperationalError | sqlite3.DataError)
        return code & 0xFF in _DAMAGE
    return isinstance(error, ValueError)  # two rows under a unique key


def _restrain(connection: sqlite3.Connection) -> None:
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * LARGEST)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for pragma in _CONNECTION:
        connection.execute(pragma)


def _schema(connection: sqlite3.Connection) -> tuple[tuple[object, ...], ...]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY rowid LIMIT 9")
    return tuple(rows.fetchall())


def _is_known(schema: tuple[tuple[object, ...], ...]) -> bool:
    """Whether it is ours to the letter, with or without the indexes that policies want."""
    own, more = schema[: len(_SCHEMA)], schema[len(_SCHEMA) :]
    return own == _SCHEMA and len(more) == len(set(more)) and _FOR_EVICTION.issuperset(more)


def _is_ours(path: str) -> bool:
    """A regular file of one name, or nothing: a link may lead anywhere."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return True
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


def _has_content(path: str) -> bool:
    try:
        return os.lstat(path).st_size > 0
    except FileNotFoundError:
        return False


def _remove_all(path: str) -> None:
    """Remove a database that nobody has opened yet."""
    for suffix in _SUFFIXES:
        with suppress(OSError):
            _remove(path + suffix)


def _remove(path: str) -> bool:
    """Remove a file or a link (never what it points to); True if it held anything."""
    try:
        held = os.lstat(path).st_size > 0
        os.remove(path)
    except FileNotFoundError:
        return False
    return held
