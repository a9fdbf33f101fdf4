"""What was said at a commit that went through, and may not have been seen: hook managers hide what a passing hook says.

One small file of JSON lines a repository, in the user's cache: appended to, read back only where something blocks, at
a push, and by ``antipasta-hook last``. Best effort, as all of the cache: what cannot be kept is not kept.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from antipasta_hook.cache.directory import Unfit, store_directory
from antipasta_hook.cache.whole import replace_whole

_PLACE: Final = "kept"
_LARGEST: Final = 256 * 1024  # bytes; twice what _MOST notes can come to
_MOST: Final = 20
_MOST_LINES: Final = 16
_LONGEST_LINE: Final = 400


class Said(NamedTuple):
    """What was said at one run. ``when`` is a time in seconds since 1970, ``at`` what was judged (``commit``).

    ``urgent``: it is to be repeated where it will be seen. ``told``: it has been, or there is no need.
    """

    when: float
    at: str
    lines: tuple[str, ...]
    urgent: bool = True
    told: bool = False


class Kept:
    """The notes of one repository; ``git_dir`` is its absolute git directory, that of a linked work tree too."""

    def __init__(self, git_dir: str, environ: Mapping[str, str]) -> None:
        self._path = _path(git_dir, environ)

    @property
    def can_keep(self) -> bool:
        """Whether there is a place for them."""
        return self._path is not None and os.access(os.path.dirname(self._path), os.W_OK)

    def all(self) -> list[Said]:
        """What is kept, the oldest first; told is all that stands before the last mark."""
        entries: list[Said] = []
        for line in self._lines():
            found = _parsed(line)
            if found is None:
                entries = [said._replace(told=True) for said in entries]
            elif found.lines:
                entries.append(found)
        return entries[-_MOST:]

    def untold(self) -> list[Said]:
        """What has not been repeated yet."""
        return [said for said in self.all() if said.urgent and not said.told]

    def keep(self, said: Said) -> None:
        """Add a note."""
        self._append(_entry(said))

    def mark_told(self) -> None:
        """All that is kept has been repeated."""
        self._append({"told": True})

    def _append(self, entry: Mapping[str, object]) -> None:
        if self._path is None:
            return
        try:
            descriptor = os.open(self._path, _FLAGS | os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with open(descriptor, "ab") as file:
                file.write(_line(entry))
                size = file.tell()
            if size > _LARGEST:
                self._shorten()
        except OSError:
            return

    def _shorten(self) -> None:
        """Write anew what still counts, in one step."""
        assert self._path is not None  # noqa: S101 - for the type checker
        entries: list[bytes] = []
        for said in self.all():
            entries.append(_line(_entry(said)))
            if said.told:
                entries.append(_line({"told": True}))
        replace_whole(self._path, b"".join(entries))

    def _lines(self) -> Iterable[bytes]:
        if self._path is None:
            return []
        try:
            with open(os.open(self._path, _FLAGS | os.O_RDONLY), "rb") as file:
                is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
                return file.read(2 * _LARGEST).splitlines() if is_file else []
        except OSError:
            return []


_LATEST: Final = 1 << 33  # seconds since 1970: the year 2242
_FLAGS: Final = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def _path(git_dir: str, environ: Mapping[str, str]) -> str | None:
    """The file of a repository, None where nothing can be kept; its linked work trees share one."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(_common(git_dir)))).hexdigest()[:32]
    try:
        place = os.path.join(store_directory(None, environ), _PLACE)
        os.makedirs(place, mode=0o700, exist_ok=True)
    except (Unfit, OSError, ValueError):
        return None
    return os.path.join(place, f"{name}.jsonl")


def _common(git_dir: str) -> str:
    """The git directory that all work trees of a repository share."""
    try:
        with open(os.path.join(git_dir, "commondir"), encoding="utf-8", errors="surrogateescape") as file:
            return os.path.join(git_dir, file.read(4096).strip())
    except OSError:
        return git_dir


def _entry(said: Said) -> dict[str, object]:
    lines = [line[:_LONGEST_LINE] for line in said.lines[:_MOST_LINES]]
    return {"when": said.when, "at": said.at, "lines": lines, "urgent": said.urgent}


def _line(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry).encode("ascii") + b"\n"


def _parsed(line: bytes) -> Said | None:
    """One entry; None for the mark that all before it was told, no lines for what is none of ours."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return _NOTHING
    if not isinstance(entry, dict):
        return _NOTHING
    if entry.get("told") is True:
        return None
    when, at, lines = entry.get("when"), entry.get("at"), entry.get("lines")
    if not isinstance(when, int | float) or not 0 <= when < _LATEST:
        return _NOTHING
    if isinstance(at, str) and isinstance(lines, list):
        texts = tuple(text for text in lines if isinstance(text, str))
        return Said(float(when), at, texts[:_MOST_LINES], urgent=entry.get("urgent") is not False)
    return _NOTHING


_NOTHING: Final = Said(0, "", ())
