"""One line a finding, as editors and problem matchers read it: ``path:line: level: symbol: metric old -> new``."""

from antipasta_hook.model import Finding, Report, Status
from antipasta_hook.report.words import UNCHECKED, metric_name, printable, values

_UNCHANGED = {Status.EXISTING, Status.IMPROVED, Status.RESOLVED}


def render(report: Report, *, full: bool = False) -> str:
    """Write the findings that block or are new, ``full`` all, then what was not checked; nothing where all is well."""
    verdict = report.verdict
    lines = [_line(f) for f in verdict.findings if full or f.blocking or f.status not in _UNCHANGED]
    lines += [
        f"{printable(file.path)}:1: warning: not checked: {printable(file.reason or file.status)}"
        for file in verdict.files
        if file.status in UNCHECKED
    ]
    lines += [
        f"{printable(problem.path or '-')}:1: {problem.severity}: {printable(problem.message)}"
        for problem in verdict.problems
    ]
    return "".join(f"{line}\n" for line in lines)


def _line(finding: Finding) -> str:
    level = "error" if finding.blocking else "warning"
    subject = f"{printable(finding.symbol)}: " if finding.symbol else ""
    limit = "" if finding.limit is None else f" (limit {finding.limit:g})"
    measured = f"{metric_name(finding.metric)}" + ("" if finding.value is None else f" {values(finding)}{limit}")
    why_not = f"; {printable(finding.why_not)}" if finding.why_not else ""
    return f"{printable(finding.path)}:{finding.line}: {level}: {subject}{measured}, {finding.status}{why_not}"
