"""Function headers found in the text: where one ends, what comments it carries, where a body begins.

Used where the tree cannot tell: comments are not in it, and some sources have none.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter
from typing import Final, NamedTuple

from antipasta_hook.metrics.identity import Span

_DEF: Final = re.compile(r"(?:async\s+)?def\b")
_DOCSTRING: Final = re.compile(
    r"""\n*[rRuU]?(?:\"{3}(?:[^"\\]|\\.|"(?!""))*+"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')(?=\n|\Z)""",
    re.DOTALL,
)


class Comment(NamedTuple):
    """A comment from its ``#`` on, and its 0-based line."""

    line: int
    text: str


class Headers:
    """One source's code without the insides of strings, line by line, and its comments."""

    def __init__(self, parts: list[str], code: list[str]) -> None:
        self._code = code
        self.comments: list[Comment] = []
        masked = []
        line = 0
        for index, part in enumerate(parts):
            if index % 2 == 0:
                masked.append(part)
            elif part[0] == "#":
                self.comments.append(Comment(line, part))
            else:
                masked.append('"' + "\n" * part.count("\n") + '"')
            line += part.count("\n")
        self._masked = "".join(masked).split("\n")

    def end(self, start: int) -> int:
        """The line after the logical line that begins at ``start`` (both 0-based)."""
        depth = 0
        for index in range(start, len(self._masked)):
            line = self._masked[index].rstrip()
            depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
            if depth <= 0 and not line.endswith("\\"):
                return index + 1
        return len(self._masked)

    def comments_of(self, start: int) -> Iterator[str]:
        """The comments on the lines of the logical line that begins at ``start``."""
        first = bisect_left(self.comments, start, key=attrgetter("line"))
        if first == len(self.comments):
            return iter(())
        end = self.end(start)
        last = bisect_left(self.comments, end, lo=first, key=attrgetter("line"))
        return (comment.text for comment in self.comments[first:last])

    def span(self, start: int, end: int) -> Span:
        """The span of the function in the lines [start, end), whose decorators, if any, come first."""
        define = next((line for line in range(start, end) if _DEF.match(self._masked[line].lstrip())), start)
        body = min(self.end(define), end)
        docstring = _DOCSTRING.match("\n".join(self._code[body:end]))
        if docstring is None:
            return Span(define, end, body, (end, end))
        last = body + docstring[0].count("\n") + 1
        return Span(define, end, last, (body, last))
