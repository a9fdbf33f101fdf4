"""What a row of a store is, by its key: which version of what part of this tool would look it up."""

from collections.abc import Callable
from typing import Final

from antipasta_hook.cache.encoding import decode
from antipasta_hook.cache.rollup import decode_layout, decode_row
from antipasta_hook.cache.version import ROLL_UP_VERSION

MEASUREMENT, LAYOUT, ROLL_UP = "measurement", "layout", "roll-up"
OTHER: Final = "of another version"
BROKEN: Final = "broken"

_LAYOUT: Final = f"layout{ROLL_UP_VERSION}"
_ROLL_UP: Final = f"rollup{ROLL_UP_VERSION}"
_HEX: Final = frozenset("0123456789abcdef")


def oid_and_word(key: str) -> tuple[str, str] | None:
    """The object that a key is about, and the rest, which says what of it; None for what is no key of ours."""
    oid, _, word = key.partition(":")
    return (oid, word) if len(oid) in (40, 64) and _HEX.issuperset(oid) and word else None


def family_of(word: str) -> str:
    """What a word shares with all that one version of one part wrote: an engine's fingerprint, ``rollup4``."""
    return word.partition("-")[0] if word.startswith("rollup") else word


def kind_of(family: str, engine: str) -> str:
    """What rows of a family are to this version; ``engine`` is the one whose measurements it looks up."""
    return {engine: MEASUREMENT, _LAYOUT: LAYOUT, _ROLL_UP: ROLL_UP}.get(family, OTHER)


READERS: Final[dict[str, Callable[[bytes, str], object]]] = {
    MEASUREMENT: decode,
    LAYOUT: decode_layout,
    ROLL_UP: decode_row,
}
"""By kind, what the bytes under a key stand for; None where they cannot be believed."""
