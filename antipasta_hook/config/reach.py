"""What of the settings can matter to the files of a directory, as a text that stands for it. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from antipasta_hook.config.compiled import RUN_WIDE
from antipasta_hook.config.settings import Layer, Settings, Value

_NOT_OF_FILES: Final = frozenset({*RUN_WIDE, "critical.paths", "critical.functions"})
"""They decide how a run goes, or what comes first: not what is said of a file."""


class Reach:
    """The layers of some settings, by the directories of whose files they can decide something."""

    def __init__(self, settings: Settings) -> None:
        self._texts = [_text(layer) for layer in settings.layers]
        self._at: dict[str, list[int]] = defaultdict(list)
        self._within: dict[str, list[int]] = defaultdict(list)
        for number, layer in enumerate(settings.layers):
            self._at[layer.directory].append(number)
            for directory in above(layer.directory):
                self._within[directory].append(number)

    def text(self, directory: str) -> str:
        """Of all layers that hold in a directory or in one below it, the weakest first."""
        numbers = {number for each in above(directory) for number in self._at.get(each, ())}
        return "\n".join(self._texts[number] for number in sorted(numbers.union(self._within.get(directory, ()))))


def above(directory: str) -> Iterator[str]:
    """A directory and those that hold it, the root (``""``) last."""
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def _text(layer: Layer) -> str:
    overrides = [[each.paths, _plain(each.values)] for each in layer.overrides]
    return json.dumps([layer.directory, _plain(layer.values), overrides], separators=(",", ":"))


def _plain(values: Mapping[str, Value]) -> list[tuple[str, Value]]:
    return sorted((key, value) for key, value in values.items() if key not in _NOT_OF_FILES)
