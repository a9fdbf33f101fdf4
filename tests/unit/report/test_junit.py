from xml.etree import ElementTree as ET

from antipasta_hook.model import NOT_COMPARED, FileStatus, Problem, Report, Status
from antipasta_hook.report.junit import render
from tests.unit.report.sample import EVERYTHING, file, finding, function, metrics, report


def _cases(report: Report, *, full: bool = False) -> dict[str, str | None]:
    """Name of a case -> the element that says why it did not pass."""
    cases = ET.fromstring(render(report, full=full)).findall("testsuite/testcase")
    return {f"{each.attrib['classname']} {each.attrib['name']}": each[0].tag if len(each) else None for each in cases}


def test_what_blocks_fails_what_was_not_judged_is_an_error_and_what_is_allowed_is_skipped() -> None:
    assert _cases(EVERYTHING) == {
        "a f": "failure",
        "a g": None,
        "b (file)": "failure",
        "c A.m": None,
        "c A.n": None,
        "c A.o": None,
        "c A.p": None,
        "c f.<locals>.g": "skipped",
        "c h": "error",
        "late (file)": "error",
        "large file% (file)": "error",
        "d (file)": "failure",
        "e (file)": "error",
    }


def test_functions_are_those_that_changed_unless_all_are_asked_for() -> None:
    outcome = file(measured=metrics(function(), function("g", 50)))._replace(notable=frozenset({("g", 50)}))
    assert _cases(report(files=(outcome,))) == {"a g": None}
    assert _cases(report(files=(outcome,)), full=True) == {"a f": None, "a g": None}


def test_functions_of_one_name_are_told_apart_whatever_others_are_called() -> None:
    found = [finding(line=line, symbol=symbol) for line, symbol in ((1, "f"), (2, "f #2"), (3, "f"), (4, "f"))]
    assert list(_cases(report(*found))) == ["a f", "a f #2", "a f #3", "a f #4"]


def test_a_file_that_could_not_be_read_before_either_is_no_error() -> None:
    unread = file("b.py", FileStatus.UNREADABLE, reason="line 7: invalid syntax", measured=metrics())
    assert _cases(report(files=(unread,))) == {"b (file)": "skipped"}
    old = finding("b.py", 7, None, "syntax", value=None, before=None, status=Status.EXISTING, why_not="as before")
    assert _cases(report(old, files=(unread,))) == {"b (file)": "skipped"}


def test_nothing_to_compare_with_is_an_error() -> None:
    problem = Problem(NOT_COMPARED, "there is no base")
    assert _cases(report(files=(), problems=(problem,))) == {f"antipasta-hook {NOT_COMPARED}": "error"}


def test_a_report_is_never_without_a_case() -> None:
    """Jenkins takes a report without any for a broken build."""
    assert _cases(report(files=())) == {"antipasta-hook no function to judge": None}
