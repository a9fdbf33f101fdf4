"""The only module that knows complexipy."""

import re
from typing import Final, NamedTuple

_DEEPEST: Final = 100
_NESTED_LAMBDAS: Final = re.compile(rf"(?:lambda\b[^\n:=]{{0,99}}+[:=]\s*+){{{_DEEPEST}}}")


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


class TooDeepError(ValueError):
    """A source that complexipy would not survive."""


def score(text: str) -> Cognitive:
    """Cognitive complexity by complexipy, its own suppressions disregarded.

    Raises ValueError where complexipy cannot parse the text or fails, TooDeepError where it would not survive it: its
    parser overflows the stack on lambdas in defaults of lambdas, some thousands deep.
    """
    if text.count("lambda") >= _DEEPEST and _NESTED_LAMBDAS.search(text):
        raise TooDeepError("lambdas nested too deeply")
    import complexipy

    result = complexipy.code_complexity(text, check_script=False, no_ignore=True, with_plans=False)
    functions = [Scored(found.name, found.line_start, found.line_end, found.complexity) for found in result.functions]
    return Cognitive(result.complexity, functions)
