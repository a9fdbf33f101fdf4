"""The stores that a person's runs here use: emptied, or looked through, with some of it worked out again."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import NamedTuple

from antipasta_hook.cache import Store
from antipasta_hook.cache.administration import Entry, clear, entries
from antipasta_hook.cache.administration import remove as remove_rows
from antipasta_hook.cache.admission import Foreign
from antipasta_hook.cache.admission import size as size_of
from antipasta_hook.cache.kinds import BROKEN, MEASUREMENT, ROLL_UP
from antipasta_hook.changes import Repository
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.replay.places import Place, places, repository_here, told
from antipasta_hook.replay.trial import Trial


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
        found = places(repository_here(cwd, environ, stack), environ)
    for place in found:
        with told(place.directory):
            before = size_of(place.directory)
            yield Emptied(place.directory, clear(place.directory, whatever_it_is=not place.named), before)


def verified(cwd: str, environ: Mapping[str, str], *, sample: int, mend: bool) -> Iterator[Verified]:
    """Look through the stores; of what this repository can tell, work so many entries out again. Raises Failure.

    ``mend``: take out what is broken, replace what is wrong.
    """
    with ExitStack() as stack:
        repository = repository_here(cwd, environ, stack)
        for place in places(repository, environ):
            with told(place.directory):
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
