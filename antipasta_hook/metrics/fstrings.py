"""Where an f-string ends and what is code inside it, by the rules of PEP 701 (Python 3.12 and later).

Before 3.12 an f-string is lexed like any other string, and none of this is needed.
"""

import re
from typing import Final, NamedTuple


class FString(NamedTuple):
    """An f-string: the index after it, whether it is closed, whether fields hold a ``:`` token, its comments."""

    end: int
    closed: bool
    colon: bool
    comments: int


_PLAIN: Final = re.compile(r"""[^{}]*+(?:(?:\{\{|\}\}|\{[^{}'"#:\\]*+\})[^{}]*+)*+""")
"""Text whose fields hold no strings, comments or format specifications: it ends where any string would."""
_REST: Final = {
    quote: re.compile(rf"(?:[^\\{quote[0]}]|\\.|(?!{quote}){quote[0]})*+{quote}", re.DOTALL)
    for quote in ("'", '"', "'''", '"""')
}
"""What follows the opening quote of a string that is no f-string."""
_TEXT: Final = re.compile(r"[^'\"{}\\]+")
_FIELD: Final = re.compile(r"""[^'"()\[\]{}:#]+""")
_COMMENT: Final = re.compile(r"#[^\n]*")
_PREFIX: Final = re.compile(r"(?:\b|(?<=\d))[a-zA-Z]{1,2}\Z")


def is_plain(token: str) -> bool:
    """Whether an f-string, given from its opening to the first matching quote, is complete and holds no ``:``."""
    return _PLAIN.fullmatch(token) is not None


def read(source: str, start: int, *, raw: bool) -> FString:
    """Read the f-string whose opening quote is at ``start``; an unfinished one ends with the source."""
    reader = _Reader(source)
    end = reader.string(start, formatted=True, raw=raw)
    return FString(end, not reader.frames, reader.colon, reader.comments)


class _Frame:
    """One level of nesting: the text of an f-string (closed by its quote) or a field (closed by its brace)."""

    __slots__ = ("brackets", "in_spec", "quote", "raw")

    def __init__(self, quote: str, *, raw: bool) -> None:
        self.quote = quote
        self.raw = raw
        self.brackets = -1  # -1: in the text; otherwise open brackets within the field
        self.in_spec = False


class _Reader:
    """A lexer with an explicit stack: f-strings nest 150 deep in CPython, and what we read may be hostile."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.colon = False
        self.comments = 0
        self.frames: list[_Frame] = []

    def string(self, start: int, *, formatted: bool, raw: bool) -> int:
        """Index after the string that opens at ``start``."""
        position = self._open(start, formatted=formatted, raw=raw)
        size = len(self.source)
        while self.frames and position < size:
            frame = self.frames[-1]
            position = self._text(frame, position) if frame.brackets < 0 else self._field(frame, position)
        return min(position, size)

    def _open(self, start: int, *, formatted: bool, raw: bool) -> int:
        triple = self.source[start] * 3
        quote = triple if self.source.startswith(triple, start) else self.source[start]
        opened = start + len(quote)
        if formatted:
            self.frames.append(_Frame(quote, raw=raw))
            return opened
        rest = _REST[quote].match(self.source, opened)
        return rest.end() if rest else len(self.source)

    def _text(self, frame: _Frame, position: int) -> int:
        source = self.source
        match = _TEXT.match(source, position)
        if match:
            return match.end()
        char = source[position]
        if char == "\\":
            return self._escape(frame, position + 1)
        if char in "{}":
            return self._brace(frame, position)
        if source.startswith(frame.quote, position):
            self.frames.pop()
            if frame.in_spec:  # an unfinished field: only in broken code
                self.frames.clear()
            return position + len(frame.quote)
        return position + 1

    def _brace(self, frame: _Frame, position: int) -> int:
        """A brace of the text: doubled it is text, unless it belongs to a format specification."""
        char = self.source[position]
        if not frame.in_spec and self.source[position + 1 : position + 2] == char:
            return position + 2
        if char == "{":
            field = _Frame(frame.quote, raw=frame.raw)
            field.brackets = 0
            self.frames.append(field)
        elif frame.in_spec:
            self.frames.pop()
        return position + 1

    def _escape(self, frame: _Frame, position: int) -> int:
        """After a backslash: a brace keeps its meaning, a named character is text, anything else is skipped."""
        following = self.source[position : position + 2]
        if following[:1] in ("{", "}"):
            return position
        if following == "N{" and not frame.raw:
            end = self.source.find("}", position)
            return end + 1 if end >= 0 else len(self.source)
        return position + 1

    def _field(self, frame: _Frame, position: int) -> int:
        source = self.source
        match = _FIELD.match(source, position)
        if match:
            return match.end()
        char = source[position]
        if char in "'\"":
            prefix = _PREFIX.search(source, max(0, position - 3), position)
            letters = prefix[0].lower() if prefix else ""
            formatted = letters in ("f", "fr", "rf", "t", "tr", "rt")
            return self._open(position, formatted=formatted, raw="r" in letters)
        if char == "#":
            self.comments += 1
            comment = _COMMENT.match(source, position)
            return comment.end() if comment else position + 1
        self._punctuate(frame, position)
        return position + 1

    def _punctuate(self, frame: _Frame, position: int) -> None:
        """A bracket or a colon of a field."""
        char = self.source[position]
        if char in "([{":
            frame.brackets += 1
        elif char == ":":
            walrus = frame.brackets and self.source[position + 1 : position + 2] == "="
            self.colon |= not walrus
            if not frame.brackets:
                frame.brackets, frame.in_spec = -1, True
        elif frame.brackets:
            frame.brackets -= 1
        else:
            self.frames.pop()
