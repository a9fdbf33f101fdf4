"""Text from a repository in Markdown: it shows what it is, and is no markup, no link, and a mention of nobody."""

import re
from typing import Final

from antipasta_hook.report.words import printable

_MARKS: Final = re.compile(r"[\\`*_{}\[\]<>()#+!|~&$^=]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"[@#!$%&~](?=\w)")
_BEGINNING: Final = re.compile(r"^(\d*)([-.])")
_FENCES: Final = re.compile(r"`+")


def code(text: str) -> str:
    """A name or a line of source as code, exactly: no forge looks for mentions or references in code."""
    plain = printable(text) or " "
    taken = set(map(len, _FENCES.findall(plain)))
    fence = "`" * next(size for size in range(1, len(taken) + 2) if size not in taken)
    pad = " " if plain.strip(" ") and (plain[0] in " `" or plain[-1] in " `") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def escaped(text: str) -> str:
    """A sentence that may hold text from a repository. A character of no width keeps ``@name`` and ``#1`` from linking.

    Not for the beginning of a line: see ``paragraph``.
    """
    return _MARKS.sub(r"\\\g<0>", _REFERENCE.sub("\\g<0>\u200b", printable(text)))


def paragraph(text: str) -> str:
    """The same at the beginning of a line, where it must begin no list, no heading and no block of code."""
    return _BEGINNING.sub(r"\1\\\g<2>", escaped(text.lstrip()), count=1)
