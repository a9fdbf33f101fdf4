"""Golden fixtures of the settings: a file, and what is made of it or said of it, in one text each.

A fixture is an options line ``# flags: file=pkg/.antipasta.yaml strict edited`` (all optional), the file, then
``# output``, and what must come out: errors, or warnings and notices, then each value with its origin.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from antipasta_hook.config.load import load
from antipasta_hook.config.settings import Layer, Value
from antipasta_hook.model import Failure

FIXTURES = Path(__file__).parents[3] / "fixtures" / "settings"
OID = "1" * 40


class Golden(NamedTuple):
    """One fixture, read."""

    path: str
    strict: bool
    edited: bool
    source: bytes
    expected: list[str]


def read(text: str) -> Golden:
    """Parse one fixture."""
    given, _, expected = text.partition("# output\n")
    first, _, source = given.partition("\n")
    flags = first.removeprefix("# flags:").split()
    names = [flag.removeprefix("file=") for flag in flags if flag.startswith("file=")]
    unknown = [flag for flag in flags if flag not in {"strict", "edited"} and not flag.startswith("file=")]
    assert first.startswith("# flags:")
    assert unknown == []
    path = names[0] if names else ".antipasta.yaml"
    return Golden(path, "strict" in flags, "edited" in flags, source.encode(), expected.splitlines())


def written(golden: Golden) -> Iterator[str]:
    """The expected form of what is made of a settings file."""
    edited = [golden.path] if golden.edited else []
    try:
        loaded = load({golden.path: OID}, lambda _: golden.source, None, edited=edited, strict=golden.strict)
    except Failure as failure:
        yield from str(failure).splitlines()
        return
    for problem in loaded.problems:
        assert (problem.kind, problem.path) == ("settings", golden.path)
        yield f"{problem.severity}: {problem.message}"
    for layer in loaded.layers:
        yield from _layer(layer)


def _layer(layer: Layer) -> Iterator[str]:
    if layer.directory:
        yield f"in {layer.directory}/"
    yield from _values(layer.values)
    for override in layer.overrides:
        yield f"for {', '.join(override.paths)}"
        yield from (f"  {line}" for line in _values(override.values))


def _values(values: Mapping[str, Value]) -> Iterator[str]:
    for key, value in values.items():
        plain = list(value.value) if isinstance(value.value, tuple) else value.value
        yield f"{key} = {plain!r} ({value.origin})"
