"""What is said: findings, what became of each file, and the verdict."""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from antipasta_hook.model.change import Scope
from antipasta_hook.model.effort import Effort
from antipasta_hook.model.measure import FileMetrics, FileStatus
from antipasta_hook.model.problem import Kind, Problem

if TYPE_CHECKING:
    from antipasta_hook.model.census import Tally


class Level(StrEnum):
    """What a metric over its limit means."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


class Gate(StrEnum):
    """What blocks: what this change introduced or worsened, all that it touched, or all that is over."""

    INTRODUCED = "introduced"
    TOUCHED = "touched"
    ALL = "all"


class Status(StrEnum):
    """How a value over its limit relates to the old one."""

    INTRODUCED = "introduced"
    WORSENED = "worsened"
    EXISTING = "existing"
    IMPROVED = "improved"
    RESOLVED = "resolved"
    SUPPRESSED = "suppressed"
    UNJUDGED = "unjudged"


class Ancestor(NamedTuple):
    """Where the old self of a function stood: the blob of its old file, and its first and last line there."""

    blob: str
    line: int
    end_line: int


class Contribution(NamedTuple):
    """One line of a function and what it adds to a metric; ``own``: this change wrote or altered that line."""

    line: int
    adds: int
    text: str
    own: bool


class Finding(NamedTuple):
    """One function (or file: ``symbol`` None) and one metric that is or was over its limit.

    ``value`` and ``limit`` are None only for the metric ``syntax`` and for what could not be measured.
    ``limit_origin`` is where the limit is set (``.antipasta.yaml:4``), None where it is the default; ``lines`` are
    the lines that add to the value, filled in for what blocks.
    """

    path: str
    line: int
    end_line: int
    symbol: str | None
    metric: str
    value: float | None
    before: float | None
    limit: float | None
    level: Level
    status: Status
    blocking: bool
    why_not: str | None = None
    limit_origin: str | None = None
    ancestor: Ancestor | None = None
    lines: tuple[Contribution, ...] = ()


class Significance(NamedTuple):
    """How much the change of one file matters, 0 to 1, and why; 0 only where it is proved that no code changed."""

    score: float
    reasons: tuple[str, ...] = ()


class FileOutcome(NamedTuple):
    """One file of the report: what it is, what became of it, and what was measured on either side."""

    path: str
    old_path: str | None
    blob: str | None
    before_blob: str | None
    status: FileStatus
    reason: str | None
    metrics: FileMetrics | None
    before_metrics: FileMetrics | None
    notable: frozenset[tuple[str, int]] = frozenset()
    """(symbol, line) of the functions that changed or are over a limit."""
    significance: Significance | None = None
    kind: Kind | None = None
    """Of what kind it is that it could not be looked at, or not wholly; None too for what is a finding: bad syntax."""

    @property
    def problem(self) -> Problem | None:
        """What went wrong with this file, if anything did."""
        if self.kind is None:
            return None
        return Problem(self.kind, self.reason or self.status, self.path, recovery="it was not judged")


class Outcome(StrEnum):
    """The word of the verdict."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    INCOMPLETE = "incomplete"


class Verdict(NamedTuple):
    """The whole answer, ready to be written in any format."""

    scope: Scope
    outcome: Outcome
    findings: tuple[Finding, ...]
    files: tuple[FileOutcome, ...]
    problems: tuple[Problem, ...]
    census: "Tally | None" = None
    """How much there is in all, where all of it was looked at."""


class Cost(NamedTuple):
    """What the run cost; the only part of a report that may differ between two runs of one commit."""

    limit_ms: float | None
    spent_ms: float
    hits: int
    misses: int
    timings_ms: tuple[tuple[str, float], ...]
    remarks: tuple[Problem, ...] = ()
    """What is not a part of the verdict, which does not depend on it: the cache failed, a cluster was lost, ..."""
    effort: Effort = Effort()


class Report(NamedTuple):
    """All that a renderer needs: what is said, and what it cost to find out."""

    verdict: Verdict
    cost: Cost
