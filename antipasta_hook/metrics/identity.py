"""What a function is recognised by: a hash of its code, and its body's lines as a multiset."""

import ast
import re
import sys
import zlib
from array import array
from itertools import compress
from keyword import kwlist
from typing import Final, NamedTuple

from antipasta_hook.metrics.scopes import Definition, Function

try:
    from _blake2 import blake2b  # hashlib's own, without OpenSSL, whose loading takes as long as measuring a file
except ImportError:
    from hashlib import blake2b

_NAMELESS: Final = re.compile(rb"\n(?:(?:%s)\b|\d\w*+|[^\w\n\x80-\xff]++)++(?=\n)" % "|".join(kwlist).encode())
"""Lines of keywords, numbers and punctuation: ``else:``, ``return None``, ``})``. They stand in every function."""


class Span(NamedTuple):
    """Where a function's parts lie, as 0-based half-open line ranges: [start, end) and, within it, the rest."""

    start: int
    end: int
    body: int
    """The first line of the first statement that is not the docstring; ``end`` where there is none."""
    docstring: tuple[int, int]
    """Empty where there is none that has its lines for itself."""


class Fingerprinter:
    """Hashes each line of a file once, then cuts out functions.

    ``lines``: physical lines as Python counts them; ``code``: the same stripped, empty where there is no code.
    """

    def __init__(self, lines: list[str], code: list[str]) -> None:
        self._lines = lines
        self._code = code
        # A formatter that prefers the other quotes has moved nothing.
        text = "\n".join(("", *code, "")).replace("'", '"').encode("utf-8", "surrogatepass")
        words = _NAMELESS.sub(b"\n", text).split(b"\n")
        self._hashes = list(map(zlib.crc32, words[1:-1]))  # 0 for an empty line

    def code_hash(self, span: Span) -> int:
        """64 bits over each line's text and its indentation relative to the ``def``, from there on."""
        start, end = span.start, span.end
        first, last = span.docstring
        lines = [
            *compress(self._lines[start:first], self._code[start:first]),
            *compress(self._lines[last:end], self._code[last:end]),
        ]
        if not lines:
            return 0
        margin = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        text = "\n".join(("", *map(str.rstrip, lines)))
        if margin:
            text = text.replace(f"\n{margin}", "\n")
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, usedforsecurity=False)
        return int.from_bytes(digest.digest())

    def body(self, span: Span) -> bytes:
        """Sorted 32-bit hashes of the body's lines that hold a name, whichever quotes they use, little-endian."""
        hashes = array("I", sorted(filter(None, self._hashes[span.body : span.end])))
        if sys.byteorder == "big":
            hashes.byteswap()
        return hashes.tobytes()


def span_of(node: Function, lines: list[str]) -> Span:
    """The span of an ``ast`` function definition."""
    start, end, body = node.lineno - 1, node.end_lineno or node.lineno, node.body
    first = body[0]
    docstring = (end, end)
    rest = body
    if _is_docstring(first):
        rest = body[1:]
        after = _first_line(rest[0]) if rest else end
        last = first.end_lineno or first.lineno
        if after >= last and not lines[first.lineno - 1][: first.col_offset].strip():
            docstring = (first.lineno - 1, last)
    return Span(start, end, _first_line(rest[0]) if rest else end, docstring)


def _is_docstring(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


def _first_line(statement: ast.stmt) -> int:
    """0-based; a decorated definition begins with its first decorator."""
    if isinstance(statement, Definition) and statement.decorator_list:
        return statement.decorator_list[0].lineno - 1
    return statement.lineno - 1
