"""Which lines two texts do not share, in time that grows with the texts and not with their product."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

_MOST_REMEMBERED: Final = 64 * 1024  # bytes of both sides
_WIDTH: Final = 4  # columns of one level of indentation
_BLANK: Final = b" \t"


class Lines(NamedTuple):
    """``added`` and ``removed`` as they stand in the text, sorted; ``deeper`` were there before, indented less.

    ``indented`` counts the lines that were only indented anew, more or less. What depends on these depends on the
    multisets of lines alone: not on how two texts were laid side by side.
    """

    added: list[bytes]
    removed: list[bytes]
    deeper: list[bytes]
    indented: int = 0


def changed_lines(before: bytes, after: bytes) -> Lines:
    """The lines of either side that have no counterpart on the other; a line that only moved has one."""
    return (_remembered if len(before) + len(after) <= _MOST_REMEMBERED else _changed_lines)(before, after)


def _changed_lines(before: bytes, after: bytes) -> Lines:
    old, new = _between(before, after)
    gone, come = _surplus(old, new)
    gone.sort()
    come.sort()
    return _unlike(gone, come) if gone and come else Lines(come, gone, [])


def depth(line: bytes) -> int:
    """Levels of indentation, a tab or four columns each, a part of one counting as one."""
    space = line[: len(line) - len(line.lstrip(_BLANK))]
    columns = len(space) + (_WIDTH - 1) * space.count(b"\t")
    return (columns + _WIDTH - 1) // _WIDTH


def _between(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines of both texts between what they begin with and what they end with."""
    start = before.rfind(b"\n", 0, _common_start(before, after)) + 1
    old, new = before[start:], after[start:]
    tail = _common_end(old, new)
    line = old.find(b"\n", len(old) - tail) + 1 if tail else 0
    tail = len(old) - line if line else 0
    return old[: len(old) - tail].splitlines(), new[: len(new) - tail].splitlines()


def _common_start(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _surplus(old: list[bytes], new: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The lines of which there are more on one side: those of the old one, those of the new one."""
    left: dict[bytes, int] = {}
    for line in old:
        left[line] = left.get(line, 0) + 1
    come = []
    for line in new:
        if number := left.get(line):
            left[line] = number - 1
        else:
            come.append(line)
    return [line for line, number in left.items() if number for _ in range(number)], come


def _unlike(gone: list[bytes], come: list[bytes]) -> Lines:
    """The same without the lines that were only indented anew."""
    places: dict[bytes, list[bytes]] = defaultdict(list)
    for line in gone:
        places[line.strip()].append(line)
    added, deeper = [], []
    for line in come:
        old = places.get(line.strip())
        if not old:
            added.append(line)
        elif depth(line) > depth(old.pop()):
            deeper.append(line)
    return Lines(added, sorted(_flat(places.values())), deeper, len(come) - len(added))


def _flat(lists: Iterable[list[bytes]]) -> Iterable[bytes]:
    return (line for lines in lists for line in lines)


_remembered: Final = lru_cache(maxsize=1024)(_changed_lines)
"""A score, a proof, and who looks for where a function came from ask for the same two sides."""
