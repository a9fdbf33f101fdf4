"""Names and texts that want to be more than that, and reports full of them."""

from collections.abc import Callable

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    SYNTAX,
    Contribution,
    FileStatus,
    Finding,
    Problem,
    Report,
    Severity,
    Status,
)
from tests.hostile_texts import SNIPPETS
from tests.unit.report.sample import file, finding, report

NASTY = st.lists(st.sampled_from(SNIPPETS) | st.text(min_size=1, max_size=4), min_size=1, max_size=6).map("".join)
"""Any text, and rather one that means something to somebody."""

CONTRIBUTIONS = st.builds(Contribution, st.integers(1, 500), st.integers(1, 9), NASTY, st.booleans())


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """One finding; of a file as a whole where it has no symbol."""
    status = draw(st.sampled_from(Status))
    metric = draw(st.sampled_from([CYCLOMATIC, COGNITIVE, SYNTAX]))
    known = metric != SYNTAX
    blocks = status in {Status.INTRODUCED, Status.WORSENED} and draw(st.booleans())
    made = finding(
        draw(NASTY),
        draw(st.integers(1, 500)),
        draw(NASTY) if known else None,
        metric,
        value=draw(st.integers(11, 90)) if known else None,
        before=draw(st.none() | st.integers(1, 90)) if known else None,
        limit=10 if known else None,
        status=status,
        why_not=None if blocks else draw(NASTY),
    )
    lines = draw(st.lists(CONTRIBUTIONS, max_size=2))
    return made._replace(lines=tuple(lines), limit_origin=draw(st.none() | NASTY))


FILES = st.builds(
    file, NASTY, st.sampled_from([FileStatus.DEFERRED, FileStatus.UNREADABLE, FileStatus.SKIPPED]), reason=NASTY
)
KINDS = st.sampled_from(["settings", "suppression-added"])
PROBLEMS = st.builds(Problem, KINDS, NASTY, st.none() | NASTY, st.sampled_from(Severity), NASTY)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report of few entries, so that all of them are shown."""

    def place(finding: Finding) -> tuple[str, int, str | None, str]:
        return finding.path, finding.line, finding.symbol, finding.metric

    found = draw(st.lists(findings(), max_size=4, unique_by=place))
    files = draw(st.lists(FILES, max_size=2, unique_by=lambda file: file.path))
    return report(*found, files=tuple(files), problems=tuple(draw(st.lists(PROBLEMS, max_size=2))))


def everywhere(snippet: str) -> Report:
    """A report that says one thing wherever it can, in two functions of one name."""
    said = f"{snippet}x{snippet}"
    lines = (Contribution(2, 1, said, own=True),)
    worse = finding(f"{snippet}x.py", 1, said, why_not=said, status=Status.WORSENED)._replace(lines=lines)
    blocking = finding("x" + snippet, 1, snippet)._replace(limit_origin=said, lines=lines)
    return report(
        worse,
        worse._replace(line=2),
        blocking,
        finding("b" + said, 1, None, SYNTAX, value=None, before=None, limit=None),
        files=(file(said, FileStatus.DEFERRED, reason=said), file("b" + said, FileStatus.UNREADABLE, reason=said)),
        problems=(Problem("settings", said, None, Severity.NOTICE, said), Problem("settings", said, said)),
    )


def given_hostile(test: Callable[..., None]) -> Callable[..., None]:
    """Give a test, as its ``report``, each snippet everywhere and whatever else hypothesis makes of them."""
    for snippet in SNIPPETS:
        test = example(report=everywhere(snippet))(test)
    return settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])(
        given(report=reports())(test)
    )
