"""Words and marks that the formats for people share. Nothing that a repository names can forge a line or a colour."""

from typing import Final

from antipasta_hook.model import COGNITIVE, CYCLOMATIC, MAINTAINABILITY, FileStatus, Finding

UNCHECKED: Final = frozenset({FileStatus.DEFERRED, FileStatus.UNREADABLE})
"""What was to be looked at and was not."""

_NAMES = {CYCLOMATIC: "cyclomatic", COGNITIVE: "cognitive", MAINTAINABILITY: "maintainability"}


def metric_name(metric: str) -> str:
    """What people call a metric."""
    return _NAMES.get(metric, metric.replace("_", " "))


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 file``, ``2 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def number(value: float) -> str:
    """A value as people write it: whole ones whole, others with as many digits as matter."""
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100_000 else f"{value:g}"


def values(finding: Finding, arrow: str = "->") -> str:
    """Old value and new: ``8 -> 14``, or ``14`` where there was no old one."""
    after = "none" if finding.value is None else number(finding.value)
    return after if finding.before is None else f"{number(finding.before)} {arrow} {after}"


def printable(text: str) -> str:
    r"""Text that cannot move the cursor, set a colour, begin a line or turn the writing direction.

    Undecodable bytes (surrogate escapes) become ``\xHH``; whatever else is not printable its Python escape.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def with_bytes_escaped(text: str) -> str:
    r"""Only the undecodable bytes of a path escaped, as ``\xHH``; for formats with an escaping of their own."""
    return "".join(_escaped(c) if "\ud800" <= c <= "\udfff" else c for c in text) if not text.isascii() else text


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
