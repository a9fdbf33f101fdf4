"""How much there is in all, how it is distributed, and what of it changed: the summary of a whole tree."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from antipasta_hook.model import COGNITIVE_STEPS, CYCLOMATIC_STEPS, FileOutcome, FileStatus, Tally, Verdict
from antipasta_hook.report.layout import Line, line
from antipasta_hook.report.words import count


def census(verdict: Verdict) -> Iterator[Line]:
    """Write totals, distribution and the number of changed files; nothing where not all was looked at."""
    tally = verdict.census
    if tally is None:
        return
    totals = (count(tally.files, "file"), count(tally.functions, "function"), count(tally.lines, "line"))
    yield line(f"In all: {', '.join(totals)}")
    if tally.functions:
        yield from map(line, _distribution(tally))
    yield line(f"Changed: {_changed(verdict.files)}")


def _distribution(tally: Tally) -> Iterator[str]:
    """How many functions are on each step that any is on."""
    columns = (
        ("cyclomatic", 1, CYCLOMATIC_STEPS, tally.cyclomatic),
        ("cognitive", 0, COGNITIVE_STEPS, tally.cognitive),
    )
    for name, least, steps, numbers in columns:
        names = [f"{least}-{steps[0]}", *(f"{low + 1}-{high}" for low, high in pairwise(steps)), f"{steps[-1] + 1}+"]
        said = (f"{step}: {number:,}" for step, number in zip(names, numbers, strict=True) if number)
        if any(numbers):
            yield f"  {name}  {'  '.join(said)}"


def _changed(files: Sequence[FileOutcome]) -> str:
    kinds = Counter(kind for file in files if (kind := _kind(file)))
    parts = [f"{kinds[kind]:,} {kind}" for kind in ("added", "modified", "renamed", "deleted") if kinds[kind]]
    return f"{count(kinds.total(), 'file')} ({', '.join(parts)})" if parts else "nothing"


def _kind(file: FileOutcome) -> str | None:
    """What became of a file; None where it is as it was."""
    if file.status == FileStatus.DELETED or file.blob is None:
        return "deleted"
    if file.before_blob is None:
        return "added"
    if file.old_path:
        return "renamed"
    return None if file.blob == file.before_blob else "modified"
