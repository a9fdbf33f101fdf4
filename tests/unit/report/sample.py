"""Reports made by hand, for the renderers."""

from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    MAINTAINABILITY,
    SYNTAX,
    Contribution,
    Cost,
    FileMetrics,
    FileOutcome,
    FileStatus,
    Finding,
    FunctionMetrics,
    Halstead,
    Level,
    Outcome,
    Problem,
    Raw,
    Reading,
    Report,
    Scope,
    ScopeKind,
    Severity,
    SourceError,
    Status,
    Verdict,
)

COST = Cost(None, 123.4, 3, 1, (("total", 123.4), ("changes", 20.0)))
OID = "0123456789abcdef0123456789abcdef01234567"


def finding(
    path: str = "a.py",
    line: int = 3,
    symbol: str | None = "f",
    metric: str = CYCLOMATIC,
    *,
    value: float | None = 14,
    before: float | None = 8,
    limit: float | None = 10,
    status: Status = Status.INTRODUCED,
    why_not: str | None = None,
) -> Finding:
    """One finding; it blocks unless ``why_not`` is given."""
    return Finding(
        path=path,
        line=line,
        end_line=line + 20,
        symbol=symbol,
        metric=metric,
        value=value,
        before=before,
        limit=limit,
        level=Level.ERROR,
        status=status,
        blocking=why_not is None,
        why_not=why_not,
    )


def function(symbol: str = "f", line: int = 3) -> FunctionMetrics:
    """One function."""
    return FunctionMetrics(symbol, line, line + 20, 14, 2, 9, Halstead(3, 5, 7, 9), 1, b"")


def metrics(*functions: FunctionMetrics, reading: Reading = Reading.FULL, error: str | None = None) -> FileMetrics:
    """One file's metrics."""
    return FileMetrics(
        reading=reading,
        error=SourceError(error, 7) if error else None,
        generated=False,
        cyclomatic_total=20,
        cognitive_total=9,
        halstead=Halstead(3, 5, 7, 9),
        raw=Raw(40, 30, 31, 4, 0, 5, 4),
        functions=functions,
    )


def file(
    path: str = "a.py",
    status: FileStatus = FileStatus.ANALYSED,
    *,
    reason: str | None = None,
    measured: FileMetrics | None = None,
) -> FileOutcome:
    """One file's outcome."""
    notable = frozenset((f.symbol, f.line) for f in measured.functions) if measured else frozenset()
    return FileOutcome(path, None, OID, OID[::-1], status, reason, measured, None, notable)


def report(
    *findings: Finding, files: tuple[FileOutcome, ...] = (file(),), problems: tuple[Problem, ...] = ()
) -> Report:
    """A report with these findings."""
    outcome = Outcome.FAIL if any(f.blocking for f in findings) else Outcome.PASS
    return Report(Verdict(Scope(ScopeKind.INDEX, OID), outcome, findings, files, problems), COST)


FULL_REPORT = report(
    finding(),
    finding(metric=COGNITIVE, value=31, before=None, limit=15),
    finding("b.py", 7, None, SYNTAX, value=None, before=None, limit=None),
    finding("c.py", 40, "A.m", value=22, before=20, status=Status.WORSENED, why_not="grew by 2, up to 4 is tolerated"),
    finding("c.py", 90, "A.n", value=12, before=12, status=Status.EXISTING, why_not="as it was before"),
    files=(
        file(measured=metrics(function(), function("g", 50))),
        file("b.py", FileStatus.UNREADABLE, reason="line 7: invalid syntax"),
        file("c.py", FileStatus.CACHED, measured=metrics()),
        file("vendor/d.py", FileStatus.SKIPPED, reason="vendored: vendor/"),
    ),
    problems=(
        Problem("suppression-added", "line 9, h: noqa: C901", "a.py", Severity.NOTICE, "listed for the reviewer"),
    ),
)

BLAMED = (
    Contribution(9, 5, "        if a and b or c:", own=True),
    Contribution(12, 3, "    while `x` < ']]>' | 2:  # @someone ::error::", own=False),
)
EVERYTHING = report(
    finding()._replace(lines=BLAMED, limit_origin="sub/.antipasta.yaml:4"),
    finding(metric=COGNITIVE, value=31, before=None, limit=15),
    finding("b.py", 7, None, SYNTAX, value=None, before=None, limit=None),
    finding("c.py", 40, "A.m", value=22, before=20, status=Status.WORSENED, why_not="grew by 2, up to 4 is tolerated"),
    finding("c.py", 90, "A.n", value=12, before=12, status=Status.EXISTING, why_not="as it was before"),
    finding("c.py", 120, "A.o", value=12, before=14, status=Status.IMPROVED, why_not="better than before"),
    finding("c.py", 150, "A.p", value=9, before=14, status=Status.RESOLVED, why_not="within the limit now"),
    finding(
        "c.py",
        180,
        "f.<locals>.g",
        value=19,
        before=19,
        status=Status.SUPPRESSED,
        why_not="allowed on its def line: allow cyclomatic=19 see #12, ask @someone",
    ),
    finding("c.py", 200, "h", value=30, before=None, status=Status.UNJUDGED, why_not="its old version is not here"),
    finding("d.py", 1, None, MAINTAINABILITY, value=9, before=40, limit=20, status=Status.INTRODUCED),
    finding(
        "e.py",
        1,
        None,
        COGNITIVE,
        value=None,
        before=None,
        limit=None,
        status=Status.UNJUDGED,
        why_not="syntax newer than Python 3.11, which this hook runs on",
    ),
    files=(
        file(measured=metrics(function(), function("g", 50))),
        file("b.py", FileStatus.UNREADABLE, reason="line 7: invalid syntax", measured=metrics()),
        file("c.py", FileStatus.CACHED, measured=metrics()),
        file("late.py", FileStatus.DEFERRED, reason="no time left"),
        file("large file%.py", FileStatus.UNREADABLE, reason="too large"),
        file("vendor/d.py", FileStatus.SKIPPED, reason="vendored: vendor/"),
    ),
    problems=(
        Problem("suppression-added", "line 9, h: noqa: C901", "a.py", Severity.NOTICE, "listed for the reviewer"),
        Problem("settings", "sub/.antipasta.yaml:3: limits.cyclomatc: unknown key", "sub/.antipasta.yaml"),
        Problem("shallow", "the history is cut off", recovery="git fetch --unshallow"),
    ),
)
"""Every status, and everything that can be said besides."""
