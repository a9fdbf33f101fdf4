"""Where the repository and its index are, as git's environment variables say."""

import os
import stat
from collections.abc import Mapping
from typing import Final, NamedTuple

from antipasta_hook.changes.reader import shown
from antipasta_hook.model import Failure

_LARGEST_INDEX: Final = 2 << 30
_LARGEST_MERGE_HEAD: Final = 1_000_000
_PATH_VARIABLES: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")

_MAY_NOT_BE_EMPTY: Final = frozenset({*_PATH_VARIABLES, "GIT_INDEX_FILE", "GIT_ALTERNATE_OBJECT_DIRECTORIES"})


class Place(NamedTuple):
    """A directory and an environment: what git would start from. ``cwd`` is absolute."""

    cwd: str
    environ: Mapping[str, str]

    def path(self, variable: str) -> str | None:
        """A path variable, made absolute; None where it is unset or empty."""
        value = self.environ.get(variable)
        return os.path.join(self.cwd, value) if value else None

    def git_variables(self) -> dict[str, str]:
        """All GIT_* variables, paths made absolute, without GIT_INDEX_FILE, whose base is the work tree."""
        variables = {
            name: value for name, value in self.environ.items() if name.startswith("GIT_") and name != "GIT_INDEX_FILE"
        }
        for name in _PATH_VARIABLES:
            if path := self.path(name):
                variables[name] = path
        return variables


def place_of(cwd: str, environ: Mapping[str, str]) -> Place:
    """The place; raises Failure where the directory is gone, or cannot be looked at.

    An empty variable that names a path is as good as unset: git and libgit2 take each of them in another way.
    """
    try:
        absolute = os.path.abspath(cwd)
    except FileNotFoundError:
        absolute = ""
    if not _is_directory(absolute):
        what = f"{shown(cwd)} is not a directory" if absolute else "the current directory does not exist any more"
        raise Failure(what, kind="no-directory", recovery="change to one that exists, or name one with -C")
    return Place(absolute, {name: value for name, value in environ.items() if value or name not in _MAY_NOT_BE_EMPTY})


def _is_directory(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        raise unreadable(path, error) from error


class IndexFile(NamedTuple):
    """The index that is being committed; ``named`` by GIT_INDEX_FILE or the repository's own."""

    path: str
    named: bool


def locate_index(place: Place, *, git_dir: str, root: str | None, bare: bool) -> IndexFile:
    """The absolute path of the index. A relative GIT_INDEX_FILE counts from the root of the work tree.

    git exports ``GIT_INDEX_FILE=.git/index`` to hooks, and hook managers change the directory after that: taken
    from there the file does not exist, and a missing index reads as an empty one.
    """
    own = os.path.join(git_dir, "index")
    value = place.environ.get("GIT_INDEX_FILE")
    if value:
        path = os.path.normpath(os.path.join(root or place.cwd, value))
        return IndexFile(path, named=True)
    if bare and not place.environ.get("GIT_WORK_TREE"):
        raise Failure(
            f"{shown(git_dir)} is a bare repository: it has no index, so nothing can be staged in it",
            kind="bare",
            recovery="run in a work tree, or name two commits with --from-ref and --to-ref",
        )
    return IndexFile(own, named=False)


def require_index(index: IndexFile, *, unborn: bool, git_dir: str) -> None:
    """Refuse an index that was named and is not there: git would take it for an empty one.

    Before the first commit git names its own index before it has written one: then nothing is staged.
    """
    if why := _unfit(index.path, _LARGEST_INDEX):
        raise corrupt_index(index.path, why)
    if not index.named or os.path.exists(index.path):
        return
    if unborn and os.path.realpath(index.path) == os.path.realpath(os.path.join(git_dir, "index")):
        return
    raise Failure(
        f"GIT_INDEX_FILE names {shown(index.path)}, which does not exist",
        kind="missing-index",
        recovery="unset GIT_INDEX_FILE, or let git set it by running this as a hook",
    )


def _unfit(path: str, largest: int) -> str | None:
    """Why a path should not even be opened (a pipe or a device has no end); None where it may be, or is not there."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    return f"it is too large: {status.st_size:,} bytes" if status.st_size > largest else None


def merge_heads(git_dir: str) -> tuple[str, ...]:
    """The commits that are being merged into HEAD; git keeps them in a file under every reference backend."""
    path = os.path.join(git_dir, "MERGE_HEAD")
    if why := _unfit(path, _LARGEST_MERGE_HEAD):
        raise _broken_merge(path, why)
    try:
        with open(path, "rb") as file:
            lines = file.read(_LARGEST_MERGE_HEAD).split()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _broken_merge(path, error.strerror or str(error)) from error
    heads = tuple(line.decode("ascii", "replace") for line in lines)
    for head in heads:
        if len(head) not in {40, 64} or not set(head) <= set("0123456789abcdef"):
            raise _broken_merge(path, "it does not name commits")
    return heads


def _broken_merge(path: str, why: str) -> Failure:
    return Failure(
        f"{shown(path)} cannot be read: {why}",
        kind="broken-merge",
        recovery="finish or abort the merge: git merge --abort",
    )


def unreadable(path: str, error: OSError) -> Failure:
    """What is said where the system lets a part of a repository not be read."""
    return Failure(
        f"{shown(path)} cannot be read: {error.strerror or error}",
        kind="unreadable-repository",
        recovery="see who may read it, and whether its disk is well",
    )


def corrupt_index(path: str, why: str) -> Failure:
    """What both readers say of a damaged index."""
    return Failure(
        f"the index {shown(path)} cannot be read: {why}",
        kind="corrupt-index",
        recovery="rebuild it: remove it, then git reset, and stage again what was staged: your files are as they were",
    )


def not_a_repository(where: str) -> Failure:
    """What both readers say where there is no repository."""
    return Failure(
        f"{shown(where)} is not in a git repository",
        kind="not-a-repository",
        recovery="run inside a repository, or name one with -C",
    )
