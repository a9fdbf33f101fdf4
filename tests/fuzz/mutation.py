"""Damage done to bytes: cut off, two made into one, bytes changed. The same number does the same damage everywhere."""

import random
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

Damage = Callable[[random.Random, bytes, bytes], bytes]
"""Chance, what is damaged, another source to splice from."""

_BYTES: Final = b"\0\t\n\x0b\x0c\r\x1a\x1c\x1e !\"#$%&'()*+,-./019:;<=>?@AEJ[\\]^_`abefijlrtux{|}~\x7f\x80\xc3\xff"
_WORDS: Final = (
    "\u2028", "\x85", "é", "\N{BYTE ORDER MARK}", "\U0001f35d", '"""', "'''", "f'", 'f"{', "\r\n", "\\\n", "#:", ";:",
    "lambda:", ":=", "->", "**", "async ", "await ", "match ", "case _:", "except* ", "# noqa: C901", "\n\n\n", "    ",
    "# antipasta: allow cognitive=9", "# coding: latin-1\n",
)  # fmt: skip
TELLING: Final = (*(bytes([byte]) for byte in _BYTES), *map(str.encode, _WORDS))
"""What means something to a reader of Python, or to one of bytes."""


class Variant(NamedTuple):
    """One damaged source: what was done to which file."""

    kind: str
    path: str
    source: bytes


def truncated(chance: random.Random, source: bytes, _other: bytes) -> bytes:
    """Its beginning, up to any byte."""
    return source[: chance.randint(0, len(source))]


def truncated_at_a_line(chance: random.Random, source: bytes, _other: bytes) -> bytes:
    """Its first lines."""
    return source[: _line(chance, source)]


def beheaded(chance: random.Random, source: bytes, _other: bytes) -> bytes:
    """Its last lines."""
    return source[_line(chance, source) :]


def spliced(chance: random.Random, source: bytes, other: bytes) -> bytes:
    """The beginning of one and the end of another, cut at any byte."""
    return source[: chance.randint(0, len(source))] + other[chance.randint(0, len(other)) :]


def spliced_at_a_line(chance: random.Random, source: bytes, other: bytes) -> bytes:
    """The same, cut between lines."""
    return source[: _line(chance, source)] + other[_line(chance, other) :]


def grafted(chance: random.Random, source: bytes, other: bytes) -> bytes:
    """A few lines of another between two of its own."""
    start = _line(chance, other)
    graft = b"".join(other[start : start + 4000].splitlines(keepends=True)[: chance.randint(1, 20)])
    place = _line(chance, source)
    return source[:place] + graft + source[place:]


def flipped(chance: random.Random, source: bytes, _other: bytes) -> bytes:
    """A few bits are the other way round."""
    damaged = bytearray(source)
    for _ in range(chance.choice((1, 1, 2, 4, 16)) if damaged else 0):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def retyped(chance: random.Random, source: bytes, _other: bytes) -> bytes:
    """A few bytes give way to what means something."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        place = chance.randint(0, len(source))
        source = source[:place] + chance.choice(TELLING) + source[place + chance.randint(0, 2) :]
    return source


def stirred(chance: random.Random, source: bytes, _other: bytes) -> bytes:
    """A run of lines is left out, or stands twice, or where it did not."""
    lines = source.splitlines(keepends=True)
    start = chance.randint(0, len(lines))
    end = min(len(lines), start + chance.choice((1, 1, 2, 5, 50)))
    run = lines[start:end]
    how = chance.randrange(3)
    if how:
        place = chance.randint(0, len(lines)) if how == 1 else end
        lines[place:place] = run
    if how < 2:
        lines = [line for index, line in enumerate(lines) if not start <= index < end]
    return b"".join(lines)


DAMAGES: Final[tuple[Damage, ...]] = (
    truncated, spliced, flipped, retyped, truncated_at_a_line, spliced_at_a_line, grafted, beheaded, stirred,
)  # fmt: skip


def _line(chance: random.Random, source: bytes) -> int:
    """The place of the beginning of some line."""
    return source.rfind(b"\n", 0, chance.randint(0, len(source))) + 1


def variant(number: int, paths: Sequence[str], read: Callable[[str], bytes]) -> Variant:
    """Each file in turn, and every round does something else to it."""
    chance = random.Random(number)
    turn, place = divmod(number, len(paths))
    damage = DAMAGES[(turn + place) % len(DAMAGES)]
    path = paths[place]
    return Variant(damage.__name__, path, damage(chance, read(path), read(chance.choice(paths))))


def damaged(chance: random.Random, source: bytes, other: bytes) -> bytes:
    """One thing or another done to a source."""
    return chance.choice(DAMAGES)(chance, source, other)
