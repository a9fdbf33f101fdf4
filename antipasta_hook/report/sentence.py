"""One finding in one sentence: the same words in every format that has a line for it."""

from collections.abc import Mapping

from antipasta_hook.model import SYNTAX, Finding, Status, Verdict
from antipasta_hook.report.words import as_set, metric_name, printable, values


def sentence(finding: Finding, reasons: Mapping[str, str] | None = None) -> str:
    """``f: cyclomatic 8 -> 14 (limit 10), introduced; why it does not block``; ``reasons`` as ``reasons_of`` gives."""
    subject = f"{printable(finding.symbol)}: " if finding.symbol else ""
    why_not = f"; {printable(finding.why_not)}" if finding.why_not else ""
    return f"{subject}{_measured(finding, reasons or {})}, {finding.status}{why_not}"


def reasons_of(verdict: Verdict) -> Mapping[str, str]:
    """What is wrong with each file that could not be read: path -> words."""
    return {file.path: file.reason for file in verdict.files if file.reason}


def is_in_force(finding: Finding) -> bool:
    """Whether a function or file is over a limit, and no comment allows that.

    What could not be measured is over none that is known.
    """
    if finding.status in {Status.RESOLVED, Status.SUPPRESSED}:
        return False
    return finding.value is not None or finding.metric == SYNTAX


def _measured(finding: Finding, reasons: Mapping[str, str]) -> str:
    if finding.metric == SYNTAX and finding.path in reasons:
        return f"cannot be parsed: {printable(reasons[finding.path])}"
    name = metric_name(finding.metric)
    if finding.value is None:
        return name
    limit = "" if finding.limit is None else f" (limit {as_set(finding.limit)})"
    return f"{name} {values(finding)}{limit}"
