"""Where the store lives, and whether a place is fit for it: nobody but its owner may have written there."""

import os
import stat
import sys
from collections.abc import Mapping
from typing import Final

VARIABLE: Final = "ANTIPASTA_CACHE_DIR"
LAYOUT: Final = "v1"
"""The sub-directory that is the store: a later layout never meets an earlier one."""

_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH
_ELSEWHERE: Final = f"set {VARIABLE} to a directory of your own, outside any repository"


class Unfit(Exception):  # noqa: N818 - a finding about a place, not a fault of the program
    """No store can be kept there: why (the message) and what to do about it."""

    def __init__(self, message: str, recovery: str) -> None:
        super().__init__(message)
        self.recovery = recovery


def store_directory(directory: str | None, environ: Mapping[str, str], *, make: bool = True) -> str:
    """The absolute path of the store's own directory, made where it does not exist yet, mode 0700 with its parents.

    ``make`` False: it may not exist, and stays so.

    The environment's, else ``directory`` (the settings'; it may begin with ``~/``), else the platform's for users'
    caches. Unfit where the place cannot be trusted; OSError or ValueError where it cannot be had.
    """
    path = store_path(directory, environ)
    if make:
        make_directory(path)
    for each in (os.path.dirname(path), path):
        if make or os.path.lexists(each):
            check_owned(each)
    return path


def store_path(directory: str | None, environ: Mapping[str, str]) -> str:
    """The same path, and nothing is made. Unfit where what is around it cannot be trusted."""
    base = environ.get(VARIABLE) or _below_home(directory, environ) or user_cache_directory(environ)
    if not os.path.isabs(base):
        raise Unfit(f"the cache directory {base!r} is a relative path", f"set {VARIABLE} to an absolute path")
    base = os.path.realpath(base)
    _check_surroundings(base)
    return os.path.join(base, LAYOUT)


def user_cache_directory(environ: Mapping[str, str]) -> str:
    """``platformdirs.user_cache_dir("antipasta-hook")``, without its import (13 ms) where the rule is two lines."""
    if sys.platform in ("win32", "darwin"):
        import platformdirs

        return platformdirs.user_cache_dir("antipasta-hook", appauthor=False)
    base = environ.get("XDG_CACHE_HOME", "").strip()
    if not os.path.isabs(base):
        base = os.path.join(_home(environ), ".cache")
    return os.path.join(base, "antipasta-hook")


def is_users_own(directory: str | None, environ: Mapping[str, str]) -> bool:
    """Whether the store is where the user wants it for all repositories, not where one's settings name a place."""
    named = None if environ.get(VARIABLE) else _below_home(directory, environ)
    return named is None or os.path.realpath(named) == os.path.realpath(user_cache_directory(environ))


def _home(environ: Mapping[str, str]) -> str:
    return environ.get("HOME") or os.path.expanduser("~")


def _below_home(directory: str | None, environ: Mapping[str, str]) -> str | None:
    """A directory with its ``~/`` made absolute: settings are shared by people with other homes."""
    if directory is None or not directory.startswith("~/"):
        return directory
    return os.path.join(_home(environ), directory[2:])


def _check_surroundings(base: str) -> None:
    """Refuse what could have come with a clone, and what anyone may swap for something else."""
    inner, place = "", base
    while True:
        if inner != ".git" and os.path.lexists(os.path.join(place, ".git")):
            raise Unfit(f"the cache directory {base} is inside the work tree {place}", _ELSEWHERE)
        if place != base:
            _check_not_open_to_all(base, place)
        parent, inner = os.path.split(place)
        if parent == place:
            return
        place = parent


def _check_not_open_to_all(base: str, place: str) -> None:
    if sys.platform == "win32":
        return
    try:
        mode = os.stat(place).st_mode
    except FileNotFoundError:
        return
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise Unfit(f"the cache directory {base} is inside {place}, where everybody may write", _ELSEWHERE)


def check_owned(path: str) -> None:
    """Unfit where a path is no directory, or one that anybody but its owner, us, may write to."""
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise Unfit(f"{path} is not a directory", f"remove {path}, or {_ELSEWHERE}")
    if sys.platform == "win32" or not hasattr(os, "geteuid"):  # there are no owners, and the modes say nothing
        return
    if found.st_uid != os.geteuid():
        raise Unfit(f"{path} belongs to another user", _ELSEWHERE)
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise Unfit(f"others may write to {path}", f"empty it and run chmod go-w on it, or {_ELSEWHERE}")


def make_directory(path: str) -> None:
    """Make a directory and those above it, mode 0700, where they are not there; OSError where that cannot be done."""
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        parent = os.path.dirname(path)
        if parent == path:
            raise
        make_directory(parent)
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            return
