"""What people call critical: by the settings ``critical.paths`` and ``critical.functions`` of every layer."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, cast

from antipasta_hook.config.patterns import ignore_matcher
from antipasta_hook.config.settings import Layer, Settings
from antipasta_hook.significance.scale import Part

_PATH_WEIGHT: Final = 0.3
_PATHS: Final = "critical.paths"
_FUNCTIONS: Final = "critical.functions"


def is_critical(path: str, settings: Settings) -> bool:
    """Whether a pattern of any layer that reaches a path speaks of it."""
    return _layer_that_names(path, settings) is not None


def critical_path(path: str, settings: Settings) -> Iterator[Part]:
    """The part of a critical path in a score, with the pattern that makes it one."""
    layer = _layer_that_names(path, settings)
    if layer is not None:
        inner = _inner(layer, path)
        patterns = [each for each in _texts(layer, _PATHS) if _matcher((each,))(inner)]
        yield Part(_PATH_WEIGHT, f"critical path {patterns[-1] if patterns else inner}")


def critical_functions(path: str, settings: Settings) -> tuple[str, ...]:
    """The names of critical functions that hold for a path, as the settings have them."""
    return tuple(name for layer in settings.reaching(path) for name in _texts(layer, _FUNCTIONS))


def is_named(symbol: str, names: tuple[str, ...]) -> bool:
    """Whether one of the names is a symbol's, where ``*`` stands for anything."""
    return any(_fits(symbol, name.split("*")) for name in names)


def _fits(symbol: str, pieces: list[str]) -> bool:
    """Each piece between two stars at its first place: no name makes this slow."""
    if len(pieces) == 1:
        return symbol == pieces[0]
    first, *middle, last = pieces
    if len(symbol) < len(first) + len(last) or not (symbol.startswith(first) and symbol.endswith(last)):
        return False
    place, end = len(first), len(symbol) - len(last)
    for piece in middle:
        place = symbol.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return True


def _layer_that_names(path: str, settings: Settings) -> Layer | None:
    for layer in reversed(settings.reaching(path)):
        patterns = _texts(layer, _PATHS)
        if patterns and _matcher(patterns)(_inner(layer, path)):
            return layer
    return None


def _texts(layer: Layer, key: str) -> tuple[str, ...]:
    return cast("tuple[str, ...]", layer.values[key].value or ()) if key in layer.values else ()


def _inner(layer: Layer, path: str) -> str:
    """A path as the patterns of a layer see it: from the layer's directory."""
    return path[len(layer.directory) + 1 :] if layer.directory else path


@lru_cache(maxsize=256)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    return ignore_matcher(patterns)
