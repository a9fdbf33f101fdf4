"""Files that are written whole or not at all, and of which nothing is left even where the process is killed."""

import errno
import os
from binascii import crc32
from contextlib import suppress
from typing import BinaryIO, Final

_NAMELESS: Final = getattr(os, "O_TMPFILE", 0)
_OPEN_FILES: Final = "/proc/self/fd"
_FLAGS: Final = os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_UNKNOWN: Final = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL})
"""How a file system says that it has no nameless files."""
_MOST_TRIES: Final = 9


def replace_whole(place: str, data: bytes, *, mode: int = 0o600, as_it_was: int | None = None) -> None:
    """Put bytes into the place of a file, or of nothing, in one step. OSError where that cannot be done.

    ``mode`` is a new file's, of which the umask takes its part; ``as_it_was`` is one of which it does not.

    Where the system has nameless files it has no name until it is finished: what is killed before leaves nothing. Then
    it has for a moment a name that depends on the place alone: what is killed just then the next who comes clears away.
    """
    directory, name = os.path.split(place)
    beside = os.path.join(directory, f".antipasta-hook-{crc32(os.fsencode(name)):08x}.tmp")
    try:
        if not _written_nameless(beside, data, mode, as_it_was):
            beside = os.path.join(directory, f".antipasta-hook-{os.urandom(8).hex()}.tmp")
            with open(os.open(beside, _FLAGS | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                _fill(file, data, as_it_was)
        _move(beside, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _written_nameless(beside: str, data: bytes, mode: int, as_it_was: int | None) -> bool:
    """Whether there is a finished file of that name now; False where the system has no nameless ones."""
    if not _NAMELESS or not os.path.isdir(_OPEN_FILES):
        return False
    try:
        descriptor = os.open(os.path.dirname(beside) or os.curdir, _FLAGS | _NAMELESS, mode)
    except OSError as error:
        if error.errno in _UNKNOWN:
            return False
        raise
    with open(descriptor, "wb") as file:
        _fill(file, data, as_it_was)
        return _name(descriptor, beside)


def _fill(file: BinaryIO, data: bytes, as_it_was: int | None) -> None:
    file.write(data)
    file.flush()
    if as_it_was is not None and hasattr(os, "fchmod"):
        os.fchmod(file.fileno(), as_it_was)


def _name(descriptor: int, beside: str) -> bool:
    """Name a nameless file; whether that can be done."""
    for _ in range(_MOST_TRIES):
        try:
            os.link(f"{_OPEN_FILES}/{descriptor}", beside, src_dir_fd=descriptor, follow_symlinks=True)
        except FileExistsError:
            with suppress(FileNotFoundError):
                os.unlink(beside)
        except OSError:
            return False
        else:
            return True
    return False


def _move(beside: str, place: str) -> None:
    try:
        os.replace(beside, place)
    except FileNotFoundError:  # another one, writing to the same place, took ours for a leftover, or put it there
        if not os.path.exists(place):
            raise
