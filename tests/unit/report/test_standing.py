from antipasta_hook.model import COGNITIVE, MAINTAINABILITY
from antipasta_hook.report.screen import PLAIN
from antipasta_hook.report.standing import standing, worst_first
from tests.unit.report.sample import finding


def test_each_function_is_one_line_and_the_furthest_over_a_limit_comes_first() -> None:
    findings = [
        finding("a.py", symbol="twice", value=20, limit=10),
        finding("b.py", symbol="both", metric=COGNITIVE, value=30, limit=15),
        finding("b.py", symbol="both", value=12, limit=10),
        finding("c.py", symbol="thrice", metric="halstead_bugs", value=0.15, limit=0.05),
        finding("d.py", 1, None, MAINTAINABILITY, value=18.43, limit=20),
        finding("e.py", symbol="hardly", metric="halstead_effort", value=1010, limit=1000),
    ]
    assert list(standing(worst_first(findings), PLAIN)) == [
        "  c.py:3 thrice  halstead bugs 0.15",
        "  b.py:3 both  cognitive 30, cyclomatic 12",
        "  a.py:3 twice  cyclomatic 20",
        "  d.py:1  maintainability 18.4",
        "  e.py:3 hardly  halstead effort 1010",
    ]


def test_a_limit_of_nothing_is_no_reason_to_fail() -> None:
    assert list(standing(worst_first([finding(value=1, limit=0)]), PLAIN)) == ["  a.py:3 f  cyclomatic 1"]
