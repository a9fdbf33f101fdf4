"""What is measured: one blob's numbers, and what is derived from them."""

import math
from enum import StrEnum
from typing import Final, NamedTuple

from antipasta_hook.model.problem import Kind

CYCLOMATIC: Final = "cyclomatic_complexity"
COGNITIVE: Final = "cognitive_complexity"
MAINTAINABILITY: Final = "maintainability_index"
SYNTAX: Final = "syntax"
HALSTEAD_METRICS: Final = (
    "h1",
    "h2",
    "N1",
    "N2",
    "vocabulary",
    "length",
    "calculated_length",
    "volume",
    "difficulty",
    "effort",
    "time",
    "bugs",
)
HALSTEAD_PREFIX: Final = "halstead_"
LOC: Final = "loc"
RAW_METRICS: Final = (LOC, "lloc", "sloc", "comments", "multi", "blank", "single_comments")
FUNCTION_METRICS: Final = (CYCLOMATIC, COGNITIVE, *(HALSTEAD_PREFIX + name for name in HALSTEAD_METRICS))
FILE_METRICS: Final = (*FUNCTION_METRICS, MAINTAINABILITY, *RAW_METRICS)


class Halstead(NamedTuple):
    """Halstead's four counts; all else is derived from them as ``radon.metrics.halstead_visitor_report`` does.

    h1, h2: distinct operators and operands; N1, N2: all operators and operands.
    """

    h1: int
    h2: int
    N1: int
    N2: int

    @property
    def vocabulary(self) -> int:
        """h = h1 + h2."""
        return self.h1 + self.h2

    @property
    def length(self) -> int:
        """N = N1 + N2."""
        return self.N1 + self.N2

    @property
    def calculated_length(self) -> float:
        """h1 log2 h1 + h2 log2 h2, 0 where either is 0."""
        if not (self.h1 and self.h2):
            return 0
        return self.h1 * math.log(self.h1, 2) + self.h2 * math.log(self.h2, 2)

    @property
    def volume(self) -> float:
        """V = N log2 h, in bits."""
        return self.length * math.log(self.vocabulary, 2) if self.vocabulary else 0

    @property
    def difficulty(self) -> float:
        """D = h1/2 * N2/h2."""
        return (self.h1 * self.N2) / float(2 * self.h2) if self.h2 else 0

    @property
    def effort(self) -> float:
        """E = D * V."""
        return self.difficulty * self.volume

    @property
    def time(self) -> float:
        """T = E / 18, in seconds."""
        return self.effort / 18.0

    @property
    def bugs(self) -> float:
        """B = V / 3000."""
        return self.volume / 3000.0


class Raw(NamedTuple):
    """The line counts of ``radon.raw.analyze``; sloc + blank + multi + single_comments = loc."""

    loc: int
    lloc: int
    sloc: int
    comments: int
    multi: int
    blank: int
    single_comments: int


class Suppression(NamedTuple):
    """One comment on a ``def`` line that silences a metric (None: all) wholly, or up to a ceiling."""

    metric: str | None
    ceiling: float | None
    text: str
    """The comment as written, from its mark on, without the ``#``."""


class FunctionMetrics(NamedTuple):
    """One function at any depth. Depends on the bytes of its file alone, never on a path.

    ``cyclomatic`` leaves asserts out, ``assertions`` counts them; it is None where no syntax tree could be had.
    ``cognitive`` is None for what is defined inside a function, ``halstead`` where no syntax tree could be had.
    """

    symbol: str
    line: int
    end_line: int
    cyclomatic: int | None
    assertions: int
    cognitive: int | None
    halstead: Halstead | None
    code_hash: int
    """64 bits over the function's normalised code: equal where only its place, its docstring or comments on lines of
    their own changed."""
    body: bytes
    """The body's normalised lines as a sorted multiset of 32-bit hashes, little-endian, 4 bytes each."""
    suppressions: tuple[Suppression, ...] = ()

    def value(self, metric: str, *, count_asserts: bool = False) -> float | None:
        """The value of one of FUNCTION_METRICS; None where it does not exist for this function."""
        if metric == CYCLOMATIC:
            if self.cyclomatic is None:
                return None
            return self.cyclomatic + (self.assertions if count_asserts else 0)
        if metric == COGNITIVE:
            return self.cognitive
        return _halstead_value(self.halstead, metric)


