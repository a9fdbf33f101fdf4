"""What a whole tree holds: the nouns of a roll-up. Free of any base, so that they can be kept for later runs."""

from enum import StrEnum
from typing import Final, NamedTuple

from antipasta_hook.model.judgement import Finding

CYCLOMATIC_STEPS: Final = (5, 10, 20, 30, 40)
COGNITIVE_STEPS: Final = (5, 10, 15, 25, 50)
"""The highest value of each step but the last; the first are radon's ranks A to F."""
_NONE: Final = (0,) * (len(CYCLOMATIC_STEPS) + 1)


class Tally(NamedTuple):
    """How much there is: files that were read, their functions and lines, and how many functions are on each step."""

    files: int = 0
    functions: int = 0
    lines: int = 0
    cyclomatic: tuple[int, ...] = _NONE
    cognitive: tuple[int, ...] = _NONE

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.files + other.files,
            self.functions + other.functions,
            self.lines + other.lines,
            tuple(map(sum, zip(self.cyclomatic, other.cyclomatic, strict=True))),
            tuple(map(sum, zip(self.cognitive, other.cognitive, strict=True))),
        )

    def less(self, other: "Tally") -> "Tally":
        """What is left without a part of it."""
        cyclomatic, cognitive = (tuple(-number for number in steps) for steps in other[3:])
        return self.plus(Tally(-other.files, -other.functions, -other.lines, cyclomatic, cognitive))


class AsideKind(StrEnum):
    """Why a file is not simply counted."""

    RULED = "ruled"
    """The settings, an attribute file or a convention skip it."""
    HIDDEN = "hidden"
    """It says itself that it is generated, or is only a pointer to a file."""
    BROKEN = "broken"
    """Nobody can parse it."""
    INCLUDED = "included"
    """It says that it is generated, and the settings ask for it: whether it is judged depends on its twins, too."""
    UNSETTLED = "unsettled"
    """What becomes of it may be otherwise tomorrow: it is too deep for Python's parser, or not in this clone."""


class Aside(NamedTuple):
    """One Python file of a tree that is not simply counted.

    ``line`` is where a broken one cannot be parsed, ``lines`` is how many it has, if it is a text.
    """

    path: str
    oid: str
    kind: AsideKind
    reason: str = ""
    line: int | None = None
    lines: int | None = None


class RollUp(NamedTuple):
    """All that a report has to know of a tree in which nothing changed.

    ``findings`` are those of the files that are counted in ``tally``, as they stand where a file is as it was.
    """

    tally: Tally = Tally()
    findings: tuple[Finding, ...] = ()
    asides: tuple[Aside, ...] = ()
