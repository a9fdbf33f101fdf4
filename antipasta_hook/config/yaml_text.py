"""YAML as plain data, by the rules of YAML 1.2 and stricter: no surprises for people, no way to make it work for long.

Only the scanner is PyYAML's: what its events mean is decided here. So ``off`` and ``no`` are words and ``1:30`` is no
number, every key has its line, a key that stands twice is seen, tags and several documents are refused, and nothing is
built before it is counted.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import yaml

from antipasta_hook.config.document import DEEPEST, MOST_VALUES, Document, Path, Place, plain_key, text_of
from antipasta_hook.config.fault import Fault, Faulty, shown

Scalar = str | int | float | bool | None

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""All but YAML's printable characters; listed, because to exclude those takes ``re`` ten times as long to compile."""
_WORDS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})?(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,3})?")


class _Node(NamedTuple):
    """A value and its line; a mapping's value has the key as written beside the node."""

    value: "Scalar | list[_Node] | dict[str, tuple[Place, _Node]]"
    line: int


def read_yaml(source: bytes) -> Document:
    """The document of a settings file; Faulty where it is not one."""
    text = text_of(source)
    if found := _NOT_TEXT.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Faulty(Fault(line, "", f"not text: it has a control character, {shown(found[0])}"))
    try:
        root = _Composer(yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        raise Faulty(_syntax_fault(error)) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise Faulty(Fault(1, "", f"not valid YAML: {shown(str(error))}")) from None
    places: dict[Path, Place] = {}
    data = _Builder(places).plain(root, ())
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise Faulty(Fault(root.line, "", "must be a table of keys and values, such as gate: introduced"))
    return Document(data, places)


def scalar(text: str) -> Scalar:
    """What an unquoted word means."""
    if text in _NOTHING:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and any(char.isdigit() for char in text.partition("e")[0].partition("E")[0]):
        return float(text)
    return text


class _Composer:
    """Events as nodes; recursion ends at DEEPEST, and an anchor is known only where what it names is complete."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._anchors: dict[str, _Node] = {}
        self._count = 0

    def document(self) -> _Node:
        """The only document; no document is an empty one."""
        root: _Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise Faulty(Fault(_line(event), "", "a second document begins here: a settings file has one"))
                root = self._node(next(self._events), 0)
        return root or _Node(None, 1)

    def _node(self, event: yaml.Event, depth: int) -> _Node:
        line = _line(event)
        self._count += 1
        if self._count > MOST_VALUES or depth > DEEPEST:
            raise Faulty(_too_much(line))
        anchor: str = getattr(event, "anchor", None) or ""
        if isinstance(event, yaml.AliasEvent):
            return self._named(anchor, line)
        _refuse_tag(event)
        node = _Node(self._value(event, depth), line)
        if anchor:
            self._anchors[anchor] = node
        return node

    def _value(self, event: yaml.Event, depth: int) -> "Scalar | list[_Node] | dict[str, tuple[Place, _Node]]":
        if isinstance(event, yaml.SequenceStartEvent):
            return list(self._items(depth + 1))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth + 1)
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - for the type checker: nothing else is left
        return event.value if event.style else scalar(event.value)

    def _items(self, depth: int) -> Iterator[_Node]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, depth)

    def _mapping(self, depth: int) -> dict[str, tuple[Place, _Node]]:
        pairs: dict[str, tuple[Place, _Node]] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            place = _key(event)
            key = plain_key(place.name)
            if key in pairs:
                first = pairs[key][0].line
                raise Faulty(Fault(place.line, shown(place.name), f"stands twice, the first time on line {first}"))
            pairs[key] = (place, self._node(next(self._events), depth))
        return pairs

    def _named(self, anchor: str, line: int) -> _Node:
        if anchor not in self._anchors:
            raise Faulty(
                Fault(line, "", f"*{shown(anchor)} names nothing above it; a pattern that begins with * needs quotes")
            )
        return self._anchors[anchor]._replace(line=line)


class _Builder:
    """Nodes as plain data: aliases are written out here, so here is counted again."""

    def __init__(self, places: dict[Path, Place]) -> None:
        self._places = places
        self._count = 0

    def plain(self, node: _Node, path: Path) -> object:
        self._count += 1
        if self._count > MOST_VALUES or len(path) > DEEPEST:
            raise Faulty(_too_much(node.line))
        if isinstance(node.value, list):
            return [self._item(inner, (*path, index)) for index, inner in enumerate(node.value)]
        if isinstance(node.value, dict):
            return {key: self._entry(place, inner, (*path, key)) for key, (place, inner) in node.value.items()}
        return node.value

    def _item(self, node: _Node, path: Path) -> object:
        self._places[path] = Place(node.line)
        return self.plain(node, path)

    def _entry(self, place: Place, node: _Node, path: Path) -> object:
        self._places[path] = place
        return self.plain(node, path)


def _key(event: yaml.Event) -> Place:
    """A key, as it is written: a word, and nothing that means something else."""
    line = _line(event)
    if not isinstance(event, yaml.ScalarEvent):
        raise Faulty(Fault(line, "", "a key must be a word, not a list, a table or an alias"))
    _refuse_tag(event)
    if event.value == "<<" and not event.style:
        raise Faulty(Fault(line, "<<", "merge keys are not read: they are no part of YAML 1.2; write the keys out"))
    return Place(line, event.value)


def _refuse_tag(event: yaml.Event) -> None:
    tag = getattr(event, "tag", None)
    if tag is not None:
        reason = f"tags are not read: {shown(tag)}; a pattern that begins with ! needs quotes"
        raise Faulty(Fault(_line(event), "", reason))


def _too_much(line: int) -> Fault:
    return Fault(line, "", f"too much for a settings file: more than {DEEPEST} levels or {MOST_VALUES:,} values")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _syntax_fault(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    context = f"{error.context}: " if error.context else ""
    reason = shown(f"not valid YAML: {context}{error.problem}", longest=200)
    return Fault(mark.line + 1 if mark else 1, "", reason + _hint(f"{error.context} {error.problem}"))


def _hint(said: str) -> str:
    """What people usually have done."""
    if "alias" in said:
        return "; a pattern that begins with * needs quotes"
    if "tag" in said:
        return "; a pattern that begins with ! needs quotes"
    if "cannot start any token" in said or " tab " in said:
        return "; indent with spaces, not tabs, and quote what begins with one of @ ` %"
    return ""
