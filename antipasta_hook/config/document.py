"""A settings file as plain data that remembers on which line everything stands."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from antipasta_hook.config.fault import Fault, Faulty, shown

Data = dict[str, object]
Path = tuple[str | int, ...]
"""Where a value is: keys, and positions in lists."""

LARGEST: Final = 256 * 1024  # bytes
DEEPEST: Final = 20
MOST_VALUES: Final = 10_000
PARENT_MARKS: Final = ("defaults", "languages")
"""Keys that only a file has which is written for antipasta itself, the tool that this one descends from."""


class Place(NamedTuple):
    """A line, and the key that stands there as it is written (empty for an item of a list)."""

    line: int
    name: str = ""


class Document(NamedTuple):
    """The content of one file; keys are ``plain_key``s, ``places`` are where they stand."""

    data: Data
    places: Mapping[Path, Place]

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it whose line is known."""
        known = self._known(path)
        return self.places[known].line if known in self.places else 1

    def key(self, path: Path) -> str:
        """The keys that lead to a value, as they are written, as far as they are."""
        steps = ((path[: end + 1], step) for end, step in enumerate(path[: self._depth(path)]) if isinstance(step, str))
        return ".".join(shown(self.places[inner].name if inner in self.places else step) for inner, step in steps)

    def _depth(self, path: Path) -> int:
        """How many steps of a path lead to something: a short form has no place for the key that it stands for."""
        found: Any = self.data
        for depth, step in enumerate(path):
            if not _holds(found, step):
                return depth
            found = found[step]
        return len(path)

    def _known(self, path: Path) -> Path:
        while path and path not in self.places:
            path = path[:-1]
        return path


def _holds(found: object, step: str | int) -> bool:
    return step in found if isinstance(found, dict) else isinstance(found, list) and isinstance(step, int)


def plain_key(name: str) -> str:
    """A hyphen in a key is as good as an underscore."""
    return name.replace("-", "_")


def too_large() -> Fault:
    """What is said of a file of more than LARGEST bytes."""
    return Fault(1, "", f"larger than {LARGEST // 1024} KiB: that is no settings file")


def text_of(source: bytes) -> str:
    """The text of a file, a byte order mark left out; Faulty where it is too large or not UTF-8."""
    if len(source) > LARGEST:
        raise Faulty(too_large())
    try:
        return source.decode("utf-8").removeprefix("\N{BYTE ORDER MARK}")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise Faulty(Fault(line, "", f"not UTF-8: byte 0x{source[error.start]:02x}")) from None
