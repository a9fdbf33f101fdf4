import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.model import Problem
from antipasta_hook.report import FORMATS, renderer
from antipasta_hook.report.words import as_set, number, placed, printable, values, with_bytes_escaped
from tests.unit.report.sample import FULL_REPORT, finding


@given(st.text())
def test_whatever_it_is_given_printable_stays_on_one_line_and_shows(text: str) -> None:
    assert printable(text).isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain.py", "plain.py"),
        ("na\u00efve \u043a\u043e\u0434.py", "na\u00efve \u043a\u043e\u0434.py"),
        ("a\tb", "a\\tb"),
        ("a\x1b[2Kb", "a\\x1b[2Kb"),
        ("caf\udce9", "caf\\xe9"),
        ("a\u202eb", "a\\u202eb"),
    ],
)
def test_what_is_not_printable_is_escaped(text: str, expected: str) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (18, "18"),
        (18.4321, "18.4"),
        (17.96, "18"),
        (0.0471, "0.047"),
        (0.5, "0.5"),
        (123456.78, "123457"),
        (1e12, "1000000000000"),
    ],
)
def test_a_value_has_one_decimal_at_most(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("limit", "text"), [(10, "10"), (0.05, "0.05"), (12.25, "12.25"), (1e6, "1000000")])
def test_a_limit_is_written_as_it_is_set(limit: float, text: str) -> None:
    assert as_set(limit) == text


def test_values_that_differ_look_different() -> None:
    told = finding(metric="halstead_volume", value=28.0802, before=28.0735, limit=5)
    assert values(told) == "28.07 -> 28.08"
    assert values(told._replace(before=None, value=80.04, limit=80)) == "80.04"
    assert values(told._replace(before=28.0802)) == "28.1 -> 28.1"
    assert values(told._replace(value=None, before=None)) == "none"


@pytest.mark.parametrize(
    ("path", "message", "expected"),
    [
        (None, "told", ("", None, "told")),
        ("a.py", "told", ("a.py", None, "told")),
        ("a.py", "a.py: told: more", ("a.py", None, "told: more")),
        ("a.py", "a.py:12: told", ("a.py", 12, "told")),
        ("a.py", "a.py now says more", ("a.py", None, "now says more")),
        ("a.py", "a.pyc: told", ("a.py", None, "a.pyc: told")),
        ("a\n.py", "a\\n.py:3: told", ("a\\n.py", 3, "told")),
    ],
)
def test_a_problem_names_its_place_once(path: str | None, message: str, expected: tuple[str, int | None, str]) -> None:
    assert placed(Problem("settings", message, path)) == expected


def test_only_bytes_are_escaped_for_formats_that_escape_the_rest() -> None:
    assert with_bytes_escaped("\u00e9\n\udcff") == "\u00e9\n\\xff"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_pure_renderer(name: str) -> None:
    render = renderer(name)
    assert render(FULL_REPORT) == render(FULL_REPORT)


def test_an_unknown_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        renderer("xml")
