"""The settings that are in force for a path, written as a settings file that says the same. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from antipasta_hook.config.settings import LIMITS, Layer, Plain, Settings, Value
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, FILE_METRICS, MAINTAINABILITY

_NAMES: Final = {CYCLOMATIC: "cyclomatic", COGNITIVE: "cognitive", MAINTAINABILITY: "maintainability"}
_PARTS: Final = ("limit", "level", "tolerance")
_PLAIN: Final = ("gate", "tolerance", "count_asserts", "on_unreadable")
_RUN: Final = ("on_error", "on_deferred", "reader")
_GLOB: Final = str.maketrans({char: f"\\{char}" for char in "*?[\\"})
_SIZES: Final = {"GiB": 1024**3, "GB": 1000**3, "MiB": 1024**2, "MB": 1000**2, "KiB": 1024, "kB": 1000, "B": 1}

Line = tuple[str, str | None]
"""A line, and where what it says comes from; empty for a line that says nothing of its own."""


def written(settings: Settings, path: str, *, origins: bool) -> str:
    """YAML for a ``.antipasta.yaml`` at the root: everywhere, what holds for ``path`` now.

    With ``origins`` each value has a comment that says where it comes from.
    """
    lines = list(_lines(settings, path))
    if not origins:
        return "".join(f"{line}\n" for line, _ in lines)
    width = min(60, max(len(line) for line, origin in lines if origin != "")) + 2
    return "".join(
        f"{line:{width}}# {origin or 'default'}\n" if origin != "" else f"{line}\n" for line, origin in lines
    )


def listed(settings: Settings, path: str) -> Iterator[tuple[str, str, str | None]]:
    """Every value that reaches a path: its key, the value as it would be written, and its origin (None: a default)."""
    for key, (value, origin) in sorted(settings.values(path).items()):
        yield key.removesuffix("_ms"), _text(key, value), origin


def _text(key: str, value: Plain) -> str:
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if key.endswith("_ms"):
        return _budget(value)
    return _size(value) if key == "cache.size" and isinstance(value, int) else _scalar(value)


def _lines(settings: Settings, path: str) -> Iterator[Line]:
    values = settings.values(path)
    yield from _limits(values)
    for key in _PLAIN:
        yield f"{key}: {_scalar(values[key].value)}", values[key].origin
    for key in ("include", "exclude"):
        yield from _patterns(key, _spoken(settings, path, key), "")
    yield from _critical(settings, path, values)
    for key in ("budget", "push_budget"):
        yield f"{key}: {_budget(values[f'{key}_ms'].value)}", values[f"{key}_ms"].origin
    for key in _RUN:
        yield f"{key}: {_scalar(values[key].value)}", values[key].origin
    yield from _cache(values)


def _limits(values: Mapping[str, Value]) -> Iterator[Line]:
    yield "limits:", ""
    for metric in FILE_METRICS:
        keys = {part: f"{LIMITS}{metric}.{part}" for part in _PARTS}
        if keys["limit"] not in values and all(values[key].origin is None for key in keys.values() if key in values):
            continue
        yield f"  {_NAMES.get(metric, metric)}:", ""
        for part, key in keys.items():
            if key in values:
                yield f"    {part}: {_scalar(values[key].value)}", values[key].origin


def _spoken(settings: Settings, path: str, key: str) -> list[tuple[str, str | None]]:
    """All patterns that reach a path, the strongest last, as they would be written at the root."""
    return [
        (_from_root(pattern, layer), layer.values[key].origin)
        for layer in settings.reaching(path)
        if key in layer.values
        for pattern in _texts(layer.values[key].value)
    ]


def _critical(settings: Settings, path: str, values: Mapping[str, Value]) -> Iterator[Line]:
    layers = [layer for layer in settings.reaching(path) if "critical.paths" in layer.values]
    paths = [
        (_from_root(each, layers[-1]), values["critical.paths"].origin)
        for each in _texts(values["critical.paths"].value)
    ]
    functions = [(each, values["critical.functions"].origin) for each in _texts(values["critical.functions"].value)]
    yield "critical:", ""
    yield from _patterns("paths", paths, "  ")
    yield from _patterns("functions", functions, "  ")


def _patterns(key: str, patterns: list[tuple[str, str | None]], indent: str) -> Iterator[Line]:
    if not patterns:
        yield f"{indent}{key}: []", None
        return
    yield f"{indent}{key}:", ""
    for pattern, origin in patterns:
        yield f"{indent}  - {json.dumps(pattern, ensure_ascii=False)}", origin


def _cache(values: Mapping[str, Value]) -> Iterator[Line]:
    directory, size, eviction = (values[f"cache.{key}"] for key in ("directory", "size", "eviction"))
    if {directory.value, size.value, eviction.value} == {None}:
        return
    yield "cache:", ""
    if directory.value is not None:
        yield f"  directory: {json.dumps(directory.value, ensure_ascii=False)}", directory.origin
    if isinstance(size.value, int):
        yield f"  size: {_size(size.value)}", size.origin
    if eviction.value is not None:
        yield f"  eviction: {_scalar(eviction.value)}", eviction.origin


def _scalar(value: Plain) -> str:
    if value is None:
        return "default"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _budget(value: Plain) -> str:
    if not isinstance(value, int | float):
        return "none"
    return f"{value / 1000:g}s" if value % 1000 == 0 else f"{value:g}ms"


def _size(value: int) -> str:
    unit = next(unit for unit, size in _SIZES.items() if value % size == 0)
    return f"{value // _SIZES[unit]}{unit}"


def _texts(value: Plain) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _from_root(pattern: str, layer: Layer) -> str:
    """A pattern that counts from a layer's directory, as one that counts from the root."""
    if not layer.directory:
        return pattern
    negation, body = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    anchored = "/" in body.removesuffix("/")
    return f"{negation}/{layer.directory.translate(_GLOB)}/{'' if anchored else '**/'}{body.removeprefix('/')}"
