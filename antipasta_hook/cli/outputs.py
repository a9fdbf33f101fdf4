"""The files that reports go to: each is written whole or not at all, and its place is looked at before all else."""

import errno
import os
import stat
import sys
import time
from collections.abc import Sequence
from typing import Final

from antipasta_hook.cache.whole import replace_whole
from antipasta_hook.cli.streams import say
from antipasta_hook.model import Failure
from antipasta_hook.report.words import printable

_PASSING: Final = frozenset(
    {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
)
_A_MOMENT, _PAUSE = 1.0, 0.01  # seconds
_NAMES_OF_OPEN_FILES: Final = ("/dev/fd/", "/dev/stdout", "/dev/stderr", "/proc/")


def require_places(paths: Sequence[str]) -> None:
    """Raise Failure where one of these files surely cannot be written: a mistake of the caller, who need not wait."""
    taken: dict[str, str] = {}
    for path in paths:
        if is_a_stream(path):
            continue
        place = os.path.realpath(path)
        if not os.path.isdir(os.path.dirname(place)):
            raise _no_place(path, f"there is no directory {os.path.dirname(place)}")
        if os.path.isdir(place):
            raise _no_place(path, "it is a directory")
        if os.path.islink(place):
            raise _no_place(path, "it is a link that leads to itself")
        if (why := _no_name(place)) is not None:
            raise _no_place(path, why)
        if place in taken:
            raise _no_place(path, f"another format goes to {taken[place]}")
        taken[place] = path


def _no_name(place: str) -> str | None:
    """Why a file cannot have this name; None where nothing is known against it."""
    try:
        os.lstat(place)
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror or str(error)
    return None


def save(text: str, path: str) -> bool:
    """Write a report to a file; nobody ever reads half of it. A pipe or a device is written to as it is.

    Whether it could be written.

    A place that cannot be written is the caller's mistake (a Failure), a full disk is nobody's: that is only said.
    """
    return save_bytes(text.encode("utf-8", "backslashreplace"), path)


def save_bytes(data: bytes, path: str) -> bool:
    """As ``save``."""
    if is_a_stream(path):
        return _write_into(path, data)
    place = os.path.realpath(path)
    try:
        as_it_was = stat.S_IMODE(os.stat(place).st_mode) if os.path.exists(place) else None
        replace_whole(place, data, mode=0o666, as_it_was=as_it_was)
    except OSError as error:
        _refuse(path, error)
        return False
    return True


def is_a_stream(path: str) -> bool:
    """Whether this is no file that could be replaced: a pipe, a device, or another name of an open file."""
    if os.path.abspath(path).startswith(_NAMES_OF_OPEN_FILES):
        return os.path.exists(path)
    return os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))


def _write_into(path: str, data: bytes) -> bool:
    try:
        file = open(_opened(path), "wb")  # noqa: SIM115 - closed below
    except OSError as error:
        _refuse(path, error)
        return False
    try:
        with file:
            file.write(data)
    except OSError as error:
        say(f"cannot write {path}: {error.strerror}")
        return False
    return True


def _opened(path: str) -> int:
    """Open what is no file; a pipe that nobody reads from is waited for no longer than a moment. Raises OSError."""
    flags = os.O_WRONLY | os.O_APPEND  # not from its beginning: /dev/stdout may be a file into which others write, too
    if sys.platform == "win32":
        return os.open(path, flags)
    if stat.S_ISBLK(os.stat(path).st_mode):
        raise OSError(errno.ENOTSUP, "it is a disk")
    until = time.monotonic() + (_A_MOMENT if stat.S_ISFIFO(os.stat(path).st_mode) else 0)
    while True:
        try:
            descriptor = os.open(path, flags | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO or time.monotonic() >= until:
                raise
            time.sleep(_PAUSE)
        else:
            os.set_blocking(descriptor, True)
            return descriptor


def _refuse(path: str, error: OSError) -> None:
    """Raise Failure where a file may not be opened for good; what may be otherwise in a moment is only said."""
    if error.errno not in _PASSING:
        raise _no_place(path, str(error.strerror)) from error
    say(f"cannot write {path}: {error.strerror}")


def _no_place(path: str, why: str) -> Failure:
    return Failure(
        f"cannot write {printable(path)}: {why}",
        kind="output",
        recovery=f"name a file in a place that can be written, from {printable(os.getcwd())}",
    )
