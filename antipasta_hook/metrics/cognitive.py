"""The only module that knows complexipy."""

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from complexipy import CodeComplexity

_DEEPEST: Final = 100
_NESTED_LAMBDAS: Final = rf"(?:lambda\b[^\n:=]{{0,99}}+[:=]\s*+){{{_DEEPEST}}}"  # compiled where it is wanted: rarely

_NESTED_STRINGS: Final = rf"""(?:[fFtT][rR]?["']{{1,3}}\{{\s*(?:[rRbBuU]{{0,2}}(?:""|'')\s*)*){{{_DEEPEST}}}"""
_LONG_PATTERN: Final = rf"(?m)^[ \t]*case\b(?:[^\n:+~-]{{0,99}}[+~-]){{{_DEEPEST}}}"


class Scored(NamedTuple):
    """One function as complexipy sees it; ``line`` is that of its first decorator, else of the ``def``."""

    name: str
    line: int
    end_line: int
    score: int


class Cognitive(NamedTuple):
    """A file's total, module code included, and its functions outside of functions."""

    total: int
    functions: list[Scored]


class LineScores(NamedTuple):
    """Where a function begins and ends, as in Scored, and (line, what it adds); a line may be there more than once."""

    line: int
    end_line: int
    lines: list[tuple[int, int]]


class TooDeepError(ValueError):
    """A source that complexipy would not survive."""


def score(text: str) -> Cognitive:
    """Cognitive complexity by complexipy, its own suppressions disregarded.

    Raises ValueError where complexipy cannot parse the text or fails, TooDeepError where it would not survive it: its
    parser overflows the stack on lambdas in defaults of lambdas, some thousands deep.
    """
    result = _asked(text)
    functions = [Scored(found.name, found.line_start, found.line_end, found.complexity) for found in result.functions]
    return Cognitive(result.complexity, functions)


def _require_shallow(text: str) -> None:
    """Refuse what complexipy's parser nests until its stack ends, the process with it; nobody writes that by hand."""
    if text.count("lambda") >= _DEEPEST and re.search(_NESTED_LAMBDAS, text):
        raise TooDeepError("lambdas nested too deeply")
    if text.count('"{') + text.count("'{") >= _DEEPEST and re.search(_NESTED_STRINGS, text):
        raise TooDeepError("strings nested too deeply")
    if text.count("+") + text.count("-") + text.count("~") >= _DEEPEST and re.search(_LONG_PATTERN, text):
        raise TooDeepError("a pattern too long")


def line_scores(text: str) -> list[LineScores]:
    """What each line adds to the scores of ``score``; raises what that raises."""
    return [
        LineScores(found.line_start, found.line_end, [(each.line, each.complexity) for each in found.line_complexities])
        for found in _asked(text).functions
    ]


def _asked(text: str) -> "CodeComplexity":
    _require_shallow(text)
    import complexipy

    return complexipy.code_complexity(text, check_script=False, no_ignore=True, with_plans=False)
