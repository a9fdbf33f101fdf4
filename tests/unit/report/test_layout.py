from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.report.layout import columns, cut, cut_middle, first_that_fits, shown
from antipasta_hook.report.screen import PLAIN

UNICODE = PLAIN._replace(unicode=True)


def test_a_text_that_fits_is_left_alone_and_one_that_does_not_is_marked() -> None:
    assert cut("abcdefgh", 8, PLAIN) == cut_middle("abcdefgh", 8, PLAIN) == "abcdefgh"
    assert cut("abcdefghi", 8, PLAIN) == "abcde..."
    assert cut("abcdefghi", 8, UNICODE) == "abcdefg\u2026"
    assert cut_middle("services/payments/api.py", 16, PLAIN) == "serv...ts/api.py"


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert columns("\u65e5\u672c") == 4
    assert columns("e\u0301") == 1
    assert cut("\u65e5\u672c\u8a9e\u65e5", 7, PLAIN) == "\u65e5\u672c..."


@given(st.text(), st.integers(4, 40))
def test_whatever_is_cut_fits(text: str, width: int) -> None:
    for screen in (PLAIN, UNICODE):
        assert columns(cut(text, width, screen)) <= width
        assert columns(cut_middle(text, width, screen)) <= width


@given(st.text())
def test_what_is_shown_can_be_written_and_stays_on_its_line(text: str) -> None:
    for encoding in ("utf-8", "cp1252", "ascii", "latin-1"):
        seen = shown(text, PLAIN._replace(encoding=encoding))
        assert seen.isprintable()
        seen.encode(encoding)


def test_a_thing_is_said_in_the_longest_way_that_fits() -> None:
    narrow = PLAIN._replace(width=10)
    assert first_that_fits(["a long way to say it", "shorter", "short"], narrow) == "shorter"
    assert first_that_fits(["a long way to say it", "as long as that"], narrow) == "as long..."
