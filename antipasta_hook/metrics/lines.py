"""What the lines say: radon's raw counts, and each line's code without comments, in one linear scan.

Reference: ``radon/raw.py`` 6.0.1, which strips every line, and tokenizes ever longer runs of lines until one is
complete (quadratic in the length of a statement). The same follows from one regular expression that steps over
strings and comments: what is left is reduced to brackets, colons, semicolons and line ends, matched brackets are
deleted, and what then remains has one character or two for each logical line.
"""

import re
import sys
from typing import Final, NamedTuple

from antipasta_hook.metrics import fstrings
from antipasta_hook.model import Raw


class Lines(NamedTuple):
    """One source's lines as the scan sees them."""

    raw: Raw
    code: list[str]
    """Every line stripped, and empty where it is blank or only a comment."""
    parts: list[str]
    """The stripped source: code at the even indices, between them strings and comments."""


_STRING: Final = (
    r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"""'
    r"|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''"
    r'|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
    r"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"
)
_TOKEN: Final = re.compile(rf"({_STRING}|#[^\n]*+)", re.DOTALL)
_PREFIX: Final = re.compile(r"(?<![^\W\d])(?:[bB][rR]?|[rR][bB]?|[uU]|[fF][rR]?|[rR][fF]|[tT][rR]?|[rR][tT])\Z")
_PREFIX_ENDS: Final = frozenset("bBrRuUfFtT")
_FORMATTED: Final = frozenset("fFtT")
_FORMATTED_ENDS: Final = frozenset("fFtTrR")
_PEP_701: Final = sys.version_info >= (3, 12)

# What the skeleton of a source is written in, beside brackets, colons, semicolons and line ends.
_STRING_MARK: Final = '"'
_FORMATTED_WITH_COLON: Final = '":""'
_HEADER_END: Final = "\x01"  # a colon and the line end after it
_LAST_SEMICOLON: Final = "\x02"  # a semicolon and the line end after it
_ONLY_COMMENT: Final = "\x04"
_ONLY_STRING: Final = "\x05"  # a line that is nothing but a string
_STRING_LINE: Final = "\x06"  # once for each written line of a longer string that stands alone
_BRACKETS_AS_ONE: Final = bytes.maketrans(b"[]{}", b"()()")
_NO_SKELETON: Final = bytes(set(range(256)) - set(b"()[]{}:;\n\x01\x02\x04\x05\x06"))
_BRACKETS_WITHOUT_COLON: Final = re.compile(rb"\([^():\x01]*+\)")
_BRACKETS_WITH_COLON: Final = re.compile(rb"\([^():\x01]*+[:\x01][^()]*+\)")
_ONE_STRING: Final = '[bBrRuU]{0,2}"' if _PEP_701 else '[bBrRuUfF]{0,2}"'
_NUMBER: Final = r"(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d[\d_]*)?[jJ]?|\d[\d_]*\."
_ONE_TOKEN_AFTER_COLON: Final = re.compile(rf":(?:\s*[])}}]|[ \t]*(?:\.\.\.|{_ONE_STRING}|\w+|{_NUMBER}))[ \t]*;")

_LINE_ENDS: Final = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_NOTHING_BEFORE_SEMICOLON: Final = re.compile(r"(?:\A|(?<=[\n;]))[ \t]*;")


def physical_lines(text: str) -> int:
    """How many lines ``str.splitlines()`` makes of a text, which may be too many to be made."""
    if not text:
        return 0
    return sum(map(text.count, _LINE_ENDS)) - text.count("\r\n") + (text[-1] not in _LINE_ENDS)


def read_lines(text: str) -> tuple[list[str], Lines, Raw]:
    """The physical lines as Python counts them, what the scan says of them, and radon's counts.

    radon splits with ``str.splitlines()``, which also breaks at form feeds and at six other characters. That is
    followed in the counts, unless radon takes the result for a syntax error.
    """
    lines = text.splitlines()
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if len(lines) == plain.count("\n") + (plain[-1:] not in ("\n", "")):
        scanned = scan(lines)
        return lines, scanned, scanned.raw
    true_lines = plain.removesuffix("\n").split("\n")
    scanned = scan(true_lines)
    return true_lines, scanned, scan(lines).raw if _tokenizes(lines) else scanned.raw


def _tokenizes(lines: list[str]) -> bool:
    """Whether ``tokenize`` accepts the stripped lines."""
    import io
    import tokenize

    text = "\n".join(line.strip() for line in lines)
    try:
        return all(token.type != tokenize.ERRORTOKEN for token in tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, UnicodeEncodeError):  # the last for a lone surrogate, from Python 3.12 on
        return False


def scan(lines: list[str]) -> Lines:
    """Read a source that was split into lines; they are stripped, as radon strips them."""
    stripped = [line.strip() for line in lines]
    parts = _split("\n".join(stripped))
    clean, comments, lonely = _clean(parts)
    skeleton, one_token = _skeleton("".join(clean))
    only_comments, only_strings = skeleton.count(b"\x04"), skeleton.count(b"\x05")
    statements = len(re.findall(rb"[\n\x01\x02;]", skeleton)) - only_comments
    with_colon_inside = len(re.findall(rb":[\n\x02;]", skeleton)) - one_token
    single_comments = only_comments + only_strings
    multi = skeleton.count(b"\x06")
    blank = stripped.count("")
    raw = Raw(
        loc=len(stripped),
        lloc=statements + with_colon_inside,
        sloc=len(stripped) - blank - multi - single_comments,
        comments=comments,
        multi=multi,
        blank=blank,
        single_comments=single_comments,
    )
    return Lines(raw, _code(stripped, parts, lonely), parts)


def _code(stripped: list[str], parts: list[str], lonely: list[int]) -> list[str]:
    if not lonely:
        return stripped
    pieces = parts.copy()
    for index in lonely:
        pieces[index] = ""
    return "".join(pieces).split("\n")


def _split(source: str) -> list[str]:
    """Code at the even indices, strings (without prefix) and comments at the odd ones."""
    parts = _TOKEN.split(source)
    if _PEP_701 and not all(map(_ends_where_it_seems, parts[0:-1:2], parts[1::2])):
        return _split_precisely(source)
    return parts


def _ends_where_it_seems(before: str, token: str) -> bool:
    """Whether a string would end there if it is an f-string of PEP 701, which may hold its own quotes."""
    if before[-1:] not in _FORMATTED_ENDS or token[0] == "#" or "{" not in token:
        return True
    prefix = _prefix(before)
    if _FORMATTED.isdisjoint(prefix) or fstrings.is_plain(token):
        return True
    f_string = fstrings.read(token, 0, raw="r" in prefix.lower())
    return f_string.closed and f_string.end == len(token)


def _split_precisely(source: str) -> list[str]:
    """The same, one token at a time, following each f-string to its true end."""
    parts: list[str] = []
    position = 0
    while match := _TOKEN.search(source, position):
        start, end = match.span()
        before = source[position:start]
        if source[start] != "#":
            prefix = _prefix(before)
            if not _FORMATTED.isdisjoint(prefix):
                end = fstrings.read(source, start, raw="r" in prefix.lower()).end
        parts += (before, source[start:end])
        position = end
    parts.append(source[position:])
    return parts


def _prefix(before: str) -> str:
    """The string prefix that ends the code before a quote."""
    match = _PREFIX.search(before, len(before) - 3 if len(before) > 3 else 0)
    return match[0] if match else ""


def _clean(parts: list[str]) -> tuple[list[str], int, list[int]]:
    """The parts with marks for strings and comments; how many comments; which are alone on their line."""
    clean = parts.copy()
    comments = 0
    lonely = []
    for index in range(1, len(parts), 2):
        token, before = parts[index], parts[index - 1]
        if token[0] != "#":
            clean[index], inside = _string_mark(parts, index)
            comments += inside
            continue
        comments += 1
        if _begins_line(before, index):
            lonely.append(index)
            clean[index] = _ONLY_COMMENT
        else:
            clean[index] = ""
            clean[index - 1] = (
                before.rstrip().removesuffix("\\").rstrip()
            )  # it ends the line that a backslash continued
    return clean, comments, lonely


def _begins_line(before: str, index: int) -> bool:
    """Whether a token follows directly on a line end that no backslash continues."""
    if before:
        return before[-1] == "\n" and not before.endswith(("\\\n", "\\\n\n"))
    return index == 1


def _string_mark(parts: list[str], index: int) -> tuple[str, int]:
    """What stands for a string in the skeleton, and the comments inside it."""
    token, before, after = parts[index], parts[index - 1], parts[index + 1]
    if before[-1:] in _PREFIX_ENDS:
        prefix = _prefix(before)
        if _PEP_701 and not _FORMATTED.isdisjoint(prefix):
            return _formatted_mark(token, raw="r" in prefix.lower())
        before = before[: len(before) - len(prefix)]
    stands_alone = after[0] == "\n" if after else index == len(parts) - 2
    if not stands_alone or not _begins_line(before, index):
        return _STRING_MARK, 0
    if "\n" not in token:
        return _ONLY_STRING, 0
    return _STRING_LINE * sum(map(bool, token.split("\n"))), 0


def _formatted_mark(token: str, *, raw: bool) -> tuple[str, int]:
    if "{" not in token or fstrings.is_plain(token):
        return _STRING_MARK, 0
    f_string = fstrings.read(token, 0, raw=raw)
    return (_FORMATTED_WITH_COLON if f_string.colon else _STRING_MARK), f_string.comments


def _skeleton(clean: str) -> tuple[bytes, int]:
    """What is left at bracket depth 0, and how many statements before a ``;`` have one token after their colon."""
    text = clean.replace("\\\n\n", " ").replace("\\\n", " ").replace(":=", "=")
    one_token = 0
    if ";" in text:
        text = _NOTHING_BEFORE_SEMICOLON.sub("", text)  # not Python: the tail of a comment that radon cut in two
        one_token = len(_ONE_TOKEN_AFTER_COLON.findall(text))
    while "\n\n" in text:
        text = text.replace("\n\n", "\n")
    text = text.strip("\n")
    if text:
        text += "\n"
    marked = text.replace(":\n", _HEADER_END).replace(";\n", _LAST_SEMICOLON).encode("utf-8", "replace")
    skeleton = marked.translate(_BRACKETS_AS_ONE, _NO_SKELETON)
    for _ in range(4):
        skeleton = skeleton.replace(b"()", b"").replace(b"(:)", b":").replace(b"::", b":")
    changes = 1
    while changes:
        skeleton, without = _BRACKETS_WITHOUT_COLON.subn(b"", skeleton)
        skeleton, with_colon = _BRACKETS_WITH_COLON.subn(b":", skeleton)
        changes = without + with_colon
    while b"::" in skeleton:
        skeleton = skeleton.replace(b"::", b":")
    return skeleton, one_token
