"""The proof that two sources are the same code."""

import ast
import re
import tokenize
import warnings
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from antipasta_hook.significance.words import may_be_same_code

_LARGEST: Final = 200_000  # bytes; at the worst density 190 MB of memory to parse, where a formatter's file has 20
_MOST_DOTS: Final = 10_000  # the parser's memory grows with the square of the dots in one name
_MARK: Final = re.compile(rb"antipasta|noqa|complexipy|@generated|do not edit", re.IGNORECASE)


def is_same_code(before: bytes, after: bytes) -> bool:
    """Whether the syntax trees are equal apart from positions, and the suppression comments are too."""
    if max(len(before), len(after)) > _LARGEST or max(before.count(b"."), after.count(b".")) > _MOST_DOTS:
        return False
    if not may_be_same_code(before, after):
        return False
    old = _parsed(before)
    new = _parsed(after) if old else None
    return old is not None and new is not None and _alike(old, new) and _same_marks(before, after)


def _parsed(source: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():  # the parser has opinions about the code that we read
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _alike(one: ast.AST, other: ast.AST) -> bool:
    """Node by node, without recursion."""
    pending: list[tuple[object, object]] = [(one, other)]
    while pending:
        old, new = pending.pop()
        if type(old) is not type(new):
            return False
        if isinstance(old, ast.AST) and isinstance(new, ast.AST):
            pending += _fields(old, new)
        elif isinstance(old, list) and isinstance(new, list):
            pending += zip_longest(old, new, fillvalue=())  # which nothing in a tree is
        elif old != new:
            return False
    return True


def _fields(old: ast.AST, new: ast.AST) -> Iterator[tuple[object, object]]:
    """What two nodes hold that is not one and the same: operators, contexts and short names are."""
    for name in old._fields:
        one, other = getattr(old, name, None), getattr(new, name, None)
        if one is not other:
            yield one, other
    if isinstance(old, ast.If):
        yield _has_elif(old), _has_elif(new)


def _has_elif(node: ast.AST) -> bool:
    """``elif`` and an ``if`` alone under ``else`` have equal trees, and not the same cognitive complexity."""
    if not isinstance(node, ast.If) or len(node.orelse) != 1:
        return False
    inner = node.orelse[0]
    return isinstance(inner, ast.If) and inner.col_offset == node.col_offset


def _same_marks(before: bytes, after: bytes) -> bool:
    """Whether equal comments that silence something, or call the file generated, stand in equal places."""
    if not _MARK.search(before) and not _MARK.search(after):
        return True
    try:
        return list(_marks(before)) == list(_marks(after))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return False


def _marks(source: bytes) -> Iterator[tuple[int, int, int, str]]:
    """Each such comment, by the names and the logical lines before it; a generated file's also by its line."""
    names = ends = 0
    lines = iter(source.splitlines(keepends=True))
    for token in tokenize.tokenize(lambda: next(lines, b"")):
        names += token.type == tokenize.NAME
        ends += token.type == tokenize.NEWLINE
        if token.type == tokenize.COMMENT and _MARK.search(token.string.encode("utf-8", "surrogatepass")):
            line = token.start[0] if "@" in token.string or "EDIT" in token.string else 0
            yield names, ends, line, token.string
