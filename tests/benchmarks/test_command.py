"""``python -m tests.benchmarks``: what it is asked for, and what it writes."""

import getpass
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.benchmarks import __main__ as command
from tests.benchmarks import baseline, page
from tests.benchmarks.measure import WrongOutput
from tests.benchmarks.result import Result, read
from tests.benchmarks.rows import Ground, Row
from tests.benchmarks.suites import SUITES, suite

ROW = Row("baseline", "git diff", "python -c pass", "CPU s", 1.5, 1.4, 1.6, 0.15, 0.1, 3)
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema_version", "when", "machine", "commit", "quick", "load", "rows"],
    "properties": {
        "schema_version": {"const": 1},
        "when": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$"},
        "machine": {
            "type": "object",
            "additionalProperties": False,
            "required": ["python", "platform", "processors"],
            "properties": {
                "python": {"type": "string"},
                "platform": {"type": "string"},
                "processors": {"type": "integer", "minimum": 1},
            },
        },
        "commit": {"type": ["string", "null"], "pattern": r"^[0-9a-f]{40}(-dirty)?$"},
        "quick": {"type": "boolean"},
        "load": {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 2, "maxItems": 2},
        "rows": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": list(Row._fields),
                "properties": {
                    **{name: {"type": "string", "minLength": 1} for name in ("name", "against")},
                    **{name: {"type": "number", "exclusiveMinimum": 0} for name in Row._fields[4:9]},
                    "suite": {"enum": list(SUITES)},
                    "unit": {"enum": ["wall s", "CPU s", "bytes"]},
                    "rounds": {"type": "integer", "minimum": 3},
                    "bar": {"type": ["number", "null"]},
                },
            },
        },
    },
}


@pytest.mark.parametrize(
    ("arguments", "suites", "rounds"),
    [
        ([], list(SUITES), 15),
        (["--quick"], list(SUITES), 5),
        (["--quick", "--rounds", "4"], list(SUITES), 4),
        (["ci", "engine"], ["engine", "ci"], 15),  # in the order in which they are listed
        (["ci", "ci"], ["ci"], 15),
        ([*SUITES, "--docs"], list(SUITES), 15),
    ],
)
def test_suites_and_rounds_are_as_asked(arguments: list[str], suites: list[str], rounds: int) -> None:
    asked = command.parsed(arguments)
    assert (asked.suites, asked.rounds, asked.against) == (suites, rounds, None)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["speed"], "no such suite: speed (choose from baseline, engine, "),
        (["--rounds", "2"], "at least 3"),
        (["--rounds", "many"], "invalid"),
        (["ci", "--docs"], "--docs needs all suites"),
        (["--against", "nowhere.json"], "nowhere.json"),
        (["--against", __file__], "is no result of this command"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_measured(
    arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(arguments)
    assert end.value.code == 2
    assert why in capsys.readouterr().err


def test_help_names_every_suite(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.parsed(["--help"])
    said = capsys.readouterr().out
    assert all(f"  {name:9} {purpose}\n" in said for name, purpose in SUITES.items())


@pytest.mark.parametrize("name", SUITES)
def test_every_suite_has_its_module(name: str) -> None:
    assert callable(suite(name).measured)


def test_a_quick_suite_writes_a_result_that_says_nothing_of_who_ran_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "result.json"
    assert command.main(["baseline", "--quick", "--rounds", "3", "--json", str(file)]) == 0
    document = json.loads(file.read_text())
    jsonschema.validate(document, SCHEMA)
    assert {row["name"] for row in document["rows"]} > {"ast.parse", baseline.LIBRARIES}
    shown = capsys.readouterr().out
    for row in document["rows"]:
        assert row["low"] <= row["ratio"] <= row["high"]
        assert f"| {row['name']} " in shown
    for private in (socket.gethostname(), getpass.getuser(), os.getcwd(), str(tmp_path)):
        assert f'"{private}' not in file.read_text()
    assert command.main(["baseline", "--quick", "--rounds", "3", "--against", str(file)]) in {0, 1}
    assert " the same" in capsys.readouterr().out


def faked(monkeypatch: pytest.MonkeyPatch, found: Row | WrongOutput) -> None:
    """Each suite finds this."""

    def measured(_: Ground) -> Iterator[Row]:
        if isinstance(found, WrongOutput):
            raise found
        yield found

    for name in SUITES:
        monkeypatch.setattr(suite(name), "measured", measured)


def test_a_run_that_did_not_do_its_work_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faked(monkeypatch, WrongOutput("it said nothing"))
    assert command.main(["--json", str(tmp_path / "result.json")]) == 3
    assert "not measured: it said nothing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("ratio", "code"), [(1.5, 0), (3.0, 1)])
def test_a_result_is_held_against_an_earlier_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ratio: float, code: int
) -> None:
    faked(monkeypatch, ROW)
    assert command.main(["baseline", "--json", str(tmp_path / "then.json")]) == 0
    faked(monkeypatch, ROW._replace(ratio=ratio, low=ratio - 0.1, high=ratio + 0.1))
    assert command.main(["baseline", "--against", str(tmp_path / "then.json")]) == code


def test_the_table_goes_between_the_marks_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(f"# Before\n\n{page.BEGIN}\n\nold\n\n{page.END}\n\nAfter.\n")
    machine = {"python": "3.11.7", "platform": "Linux-6-x86_64", "processors": 2}
    found = Result("2025-01-01T00:00:00+00:00", machine, None, quick=True, load=(3.25, 1), rows=(ROW,))
    page.write(page.BEGIN, page.END, page.part(found), tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert text.startswith(
        f"# Before\n\n{page.BEGIN}\n\nPython 3.11.7 on 2 processors, Linux, a quick run, 2025-01-01;"
    )
    assert "busy" in text
    assert "| baseline | git diff | python -c pass | CPU s |  1.50 | 1.40 to 1.60 |     |" in text
    assert text.endswith(f"\n\n{page.END}\n\nAfter.\n")
    assert "busy" not in page.part(found._replace(load=(0.2, 1)))


def test_the_page_has_a_place_for_the_table_and_says_how_to_get_it() -> None:
    text = page.PAGE.read_text("utf-8")
    page.replaced(text, page.BEGIN, page.END, "")
    assert "python -m tests.benchmarks [SUITE ...]" in text
    assert all(f"| {name} " in text for name in SUITES)


def test_a_result_that_is_written_can_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    faked(monkeypatch, ROW)
    assert command.main(["ci", "--json", str(tmp_path / "result.json")]) == 0
    assert read(tmp_path / "result.json").rows == (ROW,)
