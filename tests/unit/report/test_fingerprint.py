from antipasta_hook.model import COGNITIVE, Finding
from antipasta_hook.report.fingerprint import fingerprints
from tests.unit.report.sample import finding

TWICE = (finding(line=3), finding(line=30), finding(line=3, metric=COGNITIVE), finding("b.py"), finding(symbol=None))


def _lower(by: int) -> list[Finding]:
    return [each._replace(line=each.line + by, end_line=each.end_line + by) for each in TWICE]


def test_no_two_are_equal() -> None:
    assert len(set(fingerprints(TWICE))) == len(TWICE)


def test_they_stay_when_lines_and_values_move() -> None:
    assert fingerprints(_lower(100)) == fingerprints(TWICE)
    assert fingerprints([each._replace(value=99, before=1) for each in TWICE]) == fingerprints(TWICE)


def test_their_order_is_that_of_the_findings_and_means_nothing() -> None:
    assert fingerprints(TWICE[::-1]) == fingerprints(TWICE)[::-1]


def test_with_values_another_value_is_another_thing() -> None:
    (before,) = fingerprints([finding(value=12)], with_values=True)
    assert fingerprints([finding(value=12, line=99)], with_values=True) == [before]
    assert fingerprints([finding(value=40)], with_values=True) != [before]


def test_what_stands_where_cannot_be_forged() -> None:
    assert fingerprints([finding("a", symbol="b")]) != fingerprints([finding('a", "b')])
    assert fingerprints([finding("a\udce9.py")]) != fingerprints([finding("a\\udce9.py")])
