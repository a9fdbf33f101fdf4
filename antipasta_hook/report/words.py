"""Words and marks that the formats for people share. Nothing that a repository names can forge a line or a colour."""

from collections.abc import Iterator
from typing import Final

from antipasta_hook.model import COGNITIVE, CYCLOMATIC, MAINTAINABILITY, FileStatus, Finding, Problem

UNCHECKED: Final = frozenset({FileStatus.DEFERRED, FileStatus.UNREADABLE})
"""What was to be looked at and was not."""

_UNSEEN: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U0001d159"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
"""What Python calls printable and nobody sees: fillers, blanks, and the selectors of variants."""
_MOST_MARKS: Final = 4  # one over another; no language that is written needs more
_LARGE: Final = 100_000  # from here on nobody reads a fraction
_NAMES = {CYCLOMATIC: "cyclomatic", COGNITIVE: "cognitive", MAINTAINABILITY: "maintainability"}


def metric_name(metric: str) -> str:
    """What people call a metric."""
    return _NAMES.get(metric, metric.replace("_", " "))


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 file``, ``2 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def number(value: float) -> str:
    """A measured value as people write it: with one decimal at most; below one, with two digits that matter."""
    if abs(value) < 1:
        return f"{value:.2g}"
    return f"{value:.0f}" if abs(value) >= _LARGE else f"{value:.1f}".removesuffix(".0")


def as_set(limit: float) -> str:
    """A limit as it stands in the settings."""
    return f"{limit:.0f}" if limit == int(limit) else f"{limit:g}"


def values(finding: Finding, arrow: str = "->") -> str:
    """Old value and new: ``8 -> 14``, or ``14`` where there was no old one."""
    value, before, limit = finding.value, finding.before, finding.limit
    after = "none" if value is None else _told_apart(value, before, limit)
    return after if before is None else f"{_told_apart(before, value, limit)} {arrow} {after}"


def _told_apart(value: float, *others: float | None) -> str:
    """A value with more decimals where it would look like another one that it is not."""
    rivals = [other for other in others if other is not None and other != value]
    if number(value) not in map(number, rivals):
        return number(value)
    finer = ((f"{value:.{digits}f}", [f"{rival:.{digits}f}" for rival in rivals]) for digits in range(2, 9))
    return next((text for text, alike in finer if text not in alike), repr(value))


def placed(problem: Problem) -> tuple[str, int | None, str]:
    """Where a problem is and what it is: its path, its line if it names one, and its message without either."""
    path, message = printable(problem.path or ""), printable(problem.message)
    if not path or not message.startswith((f"{path}:", f"{path} ")):
        return path, None, message
    rest = message[len(path) :].removeprefix(":")
    line, separator, said = rest.partition(":")
    if separator and line.isdecimal() and line.isascii():
        return path, int(line), said.strip()
    return path, None, rest.strip()


def printable(text: str) -> str:
    r"""Text that cannot move the cursor, set a colour, begin a line, turn the writing direction, or not be seen.

    Undecodable bytes (surrogate escapes) become ``\xHH``; whatever else is not printable, or draws nothing, its Python
    escape. Nor can it be a command to a CI service that reads its log: ``::`` where a line may begin, ``##[`` and
    ``##vso[`` anywhere.
    """
    plain = text
    if not text.isascii():
        plain = "".join(_visible(text))
    elif not text.isprintable():
        plain = "".join(c if c.isprintable() else _escaped(c) for c in text)
    return _without_commands(plain) if "::" in plain or "##" in plain else plain


def _visible(text: str) -> Iterator[str]:
    """Character by character. Marks drawn over another character stay only where one can carry them."""
    from unicodedata import category

    marks = _MOST_MARKS  # the first character stands after nothing that is of this text
    for character in text:
        is_mark = character >= "\u0300" and category(character) in {"Mn", "Me"}
        marks = marks + 1 if is_mark else 0
        if character in _UNSEEN or marks > _MOST_MARKS or not character.isprintable():
            marks = _MOST_MARKS
            yield _escaped(character)
        else:
            yield character


def _without_commands(text: str) -> str:
    import re

    return re.sub(r"##(?=[a-z]*\[)", r"#\\x23", re.sub(r"(^|\s)::", r"\1\\x3a:", text), flags=re.IGNORECASE)


def with_bytes_escaped(text: str) -> str:
    r"""Only the undecodable bytes of a path escaped, as ``\xHH``; for formats with an escaping of their own."""
    return "".join(_escaped(c) if "\ud800" <= c <= "\udfff" else c for c in text) if not text.isascii() else text


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
