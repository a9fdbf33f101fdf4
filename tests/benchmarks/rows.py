"""What a benchmark says: one row a measurement, a ratio of medians to what was measured beside it, and its spread."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from tests.benchmarks.measure import Sample, WrongOutput, table

Unit = Literal["CPU s", "wall s", "bytes"]
BOTH: Final[tuple[Unit, ...]] = ("wall s", "CPU s")
_FIELDS: Final[Mapping[Unit, str]] = {"CPU s": "cpu", "wall s": "wall", "bytes": "peak"}
_ENOUGH: Final = 8
"""Rounds from which on a quarter of the pairs at either end is left out of the spread."""


class Ground(NamedTuple):
    """What a suite is given: an empty directory of its own, how many rounds count, and whether it is to be quick."""

    root: Path
    rounds: int
    quick: bool = False

    def pick(self, size: int, smaller: int) -> int:
        """The size of what is measured, and that of a quick run."""
        return smaller if self.quick else size


class Row(NamedTuple):
    """What ``name`` takes, over what ``against`` takes of the same ``unit``; less is better.

    ``ratio`` is that of the medians; ``low`` to ``high`` is where the middle half of the ratios of the pairs lies, of
    fewer than eight rounds where all of them lie. ``median`` and ``baseline`` are in the unit and say something of one
    machine alone. ``bar`` is what the ratio is to be compared with, where there is one; nothing asserts it.
    """

    suite: str
    name: str
    against: str
    unit: Unit
    ratio: float
    low: float
    high: float
    median: float
    baseline: float
    rounds: int
    bar: float | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same measurement in another result."""
        return self.suite, self.name, self.against, self.unit


def row(key: tuple[str, str, str, Unit], ours: Sequence[float], theirs: Sequence[float], bar: float | None) -> Row:
    """Of values that were taken in turns, one pair a round. Raises WrongOutput where nothing can be held against it."""
    if not all(theirs):
        raise WrongOutput(f"{key[2]} took nothing that could be measured in {key[3]}")
    pairs = sorted(one / other for one, other in zip(ours, theirs, strict=True))
    median, baseline = statistics.median(ours), statistics.median(theirs)
    ratio = median / baseline
    low, high = pairs[0], pairs[-1]
    if len(pairs) >= _ENOUGH:
        low, _, high = statistics.quantiles(pairs, n=4, method="inclusive")
    return Row(*key, ratio, min(low, ratio), max(high, ratio), median, baseline, len(pairs), bar)


def rows(
    suite: str,
    samples: Mapping[str, Sequence[Sample]],
    against: str,
    names: Sequence[str] = (),
    *,
    units: Sequence[Unit] = BOTH,
    bars: Mapping[str, float | None] | None = None,
) -> Iterator[Row]:
    """Each of these names (or all others) held against one; the bars are for the first of the units."""
    for name in names or [name for name in samples if name != against]:
        for unit in units:
            ours, theirs = ([getattr(each, _FIELDS[unit]) for each in samples[what]] for what in (name, against))
            bar = (bars or {}).get(name) if unit == units[0] else None
            yield row((suite, name, against, unit), ours, theirs, bar)


def shown(found: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    head = ["suite", "what", "held against", "in", "ratio", "spread", "bar"]
    lines = [
        [
            each.suite,
            each.name,
            each.against,
            each.unit,
            number(each.ratio),
            interval(each),
            "" if each.bar is None else f"{each.bar:.3g}",
        ]
        for each in found
    ]
    return table(head, lines, texts=4)


def interval(found: Row) -> str:
    """From the least to the most."""
    return f"{number(found.low)} to {number(found.high)}"


def number(value: float) -> str:
    """With three digits that count."""
    return f"{value:.0f}" if value >= 99.95 else f"{value:#.3g}"
