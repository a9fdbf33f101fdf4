"""What single lines of source show without being parsed: branches, operators, definitions, and in what they stand."""

import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from antipasta_hook.significance.lines import depth

TEXT: Final = re.compile(rb"""#[^\n]*+|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?""")
"""A comment, or a string as far as its line goes; an open one takes the rest of the line, so none is read twice."""
_HEAD: Final = re.compile(rb"( *+)(?:async ++)?(if|elif|for|while|except|case|else|def|class)\b(?: ++(\w++))?")
_SYMBOL: Final = re.compile(rb"[=(\[{:)\]}]")
_EXPRESSIONS: Final = frozenset({b"and", b"or", b"not", b"return", b"yield", b"assert", b"raise"})
_DEEPEST: Final = 8
_ELSE: Final = 0.3


class Marks(NamedTuple):
    """What some lines show. ``weight`` is that of the branches: 1 on the first level of indentation, more below.

    ``inline`` counts ``if`` and ``for`` inside of expressions, ``code`` the lines that are no comments; ``functions``
    are the names that are defined.
    """

    branches: int = 0
    weight: float = 0.0
    deepest: int = 0
    booleans: int = 0
    inline: int = 0
    code: int = 0
    functions: tuple[bytes, ...] = ()


_NOTHING: Final = Marks()


def marks_of(lines: list[bytes]) -> Marks:
    """Read some lines, each on its own."""
    if not lines:
        return _NOTHING
    code = [line for line in _without_text(lines) if line and not line.isspace()]
    heads = list(filter(None, map(_HEAD.match, code)))
    levels = [min(depth(head[1]), _DEEPEST) for head in filter(_is_branch, heads)]
    words = b" ".join(map(_expression, filter(_may_hold_operators, code))).split()
    return Marks(
        branches=len(levels),
        weight=0.75 * len(levels) + 0.25 * sum(levels) + _ELSE * sum(map(_is_else, heads)),
        deepest=max(levels, default=0),
        booleans=words.count(b"and") + words.count(b"or"),
        inline=words.count(b"if") + words.count(b"for"),
        code=len(code),
        functions=tuple(head[3] for head in filter(_is_function, heads)),
    )


def _without_text(lines: list[bytes]) -> list[bytes]:
    """The lines without comments and the insides of strings, indented with blanks."""
    text = b"\n".join(lines)
    if b'"' in text or b"'" in text or b"#" in text:
        text = TEXT.sub(_emptied, text)
    return text.replace(b"\t", b"    ").split(b"\n")


def _emptied(found: "re.Match[bytes]") -> bytes:
    return b"" if found[0].startswith(b"#") else b'""'


def _is_branch(head: "re.Match[bytes]") -> bool:
    """Whether a line opens a block that may be passed by; a sentence that begins with ``if`` has no colon."""
    keyword, line = head[2], head.string
    if keyword in {b"else", b"def", b"class"}:
        return False
    if keyword == b"case" and line[head.end(2) : head.end(2) + 1] not in {b" ", b"(", b"[", b"{"}:
        return False
    return b":" in line or line.rstrip()[-1:] in {b"(", b"[", b"{", b"\\", b","}


def _is_else(head: "re.Match[bytes]") -> bool:
    return head[2] == b"else" and b":" in head.string


def _is_function(head: "re.Match[bytes]") -> bool:
    return head[2] == b"def" and head[3] is not None


def _may_hold_operators(line: bytes) -> bool:
    return b" and" in line or b" or" in line or b" if" in line or b" for" in line


def _expression(line: bytes) -> bytes:
    """What of a line may hold operators: nothing of one that is probably prose."""
    head = _HEAD.match(line)
    if head and _is_branch(head):
        return line[head.end(2) :]
    is_clause = line.split(None, 1)[0] in _EXPRESSIONS or (head and head[2] == b"for" and b" in " in line)
    return line if is_clause or _SYMBOL.search(line) else b""


def symbols_with(lines: Collection[bytes], source: bytes) -> Iterator[str]:
    """The names, as Python qualifies them, of the functions of a source that hold one of these lines."""
    scopes: list[tuple[int, bool, str]] = []
    for text in source.splitlines():
        inner = text.lstrip()
        if not inner or inner[:1] in b"#)]}":
            continue
        indent = len(text) - len(inner)
        while scopes and indent <= scopes[-1][0]:
            scopes.pop()
        head = _HEAD.match(inner)
        if head and head[3] and head[2] in {b"def", b"class"}:
            scopes.append((indent, head[2] == b"def", head[3].decode("utf-8", "replace")))
        if text in lines:
            yield from _qualified(scopes)


def _qualified(scopes: list[tuple[int, bool, str]]) -> Iterator[str]:
    """The names of the functions among nested scopes."""
    name = ""
    for _, is_function, own in scopes:
        name += own
        if is_function:
            yield name
        name += ".<locals>." if is_function else "."
