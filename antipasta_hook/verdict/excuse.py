"""An improvement is never blocked: code that came out of functions which fell or left is not a new offence.

A function over its limit is excused if at least half of its body lines come from old functions of this change that are
gone, or whose value fell and that have these lines no more, and the excess of all the functions linked in this way,
taken together, did not rise by more than one of those that were over their limits might have grown where it stood.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final, NamedTuple

from antipasta_hook.verdict.matching import Place
from antipasta_hook.verdict.overlap import LineIndex, Overlap, by, numbers

HALF: Final = 0.5
LINK_SHARE: Final = 0.1
LINK_LINES: Final = 3
"""An old function is linked to a new one only if it gives it this share and this number of lines: chance does not."""
OWN_SHARE: Final = 0.25
"""And it must give half of the new one, or this share of itself: a few plain lines do not make a dead giant pay."""


class Source(NamedTuple):
    """An old function that is gone or whose value fell, with its excess then and the excess of what it became.

    ``tolerated`` is by how much it might have grown: 0 where it was within its limit. ``heir`` is what it became: what
    that still holds was not given to anybody.
    """

    place: Place
    value: float
    new_value: float | None
    excess: float
    new_excess: float
    tolerated: float = 0
    heir: Place | None = None

    @property
    def given(self) -> "Counter[int]":
        """The lines that left it; one that stands several times counts once."""
        kept = self.heir.lines if self.heir is not None else ()
        return Counter(set(self.place.lines).difference(kept))


class Suspect(NamedTuple):
    """A new function that is over its limit and was not, or is worse than it was."""

    place: Place
    excess: float
    old_excess: float


class Excuse(NamedTuple):
    """Why a suspect is let through: the old functions that most of its lines came from, most first.

    ``rise`` is by how much all that is linked got worse, ``tolerated`` by how much it may.
    """

    sources: tuple[Source, ...]
    rise: float
    tolerated: float


class Family(NamedTuple):
    """Suspects that share sources, and those sources: the numbers of both."""

    members: list[int]
    used: list[int]


def excuses(suspects: Sequence[Suspect], sources: Sequence[Source]) -> dict[int, Excuse]:
    """Find the suspects that are excused: index in ``suspects`` -> excuse."""
    links = _all_links(suspects, sources)
    found: dict[int, Excuse] = {}
    for family in _families(links):
        rise, tolerated = _rise(family, suspects, sources), max(sources[s].tolerated for s in family.used)
        if rise <= tolerated:
            found |= {m: Excuse(tuple(sources[s] for s in links[m]), rise, tolerated) for m in family.members}
    return dict(sorted(found.items()))


def have_sources(suspects: Sequence[Suspect], sources: Sequence[Source]) -> set[int]:
    """The suspects that half of their lines came to from sources, excused or not."""
    return set(_all_links(suspects, sources))


def _all_links(suspects: Sequence[Suspect], sources: Sequence[Source]) -> dict[int, list[int]]:
    givers = _Givers(sources)
    found = ((number, givers.of(suspect.place)) for number, suspect in enumerate(suspects))
    return {number: linked for number, linked in found if linked}


def _rise(family: Family, suspects: Sequence[Suspect], sources: Sequence[Source]) -> float:
    """How much more the excess of all linked functions together is than it was."""
    members, used = family
    before = sum(sources[s].excess for s in used) + sum(suspects[m].old_excess for m in members)
    after = sum(sources[s].new_excess for s in used) + sum(suspects[m].excess for m in members)
    return after - before


class _Givers:
    """All sources, a bit for each in the order of their excess, the largest first."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._order = sorted(range(len(sources)), key=lambda number: (-sources[number].excess, number))
        self._given = [sources[number].given for number in self._order]
        self._index = LineIndex(self._given)
        self._own = by(len(set(sources[number].place.lines)) for number in self._order)

    def of(self, suspect: Place) -> list[int]:
        """The sources that gave ``suspect`` its lines, most first; empty where they gave less than half of them.

        A line that stands several times in a function counts once: what repeats is seldom what a function is about.
        """
        remaining = Counter(set(suspect.lines))
        size = remaining.total()
        whole = self._index.overlap(remaining)
        linked: list[int] = []
        while found := self._enough(self._index.overlap(remaining), size):
            first = next(numbers(whole.most(found)[1]))
            linked.append(self._order[first])
            remaining -= self._given[first]
        return linked if size and size - remaining.total() >= HALF * size else []

    def _enough(self, overlap: Overlap, size: int) -> int:
        """Those that gave so much of what is still to be accounted for that it is not by chance."""
        least = min(size, max(LINK_LINES, LINK_SHARE * size))
        found = 0
        for own, those in self._own.items():
            found |= overlap.at_least(ceil(max(1, least, min(HALF * size, OWN_SHARE * own))), those)
        return found


def _families(links: dict[int, list[int]]) -> Iterator[Family]:
    """The suspects that share a source, directly or through others, with all the sources they use."""
    takers: dict[int, set[int]] = defaultdict(set)
    for member, linked in links.items():
        for number in linked:
            takers[number].add(member)
    waiting = set(links)
    while waiting:
        members, used = [waiting.pop()], set[int]()
        for member in members:  # of which there come more meanwhile
            for number in set(links[member]) - used:
                newcomers = takers[number] & waiting
                waiting -= newcomers
                members += newcomers
            used.update(links[member])
        yield Family(sorted(members), sorted(used))
