"""What holds for every format that machines read."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from antipasta_hook.model import SYNTAX, FileOutcome, FileStatus, Finding, Problem, Report, Status
from antipasta_hook.report import renderer
from antipasta_hook.report.words import placed, printable
from tests.unit.report.formats import ENDINGS, FIXTURES, GOLDEN, Golden, place, written
from tests.unit.report.hostile import given_hostile
from tests.unit.report.readers import Command, commands, outside_code, page

SARIF_SCHEMA = json.loads((FIXTURES / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
SARIF = jsonschema.Draft4Validator(SARIF_SCHEMA)
UNCHECKED = {FileStatus.DEFERRED, FileStatus.UNREADABLE}
JUNIT = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped"}
NEWS = {Status.INTRODUCED, Status.WORSENED, Status.UNJUDGED}
OURS = {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close",
        "list_item_open", "list_item_close", "inline", "text", "text_special", "code_inline", "strong_open",
        "strong_close", "softbreak"}  # fmt: skip


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_a_report_is_written_as_it_was_agreed(golden: Golden, form: str) -> None:
    assert written(golden, form) == place(golden, form).read_text("utf-8")


def test_no_golden_report_is_left_over() -> None:
    known = {place(golden, form).name for golden in GOLDEN for form in ENDINGS}
    assert {path.name for path in FIXTURES.iterdir() if path.is_file()} == known | {"README.md"}


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.sarif.json")), ids=lambda path: path.name)
def test_the_golden_sarif_is_valid(path: Path) -> None:
    SARIF.validate(json.loads(path.read_text("utf-8")))


def _over(report: Report) -> list[Finding]:
    gone = {Status.RESOLVED, Status.SUPPRESSED}
    return [f for f in report.verdict.findings if f.status not in gone and (f.value is not None or f.metric == SYNTAX)]


def _bytes(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return "".join(_visible(c) for c in path).encode()


def _visible(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:x}" if 0xD800 <= code <= 0xDFFF else character


def _unlooked(report: Report) -> list[FileOutcome]:
    told = {finding.path for finding in report.verdict.findings if finding.metric == SYNTAX and finding.blocking}
    return [file for file in report.verdict.files if file.status in UNCHECKED and file.path not in told]


def _places(findings: Iterable[Finding]) -> set[tuple[str, int, str | None]]:
    return {(finding.path, finding.line, finding.symbol) for finding in findings}


@given_hostile
def test_sarif_holds_what_it_should_and_nothing_else(report: Report) -> None:
    document = json.loads(renderer("sarif")(report))
    SARIF.validate(document)
    (run,) = document["runs"]
    found = []
    for result in run["results"]:
        physical = result["locations"][0]["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w.~%/-]+", uri, re.ASCII)
        assert not urlsplit(uri).scheme
        found.append((unquote_to_bytes(uri), physical["region"]["startLine"], result["ruleId"]))
    assert sorted(found) == sorted((_bytes(f.path), f.line, f.metric) for f in _over(report))
    for text in _texts(run):
        assert "](" not in text
        assert not re.search(r"(?<!\{)(\{\{)*\{(?!\{)", text)
        assert text.isprintable()


def _texts(run: dict[str, object]) -> Iterable[str]:
    """Every message of a run, wherever it stands."""
    for value in run.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                message = each.get("message")
                if isinstance(message, dict):
                    yield message["text"]
                yield from _texts(each)


@given_hostile
def test_github_takes_each_line_for_the_annotation_that_it_is(report: Report) -> None:
    read = [each for each in commands(renderer("github")(report)) if each]
    found = [_annotation(each) for each in read if isinstance(each, Command)]
    assert len(found) == len(read)
    assert sorted(found) == sorted(_expected(report))


def _expected(report: Report) -> Iterator[tuple[str, str, str]]:
    """Kind, path and line of each annotation."""
    findings = [f for f in report.verdict.findings if f.blocking or f.status in NEWS]
    blocked = _places(f for f in findings if f.blocking)
    for path, line, symbol in _places(findings):
        yield "error" if (path, line, symbol) in blocked else "warning", printable(path), str(line)
    for file in _unlooked(report):
        yield "warning", printable(file.path), "1"
    yield from map(_placed, report.verdict.problems)


def _annotation(command: Command) -> tuple[str, str, str]:
    assert set(command.properties) in ({"file", "line", "endLine", "title"}, {"title"})
    assert all(text.isprintable() for text in command.properties.values())
    assert command.data.replace("\n", "").isprintable()
    path = command.properties.get("file", "")
    return command.name, path.removeprefix("./") if path.startswith("./=") else path, command.properties.get("line", "")


def _placed(problem: Problem) -> tuple[str, str, str]:
    path, line, _ = placed(problem)
    return problem.severity, path, str(line or 1) if path else ""


@pytest.mark.parametrize("form", ["text", "concise"])
@given_hostile
def test_what_people_read_in_a_log_is_no_command(form: str, report: Report) -> None:
    for full in (False, True):
        assert [each for each in commands(renderer(form)(report, full=full)) if isinstance(each, Command)] == []


@given_hostile
def test_gitlab_gets_an_entry_for_each_finding_in_force(report: Report) -> None:
    entries = json.loads(renderer("gitlab")(report))
    jsonschema.validate(entries, CODE_QUALITY)
    found = [(each["location"]["path"], each["location"]["lines"]["begin"], each["check_name"]) for each in entries]
    assert sorted(found) == sorted(("".join(map(_visible, f.path)), f.line, f.metric) for f in _over(report))
    assert len({each["fingerprint"] for each in entries}) == len(entries)
    assert all(each["description"].isprintable() for each in entries)


CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab documents of a Code Quality report, in our words."""


