"""Lines of styled text, and how they are kept within their columns."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from antipasta_hook.report.screen import Screen
from antipasta_hook.report.words import printable

ENDLESS: Final = 4_096  # characters: no path that a system opens has more
_LONGEST: Final = 1_000  # columns of one thing that is said: whoever writes more into a name wants no reader


class Style(StrEnum):
    """What a piece of a line is; how that looks is the terminal's business."""

    PLAIN = "plain"
    TITLE = "title"
    PLACE = "place"
    BAD = "bad"
    OWN = "own"
    COMMAND = "command"


class Span(NamedTuple):
    """A piece of a line in one style."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Span, ...]


def line(*pieces: str | Span) -> Line:
    """A line of spans and plain text."""
    return tuple(Span(piece) if isinstance(piece, str) else piece for piece in pieces)


def joined(lines: Iterable[Line]) -> str:
    """The lines as plain text."""
    return "".join("".join(span.text for span in spans).rstrip() + "\n" for spans in lines)


def shown(text: str, screen: Screen) -> str:
    """Text from a repository as the screen can show it, on one line; of what is endless, the beginning and the end."""
    plain = _ends(printable(_ends(text, screen).replace("\t", " ")), screen)
    if plain.isascii():
        return plain
    return plain.encode(screen.encoding, "backslashreplace").decode(screen.encoding, "replace")


def _ends(text: str, screen: Screen) -> str:
    half = ENDLESS // 2
    return text if len(text) <= ENDLESS else text[:half] + ellipsis(screen) + text[-half:]


def columns(text: str) -> int:
    """How many columns a terminal takes for a text: none for a combining mark, two for a wide character."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if character.isascii():
        return 1
    from unicodedata import combining, east_asian_width

    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def cut(text: str, width: int, screen: Screen) -> str:
    """The beginning of a text, with a mark where the rest does not fit."""
    if columns(text) <= width:
        return text
    mark = ellipsis(screen)
    return _start(text, width - len(mark)).rstrip() + mark


def cut_middle(text: str, width: int, screen: Screen) -> str:
    """Both ends of a text, with a mark for what does not fit between them; of a name the end says more."""
    if columns(text) <= width:
        return text
    mark = ellipsis(screen)
    left = max(0, width - len(mark)) // 3
    right = _start(text[::-1], width - len(mark) - left)[::-1]
    return _start(text, left) + mark + right


def _start(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _columns_of(character)
        if used > width:
            return text[:index]
    return text


def ellipsis(screen: Screen) -> str:
    """The mark for what was left out."""
    return "\u2026" if screen.unicode else "..."


def arrow(screen: Screen) -> str:
    """Between an old value and a new one."""
    return "\u2192" if screen.unicode else "->"


def dash(screen: Screen) -> str:
    """Between a word and its details."""
    return "\u2013" if screen.unicode else "-"


def folded(text: str, screen: Screen, indent: str, hang: str) -> list[str]:
    """Text on as many lines as it needs, broken between words; a word wider than a line is broken where that ends."""
    lines, current, bare = [], indent, True
    for word in cut(text, _LONGEST, screen).split(" "):
        rest = word if bare else f" {word}"
        if not bare and columns(current) + columns(rest) > screen.width:
            lines.append(current)
            current, rest = hang, word
        while columns(current) + columns(rest) > screen.width:
            start = _start(rest, screen.width - columns(current))
            while len(start) > 1 and rest.startswith(":", len(start)):  # no line begins with a command to a CI service
                start = start[:-1]
            lines.append(current + start)
            current, rest = hang, rest[len(start) :]
        current, bare = current + rest, False
    return [*lines, current]


def filled(lead: str, pieces: Iterable[str], screen: Screen, hang: str) -> list[str]:
    """A lead, which stays whole, and pieces after it; one that has no room goes on in lines of its own.

    A piece begins with what keeps it apart from the one before.
    """
    lines = [lead]
    for piece in pieces:
        if columns(lines[-1]) + columns(piece) <= screen.width:
            lines[-1] += piece
        else:
            lines += folded(piece.strip(), screen, hang, hang)
    return lines
