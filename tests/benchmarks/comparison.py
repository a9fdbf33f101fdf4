"""A result against an earlier one: what got slower or faster beyond noise."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from tests.benchmarks.measure import table
from tests.benchmarks.result import Result
from tests.benchmarks.rows import Row, interval, number

Word = Literal["slower", "faster", "the same"]
BEYOND: Final = 1.1


class Incomparable(Exception):  # noqa: N818 - neither of the two is wrong
    """Two results have nothing that can be held against each other."""


class Pair(NamedTuple):
    """One measurement, then and now."""

    old: Row
    new: Row

    @property
    def word(self) -> Word:
        """Noise reaches as far as the two spreads touch, and a tenth in any case."""
        if _above(self.new, self.old):
            return "slower"
        return "faster" if _above(self.old, self.new) else "the same"


def _above(one: Row, other: Row) -> bool:
    return one.low > other.high and one.ratio > BEYOND * other.ratio


def pairs(old: Result, new: Result) -> list[Pair]:
    """What is in both. Raises Incomparable where that is nothing, or where only one of them was quick."""
    if old.quick != new.quick:
        raise Incomparable("one of the two was quick, and measured less work than the other")
    earlier = {row.key: row for row in old.rows}
    found = [Pair(earlier[row.key], row) for row in new.rows if row.key in earlier]
    if not found:
        raise Incomparable("no measurement is in both results")
    return found


def shown(old: Result, new: Result, found: list[Pair]) -> str:
    """The comparison for people: what it is of, a table, and what is not in it."""
    head = ["", "suite", "what", "held against", "in", "then", "spread", "now", "spread"]
    lines = [
        [
            "" if pair.word == "the same" else pair.word,
            *pair.new.key,
            number(pair.old.ratio),
            interval(pair.old),
            number(pair.new.ratio),
            interval(pair.new),
        ]
        for pair in found
    ]
    return "\n".join([*_notes(old, new, found), "", table(head, lines, texts=5), "", _counted(found)])


def _notes(old: Result, new: Result, found: list[Pair]) -> Iterator[str]:
    yield f"Against {old.commit or 'an unknown commit'} of {old.when}:"
    for name, value in new.machine.items():
        if old.machine.get(name) != value:
            yield f"- another machine: {name} was {old.machine.get(name)}, and is {value}"
    both = {pair.new.key for pair in found}
    for when, rows in (("then", old.rows), ("now", new.rows)):
        if missing := sum(row.key not in both for row in rows):
            yield f"- measured only {when}: {missing}"


def _counted(found: list[Pair]) -> str:
    words = [pair.word for pair in found]
    return ", ".join(f"{words.count(word)} {word}" for word in ("slower", "faster", "the same"))
