import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antipasta_hook.model import FILE_METRICS, FUNCTION_METRICS, Contribution, FileStatus, Report
from antipasta_hook.report.document import render
from tests.unit.report.sample import FULL_REPORT, OID, file, finding, function, metrics, report

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def _parsed(report: Report, *, full: bool = False) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(report, full=full))
    jsonschema.validate(document, SCHEMA)
    return document


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_document_fits_its_schema() -> None:
    document = _parsed(FULL_REPORT)
    assert document["verdict"] == "fail"
    assert document["scope"] == {"kind": "index", "base": FULL_REPORT.verdict.scope.base, "target": None}


def test_a_finding_has_these_fields() -> None:
    (found,) = _parsed(report(finding()))["findings"]
    assert found == {
        "path": "a.py",
        "line": 3,
        "end_line": 23,
        "symbol": "f",
        "metric": "cyclomatic_complexity",
        "value": 14,
        "before": 8,
        "limit": 10,
        "level": "error",
        "status": "introduced",
        "blocking": True,
        "why_not": None,
        "limit_origin": None,
        "lines": [],
    }


def test_a_finding_says_where_its_limit_stands_and_which_lines_add_to_it() -> None:
    lines = (Contribution(4, 3, "if a and b or c:", own=True), Contribution(9, 1, "while a:", own=False))
    told = finding()._replace(limit_origin="caf\udce9/.antipasta.yaml:4", lines=lines)
    (found,) = _parsed(report(told))["findings"]
    assert found["limit_origin"] == "caf\\xe9/.antipasta.yaml:4"
    assert found["lines"] == [{"line": 4, "adds": 3, "own": True}, {"line": 9, "adds": 1, "own": False}]


def test_of_a_census_the_files_that_are_as_they_were_are_left_out_unless_all_is_asked_for() -> None:
    unchanged = file(measured=metrics())._replace(before_blob=OID)
    unread = file("b.py", FileStatus.UNREADABLE, reason="too large")._replace(before_blob=OID)
    moved = unchanged._replace(path="d.py", old_path="e.py")
    census = report(files=(unchanged, unread, file("c.py", measured=metrics()), moved))
    assert [entry["path"] for entry in _parsed(census)["files"]] == ["b.py", "c.py", "d.py"]
    assert [entry["path"] for entry in _parsed(census, full=True)["files"]] == ["a.py", "b.py", "c.py", "d.py"]


@pytest.mark.parametrize(("full", "symbols"), [(False, ["f"]), (True, ["f", "g"])])
def test_functions_are_those_that_matter_unless_all_are_asked_for(full: bool, symbols: list[str]) -> None:  # noqa: FBT001 - a column of the table
    outcome = file(measured=metrics(function(), function("g", 50)))._replace(notable=frozenset({("f", 3)}))
    (entry,) = _parsed(report(files=(outcome,)), full=full)["files"]
    assert [each["symbol"] for each in entry["functions"]] == symbols
    assert set(FUNCTION_METRICS) <= set(entry["functions"][0])
    assert set(FILE_METRICS) == set(entry["metrics"])


def test_undecodable_bytes_are_written_in_hex() -> None:
    (entry,) = _parsed(report(files=(file("caf\udce9/\u00e9.py"),)))["files"]
    assert entry["path"] == "caf\\xe9/\u00e9.py"


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_name_gives_a_valid_document_of_ascii(path: str, symbol: str) -> None:
    text = render(report(finding(path=path, symbol=symbol), files=(file(path),)))
    assert text.isascii()
    jsonschema.validate(json.loads(text), SCHEMA)
