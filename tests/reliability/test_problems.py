"""What goes wrong is data: it stands in the JSON report, of a run that judged nothing, too."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from tests.reliability.ground import ROOT, Ground
from tests.reliability.provocations import provoked

SCHEMA: Final = json.loads((ROOT / "docs/report.schema.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="provoked with what Linux has")


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """What is bad is staged."""
    found = Ground(tmp_path / "ground")
    found.fill(large=True)
    return found


def _report(happens: str, ground: Ground, *, code: int) -> dict[str, Any]:
    with provoked(happens, ground) as tried:
        arguments = ("run", "--budget", "none", "--format", "json", *tried.arguments)
        done = ground.run(*arguments, env=ground.hook_environment | tried.env, prelude=tried.prelude)
    assert done.code == code, done.err
    document: dict[str, Any] = json.loads(done.out)
    jsonschema.validate(document, SCHEMA)
    return document


@pytest.mark.parametrize(
    ("happens", "kind", "says"),
    [
        ("a blob is not in this clone", "missing-blob", "this version is not in this clone"),
        ("a blob is damaged", "unreadable-blob", "this version is damaged in the object database"),
        ("a file of more than 16 MB", "too-large", "too large: "),
        ("a source with too many nodes to parse", "no-tree", "too large to parse"),
        ("a child is killed at a source, twice", "worker-killed", "was killed, twice"),
    ],
)
def test_a_file_that_could_not_be_looked_at_is_a_problem_of_its_kind(
    happens: str, kind: str, says: str, ground: Ground
) -> None:
    document = _report(happens, ground, code=0)
    (problem,) = document["problems"]
    assert (problem["kind"], problem["path"], problem["severity"]) == (kind, "pkg/bad.py", "warning")
    assert says in problem["message"]
    assert document["cache"]["problems"] == []


def test_a_syntax_error_is_a_finding_and_no_problem_besides(ground: Ground) -> None:
    document = _report("a syntax error", ground, code=1)
    assert [finding["metric"] for finding in document["findings"] if finding["blocking"]] == ["syntax"]
    assert document["problems"] == []


def test_what_is_wrong_with_the_cache_is_beside_its_hits(ground: Ground) -> None:
    document = _report("others may write to the cache", ground, code=1)
    assert document["problems"] == []
    (problem,) = document["cache"]["problems"]
    assert problem["kind"] == "cache"
    assert "others may write to" in problem["message"]


@pytest.mark.parametrize(
    ("happens", "kind", "detail"),
    [("the index is damaged", "corrupt-index", ""), ("a bug of ours", "internal", "KeyError: 'key'")],
)
def test_a_run_that_judged_nothing_says_why(happens: str, kind: str, detail: str, ground: Ground) -> None:
    document = _report(happens, ground, code=0)
    assert (document["verdict"], document["files"], document["findings"]) == ("incomplete", [], [])
    assert document["scope"] == {"kind": "index", "base": None, "target": None}
    (problem,) = document["problems"]
    assert (problem["kind"], problem["severity"]) == (kind, "error")
    assert detail in problem["detail"]


def test_a_report_that_has_no_place_is_not_written_elsewhere(ground: Ground) -> None:
    done = ground.run("run", "--format", "json:nowhere/x.json", "--format", "json", env=ground.hook_environment)
    assert done.code == 2
    assert done.out == ""
