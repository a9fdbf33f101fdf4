"""Forms in which a repository may be kept: which of them git and libgit2 read, and which a repository uses."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from antipasta_hook.changes.children import Git
from antipasta_hook.changes.repository import Repository
from antipasta_hook.changes.surroundings import imported
from antipasta_hook.model import Failure

Version = tuple[int, ...]


class Form(NamedTuple):
    """A form: the first git that reads it, and whether libgit2 does."""

    name: str
    since: Version
    libgit2: bool


SHA256, REFTABLE, SPLIT, SPARSE_INDEX = "SHA-256 objects", "reftable", "split index", "sparse index"
SPARSE, PARTIAL, SHALLOW, LINKED = "sparse checkout", "partial clone", "shallow clone", "linked work tree"

FORMS: Final = (
    Form("SHA-1 objects, loose references", (1,), libgit2=True),
    Form(SHA256, (2, 29), libgit2=False),
    Form(REFTABLE, (2, 45), libgit2=False),
    Form(SPLIT, (2,), libgit2=False),
    Form(SPARSE_INDEX, (2, 32), libgit2=False),
    Form(SPARSE, (1, 7), libgit2=True),
    Form(PARTIAL, (2, 19), libgit2=True),
    Form(SHALLOW, (1, 5), libgit2=True),
    Form(LINKED, (2, 5), libgit2=True),
)
"""Those that matter to who reads. tests/integration/changes/test_repository_kinds.py holds libgit2 against them."""

_LARGEST: Final = 64 << 20
_SHARED: Final = "sharedindex."
_SPARSE_MARK: Final = b"sdir\0\0\0\0"


def version_of(text: str) -> Version | None:
    """The first version in a text (``git version 2.39.5``); None where there is none."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(map(int, found[0].split("."))) if found else None


def libgit2_versions() -> tuple[str, str]:
    """The versions of pygit2 and of its libgit2. Raises Unreadable where it cannot be imported."""
    pygit2 = imported()
    return str(pygit2.__version__), str(pygit2.LIBGIT2_VERSION)


def used_by(repository: Repository) -> frozenset[str]:
    """The forms that a repository uses, by the names above, but the first. Raises Failure where git is missing."""
    git_dir = repository.git_dir
    linked = os.path.isfile(os.path.join(git_dir, "commondir"))
    settings, index = _settings(repository), _index(repository)
    shared = settings.get("", git_dir)
    signs = {
        SHA256: settings.get("extensions.objectformat", "sha1").lower() == "sha256",
        REFTABLE: settings.get("extensions.refstorage", "").lower() == "reftable",
        SPLIT: any(each in index for each in _shared_indexes(git_dir)),
        SPARSE_INDEX: _SPARSE_MARK in index,
        SPARSE: _is_on(settings, "core.sparsecheckout"),
        PARTIAL: any(_is_promise(key) for key in settings),
        SHALLOW: os.path.isfile(os.path.join(shared, "shallow")),
        LINKED: linked,
    }
    return frozenset(name for name, is_used in signs.items() if is_used)


def _index(repository: Repository) -> bytes:
    """The index, as far as it says of itself how it is kept; empty where there is none."""
    try:
        with open(repository.index_path(), "rb") as file:
            return file.read(_LARGEST)
    except (Failure, OSError):
        return b""


def _shared_indexes(git_dir: str) -> Iterator[bytes]:
    """What an index that builds on another one holds: that one's checksum, which is in its name."""
    for name in os.listdir(git_dir):
        with suppress(ValueError):
            if name.startswith(_SHARED):
                yield bytes.fromhex(name.removeprefix(_SHARED))


def _settings(repository: Repository) -> dict[str, str]:
    """git's settings by their keys, of which git writes all but the middle in small letters; "": the shared directory.

    A key without a value stands for true.
    """
    git = Git(repository.place)
    try:
        common = git.ask("rev-parse", "--git-common-dir").out.removesuffix(b"\n")
        listed = os.fsdecode(git.ask("config", "--null", "--list").out)
    finally:
        git.close()
    pairs = (entry.partition("\n") for entry in listed.split("\0") if entry)
    found = {key: value if separator else "true" for key, separator, value in pairs}
    return {**found, "": os.path.join(repository.place.cwd, os.fsdecode(common))}


def _is_on(settings: dict[str, str], key: str) -> bool:
    return settings.get(key, "false").lower() in {"true", "yes", "on", "1"}


def _is_promise(key: str) -> bool:
    return key == "extensions.partialclone" or (key.startswith("remote.") and key.endswith(".promisor"))
