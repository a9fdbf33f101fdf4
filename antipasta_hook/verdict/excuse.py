"""An improvement is never blocked: code that came out of functions which fell or left is not a new offence.

A function over its limit is excused if at least half of its body lines come from old functions of this change that are
gone, or whose value fell and that have these lines no more, and the excess of all the functions linked in this way,
taken together, did not rise by more than one of those that were over their limits might have grown where it stood.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from antipasta_hook.verdict.matching import LineIndex, Place

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
    given = [source.given for source in sources]
    index = LineIndex(given)
    found = ((number, _links(suspect.place, sources, given, index)) for number, suspect in enumerate(suspects))
    return {number: linked for number, linked in found if linked}


def _rise(family: Family, suspects: Sequence[Suspect], sources: Sequence[Source]) -> float:
    """How much more the excess of all linked functions together is than it was."""
    members, used = family
    before = sum(sources[s].excess for s in used) + sum(suspects[m].old_excess for m in members)
    after = sum(sources[s].new_excess for s in used) + sum(suspects[m].excess for m in members)
    return after - before


def _links(suspect: Place, sources: Sequence[Source], lost: Sequence["Counter[int]"], index: LineIndex) -> list[int]:
    """The sources that gave ``suspect`` its lines, most first; empty where they gave less than half of them.

    ``lost`` are the lines that each source has given.

    A line that stands several times in a function counts once: what repeats is seldom what a function is about.
    """
    remaining = Counter(set(suspect.lines))
    size = remaining.total()
    least = min(size, max(LINK_LINES, LINK_SHARE * size))
    ranked = sorted(index.common(remaining).items(), key=lambda item: (-item[1], -sources[item[0]].excess, item[0]))
    linked = []
    for number, common in ranked:
        if common < least:
            break
        given = remaining & lost[number]
        own = len(set(sources[number].place.lines))
        if given.total() >= least and (given.total() >= HALF * size or given.total() >= OWN_SHARE * own):
            linked.append(number)
            remaining -= given
    return linked if size and size - remaining.total() >= HALF * size else []


def _families(links: dict[int, list[int]]) -> Iterator[Family]:
    """The suspects that share a source, directly or through others, with all the sources they use."""
    waiting = dict(links)
    while waiting:
        members: list[int] = []
        used: Counter[int] = Counter()
        newcomers = [next(iter(waiting))]
        while newcomers:
            for member in newcomers:
                used.update(waiting.pop(member))
            members += newcomers
            newcomers = [member for member, linked in waiting.items() if not used.keys().isdisjoint(linked)]
        yield Family(sorted(members), sorted(used))
