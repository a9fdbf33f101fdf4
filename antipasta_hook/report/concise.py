"""One line a finding, as editors and problem matchers read it: ``path:line: level: symbol: metric old -> new``."""

from antipasta_hook.model import Finding, Report, Status
from antipasta_hook.report.words import metric_name, printable, values

_UNCHANGED = {Status.EXISTING, Status.IMPROVED, Status.RESOLVED}


def render(report: Report, *, full: bool = False) -> str:
    """Write the findings that block or are new with this change, ``full`` all; nothing at all where there are none."""
    return "".join(
        f"{_line(finding)}\n"
        for finding in report.verdict.findings
        if full or finding.blocking or finding.status not in _UNCHANGED
    )


def _line(finding: Finding) -> str:
    level = "error" if finding.blocking else "warning"
    subject = f"{printable(finding.symbol)}: " if finding.symbol else ""
    limit = "" if finding.limit is None else f" (limit {finding.limit:g})"
    measured = f"{metric_name(finding.metric)}" + ("" if finding.value is None else f" {values(finding)}{limit}")
    why_not = f"; {printable(finding.why_not)}" if finding.why_not else ""
    return f"{printable(finding.path)}:{finding.line}: {level}: {subject}{measured}, {finding.status}{why_not}"
