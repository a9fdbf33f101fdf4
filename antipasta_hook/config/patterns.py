"""Which paths the patterns of .gitattributes and of the settings speak of, by git's rules. Pure."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from antipasta_hook.config.wildmatch import Matcher, compile_name, compile_path


def attribute_matcher(pattern: str) -> Matcher | None:
    """Whether a .gitattributes pattern matches a path from the file's directory; None: it never does.

    Unlike in .gitignore, ``dir`` and ``dir/`` match no file below the directory; ``dir/**`` does.
    """
    return None if pattern.endswith("/") else _matcher(pattern)


def _matcher(pattern: str) -> Matcher | None:
    """With a slash a pattern is one of whole paths, without one of last names."""
    if "/" in pattern:
        return compile_path(pattern.removeprefix("/"))
    match = compile_name(pattern)
    return None if match is None else lambda path: match(path.rpartition("/")[2])


class _Line(NamedTuple):
    """One gitignore line: it takes out, or (negated) takes back; perhaps directories only."""

    match: Matcher
    negated: bool
    directories_only: bool


def ignore_matcher(patterns: Iterable[str]) -> Matcher:
    """Whether gitignore patterns match a path: the last that matches counts, a matched directory takes all it holds."""
    verdict = ignore_verdict(patterns)
    return lambda path: verdict(path) is True


def ignore_verdict(patterns: Iterable[str]) -> Callable[[str], bool | None]:
    """What gitignore patterns say of a path: True, False where a ``!`` takes it back, None where they are silent."""
    lines = [line for pattern in patterns if (line := _line(pattern)) is not None]
    lines.reverse()
    return lambda path: _said(path, lines)


def is_pattern(text: str) -> bool:
    """Whether a line of gitignore can match anything: it is not empty, no comment, and well formed."""
    return _line(text) is not None


def _line(text: str) -> _Line | None:
    pattern = _without_trailing_spaces(text)
    if not pattern or pattern.startswith("#"):
        return None
    negated = pattern.startswith("!")
    pattern = pattern[1:] if negated else pattern
    directories_only = pattern.endswith("/")
    match = _matcher(pattern.removesuffix("/")) if pattern not in {"", "/"} else None
    return None if match is None else _Line(match, negated, directories_only)


def _without_trailing_spaces(text: str) -> str:
    kept = text.rstrip(" ")
    return kept + " " if kept.endswith("\\") and len(kept) < len(text) else kept


def _said(path: str, lines: list[_Line]) -> bool | None:
    place = path.find("/") if lines else -1
    while place >= 0:
        if _said_of(path[:place], lines, directory=True):
            return True
        place = path.find("/", place + 1)
    return _said_of(path, lines, directory=False)


def _said_of(path: str, lines: list[_Line], *, directory: bool) -> bool | None:
    for line in lines:
        if (directory or not line.directories_only) and line.match(path):
            return not line.negated
    return None
