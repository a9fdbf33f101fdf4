"""The compiled form of one settings file, and its bytes: what a run reads that has seen the file before.

It depends on the file's bytes alone, not on its path. Decoding believes nothing: what is not exactly of our shape is
not known. Nothing heavy is imported here.
"""

import json
import math
import zlib
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, cast

from antipasta_hook.config.fault import Fault, shown
from antipasta_hook.config.settings import LIMITS, Layer, Override, Plain, Value
from antipasta_hook.model import FILE_METRICS, Gate, Level

LARGEST_NUMBER: Final = 10**12
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "gate": tuple(map(str, Gate)),
    "on_unreadable": ("fail", "warn"),
    "on_error": ("warn", "fail"),
    "on_deferred": ("pass", "fail"),
    "reader": ("auto", "pygit2", "git"),
    "cache.eviction": ("least-recently-stored", "least-recently-used", "least-frequently-used"),
}
"""The keys that take one of some words."""

RUN_WIDE: Final = (
    "budget_ms", "push_budget_ms", "on_error", "on_deferred", "reader",
    "cache.directory", "cache.size", "cache.eviction",
)  # fmt: skip
"""The keys that hold for a run as a whole: they count at the top of a repository alone."""

Values = Mapping[str, tuple[Plain, int]]
"""By key, each with its line."""


class Compiled(NamedTuple):
    """One settings file, validated. ``unknown`` are keys that nobody reads, ``notices`` what else is to be said."""

    values: Values
    overrides: tuple[tuple[tuple[str, ...], Values], ...] = ()
    unknown: tuple[Fault, ...] = ()
    notices: tuple[str, ...] = ()

    def layer(self, path: str) -> Layer:
        """What the file sets where it stands at this path."""
        where = shown(path, longest=500)

        def located(values: Values) -> dict[str, Value]:
            return {key: Value(value, f"{where}:{line}") for key, (value, line) in values.items()}

        overrides = tuple(Override(paths, located(values)) for paths, values in self.overrides)
        return Layer(path.rpartition("/")[0], located(self.values), overrides)


def encode(compiled: Compiled, key: str) -> bytes:
    """The bytes that are kept under a key: a checksum over both, then JSON."""
    return _sealed(json.dumps(compiled, separators=(",", ":")).encode("ascii"), key)


def decode(data: bytes, key: str) -> Compiled | None:
    """What was encoded under this key; None for anything else."""
    payload = data.partition(b"\n")[2]
    if data != _sealed(payload, key):
        return None
    try:
        return _compiled(json.loads(payload))
    except (ValueError, TypeError, RecursionError):
        return None


def _sealed(payload: bytes, key: str) -> bytes:
    return b"%08x\n%b" % (zlib.crc32(payload, zlib.crc32(key.encode())), payload)


def _compiled(found: object) -> Compiled:
    """ValueError or TypeError for what is not of our shape."""
    values, overrides, unknown, notices = _require(found, list)
    return Compiled(
        _values(values),
        tuple(_override(*_require(each, list)) for each in _require(overrides, list)),
        tuple(_fault(*_require(each, list)) for each in _require(unknown, list)),
        _texts(notices),
    )


def _require(found: object, kind: type) -> list[object]:
    if type(found) is not kind:
        raise TypeError
    return cast("list[object]", found)


def _override(paths: object, values: object) -> tuple[tuple[str, ...], Values]:
    return _texts(paths), _values(values)


def _fault(line: object, key: object, reason: object) -> Fault:
    _texts([key, reason])
    return Fault(_line(line), str(key), str(reason))


def _line(found: object) -> int:
    if type(found) is not int or not 0 < found <= LARGEST_NUMBER:
        raise TypeError
    return found


def _texts(found: object) -> tuple[str, ...]:
    texts = _require(found, list)
    if any(type(text) is not str for text in texts):
        raise TypeError
    return tuple(cast("list[str]", texts))


def _values(found: object) -> Values:
    if not isinstance(found, dict):
        raise TypeError
    return {key: _value(key, *_require(value, list)) for key, value in found.items()}


def _value(key: str, value: object, line: object) -> tuple[Plain, int]:
    plain = tuple(value) if isinstance(value, list) else value
    if not fits(key, plain):
        raise TypeError
    return cast("Plain", plain), _line(line)


def fits(key: str, value: object) -> bool:
    """Whether this is a key of compiled settings and a value that it can have."""
    if key.startswith(LIMITS):
        _, metric, part = key.split(".") if key.count(".") == 2 else ("", "", "")
        return metric in FILE_METRICS and part in _PARTS and _PARTS[part](value)
    if key in CHOICES:
        return type(value) is str and value in CHOICES[key]
    return key in _KINDS and _KINDS[key](value)


def _is_number(value: object) -> bool:
    return type(value) in {int, float} and 0 <= cast("float", value) < math.inf


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_list(value: object) -> bool:
    return type(value) is tuple and all(type(each) is str for each in value)


def _or_none(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or check(value)


_PARTS: Final[Mapping[str, Callable[[object], bool]]] = {
    "limit": _is_number,
    "level": lambda value: type(value) is str and value in tuple(Level),
    "tolerance": _or_none(_is_number),
}
_KINDS: Final[Mapping[str, Callable[[object], bool]]] = {
    "tolerance": _or_none(_is_number),
    "count_asserts": lambda value: type(value) is bool,
    "include": _is_list,
    "exclude": _is_list,
    "critical.paths": _is_list,
    "critical.functions": _is_list,
    "budget_ms": _or_none(_is_number),
    "push_budget_ms": _or_none(_is_number),
    "cache.directory": _is_text,
    "cache.size": lambda value: type(value) is int and value > 0,
}
