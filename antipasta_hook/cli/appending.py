"""Files that grow by some lines each run, perhaps written by several hooks at once: rotated or kept in one shape."""

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from antipasta_hook.cli.outputs import is_a_stream
from antipasta_hook.model import Failure
from antipasta_hook.report.words import printable

KEPT: Final = 3
"""Older files that are kept beside a rotated one: ``FILE.1`` is the latest of them."""
_BEGINNING: Final = b'{"time": '
_TRIES, _PAUSE = 50, 0.005  # seconds
_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


def append(path: str, text: str, *, largest: int) -> None:
    """Add lines to a file; one that would become larger than so many bytes is put aside first. Raises OSError."""
    data = text.encode("utf-8", "backslashreplace")
    path = path if is_a_stream(path) else os.path.realpath(path)
    with _alone_with(path) as file:
        if os.fstat(file).st_size + len(data) <= largest or is_a_stream(path) or not _is_ours(file):
            _write(file, data)
            return
        _put_aside(path)
        with _alone_with(path) as fresh:
            _write(fresh, data)


def append_row(path: str, header: str, row: str) -> None:
    """Add a row to a table, whose first line is the header; raises Failure for a table of other columns, OSError."""
    with _alone_with(path) as file:
        expected = header.encode("utf-8")
        if os.fstat(file).st_size:
            os.lseek(file, 0, os.SEEK_SET)
            if _is_regular(file) and os.read(file, len(expected) + 1)[: len(expected)] != expected:
                raise Failure(
                    f"{printable(path)} has other columns",
                    kind="output",
                    recovery="it was written by another version, or by somebody else: give --stats a new file",
                )
            expected = b"" if _ends_a_line(file) else b"\n"
        _write(file, expected + row.encode("utf-8", "backslashreplace"))


@contextmanager
def _alone_with(path: str) -> Iterator[int]:
    """The open file, in which nobody else of us writes meanwhile; the one that has the name now."""
    while True:
        file = os.open(path, _FLAGS, 0o666)
        try:
            if stat.S_ISBLK(os.fstat(file).st_mode):
                raise OSError(errno.ENOTSUP, "it is a disk")
            _lock(file)
            if _is_at(file, path):
                yield file
                return
        finally:
            os.close(file)


def _is_at(file: int, path: str) -> bool:
    """Whether an open file still has its name: somebody may have put it aside while we waited."""
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except FileNotFoundError:
        return False


def _lock(file: int) -> None:
    """Wait until nobody else of us has it; OSError where that takes too long.

    Where there is no flock (Windows) nobody waits.
    """
    if sys.platform == "win32":
        return
    import fcntl

    for _ in range(_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return
    raise OSError(errno.EBUSY, "another process holds it")


def _is_ours(file: int) -> bool:
    """Whether a file is a log that this tool began: others are added to, and never put aside."""
    os.lseek(file, 0, os.SEEK_SET)
    return _is_regular(file) and os.read(file, len(_BEGINNING)) == _BEGINNING


def _is_regular(file: int) -> bool:
    return stat.S_ISREG(os.fstat(file).st_mode)


def _put_aside(path: str) -> None:
    """FILE becomes FILE.1, that FILE.2, and so on; the oldest goes."""
    for number in range(KEPT, 0, -1):
        older = f"{path}.{number - 1}" if number > 1 else path
        if os.path.exists(older):
            os.replace(older, f"{path}.{number}")


def _ends_a_line(file: int) -> bool:
    """Whether what is in a file ends with its last line: an editor, or a full disk, may have left it open."""
    if not _is_regular(file):
        return True
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1) == b"\n"


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
