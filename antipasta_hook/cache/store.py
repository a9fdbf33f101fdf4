"""The store as the pipeline sees it: what is known, what is to be remembered, and never an exception."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from importlib import import_module
from time import monotonic, sleep
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from antipasta_hook.cache.directory import Unfit, store_directory
from antipasta_hook.cache.encoding import LARGEST, decode, encode
from antipasta_hook.cache.limits import Limits, limits_of
from antipasta_hook.cache.lock import LOCK, Occupancy
from antipasta_hook.cache.patience import PATIENCE, Patience
from antipasta_hook.model import FileMetrics, Problem, Severity

if TYPE_CHECKING:
    from antipasta_hook.cache.database import Database
    from antipasta_hook.config.settings import RunSettings

_Value = TypeVar("_Value")

_WITHOUT: Final = "this run measures everything itself"
_TAG: Final = "Signature: 8a477f597d28d172789f06886806bc55\n# Measurements of antipasta-hook. Safe to delete.\n"
_PAUSE: Final = 0.002


class Store:
    """Measurements of earlier runs. Where they cannot be had it knows nothing, remembers nothing and says why.

    For one thread of one process: the one that opened it. ``problem`` is the last thing that went wrong;
    ``bytes_read`` and ``bytes_written`` are those of the values, so far.
    """

    def __init__(self, directory: str | None, problem: Problem | None = None, *, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self.problem = problem or limits.problem
        self.bytes_read = self.bytes_written = 0
        self._directory = directory
        self._limits = limits
        self._occupancy: Occupancy | None = None
        self._database: Database | None = None
        self._patience = Patience(PATIENCE)
        self._process = os.getpid()
        if directory is not None:
            self._open(directory, anew=False)

    def __enter__(self) -> Self:
        """Use until the end of a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go, whatever happened."""
        self.close()

    def get_many(self, keys: Iterable[str]) -> dict[str, FileMetrics]:
        """What was measured of these keys; whatever cannot be read or believed is not known."""
        return self.read(keys, decode)

    @property
    def trouble(self) -> Problem | None:
        """What keeps it from knowing and keeping, if anything does; a limit that was not understood does not."""
        return None if self.problem is self._limits.problem else self.problem

    def read(self, keys: Iterable[str], decode: Callable[[bytes, str], _Value | None]) -> dict[str, _Value]:
        """What is known of these keys; ``decode`` gives what the bytes under a key stand for, None for nothing."""
        found: dict[str, _Value] = {}
        database = self._usable()
        if database is None:
            return found
        try:
            for key in keys:
                data = database.get(key)
                self.bytes_read += len(data or b"")
                value = None if data is None else decode(data, key)
                if value is not None:
                    found[key] = value
            if found and database.notes_use:
                database.note_use(found, self._patience.left)
        except _failures() as error:
            self._give_up(error)
        return found

    def holds(self, keys: Iterable[str]) -> set[str]:
        """For which of these keys there is something; whether it can be believed is found out when it is read."""
        database = self._usable()
        if database is None:
            return set()
        try:
            return {key for key in keys if key in database}
        except _failures() as error:
            self._give_up(error)
            return set()

    def set_many(self, items: Mapping[str, FileMetrics]) -> None:
        """Remember all of these, or none, in one transaction."""
        if self._usable() is not None:
            self.write(dict(_rows(items)))

    def write(self, rows: Mapping[str, bytes]) -> None:
        """Remember all of these bytes, or none, in one transaction."""
        database = self._usable()
        if database is None or not rows:
            return
        try:
            database.wait_at_most(self._patience.left)
            with ExitStack() as transaction:
                with self._patience.tried():
                    transaction.enter_context(database.transact())
                for key, data in rows.items():
                    database.set(key, data)
            self.bytes_written += sum(map(len, rows.values()))
        except _failures() as error:
            self._give_up(error)

    def close(self) -> None:
        """Let go of everything; after that the store knows nothing."""
        database, self._database = self._database, None
        occupancy, self._occupancy = self._occupancy, None
        try:
            if database is not None:
                database.close()
        except _failures() as error:
            self.problem = self.problem or _problem(error, self._directory)
        finally:
            if occupancy is not None:
                occupancy.close()

    def _usable(self) -> "Database | None":
        """A connection must not be used on the other side of a fork."""
        return self._database if self._process == os.getpid() else None

    def _open(self, directory: str, *, anew: bool) -> None:
        try:
            self._occupancy = Occupancy(os.path.join(directory, LOCK))
            self._database, replaced = _enter(directory, self._occupancy, self._patience, anew=anew)
            if self._limits != Limits():
                self._database.limit(self._limits.size, self._limits.eviction)
        except _failures() as error:
            self.close()
            self.problem = _problem(error, directory)
        except BaseException:
            self.close()
            raise
        else:
            if replaced:
                self.problem = Problem(
                    kind="cache",
                    message="the cache was damaged or not made by this tool",
                    path=directory,
                    severity=Severity.WARNING,
                    recovery="it was emptied and started anew",
                )

    def _give_up(self, error: Exception) -> None:
        """Go on without a store, or with an empty one where its content is what is wrong."""
        from antipasta_hook.cache.database import is_damage

        self.close()
        self.problem = _problem(error, self._directory)
        if self._directory is not None and is_damage(error):
            directory, self._directory = self._directory, None  # once
            self._open(directory, anew=True)


def wanted_store(run: "RunSettings | None", environ: Mapping[str, str]) -> Store:
    """The store that settings want; None: the user's own."""
    if run is None:
        return open_store(None, environ)
    return open_store(run.cache_directory, environ, run.cache_size, run.cache_eviction)


