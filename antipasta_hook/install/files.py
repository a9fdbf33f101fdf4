"""Files among the hooks: written at once or not at all, and nothing that was there is ever without a name.

A person may stop us anywhere. Whatever happens, the old hook is under its own name or under the one that our script
looks for, and the next run finds the rest of the way from there.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator

from antipasta_hook.install.seat import Seat
from antipasta_hook.model import Failure
from antipasta_hook.report.words import printable


def keep_aside(seat: Seat) -> None:
    """Give the hook that is there its second name; it keeps the first one until our script takes it."""
    if os.path.lexists(seat.chained):
        return
    with _failures(seat.chained):
        if seat.link is not None:
            os.symlink(seat.link, seat.chained)
            return
        try:
            os.link(seat.path, seat.chained)
        except OSError:  # a file system without hard links
            with _unfinished(seat.chained) as copy:
                shutil.copy2(seat.path, copy)
                os.replace(copy, seat.chained)


def write_script(path: str, content: bytes) -> None:
    """Put the complete file in place at once: git finds what was there or what is there now, never less."""
    with _failures(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with _unfinished(path) as script:
            # The mode is what the person's umask leaves of it, as for every file that git makes executable.
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with open(os.open(script, flags, 0o777), "wb") as file:
                file.write(content)
            os.replace(script, path)


def sweep(path: str) -> None:
    """Remove what an earlier run left unfinished, under the name of a hook or for its second name."""
    directory, name = os.path.split(path)
    left = re.compile(re.escape(name) + r"(\.antipasta-chained)?\.antipasta-\d+")
    with _failures(path):
        for found in os.listdir(directory) if os.path.isdir(directory) else ():
            if left.fullmatch(found):
                os.unlink(os.path.join(directory, found))


def put_back(seat: Seat) -> None:
    """Give the hook that was there before its own name again, in place of our script if that is there."""
    with _failures(seat.path):
        if seat.ours or seat.content is None:
            os.replace(seat.chained, seat.path)
        else:  # stopped before our script took the name: it has both
            os.unlink(seat.chained)


def remove(seat: Seat) -> None:
    """Take our script away, where nothing was there before."""
    with _failures(seat.path):
        os.unlink(seat.path)


def remove_directory(path: str) -> bool:
    """Take the directory away if nothing is left in it."""
    with contextlib.suppress(OSError):
        os.rmdir(path)
        return True
    return False


@contextlib.contextmanager
def _unfinished(path: str) -> Iterator[str]:
    """A name beside the file for what is not complete yet; nothing is left there."""
    name = f"{path}.antipasta-{os.getpid()}"
    try:
        yield name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


@contextlib.contextmanager
def _failures(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Failure(
            f"cannot write {printable(path)}: {error.strerror}",
            kind="unwritable",
            recovery="nothing is lost; once it can be written, the same command does the rest",
        ) from error
