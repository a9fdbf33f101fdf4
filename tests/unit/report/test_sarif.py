import json
from typing import Any

import pytest

from antipasta_hook.model import NOT_COMPARED, Problem, Report, Severity, Status
from antipasta_hook.report import sarif
from antipasta_hook.report.sarif import render, uri_of
from tests.unit.report.sample import EVERYTHING, finding, report


def _run(report: Report, *, full: bool = False) -> dict[str, Any]:
    (run,) = json.loads(render(report, full=full))["runs"]
    found: dict[str, Any] = run
    return found


def _notifications(run: dict[str, Any]) -> list[tuple[str, str, str]]:
    (invocation,) = run["invocations"]
    told = invocation["toolExecutionNotifications"]
    return [(each["descriptor"]["id"], each["level"], each["message"]["text"]) for each in told]


@pytest.mark.parametrize(
    ("status", "before", "state"),
    [
        (Status.INTRODUCED, None, "new"),
        (Status.WORSENED, 12, "updated"),
        (Status.IMPROVED, 20, "updated"),
        (Status.EXISTING, 14, "unchanged"),
        (Status.RESOLVED, 14, "absent"),
        (Status.UNJUDGED, None, "new"),
        (Status.SUPPRESSED, None, "new"),
        (Status.SUPPRESSED, 14, "unchanged"),
        (Status.SUPPRESSED, 12, "updated"),
    ],
)
def test_the_status_is_the_state_against_the_base(status: Status, before: float | None, state: str) -> None:
    (result,) = _run(report(finding(status=status, before=before, why_not="so")), full=True)["results"]
    assert result["baselineState"] == state


def test_what_a_comment_allows_and_what_is_gone_is_only_in_the_full_report() -> None:
    """GitHub opens an alert for each result, whatever its suppressions and its state."""
    allowed = finding(status=Status.SUPPRESSED, why_not="allowed on its def line: noqa: C901")
    gone = finding(line=50, symbol="g", value=9, status=Status.RESOLVED, why_not="within the limit now")
    assert _run(report(allowed, gone))["results"] == []
    first, second = _run(report(allowed, gone), full=True)["results"]
    why = "allowed on its def line: noqa: C901"
    assert first["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": why}]
    assert "suppressions" not in second


def test_a_result_is_about_the_def_line_and_shows_the_function() -> None:
    (result,) = _run(report(finding("a b/c.py", symbol="A.m")))["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/c.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "endLine": 3},
        "contextRegion": {"startLine": 3, "endLine": 23},
    }
    assert location["logicalLocations"] == [{"name": "m", "fullyQualifiedName": "A.m", "kind": "function"}]


def test_every_rule_that_is_used_is_explained() -> None:
    run = _run(EVERYTHING)
    rules = run["tool"]["driver"]["rules"]
    assert {rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"]} == {True}
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert "helpUri" not in rule


def test_fingerprints_stay_when_lines_move_and_leave_githubs_own_to_github() -> None:
    here, below = (_run(report(finding(line=line)))["results"][0]["partialFingerprints"] for line in (3, 300))
    assert here == below
    assert list(here) == ["antipastaFunction/v1"]


def test_every_region_has_a_beginning_as_the_errata_ask() -> None:
    def regions(node: object) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [each for child in node for each in regions(child)]
        if not isinstance(node, dict):
            return []
        own = [value for name, value in node.items() if name in {"region", "contextRegion"}]
        return own + [each for child in node.values() for each in regions(child)]

    assert all("startLine" in region for region in regions(_run(EVERYTHING, full=True)))


def test_what_was_not_looked_at_is_told_of_the_run() -> None:
    told = _notifications(_run(EVERYTHING))
    assert ("deferred", "warning", "not checked: no time left") in told
    assert ("unreadable", "warning", "not checked: too large") in told
    assert ("suppression-added", "note", "line 9, h: noqa: C901 (listed for the reviewer)") in told
    assert [kind for kind, *_ in told].count("unjudged") == 1


@pytest.mark.parametrize(
    "problem", [Problem(NOT_COMPARED, "nothing to compare"), Problem("internal", "y", None, Severity.ERROR)]
)
def test_a_run_that_failed_says_so_and_replaces_no_alerts(problem: Problem) -> None:
    assert _run(report(problems=(problem,)))["invocations"][0]["executionSuccessful"] is False
    assert _run(EVERYTHING)["invocations"][0]["executionSuccessful"] is True


def test_there_are_as_many_results_as_github_takes_and_the_worst_are_kept() -> None:
    many = [finding(line=n, symbol=f"f{n}", value=11 + n, why_not="so") for n in range(1, sarif.MOST_RESULTS + 3)]
    run = _run(report(*many, finding(line=99_999, symbol="blocks")))
    lines = [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in run["results"]]
    assert len(lines) == sarif.MOST_RESULTS
    assert lines[:2] == [99_999, sarif.MOST_RESULTS + 2]
    kind, level, text = _notifications(run)[-1]
    assert (kind, level) == ("left-out", "warning")
    assert "3 results" in text


def test_it_is_as_large_as_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "LARGEST", 9_000)
    many = [finding(line=n, symbol=f"f{n}") for n in range(1, 2_001)]
    run = _run(report(*many))
    assert 0 < len(run["results"]) < 2_000
    assert f"{2_000 - len(run['results']):,} results" in _notifications(run)[-1][2]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a/b.py", "a/b.py"),
        ("a b%/\u00e9.py", "a%20b%25/%C3%A9.py"),
        ("caf\udce9.py", "caf%E9.py"),
        ("http:x.py", "http%3Ax.py"),
        ("\ud800.py", "%5Cud800.py"),
    ],
)
def test_a_path_is_a_relative_uri(path: str, uri: str) -> None:
    assert uri_of(path) == uri
