"""How much a whole tree holds, and a verdict on what changed in it together with what is known of the rest."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from antipasta_hook.model import (
    COGNITIVE_STEPS,
    CYCLOMATIC_STEPS,
    FileMetrics,
    FileOutcome,
    FileStatus,
    Tally,
)


def tally_of(files: Iterable[FileOutcome]) -> Tally:
    """Of all files that could be read."""
    read = (file.metrics for file in files if file.status in {FileStatus.ANALYSED, FileStatus.CACHED} and file.metrics)
    return total(map(counted, read))


def counted(metrics: FileMetrics) -> Tally:
    """What one file adds."""
    functions = metrics.functions
    return Tally(
        1,
        len(functions),
        metrics.raw.loc if metrics.raw else 0,
        _on_steps((function.cyclomatic for function in functions), CYCLOMATIC_STEPS),
        _on_steps((function.cognitive for function in functions), COGNITIVE_STEPS),
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    columns = list(zip(Tally(), *tallies, strict=True))
    files, functions, lines = (sum(column) for column in columns[:3])
    cyclomatic, cognitive = (tuple(map(sum, zip(*column, strict=True))) for column in columns[3:])
    return Tally(files, functions, lines, cyclomatic, cognitive)


def _on_steps(values: Iterable[int | None], steps: Sequence[int]) -> tuple[int, ...]:
    found = [0] * (len(steps) + 1)
    for value in values:
        if value is not None:
            found[bisect_left(steps, value)] += 1
    return tuple(found)
