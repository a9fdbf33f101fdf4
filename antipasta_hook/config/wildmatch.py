"""git's own globs (wildmatch.c) as regular expressions that cannot backtrack for long.

A library's translation costs more to import than all else that a commit needs, differs from git in places, and takes
minutes over a pattern of five stars. Here each part between two stars is found at its first place and kept (an atomic
group), so a match takes time in proportion to pattern times path. Patterns and paths are matched byte by byte.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from antipasta_hook.config.brackets import InvalidPattern, bracket

Matcher = Callable[[str], object]
"""Gives something for a text that matches, else None."""

_SPECIAL: Final = re.compile(r"[*?\[\\]")
_STAR, _SLASH, _DIRECTORIES, _ESCAPED, _ANYTHING = "*", "/", "**/", "**\\/", "**"
_LEAPS: Final = {_DIRECTORIES: "(?:[^/]*/)*?", _ESCAPED: ".*?/"}
"""What may stand before the block behind it. To git a slash behind two stars and a backslash is one that must be."""


def path_regex(pattern: str) -> str | None:
    """A pattern against a whole path, where ``*`` stops at a slash and ``**`` does not; None: it never matches.

    As in git the text before the first special character is compared on its own, so that in ``x**/y`` the stars
    stand at the beginning.
    """
    found = _SPECIAL.search(pattern)
    start = found.start() if found else len(pattern)
    return _translated(pattern[:start], pattern[start:], whole_path=True)


def name_regex(pattern: str) -> str | None:
    """A pattern against a name without slashes; None: it never matches."""
    return _translated("", pattern, whole_path=False)


def matcher(regexes: Iterable[str]) -> Matcher:
    """Whether any of these matches a text, which has one character for each byte."""
    either = "|".join(regexes)
    return re.compile(either, re.DOTALL).fullmatch


def is_plain(pattern: str) -> bool:
    """Whether nothing in a pattern is special: it matches itself."""
    return _SPECIAL.search(pattern) is None


def byte_text(text: str) -> str:
    """Text with one character for each byte."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def _translated(literal: str, pattern: str, *, whole_path: bool) -> str | None:
    try:
        tokens = list(_tokens(byte_text(pattern), whole_path=whole_path))
    except InvalidPattern:
        return None
    return re.escape(byte_text(literal)) + _regex(tokens)


def _tokens(pattern: str, *, whole_path: bool) -> Iterator[str]:
    """One of the five names above, or a regular expression for one byte."""
    place = 0
    while place < len(pattern):
        char = pattern[place]
        if char == "*":
            end = place + len(pattern[place:]) - len(pattern[place:].lstrip("*"))
            token = _stars(pattern, place, end) if whole_path else _STAR
            place = end + (len(token) - 2 if token in _LEAPS else 0)
        elif char == "[":
            token, place = bracket(pattern, place)
        elif char == "?":
            token, place = "[^/]", place + 1
        elif char == "\\":
            if place + 1 == len(pattern):
                raise InvalidPattern
            token, place = _literal(pattern[place + 1]), place + 2
        else:
            token, place = _literal(char), place + 1
        yield token


def _stars(pattern: str, start: int, end: int) -> str:
    """What a run of stars is: two or more are special between slashes or at an end."""
    opens = start == 0 or pattern[start - 1] == "/"
    if end - start == 1 or not opens:
        return _STAR
    if end == len(pattern):
        return _ANYTHING
    return next((leap for leap in _LEAPS if pattern.startswith(leap[2:], end)), _STAR)


def _literal(char: str) -> str:
    return _SLASH if char == "/" else re.escape(char)


def _regex(tokens: list[str]) -> str:
    """The blocks between the leaps: each but the last at its first place, the last at the end of the path."""
    first, *blocks = _split(tokens, *_LEAPS)
    leaps = [_LEAPS[token] for token in tokens if token in _LEAPS]
    parts = [leap + _block(block) for leap, block in zip(leaps, blocks, strict=True)]
    return "".join([_block(first), *(f"(?>{part})" for part in parts[:-1]), *parts[-1:]])


def _block(tokens: list[str]) -> str:
    return _SLASH.join(_segment(segment) for segment in _split(tokens, _SLASH))


def _segment(tokens: list[str]) -> str:
    """The parts between the stars: each but the last at its first place, the last at the end of the segment."""
    if tokens == [_ANYTHING]:
        return ".*"
    first, *rest = ("".join(part) for part in _split(tokens, _STAR))
    inner = "".join(f"(?>[^/]*?{part})" for part in rest[:-1])
    last = "".join(f"(?>[^/]*{part})" for part in rest[-1:])
    return first + inner + last


def _split(tokens: list[str], *separators: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token in separators:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
