"""How a store is, without touching it: nothing is made, locked or written."""

import errno
import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Mapping
from contextlib import closing
from enum import StrEnum
from typing import Final, NamedTuple

from antipasta_hook.cache.admission import size
from antipasta_hook.cache.database import DATABASE, FILES, is_damage, looked_at
from antipasta_hook.cache.directory import check_owned, store_path

_PATIENCE: Final = 0.15
"""Seconds for looking through a database, whatever its size."""


class Soundness(StrEnum):
    """What a look into a database found."""

    EMPTY = "there is none yet"
    SOUND = "it can be opened, and is sound"
    OPENS = "it can be opened; it is too large to look through all of it here"
    DAMAGED = "it is damaged, or none of this tool"
    BUSY = "others are writing, so it was not looked through"
    LOCKED_OUT = "it cannot be opened"


class Health(NamedTuple):
    """A store: ``mode`` is that of its directory, None where it is not there yet; ``free`` is room, in bytes.

    ``size`` is that of the database in bytes, ``writable``: this user may write there, as far as the system says.
    """

    directory: str
    mode: int | None
    writable: bool
    free: int
    size: int
    soundness: Soundness


def examine(directory: str | None, environ: Mapping[str, str]) -> Health:
    """Look at the user's store (see ``store_directory``). Raises Unfit, OSError or ValueError."""
    path = store_path(directory, environ)
    nearest = _nearest(path)
    if not os.path.isdir(nearest):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), nearest)
    for each in (os.path.dirname(path), path):
        if os.path.lexists(each):
            check_owned(each)
    return Health(
        path,
        mode=stat.S_IMODE(os.stat(path).st_mode) if nearest == path else None,
        writable=_is_writable(path, nearest),
        free=shutil.disk_usage(nearest).free,
        size=size(path),
        soundness=_soundness(path),
    )


def _nearest(path: str) -> str:
    """The path, or of the directories that it is in the first that is there."""
    while not os.path.lexists(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path


def _is_writable(path: str, nearest: str) -> bool:
    files = [os.path.join(path, name) for name in FILES]
    return os.access(nearest, os.W_OK | os.X_OK) and all(os.access(f, os.W_OK) for f in files if os.path.lexists(f))


def _soundness(path: str) -> Soundness:
    if not size(path):
        return Soundness.EMPTY
    if not os.access(os.path.join(path, DATABASE), os.R_OK):
        return Soundness.LOCKED_OUT
    try:
        connection = looked_at(path)
        if connection is None:
            return _suspicion(path)
        with closing(connection):
            return _checked(connection, path)
    except (sqlite3.Error, OSError) as error:
        return _suspicion(path) if is_damage(error) else Soundness.LOCKED_OUT


def _checked(connection: sqlite3.Connection, path: str) -> Soundness:
    """Look through all of it, as far as the time goes."""
    alarm = threading.Timer(_PATIENCE, connection.interrupt)
    alarm.start()
    try:
        said = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return Soundness.OPENS
        raise
    finally:
        alarm.cancel()
        alarm.join()
    return Soundness.SOUND if said == [("ok",)] else _suspicion(path)


def _suspicion(path: str) -> Soundness:
    """What looks damaged is, unless somebody is writing."""
    log = os.path.join(path, f"{DATABASE}-wal")
    return Soundness.BUSY if os.path.lexists(log) and os.lstat(log).st_size else Soundness.DAMAGED
