"""Which paths the patterns of .gitattributes and of the settings speak of, by git's rules. Pure.

Patterns between which order says nothing are one regular expression, and what holds for a directory is found out once:
a thousand patterns are held against thousands of paths.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from antipasta_hook.config.wildmatch import Matcher, byte_text, is_plain, matcher, name_regex, path_regex

Ignored = Callable[[str], bool]
Verdict = Callable[[str], bool | None]


def attribute_matcher(pattern: str) -> Ignored | None:
    """Whether a .gitattributes pattern matches a path from the file's directory; None: it never does.

    Unlike in .gitignore, ``dir`` and ``dir/`` match no file below the directory; ``dir/**`` does.
    """
    line = None if pattern.endswith("/") else _line(pattern, negated=False, directories_only=False)
    return None if line is None else _Any([line]).matches


class _Line(NamedTuple):
    """One gitignore line: it takes out, or (negated) takes back; perhaps directories only.

    With a slash it is about whole paths, without one about last names. ``regex`` None: it is ``text`` itself.
    """

    text: str
    regex: str | None
    whole_path: bool
    negated: bool
    directories_only: bool


def ignore_matcher(patterns: Iterable[str]) -> Ignored:
    """Whether gitignore patterns match a path: the last that matches counts, a matched directory takes all it holds."""
    verdict = ignore_verdict(patterns)
    return lambda path: verdict(path) is True


def ignore_verdict(patterns: Iterable[str]) -> Verdict:
    """What gitignore patterns say of a path: True, False where a ``!`` takes it back, None where they are silent."""
    return _Ignore(patterns).verdict


@lru_cache(maxsize=1_000)
def is_pattern(text: str) -> bool:
    """Whether a line of gitignore can match anything: it is not empty, no comment, and well formed."""
    return _read(text) is not None


def _read(text: str) -> _Line | None:
    pattern = _without_trailing_spaces(text)
    if not pattern or pattern.startswith("#"):
        return None
    negated = pattern.startswith("!")
    pattern = pattern[1:] if negated else pattern
    directories_only = pattern.endswith("/")
    if pattern in {"", "/"}:
        return None
    return _line(pattern.removesuffix("/"), negated=negated, directories_only=directories_only)


def _line(pattern: str, *, negated: bool, directories_only: bool) -> _Line | None:
    whole_path = "/" in pattern
    pattern = pattern.removeprefix("/")
    if is_plain(pattern):
        return _Line(byte_text(pattern), None, whole_path, negated, directories_only)
    regex = path_regex(pattern) if whole_path else name_regex(pattern)
    return None if regex is None else _Line("", regex, whole_path, negated, directories_only)


def _without_trailing_spaces(text: str) -> str:
    kept = text.rstrip(" ")
    return kept + " " if kept.endswith("\\") and len(kept) < len(text) else kept


class _Any:
    """Whether any of some lines matches a path."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._paths: set[str] = set()
        self._names: set[str] = set()
        regexes: tuple[list[str], list[str]] = [], []
        for line in lines:
            if line.regex is None:
                (self._paths if line.whole_path else self._names).add(line.text)
            else:
                regexes[line.whole_path].append(line.regex)
        self._of_names, self._of_paths = (matcher(found) if found else None for found in regexes)

    def matches(self, path: str) -> bool:
        path = byte_text(path)
        name = path[path.rfind("/") + 1 :]
        if name in self._names or path in self._paths:
            return True
        return _is_match(self._of_names, name) or _is_match(self._of_paths, path)


def _is_match(match: Matcher | None, text: str) -> bool:
    return match is not None and match(text) is not None


class _Run(NamedTuple):
    """Lines one after the other that all say the same of what they match."""

    of_all: _Any
    of_directories: _Any
    negated: bool


class _Ignore:
    """Some patterns, the last first; of equal ones the last counts. Remembers which directories they take out."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._runs: Final = list(_runs(dict.fromkeys(reversed(tuple(patterns)))))
        self._out: Final[dict[str, bool]] = {}

    def verdict(self, path: str) -> bool | None:
        if not self._runs:
            return None
        directory = path[: max(0, path.rfind("/"))]
        if directory not in self._out:
            self._out[directory] = any(self._said(each, directory=True) for each in _above(path))
        return True if self._out[directory] else self._said(path, directory=False)

    def _said(self, path: str, *, directory: bool) -> bool | None:
        for run in self._runs:
            if (run.of_directories if directory else run.of_all).matches(path):
                return not run.negated
        return None


def _runs(patterns: Iterable[str]) -> Iterator[_Run]:
    read = (line for pattern in patterns if (line := _read(pattern)) is not None)
    for negated, run in groupby(read, key=lambda line: line.negated):
        lines = list(run)
        yield _Run(_Any(line for line in lines if not line.directories_only), _Any(lines), negated)


def _above(path: str) -> Iterator[str]:
    """The directories that a path is in, the outermost first."""
    place = path.find("/")
    while place >= 0:
        yield path[:place]
        place = path.find("/", place + 1)