class Reading(StrEnum):
    """How much of a source could be understood."""

    FULL = "full"
    NEWER = "newer"
    """Syntax newer than the running Python: complexipy reads it, ``ast`` does not. Cognitive complexity only."""
    DEEP = "deep"
    """Too deeply nested or too large for Python's own parser; cognitive complexity where complexipy managed."""
    BROKEN = "broken"
    """A true syntax error: nobody can read it. Physical lines only, if it is a text at all."""


class Extent(StrEnum):
    """How far down the numbers of a source are from what they should be; those of FULL alone are judged in full."""

    FULL = "full"
    WITHOUT_TREE = "without-tree"
    """What can be had without a syntax tree: cognitive complexity, of functions too, and the physical lines."""
    LINES = "lines"
    """The physical lines of the file, and nothing else."""
    UNREAD = "unread"
    """Nothing at all: the bytes are no text, or nobody looked at them."""


class SourceError(NamedTuple):
    """Why a source could not be read in full; ``line`` is 1-based, None where unknown."""

    message: str
    line: int | None


class FileMetrics(NamedTuple):
    """What one blob measures. Counts only: volumes and indices are derived when somebody asks for them.

    ``cyclomatic_total`` is radon's ``total_complexity``, asserts included; ``raw`` is None where radon's rules cannot
    be applied to a source that is not FULL. ``lines`` are then its physical lines, None where it is no text.
    """

    reading: Reading
    error: SourceError | None
    generated: bool
    cyclomatic_total: int | None
    cognitive_total: int | None
    halstead: Halstead | None
    raw: Raw | None
    functions: tuple[FunctionMetrics, ...]
    lines: int | None = None

    @property
    def extent(self) -> Extent:
        """Which step of the ladder these numbers stand on."""
        if self.reading == Reading.FULL:
            return Extent.FULL
        if self.cognitive_total is not None:
            return Extent.WITHOUT_TREE
        return Extent.UNREAD if self.lines is None else Extent.LINES

    def value(self, metric: str) -> float | None:
        """The value of one of FILE_METRICS; None where it could not be measured."""
        if metric == CYCLOMATIC:
            return self.cyclomatic_total
        if metric == COGNITIVE:
            return self.cognitive_total
        if metric == MAINTAINABILITY:
            return self.maintainability_index
        if metric in RAW_METRICS:
            return self._line_count(metric)
        return _halstead_value(self.halstead, metric)

    def _line_count(self, metric: str) -> float | None:
        if self.raw is not None:
            return float(getattr(self.raw, metric))
        return None if self.lines is None or metric != LOC else float(self.lines)

    @property
    def maintainability_index(self) -> float | None:
        """0 to 100, higher is better: ``radon.metrics.mi_visit(source, multi=True)``; radon weighs lloc, not sloc."""
        if self.raw is None or self.halstead is None or self.cyclomatic_total is None:
            return None
        raw, volume = self.raw, self.halstead.volume
        if volume <= 0 or raw.lloc <= 0:
            return 100.0
        comments = (raw.comments + raw.multi) / float(raw.sloc) * 100 if raw.sloc else 0
        score = (
            171
            - 5.2 * math.log(volume)
            - 0.23 * self.cyclomatic_total
            - 16.2 * math.log(raw.lloc)
            + 50 * math.sin(math.sqrt(2.46 * math.radians(comments)))
        )
        return min(max(0.0, score * 100 / 171.0), 100.0)


def _halstead_value(halstead: Halstead | None, metric: str) -> float | None:
    name = metric.removeprefix(HALSTEAD_PREFIX)
    if name == metric or name not in HALSTEAD_METRICS:
        raise KeyError(metric)
    return None if halstead is None else float(getattr(halstead, name))


class FileStatus(StrEnum):
    """What became of one file in this run."""

    ANALYSED = "analysed"
    CACHED = "cached"
    DEFERRED = "deferred"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"
    DELETED = "deleted"


class Measurement(NamedTuple):
    """What became of one blob: its metrics, or the reason why there are none, and of which kind that is."""

    status: FileStatus
    metrics: FileMetrics | None
    reason: str | None = None
    kind: Kind | None = None


GENERATED: Final = Measurement(FileStatus.SKIPPED, None, "generated: it says so in its first lines")
"""What is known of a blob when its first lines were enough."""
