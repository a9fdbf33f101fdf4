"""What is wrong with a settings file, said to people: where, which key, why, and what was probably meant."""

from collections.abc import Iterable
from typing import Final, NamedTuple

_LONGEST: Final = 60
_LONGEST_WORD: Final = 40


class Fault(NamedTuple):
    """One thing that is wrong; ``key`` has dots (``limits.cognitive``) and is empty for the file as a whole."""

    line: int
    key: str
    reason: str

    def at(self, path: str) -> str:
        """``FILE:LINE: KEY: REASON``, on one line whatever the file is called."""
        key = f"{self.key}: " if self.key else ""
        return f"{shown(path, longest=500)}:{self.line}: {key}{self.reason}"


class Faulty(Exception):  # noqa: N818 - what it carries are the errors
    """A settings file that cannot be used, with everything that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = tuple(sorted(faults))


def shown(text: str, *, longest: int = _LONGEST) -> str:
    """Text of a file for a message: printable, on one line, cut where it is long."""
    text = text if len(text) <= longest else text[:longest] + "..."
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else char.encode("unicode_escape").decode("ascii")


def described(value: object) -> str:
    """A value for a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{shown(value)}'"
    if isinstance(value, int | float):
        return shown(f"{value}")
    names = {type(None): "nothing", list: "a list", dict: "a table"}
    return names.get(type(value), f"a {type(value).__name__}")


def meant(word: str, known: Iterable[str]) -> str:
    """``; did you mean ...?`` with the nearest of the known words, empty where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word[:_LONGEST_WORD].lower(), list(known), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""
