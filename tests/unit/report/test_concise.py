from antipasta_hook.model import Problem
from antipasta_hook.report.concise import render
from tests.unit.report.sample import FULL_REPORT, finding, report


def test_one_line_a_finding_that_blocks_or_is_new() -> None:
    assert render(FULL_REPORT) == (
        "a.py:3: error: f: cyclomatic 8 -> 14 (limit 10), introduced\n"
        "a.py:3: error: f: cognitive 31 (limit 15), introduced\n"
        "b.py:7: error: syntax, introduced\n"
        "c.py:40: warning: A.m: cyclomatic 20 -> 22 (limit 10), worsened; grew by 2, up to 4 is tolerated\n"
        "b.py:1: warning: not checked: line 7: invalid syntax\n"
        "a.py:1: notice: line 9, h: noqa: C901\n"
    )


def test_full_lists_what_was_there_before_too() -> None:
    assert "c.py:90: warning: A.n" in render(FULL_REPORT, full=True)


def test_a_problem_is_where_its_message_says() -> None:
    told = Problem("settings", "sub/.antipasta.yaml:3: limits.cyclomatc: unknown key", "sub/.antipasta.yaml")
    assert render(report(problems=(told,))) == "sub/.antipasta.yaml:3: warning: limits.cyclomatc: unknown key\n"


def test_nothing_to_say_is_nothing() -> None:
    assert render(report()) == ""


def test_a_name_stays_on_its_line() -> None:
    assert render(report(finding(path="a\nb.py:1: error: x", symbol="f"))).count("\n") == 1
