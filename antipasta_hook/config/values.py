"""What a single value of a settings file may be: each function gives the value as it is compiled, or says why not.

The reason (a ValueError) follows the key: "gate: must be ...". Values come from YAML and TOML alike.
"""

import re
from collections.abc import Callable
from typing import Final

from antipasta_hook.config.compiled import CHOICES, LARGEST_NUMBER
from antipasta_hook.config.fault import described, meant
from antipasta_hook.config.patterns import is_pattern
from antipasta_hook.model import Level

_LONGEST_TEXT: Final = 1000
_BUDGET: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) *(ms|s|m)")
_MILLISECONDS: Final = {"ms": 1, "s": 1000, "m": 60_000}
_LONGEST_BUDGET: Final = 24 * 60 * 60_000
_SIZE: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) *([kKMG]i?)?B")
_BYTES: Final = {
    "": 1, "k": 1000, "K": 1000, "M": 1000**2, "G": 1000**3, "ki": 1024, "Ki": 1024, "Mi": 1024**2, "Gi": 1024**3
}  # fmt: skip
_SMALLEST_CACHE: Final = 1000**2
_LARGEST_CACHE: Final = 1000**4
_DIRECTORY: Final = re.compile(r"~/.|/.|[A-Za-z]:[\\/].|\\\\.")
_WORDS: Final = {"yes": True, "on": True, "no": False, "off": False}


def number(value: object) -> float:
    """A finite number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number such as 10, not {described(value)}")  # noqa: TRY004 - a ValueError for pydantic
    if not 0 <= value <= LARGEST_NUMBER:  # NaN is not, either
        raise ValueError(f"must be a number from 0 to {LARGEST_NUMBER:,}, not {described(value)}")
    return value


def tolerance(value: object) -> float | None:
    """Growth that is let pass; None where it follows the old value."""
    return None if value is None or value == "default" else number(value)


def switch(value: object) -> bool:
    """True or false; YAML 1.1's other words for them too."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise ValueError(f"must be true or false, not {described(value)}")


def one_of(*words: str) -> Callable[[object], str]:
    """One of these words."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        hint = meant(value, words) if isinstance(value, str) else ""
        raise ValueError(f"must be one of {', '.join(words)}, not {described(value)}{hint}")

    return check


def choice(key: str) -> Callable[[object], str]:
    """One of the words that a key knows."""
    return one_of(*CHOICES[key])


_level = one_of(*Level)


def level(value: object) -> str:
    """What a metric over its limit means; ``off`` is false in YAML 1.1, and in many heads."""
    return str(Level.OFF) if value is False or (isinstance(value, str) and is_off(value)) else _level(value)


def is_off(text: str) -> bool:
    """Whether a word means ``off``."""
    return text.lower() in {"off", "no"}


def text(value: object) -> str:
    """Text that can be seen."""
    if not isinstance(value, str):
        hint = "; quote what begins with #" if value is None else ""
        raise ValueError(f"must be text, not {described(value)}{hint}")  # noqa: TRY004 - a ValueError for pydantic
    if not value or not value.isprintable() or len(value) > _LONGEST_TEXT:
        raise ValueError(f"must be text of 1 to {_LONGEST_TEXT:,} printable characters, not {described(value)}")
    return value


def pattern(value: object) -> str:
    """A gitignore pattern that can match something."""
    if not is_pattern(text(value)):
        raise ValueError(f"{described(value)} is no pattern: it can never match")
    return text(value)


def budget(value: object) -> float | None:
    """Milliseconds; None for no limit."""
    if value == "none":
        return None
    found = _BUDGET.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be a time with its unit, such as 500ms, 2s or 1m, or none, not {described(value)}")
    milliseconds = float(found[1]) * _MILLISECONDS[found[2]]
    if not 0 < milliseconds <= _LONGEST_BUDGET:
        raise ValueError(f"must be more than 0 and at most 24 hours, not {described(value)}")
    return milliseconds


def size(value: object) -> int:
    """Bytes."""
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be a size with its unit, such as 500MB or 1GiB, not {described(value)}")
    size = int(float(found[1]) * _BYTES[found[2] or ""])
    if not _SMALLEST_CACHE <= size <= _LARGEST_CACHE:
        raise ValueError(f"must be from 1MB to 1000GB, not {described(value)}")
    return size


def directory(value: object) -> str:
    """An absolute directory, or one below the user's home."""
    path = text(value)
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or path.startswith(("\\\\", "//")):
        raise ValueError(f"must be a plain path on this machine, without .., not {described(value)}")
    if not _DIRECTORY.match(path):
        raise ValueError(f"must be an absolute path or one that begins with ~/, not {described(value)}")
    return path
