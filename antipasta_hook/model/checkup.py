"""What a look at the tool and its surroundings found, and how much of it may be shown to strangers."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple


class State(StrEnum):
    """How a thing is."""

    WELL = "well"
    WARNING = "warning"
    """It works, but not as well as it could, or not everywhere."""
    BROKEN = "broken"
    """A commit here would not be judged."""


class Row(NamedTuple):
    """One thing that was looked at. ``key`` is a fixed word; ``value`` is for the person who asked.

    ``public`` is what of the value may be shown to strangers: fixed words, numbers and versions, no names and no paths;
    None: nothing. ``next`` is what to type, or to do, next.
    """

    key: str
    value: str
    public: str | None = None
    state: State = State.WELL
    next: str = ""


class Section(NamedTuple):
    """What was found of one part."""

    name: str
    rows: tuple[Row, ...]


class Checkup(NamedTuple):
    """All that was found."""

    sections: tuple[Section, ...]

    @property
    def state(self) -> State:
        """How the worst of it is."""
        return worst(row.state for section in self.sections for row in section.rows)

    def count(self, state: State) -> int:
        """How many things are so."""
        return sum(row.state == state for section in self.sections for row in section.rows)


def shared(key: str, value: str, state: State = State.WELL, hint: str = "") -> Row:
    """A row that everybody may read; ``hint`` is what to type next."""
    return Row(key, value, value, state, hint)


def worst(states: Iterable[State]) -> State:
    """The worst of some states."""
    return max(states, key=_ORDER.index, default=State.WELL)


_ORDER: Final = tuple(State)