def open_store(
    directory: str | None, environ: Mapping[str, str], size: int | None = None, eviction: str | None = None
) -> Store:
    """The user's store: in ``ANTIPASTA_CACHE_DIR``, else in ``directory`` if given, else in the platform's place.

    ``size`` in bytes and ``eviction`` are what the settings want for ``directory``: see ``limits_of``.
    """
    try:
        return Store(store_directory(directory, environ), limits=limits_of(directory, environ, size, eviction))
    except Unfit as unfit:
        message, recovery = str(unfit), f"{_WITHOUT}; {unfit.recovery}"
        return Store(None, Problem(kind="cache", message=message, severity=Severity.WARNING, recovery=recovery))
    except (OSError, ValueError) as error:
        return Store(None, _problem(error, None))


def _enter(directory: str, occupancy: Occupancy, patience: Patience, *, anew: bool) -> "tuple[Database, bool]":
    """The database, made first where there is none fit for use, and whether something was thrown away for it.

    Making it needs being alone, so that nothing is removed under the feet of others; whoever finds the files in use
    tries again, until the patience runs out.
    """
    import_module("antipasta_hook.cache.database")  # that takes a while, and is no waiting
    end = monotonic() + patience.left
    replaced = False
    while True:
        if not anew and (database := _shared(directory, occupancy, max(0.0, end - monotonic()))) is not None:
            return database, replaced
        made = _made(directory, occupancy, anew=anew)
        if made is not None:
            anew, replaced = False, replaced or made
        elif monotonic() > end:
            raise TimeoutError("the cache could not be had in time: other processes keep it busy")
        else:
            with patience.tried():
                sleep(_PAUSE)


def _shared(directory: str, occupancy: Occupancy, patience: float) -> "Database | None":
    """The database, in use together with others; None where it is being made or is not fit for use."""
    from antipasta_hook.cache.database import open_database

    if not occupancy.share():
        return None
    database = open_database(directory, patience)
    if database is None:
        occupancy.leave()
    return database


def _made(directory: str, occupancy: Occupancy, *, anew: bool) -> bool | None:
    """Make the database, alone: whether something was thrown away for it; None where others were in the way."""
    from antipasta_hook.cache.database import create_database, open_database

    if not occupancy.seize():
        return None
    try:
        database = None if anew else open_database(directory)
        if database is not None:
            database.close()
            return None  # somebody else has made it meanwhile
        replaced = create_database(directory)
        _explain(directory)
        database = open_database(directory)
        if database is None:
            raise OSError("what was just made cannot be read back")
        database.close()
        return replaced
    finally:
        occupancy.leave()


def _explain(directory: str) -> None:
    """Tell backup programs and git that this is a cache. Nothing depends on it."""
    for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n")):
        try:
            with open(os.path.join(directory, name), "x", encoding="ascii") as file:
                file.write(text)
        except OSError:
            continue


def _rows(items: Mapping[str, FileMetrics]) -> Iterable[tuple[str, bytes]]:
    for key, metrics in items.items():
        try:
            data = encode(metrics, key)
        except ValueError:
            continue  # not what any measurement yields: the differential tests' business, not a commit's
        if len(data) <= LARGEST:
            yield key, data


def _failures() -> tuple[type[Exception], ...]:
    """Everything that a store may do to us; the modules are loaded by now."""
    import sqlite3

    import diskcache

    return sqlite3.Error, diskcache.Timeout, OSError, ValueError


def _problem(error: Exception, directory: str | None) -> Problem:
    what = str(error) or "other processes keep the cache busy"
    return Problem(
        kind="cache",
        message=f"the cache cannot be used: {what}",
        path=directory,
        severity=Severity.NOTICE,
        recovery=_WITHOUT,
    )
