"""``antipasta-hook explain``: a function, line by line, with what each line adds to its numbers."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.changes import open_repository
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_PASS
from antipasta_hook.cli.screen import look
from antipasta_hook.cli.settings_files import REGULAR, settings_paths
from antipasta_hook.cli.streams import put
from antipasta_hook.config.load import load
from antipasta_hook.config.settings import DEFAULTS, Criteria, Settings
from antipasta_hook.metrics import anatomy, measure
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, Blob, Failure, FileMetrics, FunctionMetrics, Reading
from antipasta_hook.report.listing import Column, Explained, listing, overview
from antipasta_hook.report.words import printable

if TYPE_CHECKING:
    from antipasta_hook.changes import Repository
    from antipasta_hook.metrics.contributions import Contributions

_LARGEST: Final = 16 * 1024 * 1024  # bytes; a larger source is not measured either
_SUGGESTED: Final = 5


class Wanted(NamedTuple):
    """A file as it was named, and perhaps a function of it: ``f``, ``A.m``, ``f.<locals>.g``, ``f@LINE``."""

    path: str
    symbol: str


class Found(NamedTuple):
    """A file that was asked for: what of it, its path for people, its bytes, and by what it is judged."""

    wanted: Wanted
    path: str
    source: bytes
    criteria: Criteria


class Version(NamedTuple):
    """Where files are read: on disk, in the index, in a commit. ``blobs`` finds those of its settings files."""

    read: Callable[[str], bytes | None]
    blobs: Callable[[Iterable[str]], dict[str, Blob]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "target",
        metavar="PATH[::SYMBOL]",
        help="a file, from here or from the root of the repository, and a function of it: f, A.m or f@LINE",
    )
    version = parser.add_mutually_exclusive_group()
    version.add_argument("--staged", action="store_true", help="as it is in the index, not on disk")
    version.add_argument("--rev", metavar="REV", help="as it is in a commit")


def run(arguments: argparse.Namespace) -> int:
    """Print the function, or the functions of the file; raises Failure where there is no such file or function."""
    found = _found(arguments)
    screen = look(sys.stdout, os.environ).screen
    metrics = measure(found.source)
    _require_readable(found, metrics)
    if not found.wanted.symbol:
        functions = [_explained(each, None, found.criteria) for each in metrics.functions]
        return EXIT_PASS if put(overview(found.path, functions, screen)) else EXIT_CANNOT_JUDGE
    read = anatomy(found.source)
    listings = []
    for function in _named(found, metrics.functions):  # overloads and properties share a name
        adding = read.function(function.line, count_asserts=found.criteria.count_asserts)
        listings.append(listing(found.path, read.lines, _explained(function, adding, found.criteria), screen))
    return EXIT_PASS if put("\n".join(listings)) else EXIT_CANNOT_JUDGE


def _found(arguments: argparse.Namespace) -> Found:
    """The first reading of the argument under which there is a file."""
    from_git = bool(arguments.staged or arguments.rev)
    try:
        repository = open_repository(arguments.directory, os.environ)
    except Failure:
        if from_git:
            raise
        return _outside(arguments)
    with repository:
        version = _version(repository, arguments)
        for wanted in _readings(arguments.target):
            for path in _paths_of(repository, wanted.path):
                source = version.read(path)
                if source is not None:
                    return Found(wanted, path, source, _criteria(repository, version, path))
    if not from_git:
        return _outside(arguments)
    raise _no_file(arguments.target, "the index" if arguments.staged else printable(arguments.rev))


def _readings(target: str) -> list[Wanted]:
    """The ways to read the argument; a path may hold ``::`` itself."""
    path, _, symbol = target.rpartition("::")
    return [Wanted(target, ""), *([Wanted(path, symbol)] if path else [])]


def _paths_of(repository: "Repository", path: str) -> list[str]:
    """A path from here, and from the root: the message that blocks a commit names files from there."""
    from_root = os.path.normpath(path).replace(os.sep, "/")
    paths = [] if from_root.startswith(("../", "/")) else [from_root]
    try:
        return list(dict.fromkeys([repository.relative(path), *paths]))
    except Failure:  # outside of the work tree
        return paths


def _version(repository: "Repository", arguments: argparse.Namespace) -> Version:
    blobs = repository.index_blobs
    if arguments.rev:
        from antipasta_hook.changes.history import History

        with History(repository) as history:
            blobs = partial(repository.tree_blobs, history.resolve(arguments.rev))
    elif not arguments.staged:
        root = repository.root() or arguments.directory
        return Version(lambda path: _on_disk(os.path.join(root, path)), blobs)

    def read(path: str) -> bytes | None:
        blob = blobs([path]).get(path)
        return repository.read(blob.oid) if blob is not None and blob.mode in REGULAR else None

    return Version(read, blobs)


def _criteria(repository: "Repository", version: Version, path: str) -> Criteria:
    """By what the file is judged: by the settings of the same version; of the work tree only what is staged counts."""
    files = {name: blob.oid for name, blob in version.blobs(settings_paths([path])).items() if blob.mode in REGULAR}
    return Settings(load(files, repository.read, None).layers).criteria(path)


def _outside(arguments: argparse.Namespace) -> Found:
    """A file that is in no repository, or in another one."""
    for wanted in _readings(arguments.target):
        source = _on_disk(os.path.join(arguments.directory, wanted.path))
        if source is not None:
            return Found(wanted, wanted.path, source, DEFAULTS.criteria(wanted.path))
    raise _no_file(arguments.target, "a file that can be read")


def _on_disk(path: str) -> bytes | None:
    """The bytes of a regular file; None for anything else."""
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            return file.read(_LARGEST)
    except (OSError, ValueError):
        return None


def _no_file(target: str, where: str) -> Failure:
    path = target.rpartition("::")[0] or target
    return Failure(
        f"{printable(path)} is not {'' if where.startswith('a ') else 'in '}{where}",
        kind="no-file",
        recovery="name a Python file, from here or from the root of the repository; --staged and --rev read git",
    )


def _require_readable(found: Found, metrics: FileMetrics) -> None:
    if metrics.functions or metrics.error is None or metrics.reading not in {Reading.BROKEN, Reading.DEEP}:
        return
    line = f":{metrics.error.line}" if metrics.error.line else ""
    raise Failure(
        f"{printable(found.path)}{line} cannot be read: {printable(metrics.error.message)}",
        kind="unreadable-source",
        recovery="only what can be parsed can be explained",
    )


def _named(found: Found, functions: tuple[FunctionMetrics, ...]) -> list[FunctionMetrics]:
    """The functions of that name, or else of that bare name; raises Failure, with the nearest names, for none."""
    symbol, _, line = found.wanted.symbol.partition("@")
    candidates = [each for each in functions if line in {"", str(each.line)}]
    named = [each for each in candidates if each.symbol == symbol]
    named = named or [each for each in candidates if each.symbol.endswith(f".{symbol}")]
    if not named:
        raise _no_function(found, symbol, functions)
    return named


def _no_function(found: Found, symbol: str, functions: Iterable[FunctionMetrics]) -> Failure:
    from difflib import get_close_matches

    path = printable(found.path)
    near = get_close_matches(symbol, list(dict.fromkeys(each.symbol for each in functions)), _SUGGESTED, 0.4)
    return Failure(
        f"{path} has no function {printable(found.wanted.symbol)}",
        kind="no-function",
        recovery=f"the nearest: {printable(', '.join(near))}" if near else f"{path} alone lists what it has",
    )


_WHY_NONE: Final = {
    COGNITIVE: "counted for the function around it",
    CYCLOMATIC: "this Python cannot parse the file",
}


def _explained(function: FunctionMetrics, adding: "Contributions | None", criteria: Criteria) -> Explained:
    cognitive, cyclomatic = (adding.cognitive, adding.cyclomatic) if adding else (None, None)
    columns = (_column(function, COGNITIVE, cognitive, criteria), _column(function, CYCLOMATIC, cyclomatic, criteria))
    return Explained(function, columns)


def _column(
    function: FunctionMetrics, metric: str, adding: tuple[tuple[int, int], ...] | None, criteria: Criteria
) -> Column:
    limit, total = criteria.limits.get(metric), function.value(metric, count_asserts=criteria.count_asserts)
    return Column(
        metric,
        total=total,
        limit=limit.limit if limit else None,
        origin=limit.origin if limit else None,
        adds=dict(adding or ()),
        why_none=_WHY_NONE[metric] if total is None else "",
    )
