"""The table ``[tool.antipasta-hook]`` of a pyproject.toml as plain data, and where its keys stand.

tomllib tells no lines, so they are looked for in the text: good enough to point at a key, or at the table around it.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Final

from antipasta_hook.config.document import DEEPEST, Data, Document, Path, Place, plain_key, text_of
from antipasta_hook.config.fault import Fault, Faulty, shown

NAME: Final = "antipasta-hook"
_TABLE: Final = ("tool", NAME)
_MOST_PARTS: Final = 100
"""Of one key: tomllib takes time in proportion to the cube of their number."""

_WORD: Final = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DOTTED: Final = rf"{_WORD}(?:[ \t]*+\.[ \t]*+{_WORD})*+"
_KEYS: Final = re.compile(_DOTTED)
_HEADER: Final = re.compile(rf"[ \t]*+(\[\[?)[ \t]*+({_DOTTED})[ \t]*+\]")
_ENTRY: Final = re.compile(rf"[ \t]*+({_DOTTED})[ \t]*+=")
_OURS: Final = re.compile(
    rf"""^[ \t]*+(?:(?:\[|tool\b|"tool"|'tool').*{NAME}|["']?{NAME}["']?[ \t]*+[.=])""", re.MULTILINE
)
_AT: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def read_toml(source: bytes) -> Document:
    """The document of our table, empty where there is none; Faulty where a file that has one is broken."""
    try:
        text = text_of(source)
        data = _table(_parsed(text))
    except Faulty:
        if _OURS.search(source.decode("utf-8", "replace")):
            raise
        return Document({}, {})
    except _NotATable as error:
        raise Faulty(Fault(_first_line(text), str(error), "must be a table of keys and values")) from None
    if data is None:
        return Document({}, {})
    places = dict(_places(text))
    return Document(_plain(data, (), Document({}, places)), places)


class _NotATable(Exception):  # noqa: N818 - becomes a Fault where the line is known
    """A value where our table should be."""


def _parsed(text: str) -> Data:
    if any(len(_names(keys[0])) > _MOST_PARTS for keys in _KEYS.finditer(text) if keys[0].count(".") >= _MOST_PARTS):
        raise Faulty(Fault(1, "", f"a key of more than {_MOST_PARTS} parts"))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise Faulty(Fault(1, "", "not valid TOML: nested too deeply")) from None
    except ValueError as error:
        said = str(error)
        place = _AT.search(said)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else 1
        raise Faulty(Fault(line, "", f"not valid TOML: {shown(_AT.sub('', said), longest=200)}")) from None


def _table(data: Data) -> Data | None:
    tool = data.get(_TABLE[0])
    found = tool.get(NAME) if isinstance(tool, dict) else None
    if found is not None and not isinstance(found, dict):
        raise _NotATable(".".join(_TABLE))
    return found


def _plain(data: Data, path: Path, places: Document) -> Data:
    """The same with plain keys; Faulty where two of them are one."""
    plain: Data = {}
    for name, value in data.items():
        key = plain_key(name)
        inner = (*path, key)
        if key in plain:
            raise Faulty(Fault(places.line(inner), shown(name), "stands twice, with a hyphen and with an underscore"))
        plain[key] = _plain_value(value, inner, places)
    return plain


def _plain_value(value: object, path: Path, places: Document) -> object:
    if len(path) > DEEPEST:
        raise Faulty(Fault(places.line(path), "", f"too much for a settings file: more than {DEEPEST} levels"))
    if isinstance(value, dict):
        return _plain(value, path, places)
    if isinstance(value, list):
        return [_plain_value(item, (*path, index), places) for index, item in enumerate(value)]
    return value


def _first_line(text: str) -> int:
    found = _OURS.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _places(text: str) -> Iterator[tuple[Path, Place]]:
    """Headers and keys of our table, from the last to the first: where one seems to stand twice, the first counts."""
    yield from reversed([found for found in _scanned(text) if found is not None])


def _scanned(text: str) -> Iterator[tuple[Path, Place] | None]:
    table: tuple[str, ...] = ()
    arrays: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = _names(header[2])
            if header[1] == "[[":
                arrays[table] = arrays.get(table, -1) + 1
            yield _place(table, number, arrays)
        elif entry := _ENTRY.match(line):
            yield _place((*table, *_names(entry[1])), number, arrays)


def _place(names: tuple[str, ...], line: int, arrays: dict[tuple[str, ...], int]) -> tuple[Path, Place] | None:
    """The path of a key in our table, None where it is in another; an array's tables have their position in it."""
    if names[:2] != _TABLE:
        return None
    path: list[str | int] = []
    for end in range(3, len(names) + 1):
        path.append(plain_key(names[end - 1]))
        if names[:end] in arrays:
            path.append(arrays[names[:end]])
    return tuple(path), Place(line, names[-1] if len(names) > 2 else "")


def _names(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key, without quotes."""
    return tuple(part.strip("\"'") for part in re.findall(_WORD, dotted))
