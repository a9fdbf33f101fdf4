"""Bytes to text as Python reads them, and what can be told from the bytes before anything is parsed."""

import codecs
import re
import warnings
from typing import Final

_COOKIE: Final = re.compile(rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_BLANK: Final = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
_COMMENT_OR_BLANK: Final = re.compile(rb"\s*(?:#.*)?")
_LATIN_1: Final = ("latin-1", "iso-8859-1", "iso-latin-1")
_TWO_LINES: Final = re.compile(rb"[^\r\n]*+(?:\r\n|\r|\n)?[^\r\n]*+")
_HANGS: Final = frozenset({"idna", "punycode"})
"""Text encodings by name, quadratic by nature: nobody writes Python in them but to stop a reader."""

_SUPPRESSIONS: Final = (b"antipasta", b"noqa", b"complexipy")
_SURELY_SMALL: Final = 200_000  # bytes; at the worst density seen, 0.93 KB of memory a byte, 190 MB
_LONGEST_NAME: Final = 2_000  # dots
_DOTTED: Final = re.compile(rb"[\w. \t\f\x80-\xff]{%d,}+" % _LONGEST_NAME)
MOST_NODES: Final = 350_000
_SEPARATORS: Final = b"\n\r,([{.=:+-*/%<>|&^~@;"
_WORD_OPERATORS: Final = re.compile(rb"\b(?:and|or|not|if|for|in|is|lambda|await)\b")
_KINDS: Final = bytes(
    ord(" " if byte in b" \t\n\r" else "a" if byte >= 0x80 or chr(byte).isalnum() or byte == ord("_") else "?")
    for byte in range(256)
)
"""What a byte is part of: a word, nothing, or a token of its own."""
_TOKENS_A_NODE: Final = 2.5
_BYTES_A_NODE: Final = 1_450
_BYTES_A_BYTE: Final = 950
_BYTES_A_TEXT: Final = 8
"""Of memory, by what was found at the worst."""


class UndecodableError(Exception):
    """The bytes are no text in the encoding that they declare; ``line`` is 1-based, None where unknown."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


def decode(source: bytes) -> str:
    """The text that Python would see, by PEP 263, without a byte order mark.

    Raises UndecodableError for NUL bytes, an unknown encoding, and bytes that are not of the encoding.
    """
    if b"\0" in source:
        raise UndecodableError("source contains a NUL byte", source.count(b"\n", 0, source.index(b"\0")) + 1)
    marked = source.startswith(codecs.BOM_UTF8)
    if marked:
        source = source[len(codecs.BOM_UTF8) :]
    name, line = _declared(source)
    normal = _normal(name)
    if marked and normal != "utf-8":
        raise UndecodableError(f"encoding problem: {name} with a UTF-8 byte order mark", line)
    encoding = _lookup(normal, line)
    try:
        if encoding in ("utf-8", "iso-8859-1", "ascii"):
            return source.decode(encoding)
        with warnings.catch_warnings():  # unicode_escape has opinions about the code that we read
            warnings.simplefilter("ignore")
            return source.decode(encoding)
    except UnicodeDecodeError as error:
        place = source.count(b"\n", 0, error.start) + 1
        raise UndecodableError(f"cannot decode as {encoding}: {error.reason}", place) from error
    except (LookupError, ValueError, TypeError) as error:  # codecs that are no text encodings, or raise their own
        raise UndecodableError(f"unusable encoding: {name}", line) from error


def _declared(source: bytes) -> tuple[str, int | None]:
    """The encoding named in a comment on one of the first two lines, and that line."""
    two_lines = _TWO_LINES.match(source)
    head = two_lines[0] if two_lines else b""
    if b"coding" not in head:
        return "utf-8", None
    match, line = _COOKIE.match(head), 1
    if match is None:
        first = _BLANK.match(head)
        if first is None:
            return "utf-8", None
        match, line = _COOKIE.match(head, first.end()), 2
    return (match[1].decode("ascii", "replace"), line) if match else ("utf-8", None)


def _normal(name: str) -> str:
    """The name as CPython's tokenizer normalises it: two by heart, with Emacs's line end suffixes."""
    normal = name[:12].lower().replace("_", "-")
    if normal == "utf-8" or normal.startswith("utf-8-"):
        return "utf-8"
    if normal in _LATIN_1 or normal.startswith(tuple(f"{latin}-" for latin in _LATIN_1)):
        return "iso-8859-1"
    return name


def _lookup(name: str, line: int | None) -> str:
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise UndecodableError(f"unknown encoding: {name}", line) from error
    if encoding in _HANGS:
        raise UndecodableError(f"unusable encoding: {name}", line)
    return encoding


def is_generated(source: bytes) -> bool:
    """Whether a leading comment in the first five lines says "@generated" or "DO NOT EDIT"."""
    if b"@generated" not in source[:5000] and b"DO NOT EDIT" not in source[:5000]:
        return False
    for line in source.removeprefix(codecs.BOM_UTF8)[:5000].splitlines()[:5]:
        if not _COMMENT_OR_BLANK.fullmatch(line):
            return False
        if b"@generated" in line or b"DO NOT EDIT" in line:
            return True
    return False


def _dots_in_one_name(source: bytes) -> int:
    """The most dots between two characters that can be no part of a dotted name."""
    joined = source.replace(b"\\\r\n", b"").replace(b"\\\n", b"")
    return max((run.count(b".") for run in _DOTTED.findall(joined)), default=0)


def _tokens(source: bytes) -> int:
    """About how many tokens a source is at most; two quotes make one."""
    kinds = source.translate(_KINDS)
    words = kinds.count(b" a") + kinds.count(b"?a") + kinds.startswith(b"a")
    return words + kinds.count(b"?") - (source.count(b'"') + source.count(b"'")) // 2


def memory(source: bytes) -> int:
    """Bytes that measuring a source may take, at most; what is too large to be parsed is only decoded."""
    if explodes(source) is not None:
        return _BYTES_A_TEXT * len(source)
    separators = len(source) - len(source.translate(None, _SEPARATORS)) + source.count(b"\n") + source.count(b";")
    nodes = separators + max(0, int((_tokens(source) - 2 * separators) / _TOKENS_A_NODE))
    return min(_BYTES_A_NODE * nodes, _BYTES_A_BYTE * len(source)) + _BYTES_A_TEXT * len(source)


def explodes(source: bytes, limit: int = MOST_NODES) -> int | None:
    """About how many syntax nodes a source has, where that is above ``limit``; else None.

    Bytes say little about the memory of a parse (1 MB of names and semicolons takes 900 MB, of docstrings 20), so
    what separates expressions is counted. Calibrated on thirty dense shapes: at most 1.45 KB a unit, so that the
    limit is about 500 MB; real code has six units a line. A unit has room for one token beside what separates; what
    has more of them, as strings or question marks one after the other, takes up to 450 bytes for each.
    """
    if source.count(b".") >= _LONGEST_NAME and (dots := _dots_in_one_name(source)) >= _LONGEST_NAME:
        return dots * dots  # the parser joins a dotted name part by part: its memory grows with the square
    if len(source) < _SURELY_SMALL:
        return None
    nodes = len(source) - len(source.translate(None, _SEPARATORS)) + source.count(b"\n") + source.count(b";")
    if nodes <= limit < nodes + len(source) // 3:  # the shortest word operator and a space take three bytes
        nodes += sum(1 for _ in _WORD_OPERATORS.finditer(source))
    if nodes <= limit < nodes + len(source) / _TOKENS_A_NODE:
        nodes += max(0, int((_tokens(source) - 2 * nodes) / _TOKENS_A_NODE))
    return nodes if nodes > limit else None


def may_suppress(source: bytes) -> bool:
    """Whether a comment in it may silence a metric."""
    lower = source.lower()
    return any(mark in lower for mark in _SUPPRESSIONS)
