"""What can go wrong: every kind of it by name, what becomes of the run, and the one record that all are told in."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, NamedTuple, get_args


class Severity(StrEnum):
    """How much a problem matters to the verdict."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


class Course(StrEnum):
    """What becomes of a run in which something goes wrong."""

    SAID = "said"
    """It is listed, and changes no verdict."""
    UNJUDGED = "unjudged"
    """What it concerns was not judged: a commit goes on and is told so, CI ends with 3. Never a pass."""
    REFUSED = "refused"
    """A mistake of the caller, at whatever time: nothing is judged, and the exit code is 2."""


Refused = Literal[
    "bare",
    "date",
    "executor",
    "git",
    "hooks-off",
    "hooks-path",
    "interpreter",
    "link",
    "managed",
    "no-commits",
    "no-directory",
    "no-file",
    "no-function",
    "no-work-tree",
    "not-a-repository",
    "occupied",
    "output",
    "outside",
    "own-name",
    "push-lines",
    "range",
    "repository",
    "revision",
    "settings",
    "settings-unmerged",
    "switch",
    "tracked",
    "unknown-reader",
    "unreadable",
    "unreadable-source",
    "unwritable",
]
Unjudged = Literal[
    "broken-head",
    "broken-merge",
    "corrupt-index",
    "event",
    "git-missing",
    "git-unusable",
    "internal",
    "missing-base",
    "missing-blob",
    "missing-index",
    "no-base",
    "no-cache",
    "no-tree",
    "not-compared",
    "out-of-memory",
    "shallow",
    "stdin",
    "system",
    "too-large",
    "unmerged",
    "unread-file",
    "unreadable-blob",
    "unreadable-repository",
    "worker-crashed",
    "worker-hung",
    "worker-killed",
    "worker-slow",
    "wrong-checkout",
    "wrong-owner",
]
Said = Literal[
    "attribute-added",
    "attributes",
    "cache",
    "executor-lost",
    "hook-manager",
    "newly-skipped",
    "no-match",
    "report-lost",
    "settings-loosened",
    "suppression-added",
]
Kind = Refused | Unjudged | Said
"""A stable word for reports and tests. docs/reliability.md says of each what happened and what is done about it."""

COURSES: Final[Mapping[Kind, Course]] = {
    kind: course
    for course, kinds in ((Course.REFUSED, Refused), (Course.UNJUDGED, Unjudged), (Course.SAID, Said))
    for kind in get_args(kinds)
}
"""What becomes of a run by a kind. Of settings that can be used all the same it is only said what is wrong."""


class Problem(NamedTuple):
    """Something that went wrong or must be known: what, where, what was done about it.

    ``detail`` is for who looks into it: what git, the system or a library said.
    """

    kind: Kind
    message: str
    path: str | None = None
    severity: Severity = Severity.WARNING
    recovery: str = ""
    detail: str = ""

    @property
    def sentence(self) -> str:
        """What happened and what was done about it, for people."""
        return f"{self.message}; {self.recovery}" if self.recovery else self.message
