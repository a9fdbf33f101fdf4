"""Small things that were worked out before, each a file of its own: so far, compiled settings.

Read on every commit, so neither a database nor a hash function is loaded for them. Best effort: what cannot be read is
not known, what cannot be written is not kept. Whoever reads a value checks it; that nobody else has written it is what
the directory's owner and mode say, as for the store.
"""

import contextlib
import os
import re
import stat
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from antipasta_hook.cache.directory import Unfit, check_owned, store_directory
from antipasta_hook.cache.whole import replace_whole

PLACE: Final = "settings"
LARGEST: Final = 256 * 1024
"""Bytes of a value; a larger one is not kept."""
MOST: Final = 512
"""Files; when there are more, the oldest go."""
_LEFT: Final = 384
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,199}")
_FLAGS: Final = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


class FileMemory:
    """Values by key, beside the store (see ``open_store``). A key must do as a file's name.

    Nothing is looked at before it is used. Where the place is not fit nothing is known and nothing is kept. ``make``
    False: it is only read, and nothing is made.
    """

    def __init__(self, directory: str | None, environ: Mapping[str, str], *, make: bool = True) -> None:
        self._wanted = directory
        self._environ = environ
        self._make = make

    @cached_property
    def _directory(self) -> str | None:
        """The absolute path of the values' own directory, made where there is none."""
        try:
            place = os.path.join(store_directory(self._wanted, self._environ, make=self._make), PLACE)
            if self._make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(place, 0o700)
            check_owned(place)
        except (Unfit, OSError, ValueError):
            return None
        return place

    def get(self, key: str) -> bytes | None:
        """What is kept under a key; None where nothing is, or nothing that can be read."""
        if self._directory is None or not _NAME.fullmatch(key):
            return None
        try:
            descriptor = os.open(os.path.join(self._directory, key), os.O_RDONLY | _FLAGS)
            with open(descriptor, "rb") as file:
                found = os.fstat(descriptor)
                if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
                    return None
                value = file.read(LARGEST + 1)
        except (OSError, ValueError):
            return None
        return value if len(value) <= LARGEST else None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value under a key, in place of an earlier one; in one step, whoever else is at it."""
        if not self._make or self._directory is None or not _NAME.fullmatch(key) or len(value) > LARGEST:
            return
        with contextlib.suppress(OSError):
            replace_whole(os.path.join(self._directory, key), value)
            _forget_the_oldest(self._directory)


def open_memory(directory: str | None, environ: Mapping[str, str]) -> FileMemory:
    """The user's memory, beside the store; ``directory`` is that of the settings, as for ``open_store``."""
    return FileMemory(directory, environ)


def forget_all(directory: str) -> int:
    """Remove all values of the memory in a store's directory; how many there were."""
    place, removed = os.path.join(directory, PLACE), 0
    with contextlib.suppress(Unfit, OSError):
        check_owned(place)
        with os.scandir(place) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    os.remove(entry.path)
                    removed += 1
    return removed


def _forget_the_oldest(directory: str) -> None:
    """Bound the number of files, unfinished ones included; one that is gone already is no matter."""
    with os.scandir(directory) as entries:
        names = [entry.path for entry in entries]
    if len(names) > MOST:
        names.sort(key=_modified)
        for name in names[: len(names) - _LEFT]:
            _remove(name)


def _modified(path: str) -> float:
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.remove(path)
