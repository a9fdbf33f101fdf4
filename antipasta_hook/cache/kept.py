"""What was said at a commit that went through, and may not have been seen: hook managers hide what a passing hook says.

A notebook of JSON lines: read back only where something blocks, at a push, and by ``antipasta-hook last``.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from antipasta_hook.cache.notebook import Notebook

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
        self._notebook = Notebook("kept", git_dir, environ, largest=_LARGEST)

    @property
    def can_keep(self) -> bool:
        """Whether there is a place for them."""
        return self._notebook.can_keep

    def all(self) -> list[Said]:
        """What is kept, the oldest first; told is all that stands before the last mark."""
        entries: list[Said] = []
        for line in self._notebook.lines():
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
        if self._notebook.append(_line(entry)):
            self._notebook.replace(list(self._what_counts()))

    def _what_counts(self) -> Iterator[bytes]:
        for said in self.all():
            yield _line(_entry(said))
            if said.told:
                yield _line({"told": True})


_LATEST: Final = 1 << 33  # seconds since 1970: the year 2242


def _entry(said: Said) -> dict[str, object]:
    lines = [line[:_LONGEST_LINE] for line in said.lines[:_MOST_LINES]]
    return {"when": said.when, "at": said.at, "lines": lines, "urgent": said.urgent}


def _line(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry).encode("ascii")


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
