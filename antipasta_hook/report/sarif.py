"""SARIF 2.1.0, the OASIS standard, as code scanning services and editors read it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final
from urllib.parse import quote
from zlib import compress

from antipasta_hook import __version__
from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    NOT_COMPARED,
    SYNTAX,
    FileOutcome,
    Finding,
    Problem,
    Report,
    Severity,
    Status,
    Verdict,
)
from antipasta_hook.report.fingerprint import fingerprints
from antipasta_hook.report.remarks import WORTH_A_LINE
from antipasta_hook.report.rules import rule
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.sentence import is_in_force, reasons_of, sentence
from antipasta_hook.report.standing import urgent_first
from antipasta_hook.report.words import UNCHECKED, count, placed, printable, with_bytes_escaped

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT: Final = "antipastaFunction/v1"
"""A key of our own: GitHub computes ``primaryLocationLineHash`` itself and warns of each that differs from its own."""

MOST_RESULTS: Final = 25_000
"""GitHub refuses a run with more, and shows the first 5,000."""
LARGEST: Final = 10_000_000
"""Bytes that GitHub takes, compressed."""
_MOST_NOTIFICATIONS: Final = 1_000
_MOST_LINES: Final = 10

Node = dict[str, Any]


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write all that is over a limit, the worst first; ``full``: also what a comment allows, or is not over any more.

    A reader that does not know suppressions and baseline states, as GitHub, takes each result for an open alert: for
    such a one the default is made.
    """
    verdict = report.verdict
    results = list(_results(verdict, full=full))
    kept = min(len(results), MOST_RESULTS)
    while True:
        text = json.dumps(_document(verdict, results[:kept], len(results) - kept), separators=(",", ":")) + "\n"
        if not kept or len(text) <= LARGEST or len(compress(text.encode("ascii"))) <= LARGEST:
            return text
        kept = kept * 3 // 4


def _document(verdict: Verdict, results: Sequence[tuple[Finding, Node]], left_out: int) -> Node:
    metrics = list(dict.fromkeys((CYCLOMATIC, COGNITIVE, SYNTAX, *(finding.metric for finding, _ in results))))
    notifications = _notifications(verdict, left_out)
    driver = {"name": "antipasta-hook", "version": __version__, "rules": [_rule(metric) for metric in metrics]}
    failed = any(notification["level"] == "error" for notification in notifications)
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": notifications}],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "results": [{**node, "ruleIndex": metrics.index(finding.metric)} for finding, node in results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(metric: str) -> Node:
    about = rule(metric)
    return {
        "id": metric,
        "name": about.name,
        "shortDescription": {"text": about.title},
        "fullDescription": {"text": about.what},
        "help": {
            "text": "\n\n".join((about.what, *about.how)).replace("`", "'"),
            "markdown": "\n\n".join((f"**{about.title}.** {about.what}", *about.how)),
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["maintainability"], "precision": "very-high", "problem.severity": "warning"},
    }


def _results(verdict: Verdict, *, full: bool) -> Iterator[tuple[Finding, Node]]:
    """Each finding with its result, what blocks and then what is worst first."""
    reasons = reasons_of(verdict)
    gone = [finding for finding in verdict.findings if finding.status == Status.RESOLVED]
    here = [finding for finding in verdict.findings if finding.status != Status.RESOLVED]
    marks = dict(zip(map(_identity, (*gone, *here)), (*fingerprints(gone), *fingerprints(here)), strict=True))
    told = [f for f in verdict.findings if is_in_force(f) or (full and f.status in _FOR_AUDITORS)]
    for finding in sorted(chain.from_iterable(urgent_first(told)), key=_rank):
        yield finding, _result(finding, marks[_identity(finding)], reasons)


_FOR_AUDITORS: Final = frozenset({Status.SUPPRESSED, Status.RESOLVED})


def _identity(finding: Finding) -> tuple[str, int, str | None, str]:
    return finding.path, finding.line, finding.symbol, finding.metric


def _level(finding: Finding) -> str:
    if finding.blocking:
        return "error"
    return "warning" if finding.status in WORTH_A_LINE else "note"


def _rank(finding: Finding) -> int:
    """GitHub shows 5,000 results: none that blocks may be missing among them."""
    return ("error", "warning", "note").index(_level(finding))


