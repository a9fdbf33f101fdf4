"""Which lines of a function make it complex: the numbers of its FunctionMetrics, spread over its lines."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, NamedTuple

from antipasta_hook.metrics import cognitive, source
from antipasta_hook.metrics.engine import first_line, parse
from antipasta_hook.metrics.headers import Headers
from antipasta_hook.metrics.lines import scan
from antipasta_hook.metrics.scopes import Function, Scope
from antipasta_hook.metrics.tree import Tree, decisions

_LoopOrTry = ast.For | ast.AsyncFor | ast.While | ast.Try | ast.TryStar

_ELSE: Final = re.compile(r"\s*else\b")
_PARTS: Final[dict[type, Callable[[Any], Sequence[Any]]]] = {
    ast.Try: attrgetter("handlers"),
    ast.TryStar: attrgetter("handlers"),
    ast.Match: lambda node: [case.pattern for case in node.cases],
    ast.BoolOp: lambda node: node.values[1:],
    ast.comprehension: lambda node: [node.target, *node.ifs],
}
"""The parts of a node that count one each; whatever else counts does so itself."""


class Contributions(NamedTuple):
    """(line, what it adds) in the order of the lines, without lines that add nothing.

    The sums are the function's ``cyclomatic`` and ``cognitive``, and None where those are. A statement that spans
    lines counts where it begins, as complexipy counts it; the 1 that every function starts with is its ``def`` line's.
    """

    cyclomatic: tuple[tuple[int, int], ...] | None
    cognitive: tuple[tuple[int, int], ...] | None


def contributions(blob: bytes, line: int, *, count_asserts: bool = False) -> Contributions | None:
    """What the lines add of the function whose ``def`` is on ``line``; None where there is no such function."""
    return Anatomy(blob).function(line, count_asserts=count_asserts)


class Anatomy:
    """One source, read once to tell of each of its functions which lines add what.

    ``lines`` are the physical lines as Python counts them. Never raises: what cannot be read has no functions.
    """

    def __init__(self, blob: bytes) -> None:
        text = _text(blob)
        self.lines = _split(text)
        self._scopes: dict[int, Scope] = {}
        self._scores: dict[int, cognitive.LineScores] = {}
        if source.explodes(text.encode("utf-8", "surrogatepass")) is None:
            self._read(text)

    def _read(self, text: str) -> None:
        try:
            scores = cognitive.line_scores(text)
        except ValueError:
            scores = []
        try:
            scopes = Tree(parse(text)).scopes
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            spans = ((self._headers.span(found.line - 1, found.end_line), found) for found in scores)
            self._scores = {span.start + 1: found for span, found in spans}
            return
        by_line = {found.line: found for found in scores}
        for scope in scopes:
            if isinstance(scope.node, Function):
                line = scope.node.lineno
                self._scopes[line] = scope
                if not scope.inside_function and (found := by_line.get(first_line(scope.node, self.lines))):
                    self._scores[line] = found

    @cached_property
    def _headers(self) -> Headers:
        scanned = scan(self.lines)
        return Headers(scanned.parts, scanned.code)

    def function(self, line: int, *, count_asserts: bool = False) -> Contributions | None:
        """What the lines add of the function whose ``def`` is on ``line``; None where there is no such function."""
        scope, scores = self._scopes.get(line), self._scores.get(line)
        points = scored = None
        if scope is not None and isinstance(scope.node, Function):
            points = self._summed(self._points(scope.node, count_asserts=count_asserts), line)
        if scores is not None:
            scored = self._summed(scores.lines, line)
        return None if points is scored is None else Contributions(points, scored)

    def _points(self, node: Function, *, count_asserts: bool) -> Iterator[tuple[int, int]]:
        yield node.lineno, 1
        for decision in decisions(node):
            places = self._places(decision.node)
            yield from ((line, 1) for line in places[: decision.points])
            if count_asserts:
                yield places[0], decision.asserts

    def _places(self, node: ast.AST) -> list[int]:
        """The lines to which the points of a node belong, one for each point."""
        parts: Sequence[Any] = _PARTS[type(node)](node) if type(node) in _PARTS else (node,)
        places = [part.lineno for part in parts]
        if isinstance(node, _LoopOrTry) and node.orelse:
            places.append(self._else(node))
        return places

    def _else(self, node: _LoopOrTry) -> int:
        """The line of an ``else``, of which the tree knows only what follows it."""
        line: int = node.orelse[0].lineno
        while line > node.lineno and not _ELSE.match(self.lines[line - 1]):
            line -= 1
        return line

    def _summed(self, adding: Iterable[tuple[int, int]], line: int) -> tuple[tuple[int, int], ...]:
        """One entry for each statement that adds something, whichever of its lines it is counted on."""
        total: Counter[int] = Counter()
        statement = range(line, line)
        for place, adds in sorted(adding):
            while place >= statement.stop:
                statement = self.statement(max(line, statement.stop))
            total[statement.start] += adds
        return tuple((place, adds) for place, adds in total.items() if adds)

    def statement(self, line: int) -> range:
        """The lines of the statement, or of the header of one, that begins on ``line``."""
        return range(line, max(line, self._headers.end(line - 1)) + 1)


def source_lines(blob: bytes) -> list[str]:
    """The physical lines of a source as Python counts them, readable or not."""
    return _split(_text(blob))


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


def _text(blob: bytes) -> str:
    """The text that Python would see, or the best that can be shown of one that it would not."""
    try:
        return source.decode(blob)
    except source.UndecodableError:
        return blob.decode("utf-8", "surrogateescape")
