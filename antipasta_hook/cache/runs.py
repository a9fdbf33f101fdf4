"""The runs of a repository that are over, the latest few hundred of them; nothing of it leaves the machine.

A notebook of JSON lines. No name of a file, a branch or a person is in it, only numbers and our own words.
"""

from collections.abc import Mapping
from typing import Final

from antipasta_hook.cache.notebook import Notebook
from antipasta_hook.model import Run

MOST: Final = 500
_LARGEST: Final = 320 * MOST  # bytes; a line has about 250
_MOST: Final = {"when": 1 << 33, "took_ms": 1 << 35, "limit_ms": 1 << 35}
"""Times in the year 2242, and of a year."""
_WORDS: Final = ("run_id", "scope", "outcome")


class Runs:
    """Those of one repository; ``git_dir`` is its absolute git directory, that of a linked work tree too."""

    def __init__(self, git_dir: str, environ: Mapping[str, str]) -> None:
        self._notebook = Notebook("runs", git_dir, environ, largest=_LARGEST)

    def add(self, run: Run) -> None:
        """One more; when there are too many, the older half goes."""
        if self._notebook.append(_line(run)):
            self._notebook.replace(list(map(_line, self.all()[-MOST // 2 :])))

    def all(self) -> list[Run]:
        """Those that are kept, the oldest first."""
        return [run for line in self._notebook.lines() if (run := _parsed(line)) is not None][-MOST:]


def _line(run: Run) -> bytes:
    """Written by hand: to import a library for it would take longer than to keep it. Its words need no escapes."""
    fields = (f'"{name}": {_text(name, value)}' for name, value in zip(Run._fields, run, strict=True))
    return f"{{{', '.join(fields)}}}".encode("ascii", "replace")


def _text(name: str, value: object) -> str:
    return f'"{value}"' if name in _WORDS else f"{value:.3f}".rstrip("0").rstrip(".")


def _parsed(line: bytes) -> Run | None:
    """A run; None for what is none of ours."""
    import json

    try:
        fields = {**Run._field_defaults, **json.loads(line)}
        return Run._make(_checked(name, fields[name]) for name in Run._fields)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _checked(name: str, value: object) -> object:
    """A word of ours, or a number that somebody can add up; raises ValueError for any other."""
    if name in _WORDS:
        fits = isinstance(value, str) and value.isascii() and value.isalnum()
    else:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MOST.get(name, 1 << 53)
    if not fits:
        raise ValueError(value)
    return value