def _result(finding: Finding, fingerprint: str, reasons: Mapping[str, str]) -> Node:
    node: Node = {
        "ruleId": finding.metric,
        "level": _level(finding),
        "message": _message(sentence(finding, reasons)),
        "locations": [_location(finding)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "baselineState": _state(finding),
        "properties": _properties(finding),
    }
    if finding.lines:
        node["relatedLocations"] = [
            {
                "id": number,
                "message": _message(f"adds {each.adds}{', written by this change' if each.own else ''}"),
                "physicalLocation": _physical(
                    finding.path, {"startLine": max(1, each.line), "snippet": {"text": with_bytes_escaped(each.text)}}
                ),
            }
            for number, each in enumerate(finding.lines[:_MOST_LINES], 1)
        ]
    if finding.status == Status.SUPPRESSED:
        why = printable(finding.why_not or "")
        node["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": why}]
    return node


def _state(finding: Finding) -> str:
    """How the result relates to the base; a result has to have a state if any has.

    What could not be compared was not seen in the base, which is what ``new`` means.
    """
    if finding.status == Status.SUPPRESSED and finding.before is not None:
        return "unchanged" if finding.before == finding.value else "updated"
    return _STATES.get(finding.status, "new")


_STATES: Final = {
    Status.WORSENED: "updated",
    Status.IMPROVED: "updated",
    Status.EXISTING: "unchanged",
    Status.RESOLVED: "absent",
}


def _properties(finding: Finding) -> Node:
    origin = with_bytes_escaped(finding.limit_origin) if finding.limit_origin else None
    found = {
        "status": finding.status,
        "blocking": finding.blocking,
        "value": finding.value,
        "before": finding.before,
        "limit": finding.limit,
        "limitOrigin": origin,
    }
    return {name: value for name, value in found.items() if value is not None}


def _location(finding: Finding) -> Node:
    """The ``def`` line, with the whole function as its context.

    GitHub shows an alert in a pull request only where all lines of its region are in the diff.
    """
    line = max(1, finding.line)
    physical = _physical(finding.path, {"startLine": line, "endLine": line})
    if finding.end_line > line:
        physical["contextRegion"] = {"startLine": line, "endLine": finding.end_line}
    if finding.symbol is None:
        return {"physicalLocation": physical}
    symbol = printable(finding.symbol)
    logical = {"name": symbol.rpartition(".")[2] or symbol, "fullyQualifiedName": symbol, "kind": "function"}
    return {"physicalLocation": physical, "logicalLocations": [logical]}


def _physical(path: str, region: Node | None = None) -> Node:
    place: Node = {"artifactLocation": {"uri": uri_of(path), "uriBaseId": "%SRCROOT%"}}
    return place if region is None else {**place, "region": region}


def uri_of(path: str) -> str:
    """A path as a relative URI: its own bytes, percent-encoded."""
    try:
        return quote(path.encode("utf-8", "surrogateescape"), safe="/")
    except UnicodeEncodeError:  # half a character: no file has such a name
        return quote(with_bytes_escaped(path), safe="/")


def _message(text: str) -> Node:
    """A message that is plain text: no placeholder, and no link to anywhere."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def _notifications(verdict: Verdict, left_out: int) -> list[Node]:
    """What was not looked at, what could not be judged, and the problems: about the run, not about the code."""
    unjudged = [f for f in verdict.findings if f.status == Status.UNJUDGED and not is_in_force(f)]
    found = [
        *(_of_file(file) for file in verdict.files if file.status in UNCHECKED),
        *(_notification("unjudged", "warning", sentence(f), path=f.path, line=f.line) for f in unjudged),
        *map(_of_problem, verdict.problems),
    ]
    cut = len(found) - _MOST_NOTIFICATIONS
    if cut > 0:
        found = [*found[:_MOST_NOTIFICATIONS], _notification("left-out", "note", f"{count(cut, 'more notification')}")]
    if left_out:
        text = f"Left out to keep within what GitHub takes: {count(left_out, 'result')}, the least of them."
        found.append(_notification("left-out", "warning", text))
    return found


def _of_file(file: FileOutcome) -> Node:
    return _notification(str(file.status), "warning", f"not checked: {file.reason or file.status}", path=file.path)


def _of_problem(problem: Problem) -> Node:
    """An error means that the run as a whole failed: then its results must replace no others."""
    _, line, message = placed(problem)
    failed = problem.severity == Severity.ERROR or problem.kind == NOT_COMPARED
    level = "error" if failed else "note" if problem.severity == Severity.NOTICE else "warning"
    recovery = f" ({problem.recovery})" if problem.recovery else ""
    return _notification(problem.kind, level, f"{message}{recovery}", path=problem.path, line=line)


def _notification(kind: str, level: str, text: str, *, path: str | None = None, line: int | None = None) -> Node:
    node: Node = {"descriptor": {"id": kind}, "level": level, "message": _message(printable(text))}
    if path is not None:
        node["locations"] = [{"physicalLocation": _physical(path, {"startLine": line} if line else None)}]
    return node
