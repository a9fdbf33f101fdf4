"""A quick look at two sources that spares a proof where they plainly are not the same code."""

import re
from collections import Counter
from typing import Final

from antipasta_hook.significance.lines import changed_lines
from antipasta_hook.significance.marks import TEXT

_WORD: Final = re.compile(rb"\b[a-z_]\w*+")


def may_be_same_code(before: bytes, after: bytes) -> bool:
    """Whether the lines that two sources do not share hold the same names and keywords: those of most changes do not.

    Whatever a formatter does leaves these words as they are: strings, comments, numbers and case are left out.
    """
    lines = changed_lines(before, after)
    few, many = sorted((lines.added, lines.removed), key=len)
    left = Counter(word for line in few for word in _words(line))
    for line in many:
        for word in _words(line):
            left[word] -= 1
            if left[word] < 0:
                return False
    return not left.total()


def _words(line: bytes) -> list[bytes]:
    return _WORD.findall(TEXT.sub(b" ", line).lower())
