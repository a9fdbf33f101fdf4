import json

import pytest

from antipasta_hook.model import SYNTAX, Status
from antipasta_hook.report.gitlab import render
from tests.unit.report.sample import finding, report


@pytest.mark.parametrize(
    ("metric", "status", "why_not", "severity"),
    [
        (SYNTAX, Status.INTRODUCED, None, "blocker"),
        ("cyclomatic_complexity", Status.INTRODUCED, None, "critical"),
        ("cyclomatic_complexity", Status.WORSENED, "tolerated", "minor"),
        ("cyclomatic_complexity", Status.UNJUDGED, "no old version", "minor"),
        ("cyclomatic_complexity", Status.EXISTING, "as before", "info"),
    ],
)
def test_the_severity_says_whether_it_blocks(metric: str, status: Status, why_not: str | None, severity: str) -> None:
    (entry,) = json.loads(render(report(finding(metric=metric, status=status, why_not=why_not))))
    assert entry["severity"] == severity


def test_what_is_allowed_or_gone_is_left_out() -> None:
    gone = finding(value=9, status=Status.RESOLVED, why_not="within the limit now")
    allowed = finding(line=50, status=Status.SUPPRESSED, why_not="allowed")
    assert render(report(gone, allowed)) == "[]\n"


def test_a_function_that_grew_is_news_to_a_comparison_of_two_branches_and_one_that_moved_is_none() -> None:
    (before,), (grown,), (moved,) = (
        json.loads(render(report(each))) for each in (finding(value=14), finding(value=20), finding(value=14, line=90))
    )
    assert before["fingerprint"] != grown["fingerprint"]
    assert before["fingerprint"] == moved["fingerprint"]
