"""A small file of lines a repository, in the user's cache: appended to at every run, read back seldom.

Best effort, as all of the cache: what cannot be kept is not kept, what cannot be read is not there.
"""

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final
from zlib import adler32, crc32

from antipasta_hook.cache.directory import Unfit, check_owned, make_directory, store_directory

_FLAGS: Final = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Notebook:
    """The lines in one place of the cache; ``git_dir`` is an absolute git directory, that of a linked work tree too.

    ``largest`` bytes, and it is time to write what still counts anew; twice as many are read at most.
    """

    def __init__(self, place: str, git_dir: str, environ: Mapping[str, str], *, largest: int) -> None:
        self._path = _path(place, git_dir, environ)
        self._largest = largest

    @property
    def can_keep(self) -> bool:
        """Whether there is a place for lines that can be written; it is made."""
        return self._path is not None and _made(self._path) and os.access(os.path.dirname(self._path), os.W_OK)

    def append(self, line: bytes) -> bool:
        """Add a line; whether there are too many by now."""
        if self._path is None or not _made(self._path):
            return False
        try:
            descriptor = os.open(self._path, _FLAGS | os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with open(descriptor, "ab") as file:
                file.write(line + b"\n")
                return file.tell() > self._largest
        except OSError:
            return False

    def replace(self, lines: Sequence[bytes]) -> None:
        """Write these in place of all others, in one step."""
        from antipasta_hook.cache.whole import replace_whole

        if self._path is not None:
            with suppress(OSError):
                replace_whole(self._path, b"".join(line + b"\n" for line in lines))

    def lines(self) -> Iterable[bytes]:
        """All of them, the oldest first."""
        if self._path is None:
            return []
        try:
            with open(os.open(self._path, _FLAGS | os.O_RDONLY), "rb") as file:
                is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
                return file.read(2 * self._largest).splitlines() if is_file else []
        except OSError:
            return []


def _path(name: str, git_dir: str, environ: Mapping[str, str]) -> str | None:
    """The file of a repository, None where nothing can be kept; its linked work trees share one."""
    place = os.fsencode(os.path.realpath(_common(git_dir)))
    repository = f"{crc32(place):08x}{adler32(place):08x}"  # to import hashlib for it takes longer than to write a line
    try:
        return os.path.join(store_directory(None, environ, make=False), name, f"{repository}.jsonl")
    except (Unfit, OSError, ValueError):
        return None


def _made(path: str) -> bool:
    """Whether the directory of a file is there, made where it was not, fit for it as the whole cache is."""
    place = os.path.dirname(path)
    try:
        if not os.path.isdir(place):
            make_directory(place)
        check_owned(place)
    except (OSError, Unfit):
        return False
    return True


def _common(git_dir: str) -> str:
    """The git directory that all work trees of a repository share."""
    try:
        with open(os.path.join(git_dir, "commondir"), encoding="utf-8", errors="surrogateescape") as file:
            return os.path.join(git_dir, file.read(4096).strip())
    except OSError:
        return git_dir
