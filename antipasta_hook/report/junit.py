"""JUnit XML as GitLab, Jenkins and Azure read it: a test case for each function that was judged."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from antipasta_hook.model import NOT_COMPARED, FileOutcome, FileStatus, Finding, Report, Status, Verdict
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.sentence import reasons_of, sentence
from antipasta_hook.report.words import UNCHECKED, printable

_WHOLE_FILE: Final = "(file)"
_TOOL: Final = "antipasta-hook"
_ELEMENTS: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}
"""The attribute that counts them -> the element; the first of these that a case has says why it did not pass."""

_Findings = Mapping[tuple[int, str | None], Sequence[Finding]]


class Case(NamedTuple):
    """One test case. ``result`` is the element that says why it did not pass; a case has one at most."""

    classname: str
    name: str
    path: str | None = None
    line: int | None = None
    result: str | None = None
    kind: str = ""
    said: tuple[str, ...] = ()


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write the functions that changed or are over a limit, ``full`` all, and the files that could not be judged."""
    cases = list(_told_apart(iter(sorted(_cases(report.verdict, full=full), key=lambda case: case.path or ""))))
    if not cases:  # Jenkins takes a report without any test for a broken build
        cases = [Case(_TOOL, "no function to judge")]
    counts = {name: str(sum(case.result == element for case in cases)) for name, element in _ELEMENTS.items()}
    root = ET.Element("testsuites")
    time = f"{report.cost.spent_ms / 1000:.3f}"
    suite = ET.SubElement(root, "testsuite", {"name": _TOOL, "tests": str(len(cases)), **counts, "time": time})
    for case in cases:
        _write(suite, case)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _write(suite: ET.Element, case: Case) -> None:
    path = "" if case.path is None else printable(case.path)
    file = {"file": path} if path else {}
    element = ET.SubElement(suite, "testcase", {"classname": case.classname, "name": case.name, **file, "time": "0"})
    if case.result:
        place = [path if case.line is None else f"{path}:{case.line}"] if path else []
        attributes = {"type": case.kind, "message": "; ".join(case.said)}
        ET.SubElement(element, case.result, attributes).text = "\n".join((*case.said, *place))


def _cases(verdict: Verdict, *, full: bool) -> Iterator[Case]:
    reasons = reasons_of(verdict)
    findings: dict[str, dict[tuple[int, str | None], list[Finding]]] = {}
    for finding in verdict.findings:
        findings.setdefault(finding.path, {}).setdefault((finding.line, finding.symbol), []).append(finding)
    for file in verdict.files:
        yield from _of_file(file, findings.pop(file.path, {}), reasons, full=full)
    for path, groups in findings.items():
        yield from (_judged(path, symbol, group, reasons) for (_, symbol), group in groups.items())
    for problem in verdict.problems:
        if problem.kind == NOT_COMPARED:
            said = (printable(problem.message),)
            yield Case(_TOOL, problem.kind, result="error", kind="not-judged", said=said)


def _of_file(file: FileOutcome, findings: _Findings, reasons: Mapping[str, str], *, full: bool) -> Iterator[Case]:
    """The whole file where something is to be said of it, then its functions from top to bottom."""
    about = list(chain.from_iterable(group for (_, symbol), group in findings.items() if symbol is None))
    if about:
        yield _judged(file.path, None, about, reasons)
    elif file.status in UNCHECKED:
        yield _unchecked(file)
    judged = {(line, symbol) for line, symbol in findings if symbol is not None}
    for line, symbol in sorted(judged | _measured(file, full=full)):
        yield _judged(file.path, symbol, findings.get((line, symbol), ()), reasons)


def _measured(file: FileOutcome, *, full: bool) -> set[tuple[int, str]]:
    functions = file.metrics.functions if file.metrics else ()
    return {(f.line, f.symbol) for f in functions if full or (f.symbol, f.line) in file.notable}


def _judged(path: str, symbol: str | None, findings: Sequence[Finding], reasons: Mapping[str, str]) -> Case:
    case = Case(_classname(path), printable(symbol) if symbol else _WHOLE_FILE, path)
    for result in _ELEMENTS.values():
        told = [finding for finding in findings if _result(finding) == result]
        if told:
            said = tuple(sentence(finding, reasons) for finding in told)
            return case._replace(result=result, kind=told[0].metric, said=said, line=told[0].line)
    return case


def _result(finding: Finding) -> str | None:
    """What blocks fails. What could not be judged is no pass, and what nobody judges is no test."""
    if finding.blocking:
        return "failure"
    if finding.status == Status.UNJUDGED:
        return "error"
    was_unreadable = finding.value is None and finding.status == Status.EXISTING
    return "skipped" if was_unreadable or finding.status == Status.SUPPRESSED else None


def _unchecked(file: FileOutcome) -> Case:
    """A file that was not looked at makes the verdict incomplete unless something of it could be read."""
    unlooked = file.status == FileStatus.DEFERRED or file.metrics is None
    return Case(
        _classname(file.path),
        _WHOLE_FILE,
        file.path,
        result="error" if unlooked else "skipped",
        kind=str(file.status),
        said=(f"not checked: {printable(file.reason or file.status)}",),
    )


def _classname(path: str) -> str:
    """A path as the name of a module: services split a name at its last dot."""
    return printable(path).removesuffix(".py").replace("/", ".") or printable(path)


def _told_apart(cases: Iterator[Case]) -> Iterator[Case]:
    """The same cases, each with a name of its own: GitLab keeps one of those that are named alike."""
    counts: dict[tuple[str, str], int] = {}
    for case in cases:
        name = case.name
        while (case.classname, name) in counts:
            counts[case.classname, case.name] += 1
            name = f"{case.name} #{counts[case.classname, case.name]}"
        counts[case.classname, name] = 1
        yield case._replace(name=name)
