import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.report import FORMATS, renderer
from antipasta_hook.report.words import printable, with_bytes_escaped
from tests.unit.report.sample import FULL_REPORT


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


def test_only_bytes_are_escaped_for_formats_that_escape_the_rest() -> None:
    assert with_bytes_escaped("\u00e9\n\udcff") == "\u00e9\n\\xff"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_pure_renderer(name: str) -> None:
    render = renderer(name)
    assert render(FULL_REPORT) == render(FULL_REPORT)


def test_an_unknown_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        renderer("xml")
