"""What stands where a repository should have a file: to open a named pipe waits for ever, in libgit2 and in git alike.

git makes none; a directory that was unpacked may hold some. They are looked for before anybody opens anything. The
index and what is being merged are looked at where they are needed: CI needs neither.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from antipasta_hook.changes.place import Place
from antipasta_hook.changes.reader import shown
from antipasta_hook.model import Failure

_OWN: Final = ("HEAD", "commondir", "config.worktree", "gitdir")
_COMMON: Final = (
    "config",
    "packed-refs",
    "shallow",
    "info/attributes",
    "info/exclude",
    "info/grafts",
    "info/sparse-checkout",
    "objects/info/alternates",
    "objects/info/commit-graph",
)
_LARGEST: Final = 4096  # bytes of a path or a reference


def require_files(place: Place) -> None:
    """Raise Failure where a part of the repository around a place is a pipe or a device: some 20 looks at the disk."""
    git_dir = _git_dir(place)
    if git_dir is None:
        return
    for path in _parts(place, git_dir):
        if _never_ends(path):
            raise Failure(
                f"{shown(path)} is no file: to read it could take for ever",
                kind="unreadable-repository",
                recovery="git itself does not make it so: remove it, if you know where it comes from",
            )


def _parts(place: Place, git_dir: str) -> Iterator[str]:
    """What is read, one after the other: each says where the next ones are."""
    yield from (os.path.join(git_dir, name) for name in _OWN)
    common = place.path("GIT_COMMON_DIR") or _joined(git_dir, _line(os.path.join(git_dir, "commondir")))
    yield from (os.path.join(common, name) for name in _COMMON)
    branch = _line(os.path.join(git_dir, "HEAD"))
    if branch.startswith("ref: "):
        yield os.path.join(common, branch.removeprefix("ref: "))
    packs = os.path.join(place.path("GIT_OBJECT_DIRECTORY") or os.path.join(common, "objects"), "pack")
    with suppress(OSError), os.scandir(packs) as entries:
        yield from (entry.path for entry in entries if not entry.is_file())


def _git_dir(place: Place) -> str | None:
    """Where git would find the repository; nothing is opened but a file that leads there."""
    if named := place.path("GIT_DIR"):
        return named
    directory = place.cwd
    while True:
        inner = os.path.join(directory, ".git")
        if os.path.isdir(inner):
            return inner
        if os.path.isfile(inner):
            return _joined(directory, _line(inner).removeprefix("gitdir: "))
        if os.path.lexists(os.path.join(directory, "HEAD")) and os.path.isdir(os.path.join(directory, "objects")):
            return directory
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent


def _never_ends(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    if stat.S_ISCHR(mode):
        return not os.path.samefile(path, os.devnull)
    return stat.S_ISFIFO(mode) or stat.S_ISBLK(mode)


def _line(path: str) -> str:
    """The one line of a small file; empty where there is none."""
    if not os.path.isfile(path):
        return ""
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.read(_LARGEST).rstrip(b"\r\n"))
    except OSError:
        return ""


def _joined(directory: str, path: str) -> str:
    return os.path.normpath(os.path.join(directory, path))
