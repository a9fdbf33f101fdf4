"""Where the stores are that a person's runs here use, and what is in the way there."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final, NamedTuple

from antipasta_hook.cache import FileMemory
from antipasta_hook.cache.admission import Busy, Foreign
from antipasta_hook.cache.directory import VARIABLE, Unfit, store_directory
from antipasta_hook.cache.limits import Limits, limits_of
from antipasta_hook.changes import FILE_MODES, Repository, open_repository
from antipasta_hook.config.load import load
from antipasta_hook.config.settings import DEFAULTS, PROJECT_FILE, SETTINGS_FILE, RunSettings, Settings
from antipasta_hook.model import Failure

_OTHERS_ARE_AT_WORK: Final = "other processes keep it busy"


class Place(NamedTuple):
    """A store's directory. ``named``: by the settings of a repository, which may name any. ``origin``: by whom."""

    directory: str
    named: bool
    origin: str
    limits: Limits


def repository_here(cwd: str, environ: Mapping[str, str], stack: ExitStack) -> Repository | None:
    """The repository of a directory; None where there is none. Raises Failure for one that cannot be read."""
    try:
        return stack.enter_context(open_repository(cwd, environ))
    except Failure as failure:
        if failure.kind != "not-a-repository":
            raise
        return None


def places(repository: Repository | None, environ: Mapping[str, str], *, make: bool = True) -> list[Place]:
    """Where the user's store is, and where the settings of HEAD want this repository's to be. Raises Failure.

    ``make`` False: a directory that is not there is not made.
    """
    memory = FileMemory(None, environ, make=make)
    wanted = (DEFAULTS if repository is None else _settings(repository, memory)).run()
    origin = VARIABLE if environ.get(VARIABLE) else "the platform"
    found = [Place(_directory(None, environ, make=make), named=False, origin=origin, limits=limits_of(None, environ))]
    if wanted.cache_directory is not None:
        other = _directory(wanted.cache_directory, environ, make=make)
        if other != found[0].directory:
            found.append(Place(other, named=True, origin="the settings of HEAD", limits=_limits(wanted, environ)))
    return found


def _settings(repository: Repository, memory: FileMemory) -> Settings:
    """What the root of HEAD says, which is all that counts for a run; nothing is listed for it."""
    head = repository.head()
    if head is None:
        return DEFAULTS
    blobs = repository.tree_blobs(head, [PROJECT_FILE, SETTINGS_FILE])
    files = {path: blob.oid for path, blob in blobs.items() if blob.mode in FILE_MODES}
    return Settings(load(files, repository.read, memory).layers)


def _limits(run: RunSettings, environ: Mapping[str, str]) -> Limits:
    return limits_of(run.cache_directory, environ, run.cache_size, run.cache_eviction)


def _directory(wanted: str | None, environ: Mapping[str, str], *, make: bool) -> str:
    try:
        return store_directory(wanted, environ, make=make)
    except Unfit as unfit:
        raise _failure(str(unfit), unfit.recovery) from unfit
    except (OSError, ValueError) as error:
        raise _failure(str(error)) from error


@contextmanager
def told(directory: str) -> Iterator[None]:
    """What goes wrong with a store, for a person."""
    try:
        yield
    except Busy as busy:
        raise _failure(f"{directory}: {_OTHERS_ARE_AT_WORK}", "try again when they are done") from busy
    except Foreign as foreign:
        raise _failure(f"the database in {directory} is damaged, or none of this tool") from foreign
    except (sqlite3.Error, OSError) as error:
        raise _failure(f"{directory}: {error}") from error


def _failure(what: str, recovery: str = "") -> Failure:
    return Failure(f"the cache cannot be used: {what}", kind="no-cache", recovery=recovery)
