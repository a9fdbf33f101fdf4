"""GitLab's Code Quality report: all that is over a limit, so that GitLab can compare two branches."""

import json
from collections.abc import Mapping
from typing import Any

from antipasta_hook.model import SYNTAX, Finding, Report
from antipasta_hook.report.fingerprint import fingerprints
from antipasta_hook.report.remarks import WORTH_A_LINE
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.sentence import is_in_force, reasons_of, sentence
from antipasta_hook.report.words import with_bytes_escaped


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write an entry for each function (or file) and metric that is over a limit.

    GitLab takes what has a fingerprint of its own for one thing, and tells only what one branch has and the other has
    not. So the value is a part of it: else a function that grew from 12 to 40 would be no news.
    """
    over = [finding for finding in report.verdict.findings if is_in_force(finding)]
    reasons = reasons_of(report.verdict)
    marked = zip(over, fingerprints(over, with_values=True), strict=True)
    return json.dumps([_entry(finding, mark, reasons) for finding, mark in marked]) + "\n"


def _entry(finding: Finding, fingerprint: str, reasons: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "description": sentence(finding, reasons),
        "check_name": finding.metric,
        "fingerprint": fingerprint,
        "severity": _severity(finding),
        "location": {
            "path": with_bytes_escaped(finding.path),
            "lines": {"begin": finding.line, "end": max(finding.line, finding.end_line)},
        },
    }


def _severity(finding: Finding) -> str:
    """One of GitLab's info, minor, major, critical and blocker."""
    if finding.blocking:
        return "blocker" if finding.metric == SYNTAX else "critical"
    return "minor" if finding.status in WORTH_A_LINE else "info"
