"""The stores that a person's runs here use: emptied, or looked through, with some of it worked out again."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final, NamedTuple

from antipasta_hook.cache import Store
from antipasta_hook.cache.administration import BROKEN, MEASUREMENT, ROLL_UP, Busy, Entry, Foreign, clear, entries
from antipasta_hook.cache.administration import remove as remove_rows
from antipasta_hook.cache.administration import size as size_of
from antipasta_hook.cache.directory import Unfit, store_directory
from antipasta_hook.changes import Repository, open_repository
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.model import Failure
from antipasta_hook.replay.heads import of_head
from antipasta_hook.replay.trial import Trial

_OTHERS_ARE_AT_WORK: Final = "other processes keep it busy"


class Place(NamedTuple):
    """A store's directory. ``named``: by the settings of a repository, which may name any."""

    directory: str
    named: bool


class Emptied(NamedTuple):
    """What a store held: so many entries, and its database so many bytes."""

    directory: str
    entries: int
    size: int


class Verified(NamedTuple):
    """What is in a store.

    ``kinds`` is how many there are of each; ``tried`` of them were worked out again (None: there is no repository that
    could tell), ``wrong`` of those were not right. ``sound``: the database as a whole. ``mended``: all that was broken
    or wrong is gone or replaced.
    """

    directory: str
    kinds: Mapping[str, int]
    tried: int | None = None
    wrong: int = 0
    sound: bool = True
    mended: bool = False

    @property
    def is_well(self) -> bool:
        """Whether all that was found may be used."""
        return self.sound and not self.wrong and not self.kinds.get(BROKEN)


def emptied(cwd: str, environ: Mapping[str, str]) -> Iterator[Emptied]:
    """Empty the stores, one after the other. Raises Failure."""
    with ExitStack() as stack:
        places = _places(_repository(cwd, environ, stack), environ)
    for place in places:
        with _told(place):
            before = size_of(place.directory)
            yield Emptied(place.directory, clear(place.directory, whatever_it_is=not place.named), before)


def verified(cwd: str, environ: Mapping[str, str], *, sample: int, mend: bool) -> Iterator[Verified]:
    """Look through the stores; of what this repository can tell, work so many entries out again. Raises Failure.

    ``mend``: take out what is broken, replace what is wrong.
    """
    with ExitStack() as stack:
        repository = _repository(cwd, environ, stack)
        for place in _places(repository, environ):
            with _told(place):
                yield _verified(place, repository, sample, mend=mend)


def _verified(place: Place, repository: Repository | None, sample: int, *, mend: bool) -> Verified:
    directory = place.directory
    if not size_of(directory):
        return Verified(directory, {})
    try:
        found = list(entries(directory, engine_fingerprint()))
    except Foreign:
        if mend:
            clear(directory, whatever_it_is=not place.named)
        return Verified(directory, {}, sound=False, mended=mend)
    with Store(directory) as store:
        trial = Trial(repository, store)
        trial.run(found, sample)
        bad = _not_to_be_believed(found, trial.wrong)
        if mend and bad:
            remove_rows(directory, [entry.row for entry in bad])
            trial.keep()
    kinds = Counter(entry.kind for entry in found)
    return Verified(directory, kinds, trial.tried, len(trial.wrong), mended=mend and bool(bad))


def _not_to_be_believed(found: list[Entry], wrong: list[Entry]) -> list[Entry]:
    """What is broken, what is wrong, and all roll-ups where a measurement is: they may have been made of it."""
    bad = [entry for entry in found if entry.kind == BROKEN] + wrong
    if any(entry.kind == MEASUREMENT for entry in wrong):
        bad += [entry for entry in found if entry.kind == ROLL_UP]
    return bad


def _repository(cwd: str, environ: Mapping[str, str], stack: ExitStack) -> Repository | None:
    try:
        return stack.enter_context(open_repository(cwd, environ))
    except Failure as failure:
        if failure.kind != "not-a-repository":
            raise
        return None


def _places(repository: Repository | None, environ: Mapping[str, str]) -> list[Place]:
    """Where the user's store is, and where the settings of HEAD want this repository's to be."""
    named = None if repository is None else of_head(repository, environ)[1].run().cache_directory
    places = [Place(_directory(None, environ), named=False)]
    if named is not None and (other := _directory(named, environ)) != places[0].directory:
        places.append(Place(other, named=True))
    return places


def _directory(wanted: str | None, environ: Mapping[str, str]) -> str:
    try:
        return store_directory(wanted, environ)
    except Unfit as unfit:
        raise _failure(str(unfit), unfit.recovery) from unfit
    except (OSError, ValueError) as error:
        raise _failure(str(error)) from error


@contextmanager
def _told(place: Place) -> Iterator[None]:
    """What goes wrong with a store, for a person."""
    try:
        yield
    except Busy as busy:
        raise _failure(f"{place.directory}: {_OTHERS_ARE_AT_WORK}", "try again when they are done") from busy
    except Foreign as foreign:
        raise _failure(f"the database in {place.directory} is damaged, or none of this tool") from foreign
    except (sqlite3.Error, OSError) as error:
        raise _failure(f"{place.directory}: {error}") from error


def _failure(what: str, recovery: str = "") -> Failure:
    return Failure(f"the cache cannot be used: {what}", kind="no-cache", recovery=recovery)
