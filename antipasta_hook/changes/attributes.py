"""What .gitattributes blobs say about linguist: git's own rules, from the scope's blobs and from nothing else. Pure.

git's look-ups also obey .git/info/attributes, core.attributesFile and the work tree, which are not in the commit.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from antipasta_hook.config.patterns import Ignored, attribute_matcher

FILE_NAME: Final = ".gitattributes"
GENERATED: Final = "linguist-generated"
VENDORED: Final = "linguist-vendored"
_WANTED: Final = frozenset({GENERATED, VENDORED})
_UNSPECIFIED: Final[Mapping[str, bool | None]] = dict.fromkeys(_WANTED)
_MACRO: Final = "[attr]"
_LONGEST_LINE: Final = 2048  # git's own limit
_MOST_RULES: Final = 1000  # of one file
_MOST_FOR_A_PATH: Final = 2000
_MOST_IN_ALL: Final = 10_000
_QUOTED: Final = r'"((?:[^"\\]|\\.)*)"'  # compiled where they are wanted: rarely
_ESCAPE: Final = r'\\([abfnrtv"\\]|[0-3][0-7]{2})'
_ESCAPES: Final = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))

States = tuple[tuple[str, bool | None], ...]
"""Attribute names with True (set, or any value but false), False (unset) or None (back to unspecified)."""


class Rule(NamedTuple):
    """One line: a pattern (or ``[attr]name``) and what it says."""

    pattern: str
    states: States
    text: str


def parse(source: bytes) -> tuple[Rule, ...]:
    """The lines of a .gitattributes blob, in their order, macros included."""
    lines = (line.strip(" \t\r") for line in source.decode("utf-8", "surrogateescape").split("\n"))
    return tuple(rule for line in lines if len(line) < _LONGEST_LINE and (rule := _parse_line(line)) is not None)


def _parse_line(line: str) -> Rule | None:
    if not line or line.startswith("#"):
        return None
    pattern, rest = _split_pattern(line)
    if pattern.startswith("!"):
        return None  # git refuses negative patterns here
    return Rule(pattern, tuple(_state(word) for word in rest.split()), line)


def _split_pattern(line: str) -> tuple[str, str]:
    """The pattern, which may be quoted as in C, and the rest of the line."""
    if quoted := re.match(_QUOTED, line):
        raw = re.sub(_ESCAPE, _unescape, quoted[1]).encode("utf-8", "surrogateescape")
        return raw.decode("utf-8", "surrogateescape"), line[quoted.end() :]
    word = re.split(r"[ \t\r]", line, maxsplit=1)
    return word[0], word[1] if len(word) > 1 else ""


def _unescape(match: "re.Match[str]") -> str:
    code = match[1]
    if len(code) == 3:
        return bytes([int(code, 8)]).decode("utf-8", "surrogateescape")
    return _ESCAPES.get(code, code)


def _state(word: str) -> tuple[str, bool | None]:
    """``name``, ``-name``, ``!name`` or ``name=value``; as linguist itself does, any value but ``false`` is a yes.

    A macro with a value is not expanded.
    """
    if word.startswith("-"):
        return word[1:], False
    if word.startswith("!"):
        return word[1:], None
    name, equals, value = word.partition("=")
    return name, value != "false" if name in _WANTED else not equals


class Attributes:
    """The attribute files of one state of the code, by directory (``""`` is the root).

    ``unused`` are the lines that could not be used: the directory, and why.
    """

    def __init__(self, files: Mapping[str, tuple[Rule, ...]]) -> None:
        self._macros = _macros(files.get("", ()))
        self._matchers: dict[str, Ignored | None] = {}
        self._chains: dict[str, list[tuple[int, tuple[Rule, ...]]]] = {}
        self.unused: list[tuple[str, str]] = []
        self._files: dict[str, tuple[Rule, ...]] = {}
        left = _MOST_IN_ALL
        for directory in sorted(files, key=len):
            rules = self._usable(directory, files[directory])
            if left > 0 and rules:
                self._files[directory] = rules[:left]
            left -= len(rules)
        if left < 0:
            self.unused.append(("", f"all but the first {_MOST_IN_ALL} lines on linguist of all these files"))
        self._note_long_chains()

    def _usable(self, directory: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """The lines that can matter, the last to count first."""
        usable = []
        for rule in reversed(rules):
            if rule.pattern.startswith(_MACRO) or not any(self._matters(name) for name, _ in rule.states):
                continue
            usable.append(rule)
        if len(usable) > _MOST_RULES:
            self.unused.append((directory, f"all but the last {_MOST_RULES} of its {len(usable)} lines on linguist"))
        return tuple(usable[:_MOST_RULES])

    def _note_long_chains(self) -> None:
        """Say for the uppermost directories that more rules reach them than a path is held against."""
        reaching: dict[str, int] = {}
        for directory in sorted(self._files, key=len):
            above = next((reaching[each] for each in directories(directory) if each in reaching), 0)
            reaching[directory] = total = above + len(self._files[directory])
            if above <= _MOST_FOR_A_PATH < total:
                self.unused.append((directory, f"all but the nearest {_MOST_FOR_A_PATH} lines that reach down to it"))

    def _matters(self, name: str) -> bool:
        return name in _WANTED or name in self._macros

    def of(self, path: str) -> Mapping[str, bool | None]:
        """What is said of a path: the nearest file first, in a file the last line first, the first word counts."""
        if not self._files:
            return _UNSPECIFIED
        decided: dict[str, bool | None] = {}
        for rule in self._matching(path):
            self._fill(rule.states, decided)
            if decided.keys() >= _WANTED:
                break
        return {name: decided.get(name) for name in _WANTED}

    def _matching(self, path: str) -> Iterator[Rule]:
        for start, rules in self._chain(path):
            inner = path[start:]
            for rule in rules:
                if self._matches(rule.pattern, inner):
                    yield rule

    def _chain(self, path: str) -> list[tuple[int, tuple[Rule, ...]]]:
        """The files that speak of a path, the nearest first, each with where the path begins for it."""
        parent = path.rpartition("/")[0]
        if parent not in self._chains:
            self._chains[parent] = list(self._nearest(path))
        return self._chains[parent]

    def _nearest(self, path: str) -> Iterator[tuple[int, tuple[Rule, ...]]]:
        left = _MOST_FOR_A_PATH
        for directory in directories(path):
            if rules := self._files.get(directory, ())[:left]:
                left -= len(rules)
                yield len(directory) + 1 if directory else 0, rules

    def _fill(self, states: States, decided: dict[str, bool | None]) -> None:
        waiting = list(states)
        while waiting:
            name, state = waiting.pop()
            if name not in decided:
                decided[name] = state
                if state:
                    waiting.extend(self._macros.get(name, ()))

    def _matches(self, pattern: str, path: str) -> bool:
        if pattern not in self._matchers:
            self._matchers[pattern] = attribute_matcher(pattern)
        matcher = self._matchers[pattern]
        return matcher is not None and matcher(path)


def _macros(rules: tuple[Rule, ...]) -> dict[str, States]:
    """The macros that lead to linguist, by name; git reads macros from the root's file only."""
    macros = {rule.pattern[len(_MACRO) :]: rule.states for rule in rules if rule.pattern.startswith(_MACRO)}
    users: dict[str, list[str]] = defaultdict(list)
    for name, states in macros.items():
        for each, _ in states:
            users[each].append(name)
    useful: dict[str, States] = {}
    waiting = list(_WANTED)
    while waiting:
        for name in users.pop(waiting.pop(), ()):
            if name not in useful:
                useful[name] = macros[name]
                waiting.append(name)
    return useful


def directories(path: str) -> Iterator[str]:
    """The directories that hold a path, the nearest first, the root (``""``) last."""
    while path:
        path = path.rpartition("/")[0]
        yield path
