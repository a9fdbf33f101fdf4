"""Loose objects, read here and not by libgit2 or git: one that was cut short makes libgit2 spin, and git's batch wait.

An object is a file ``xx/yyyy`` under an object directory: a zlib stream of ``type SP size NUL content``.
Format: Documentation/gitformat-loose.txt.
"""

import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from antipasta_hook.changes.place import Place

_TYPES: Final = frozenset({b"blob", b"tree", b"commit", b"tag"})
_HEAD: Final = 64  # git allows 32 bytes
_COMPRESSED_HEAD: Final = 1024
_LARGEST: Final = 1 << 40
_DEEPEST_ALTERNATE: Final = 5  # git's own limit
_MOST_ALTERNATES: Final = 100
FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""To open what should be a file and may be a pipe, without waiting for it."""


class Damaged(Exception):  # noqa: N818 - what is the matter with an object, for whoever asked
    """An object file that is there and does not hold an object."""


class LooseObjects:
    """The loose objects of one repository and of its alternates."""

    def __init__(self, place: Place, git_dir: str) -> None:
        own = place.path("GIT_OBJECT_DIRECTORY") or os.path.join(_common_dir(place, git_dir), "objects")
        listed = place.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "").split(os.pathsep)
        named = [os.path.join(place.cwd, path.strip('"')) for path in listed if path]
        self.directories: Final = tuple(_with_alternates(own, named))
        self._places: dict[str, list[str]] = {}

    def size(self, oid: str) -> int | None:
        """The size that an object's header states; None where it is not loose. Raises Damaged."""
        raw = self._raw(oid, _COMPRESSED_HEAD)
        return None if raw is None else _head(zlib.decompressobj(), raw)[0]

    def read(self, oid: str) -> bytes | None:
        """An object's content; None where it is not loose. Raises Damaged, also where it is not of its stated size."""
        raw = self._raw(oid, -1)
        return None if raw is None else _content(raw)

    def _raw(self, oid: str, most: int) -> bytes | None:
        for directory in self._directories(oid[:2]):
            with suppress(FileNotFoundError, NotADirectoryError):
                return _bytes_of(os.path.join(directory, oid[2:]), most)
        return None

    def _directories(self, prefix: str) -> list[str]:
        """Where objects whose ids begin like this may be; in a clone most of these directories do not exist."""
        if prefix not in self._places:
            places = (os.path.join(directory, prefix) for directory in self.directories)
            self._places[prefix] = [place for place in places if os.path.lexists(place)]
        return self._places[prefix]


def _common_dir(place: Place, git_dir: str) -> str:
    """The directory that a linked work tree shares with the others."""
    if named := place.path("GIT_COMMON_DIR"):
        return named
    try:
        with open(os.path.join(git_dir, "commondir"), "rb") as file:
            return os.path.join(git_dir, os.fsdecode(file.read(10_000).rstrip(b"\r\n")))
    except OSError:
        return git_dir


def _with_alternates(own: str, named: list[str]) -> Iterator[str]:
    """Object directories and those that they name in turn, each once."""
    pending = [(path, 0) for path in (*reversed(named), own)]
    seen: set[str] = set()
    while pending and len(seen) < _MOST_ALTERNATES:
        directory, depth = pending.pop()
        if directory in seen:
            continue
        seen.add(directory)
        yield directory
        if depth < _DEEPEST_ALTERNATE:
            pending.extend((path, depth + 1) for path in reversed(_alternates(directory)))


def _alternates(directory: str) -> list[str]:
    try:
        with open(os.path.join(directory, "info", "alternates"), "rb") as file:
            lines = file.read(1_000_000).splitlines()
    except OSError:
        return []
    names = [os.fsdecode(line).strip('"') for line in lines if line and not line.startswith(b"#")]
    return [os.path.normpath(os.path.join(directory, name)) for name in names]


def _bytes_of(path: str, most: int) -> bytes:
    try:
        with open(os.open(path, FLAGS), "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Damaged("it is not a regular file")
            return file.read(most) or b""
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise Damaged(str(error)) from error


def _head(stream: "zlib._Decompress", raw: bytes) -> tuple[int, bytes]:
    """The stated size, and the first bytes of the content."""
    try:
        header, end, start = stream.decompress(raw, _HEAD).partition(b"\0")
    except zlib.error as error:
        raise Damaged(str(error)) from error
    kind, _, digits = header.partition(b" ")
    if not end or kind not in _TYPES or not digits.isdigit() or int(digits) > _LARGEST:
        raise Damaged("its header is not one")
    return int(digits), start


def _content(raw: bytes) -> bytes:
    """The content; no more than a byte beyond the stated size is ever unpacked."""
    stream = zlib.decompressobj()
    size, start = _head(stream, raw)
    left = size - len(start)
    if left >= 0:
        try:
            start += stream.decompress(stream.unconsumed_tail, left + 1)
        except zlib.error as error:
            raise Damaged(str(error)) from error
    if len(start) != size or not stream.eof or stream.unused_data:
        raise Damaged("it is cut short, or not of the size that it states")
    return start
