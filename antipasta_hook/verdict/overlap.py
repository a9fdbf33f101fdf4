"""How many lines one body has in common with each of thousands, in a few sums over all of them at once. Pure.

A line's holders are the bits of one number, a bit for each body. Such numbers are added up digit by digit, so that what
a line costs hardly grows with how many bodies hold it: functions that are all alike would take the square otherwise.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Final, TypeVar

_Key = TypeVar("_Key", bound=Hashable)

_BITS_A_NUMBER: Final = 64
"""Where fewer bodies than one of so many hold a line, their numbers take less room than all bodies' bits."""


class Overlap:
    """What each body has in common with one: bit i of ``digits[k]`` is the binary digit k of body i's count."""

    def __init__(self, masks: Iterable[int]) -> None:
        self.digits: Final[list[int]] = []
        for mask in masks:
            self._add(mask)

    def _add(self, carry: int) -> None:
        """One more for each of these bodies."""
        for place, digit in enumerate(self.digits):
            if not carry:
                return
            self.digits[place], carry = digit ^ carry, digit & carry
        if carry:
            self.digits.append(carry)

    def most(self, among: int) -> tuple[int, int]:
        """The highest count that any of these bodies has, and those that have it."""
        count = 0
        for digit in reversed(self.digits):
            having = among & digit
            count = 2 * count + bool(having)
            among = having or among
        return count, among

    def at_least(self, count: int, among: int) -> int:
        """Those of these bodies that have so many lines in common, or more."""
        if count >> len(self.digits):
            return 0
        more, equal = 0, among
        for place in reversed(range(len(self.digits))):
            if count >> place & 1:
                equal &= self.digits[place]
            else:
                more |= equal & self.digits[place]
                equal &= ~self.digits[place]
        return more | equal


class LineIndex:
    """From each line to the bodies that hold it; a line that stands several times counts as often as in both."""

    def __init__(self, bodies: "Iterable[Counter[int]]") -> None:
        holders: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, body in enumerate(bodies):
            for line in _each(body):
                holders[line].append(number)
        self._few = {line: held for line, held in holders.items() if len(held) * _BITS_A_NUMBER <= held[-1]}
        self._many = {line: bits(held) for line, held in holders.items() if line not in self._few}

    def overlap(self, lines: "Counter[int]") -> Overlap:
        """What each body has in common with these lines."""
        return Overlap(map(self._mask, _each(lines)))

    def _mask(self, line: tuple[int, int]) -> int:
        mask = self._many.get(line)
        return bits(self._few.get(line, ())) if mask is None else mask


def bits(numbers: Iterable[int]) -> int:
    """A number that has these bits."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def by(keys: Iterable[_Key]) -> dict[_Key, int]:
    """The numbers of those that have one key, as bits."""
    having: dict[_Key, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        having[key].append(number)
    return {key: bits(found) for key, found in having.items()}


def numbers(mask: int) -> Iterator[int]:
    """The bits that a number has, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _each(lines: "Counter[int]") -> Iterator[tuple[int, int]]:
    """Each line as often as it stands there, told apart by a number."""
    return ((line, which) for line, times in lines.items() for which in range(times))
