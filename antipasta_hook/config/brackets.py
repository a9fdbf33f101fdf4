"""Bracket expressions of git's globs, read as wildmatch.c reads them."""

import re
import string
from typing import Final

_CLASSES: Final = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "blank": " \t",
    "cntrl": "".join(map(chr, [*range(32), 127])),
    "digit": string.digits,
    "graph": string.ascii_letters + string.digits + string.punctuation,
    "lower": string.ascii_lowercase,
    "print": string.ascii_letters + string.digits + string.punctuation + " ",
    "punct": string.punctuation,
    "space": " \t\n\v\f\r",
    "upper": string.ascii_uppercase,
    "xdigit": string.hexdigits,
}


class InvalidPattern(Exception):  # noqa: N818 - the answer is that it never matches
    """A pattern that git takes for one that matches nothing."""


def bracket(pattern: str, start: int) -> tuple[str, int]:
    """The regular expression for the bracket at a place of a pattern of bytes, and the place after it."""
    place = start + 1
    negated = pattern[place : place + 1] in {"!", "^"}
    chars: set[str] = set()
    place = _items(pattern, place + negated, chars)
    listed = "".join(re.escape(char) for char in sorted(chars - {"/"}))
    if negated:
        return f"[^/{listed}]", place
    return (f"[{listed}]" if listed else "(?!)"), place


def _items(pattern: str, place: int, chars: set[str]) -> int:
    """Collect the characters; a ``]`` in the first place is one of them."""
    previous = ""
    first = True
    while first or _char(pattern, place) != "]":
        first = False
        char = _char(pattern, place)
        if char == "-" and previous and pattern[place + 1 : place + 2] not in {"", "]"}:
            char, place = _escaped(pattern, place + 1)
            chars.update(map(chr, range(ord(previous), ord(char) + 1)))
            previous = ""
        elif pattern.startswith("[:", place) and (name := _class_name(pattern, place)) is not None:
            if name not in _CLASSES:
                raise InvalidPattern
            chars.update(_CLASSES[name])
            place += len(name) + 4
            previous = ""
        else:
            previous, place = _escaped(pattern, place)
            chars.add(previous)
    return place + 1


def _class_name(pattern: str, place: int) -> str | None:
    """The name in ``[:name:]``; None where it is not closed like that and the bracket means itself."""
    end = pattern.find("]", place + 2)
    if end < 0:
        raise InvalidPattern
    inner = pattern[place + 2 : end]
    return inner[:-1] if inner.endswith(":") else None


def _escaped(pattern: str, place: int) -> tuple[str, int]:
    """The character at a place, a backslash before it left out, and the place after it."""
    place += _char(pattern, place) == "\\"
    return _char(pattern, place), place + 1


def _char(pattern: str, place: int) -> str:
    if place >= len(pattern):
        raise InvalidPattern
    return pattern[place]
