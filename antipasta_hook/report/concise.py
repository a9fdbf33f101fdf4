"""One line a finding, as editors and problem matchers read it: ``path:line: level: symbol: metric old -> new``."""

from collections.abc import Iterator

from antipasta_hook.model import Finding, Problem, Report, Status, Verdict
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.sentence import sentence
from antipasta_hook.report.words import UNCHECKED, placed, printable

_UNCHANGED = {Status.EXISTING, Status.IMPROVED, Status.RESOLVED}


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write the findings that block or are new, ``full`` all, then what was not checked; nothing where all is well."""
    return "".join(f"{line}\n" for line in _lines(report.verdict, full=full))


def _lines(verdict: Verdict, *, full: bool) -> Iterator[str]:
    for finding in verdict.findings:
        if full or finding.blocking or finding.status not in _UNCHANGED:
            yield _line(finding)
    for file in verdict.files:
        if file.status in UNCHECKED:
            yield f"{printable(file.path)}:1: warning: not checked: {printable(file.reason or file.status)}"
    yield from map(_problem, verdict.problems)


def _problem(problem: Problem) -> str:
    path, line, message = placed(problem)
    return f"{path or '-'}:{line or 1}: {problem.severity}: {message}"


def _line(finding: Finding) -> str:
    level = "error" if finding.blocking else "warning"
    return f"{printable(finding.path)}:{finding.line}: {level}: {sentence(finding)}"
