"""What is in the stores that a person's runs here use: counted, looked up, and rid of what is of no use."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from time import time
from typing import Final, NamedTuple

from antipasta_hook.cache import decode
from antipasta_hook.cache.inventory import Contents, Row, contents, rows_of
from antipasta_hook.cache.kinds import MEASUREMENT
from antipasta_hook.cache.pruning import Pruned, Useless, foreseen, prune
from antipasta_hook.changes import FILE_MODES, Repository
from antipasta_hook.changes.history import History
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.model import Failure, FileMetrics
from antipasta_hook.replay.places import Place, places, repository_here, told

_OID: Final = re.compile(r"[0-9a-fA-F]{4,64}")


class Holding(NamedTuple):
    """A store: what is in it (None: there is none), or why that cannot be told."""

    place: Place
    contents: Contents | None = None
    trouble: Failure | None = None


class Sought(NamedTuple):
    """What was asked about: the start of an object's id, and where it is from if it was a path."""

    oid: str
    origin: str = ""


class Found(NamedTuple):
    """An entry about it, in a store; ``metrics`` where it is a measurement that this version believes."""

    directory: str
    row: Row
    metrics: FileMetrics | None


class Waste(NamedTuple):
    """What a person wants to be rid of: see ``Useless``. ``age`` in seconds."""

    others: bool
    age: float | None
    to: int | None


def holdings(cwd: str, environ: Mapping[str, str]) -> Iterator[Holding]:
    """Look at the stores, one after the other. Nothing is made. Raises Failure where a place is none."""
    with ExitStack() as stack:
        found = places(repository_here(cwd, environ, stack), environ, make=False)
    engine = engine_fingerprint()
    for place in found:
        try:
            with told(place.directory):
                holding = Holding(place, contents(place.directory, engine))
        except Failure as failure:
            holding = Holding(place, trouble=failure)
        yield holding


def pruned(cwd: str, environ: Mapping[str, str], waste: Waste, *, dry: bool) -> Iterator[tuple[str, Pruned]]:
    """Rid the stores of waste, or (``dry``) say what would go: the directory of each, and what. Raises Failure."""
    with ExitStack() as stack:
        found = places(repository_here(cwd, environ, stack), environ, make=False)
    before = None if waste.age is None else time() - waste.age
    for place in found:
        useless = Useless(waste.others, before, waste.to, place.limits.eviction)
        with told(place.directory):
            yield place.directory, (foreseen if dry else prune)(place.directory, engine_fingerprint(), useless)


def inspected(cwd: str, environ: Mapping[str, str], target: str, revision: str | None) -> tuple[Sought, list[Found]]:
    """What is kept of an object, given by (the start of) its id, or of a file of the index, of HEAD, or of a commit.

    Raises Failure where the target names neither.
    """
    with ExitStack() as stack:
        repository = repository_here(cwd, environ, stack)
        sought = _sought(repository, target, revision)
        stores = [place.directory for place in places(repository, environ, make=False)]
    engine, found = engine_fingerprint(), []
    for directory in stores:
        with told(directory):
            found += [Found(directory, row, _metrics(row)) for row in rows_of(directory, engine, sought.oid)]
    return sought, found


def _metrics(row: Row) -> FileMetrics | None:
    return decode(row.value, row.key) if row.kind == MEASUREMENT and row.value is not None else None


def _sought(repository: Repository | None, target: str, revision: str | None) -> Sought:
    found = None if repository is None else _file(repository, target, revision)
    if found is not None:
        return found
    if revision is None and _OID.fullmatch(target):
        return Sought(target.lower())
    where = revision or "the index or HEAD"
    raise Failure(
        f"{target} is no file of {where}, nor the id of an object",
        kind="no-file",
        recovery="name a file that git knows, from here, or at least four digits of a blob's id",
    )


def _file(repository: Repository, target: str, revision: str | None) -> Sought | None:
    try:
        path = repository.relative(target)
    except Failure:  # outside of the work tree
        return None
    for name, commit in _versions(repository, revision):
        blobs = repository.index_blobs([path]) if commit is None else repository.tree_blobs(commit, [path])
        if path in blobs and blobs[path].mode in FILE_MODES:
            return Sought(blobs[path].oid, f"{path} of {name}")
    return None


def _versions(repository: Repository, revision: str | None) -> Iterator[tuple[str, str | None]]:
    """Where a file is looked for, with the commit; None for the index."""
    if revision is not None:
        with History(repository) as history:
            yield revision, history.resolve(revision)
        return
    yield "the index", None
    head = repository.head()
    if head is not None:
        yield "HEAD", head
