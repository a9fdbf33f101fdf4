"""The record of one run: everything that is counted and timed, from which every export is made."""

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nlargest
from typing import Final, NamedTuple

from antipasta_hook.model import NOT_JUDGED, FileStatus, Measuring, Report

SLOWEST: Final = 20
"""Files that a record names, those that took longest to measure."""


class Circumstances(NamedTuple):
    """What is known of a run besides its report.

    ``run_id`` names it in every export; ``when`` it ended is a time in seconds since 1970. ``command`` is ``run``,
    ``scope`` what was judged (``staged``) and ``why`` says who asked for that; ``repository`` is a name for people.
    """

    run_id: str
    when: float
    command: str
    scope: str
    why: str
    repository: str
    version: str
    python: str


class Usage(NamedTuple):
    """What the system says of the process: processor time in milliseconds, and the most memory in bytes (0: unknown).

    The children's memory is that of the largest one.
    """

    cpu_ms: float = 0
    children_cpu_ms: float = 0
    peak_bytes: int = 0
    children_peak_bytes: int = 0


class Spread(NamedTuple):
    """How much the changes of so many files matter, 0 to 1; ``none`` of them are proved to change no code."""

    files: int = 0
    none: int = 0
    least: float = 0
    middle: float = 0
    most: float = 0


class Record(NamedTuple):
    """All of it. Times are in milliseconds; counts are by the words that reports use.

    ``files`` are those that the report knows of, ``looked_at`` those of a whole tree too; ``busy_ms`` is the time that
    each lane measured, ``ranked`` and ``selected`` what came of a lack of time.
    """

    circumstances: Circumstances
    outcome: str
    code: int
    took_ms: float
    limit_ms: float | None = None
    stages_ms: Mapping[str, float] = {}
    looked_at: int = 0
    functions: int = 0
    files: Mapping[str, int] = {}
    findings: Mapping[str, int] = {}
    blocking: int = 0
    problems: Mapping[str, int] = {}
    hits: int = 0
    misses: int = 0
    bytes_read: int = 0
    bytes_written: int = 0
    executor: str = ""
    measured: int = 0
    busy_ms: Mapping[int, float] = {}
    slowest: tuple[Measuring, ...] = ()
    ranked: int = 0
    selected: int = 0
    significance: Spread = Spread()
    usage: Usage = Usage()

    @property
    def deferred(self) -> int:
        """Files for which there was no time."""
        return self.files.get(FileStatus.DEFERRED, 0)


def failed(circumstances: Circumstances, kind: str, code: int, took_ms: float) -> Record:
    """The record of a run that something stopped: a problem of that kind."""
    return Record(circumstances, NOT_JUDGED, code, took_ms, problems={kind: 1})


def recorded(circumstances: Circumstances, report: Report, code: int, *, executor: str, usage: Usage) -> Record:
    """The record of a run that came to a verdict. ``executor`` says in words who measured, and why."""
    verdict, cost = report
    effort = cost.effort
    files = Counter(str(file.status) for file in verdict.files)
    return Record(
        circumstances,
        str(verdict.outcome),
        code,
        cost.spent_ms,
        cost.limit_ms,
        stages_ms={stage: took for stage, took in cost.timings_ms if stage != "total"},
        looked_at=verdict.census.files if verdict.census else sum(files.values()),
        functions=_functions(report),
        files=files,
        findings=Counter(str(finding.status) for finding in verdict.findings),
        blocking=sum(finding.blocking for finding in verdict.findings),
        problems=_problems(report),
        hits=cost.hits,
        misses=cost.misses,
        bytes_read=effort.bytes_read,
        bytes_written=effort.bytes_written,
        executor=executor,
        measured=len(effort.measured),
        busy_ms=_busy(effort.measured),
        slowest=tuple(nlargest(SLOWEST, named(report), key=lambda each: each.took_ms)),
        ranked=effort.ranked,
        selected=effort.selected,
        significance=_spread(file.significance.score for file in verdict.files if file.significance is not None),
        usage=usage,
    )


def named(report: Report) -> tuple[Measuring, ...]:
    """What was measured, each blob with the path at which the report knows it; of several the first."""
    paths: dict[str, str] = {}
    for file in report.verdict.files:
        for blob, path in ((file.blob, file.path), (file.before_blob, file.old_path or file.path)):
            if blob is not None:
                paths.setdefault(blob, path)
    measured = report.cost.effort.measured
    return tuple(each if each.path else each._replace(path=paths.get(each.blob, "")) for each in measured)


def _problems(report: Report) -> dict[str, int]:
    """How many there are of each kind."""
    of_files = (file.problem for file in report.verdict.files)
    said = filter(None, (*report.verdict.problems, *report.cost.remarks, *of_files))
    return Counter(str(problem.kind) for problem in said)


def _busy(measured: Iterable[Measuring]) -> dict[int, float]:
    """How long each lane measured, in milliseconds."""
    busy: dict[int, float] = {}
    for each in measured:
        busy[each.lane] = busy.get(each.lane, 0.0) + each.took_ms
    return dict(sorted(busy.items()))


def _functions(report: Report) -> int:
    verdict = report.verdict
    if verdict.census is not None:
        return verdict.census.functions
    return sum(len(file.metrics.functions) for file in verdict.files if file.metrics is not None)


def _spread(scores: Iterable[float]) -> Spread:
    found = sorted(scores)
    if not found:
        return Spread()
    middle = (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
    return Spread(len(found), found.count(0), found[0], middle, found[-1])