@given_hostile
def test_junit_has_a_case_for_each_function_and_each_file_that_was_not_judged(report: Report) -> None:
    cases = ET.fromstring(renderer("junit")(report)).findall("testsuite/testcase")
    functions = _places(f for f in report.verdict.findings if f.symbol is not None)
    files = {file.path for file in report.verdict.files if file.status in UNCHECKED}
    files |= {f.path for f in report.verdict.findings if f.symbol is None}
    expected = sorted(map(printable, [*(path for path, _, _ in functions), *files]))
    assert sorted(case.attrib["file"] for case in cases if "file" in case.attrib) == expected
    assert len(cases) == max(1, len(expected))
    assert len({(case.attrib["classname"], case.attrib["name"]) for case in cases}) == len(cases)


@given_hostile
def test_junit_fails_what_blocks_and_counts_right(report: Report) -> None:
    root = ET.fromstring(renderer("junit")(report))
    suite = root[0]
    for attribute, element in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
        assert int(suite.attrib[attribute]) == len(suite.findall(f"testcase/{element}"))
    assert max(map(len, suite)) <= 1
    assert {each.tag for each in root.iter()} <= JUNIT
    places = _places(finding for finding in report.verdict.findings if finding.blocking)
    blocked = {(path, line if symbol else 0, symbol) for path, line, symbol in places}
    assert len(suite.findall("testcase/failure")) == len(blocked)


@pytest.mark.parametrize("form", ["markdown", "comment"])
@given_hostile
def test_markdown_is_a_list_of_what_it_should_say_and_no_other_markup(form: str, report: Report) -> None:
    text = renderer(form)(report).removeprefix("<!-- antipasta-hook -->\n")
    read = page(text)
    assert read.kinds <= OURS
    told = _places(f for f in report.verdict.findings if f.blocking or f.status in NEWS)
    expected = sorted((printable(f"{path}:{line}"), *_shown(symbol)) for path, line, symbol in told)
    found = [e for e in read.entries if e.section in {"Blocking", "Could not be judged", "Not blocking"}]
    assert sorted(entry.code[: len(_start(entry.code, expected))] for entry in found) == expected
    unchecked = [entry for entry in read.entries if entry.section.startswith("Not checked")]
    assert sorted((*entry.code, entry.text.replace("\u200b", "")) for entry in unchecked) == sorted(
        (printable(file.path), f"{printable(file.path)}: {printable(file.reason or '').rstrip(' ')}".rstrip())
        for file in _unlooked(report)
    )
    rest = outside_code(text)
    assert not re.search(r"(?<!\\)://|@\w|(?i:www\.)", rest)


def _shown(symbol: str | None) -> tuple[str, ...]:
    return () if symbol is None else (printable(symbol),)


def _start(code: tuple[str, ...], expected: list[tuple[str, ...]]) -> tuple[str, ...]:
    """As much of an entry's code as names its function."""
    return next((each for each in expected if code[: len(each)] == each and len(each) == 2), code[:1])
