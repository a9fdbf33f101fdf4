"""Real files, damaged: for each a result or a named problem, and wherever radon reads it, radon's numbers."""

import functools
import os
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Final, NamedTuple

from antipasta_hook.metrics import measure
from antipasta_hook.model import FileMetrics, Reading
from tests.differential.compare import Difference, compare
from tests.fuzz.mutation import Variant, variant
from tests.fuzz.packages import content
from tests.fuzz.watched import Cost, Death, costs, watch

SLOWEST: Final = 1.0  # CPU seconds
LARGEST: Final = 500 << 20  # bytes
_LIMIT: Final = 120.0  # seconds on the wall until a process is taken for one that hangs


class Outcome(NamedTuple):
    """What became of one variant; ``fault`` is what must never be."""

    kind: str
    path: str
    reading: str
    cost: Cost
    fault: str | None
    compared: bool
    """With radon's numbers, the line counts included."""
    refusal: str | None
    numbers: int
    differences: list[Difference]


def outcomes(
    paths: Sequence[str], numbers: Sequence[int], *, raw_limit: float | None, jobs: int
) -> Generator[tuple[int, Outcome], None, None]:
    """Each variant measured, and compared unless ``raw_limit`` (radon's seconds for the lines of one file) is None."""
    work = functools.partial(_outcome, paths=paths, raw_limit=raw_limit)
    with closing(watch(work, numbers, jobs=jobs, limit=_LIMIT + (raw_limit or 0))) as done:
        for number, found in done:
            yield number, _dead(number, paths, found) if isinstance(found, Death) else found


def _outcome(number: int, *, paths: Sequence[str], raw_limit: float | None) -> Outcome:
    made = variant(number, paths, content)
    try:
        metrics, cost = costs(functools.partial(measure, made.source))
    except BaseException:  # noqa: BLE001 - that there is one is what is looked for
        return _faulty(made, traceback.format_exc(limit=-3))
    fault = unusable(metrics) or too_dear(cost)
    if raw_limit is None:
        return _measured(made, metrics, cost, fault)
    try:
        compared = compare(made.path, made.source, metrics, raw_limit=raw_limit)
    except BaseException:  # noqa: BLE001 - an oracle that fails has said nothing, which is to be known
        return _measured(made, metrics, cost, fault or f"the comparison: {traceback.format_exc(limit=-3)}")
    found = _measured(made, metrics, cost, fault)
    return found._replace(
        compared=compared.raw_compared,
        refusal=compared.refusal,
        numbers=compared.numbers if metrics.reading is Reading.FULL else 0,
        differences=compared.differences,
    )


def _measured(made: Variant, metrics: FileMetrics, cost: Cost, fault: str | None) -> Outcome:
    return Outcome(made.kind, made.path, str(metrics.reading), cost, fault, compared=False, refusal=None, numbers=0,
                   differences=[])  # fmt: skip


def _faulty(made: Variant, fault: str) -> Outcome:
    return Outcome(made.kind, made.path, "none", Cost(0, 0), fault, compared=False, refusal=None, numbers=0,
                   differences=[])  # fmt: skip


def _dead(number: int, paths: Sequence[str], death: Death) -> Outcome:
    return _faulty(variant(number, paths, content), death.cause)


def unusable(metrics: FileMetrics) -> str | None:
    """What is wrong with metrics that are neither a full result nor a named problem."""
    error = metrics.error
    if error is not None and (not error.message or error.message.startswith("internal error")):
        return f"an error that is none of the source: {error.message!r}"
    if metrics.reading is not Reading.FULL:
        return None if error else f"{metrics.reading}, and nothing says why"
    numbers = (metrics.raw, metrics.halstead, metrics.cyclomatic_total)
    if None in numbers:
        return "read in full, and numbers are missing"
    return None if error or metrics.cognitive_total is not None else "no cognitive number, and nothing says why"


def too_dear(cost: Cost) -> str | None:
    """What is wrong with a cost above the limits."""
    if cost.seconds > SLOWEST:
        return f"{cost.seconds:.1f} s"
    return f"{cost.memory >> 20} MB" if cost.memory > LARGEST else None


class Tally:
    """The figures of a run, so far."""

    def __init__(self) -> None:
        self.variants = self.compared = self.numbers = self.memory = 0
        self.readings: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.paths: set[str] = set()
        self.slowest = (0.0, -1, "")
        self.faults: list[str] = []

    def add(self, number: int, found: Outcome) -> None:
        """Count one more."""
        self.variants += 1
        self.compared += found.compared
        self.numbers += found.numbers
        self.memory = max(self.memory, found.cost.memory)
        self.readings[found.reading] += 1
        self.kinds[found.kind] += 1
        self.paths.add(found.path)
        self.slowest = max(self.slowest, (found.cost.seconds, number, found.path))
        if found.refusal and not found.compared and found.reading == Reading.FULL:
            self.refusals[found.refusal.partition(":")[0]] += 1
        place = f"{number} ({found.kind} {found.path})"
        if found.fault:
            self.faults.append(f"{place}: {found.fault}")
        self.reasons.update({row.reason for row in found.differences if row.reason})
        self.faults += [f"{place}: {row[1:5]}" for row in found.differences if row.reason is None][:3]

    def lines(self) -> Iterator[str]:
        """The report."""
        yield f"{self.variants} variants of {len(self.paths)} files: {_listed(self.kinds)}"
        yield f"  by reading: {_listed(self.readings)}"
        yield f"  compared with radon and complexipy: {self.compared}, {self.numbers} numbers"
        yield f"  read in full, lines not compared: {_listed(self.refusals) or 'none'}"
        yield from (f"  explained: {reason}: {count} variants" for reason, count in self.reasons.most_common())
        seconds, number, path = self.slowest
        yield f"  slowest: {seconds:.2f} s (variant {number} of {path}); peak memory {self.memory >> 20} MB"
        yield f"  faults and unexplained differences: {len(self.faults)}"
        yield from (f"    {fault}" for fault in self.faults[:100])


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


class Wanted(NamedTuple):
    """Which variants, for how many seconds at most, and how long radon may take to count the lines of one."""

    numbers: range
    seconds: float
    raw_limit: float | None
    jobs: int


def run(paths: Sequence[str], wanted: Wanted, say: Callable[[str], object]) -> int:
    """Measure variants, spread over all files; 1 where there is a fault or an unexplained difference."""
    tally = Tally()
    until = time.monotonic() + wanted.seconds
    with closing(outcomes(paths, wanted.numbers, raw_limit=wanted.raw_limit, jobs=wanted.jobs)) as found:
        for number, outcome in found:
            tally.add(number, outcome)
            if tally.variants % 2000 == 0:
                say(f"{tally.variants} of {len(wanted.numbers)}, {tally.compared} compared, {len(tally.faults)} faults")
            if time.monotonic() > until:
                break
    say("\n".join(tally.lines()))
    return int(bool(tally.faults))


def save(number: int, paths: Sequence[str], folder: str) -> str:
    """Write one variant to a file, and say where."""
    made = variant(number, paths, content)
    place = os.path.join(folder, f"{number}-{made.kind}.py")
    with open(place, "wb") as stream:
        stream.write(made.source)
    return place
