from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.report.layout import columns, cut, cut_middle, filled, folded, shown
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


NARROW = PLAIN._replace(width=10)


def test_what_has_no_room_goes_on_in_further_lines() -> None:
    assert folded("a few words, and more", NARROW, "", "  ") == ["a few", "  words,", "  and more"]
    assert folded("unbreakable words", NARROW, "  ", "    ") == ["  unbreaka", "    ble", "    words"]
    assert folded("\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e", NARROW, " ", " ") == [
        " \u65e5\u672c\u8a9e\u65e5",
        " \u672c\u8a9e",
    ]
    assert folded("", NARROW, "  ", "  ") == ["  "]


def test_a_piece_without_room_begins_a_line_and_the_lead_stays_whole() -> None:
    assert filled("a.py:1", [" f", "  more"], NARROW, "  ") == ["a.py:1 f", "  more"]
    assert filled("much/longer.py:1", [" f", "  it is so"], NARROW, "  ") == ["much/longer.py:1", "  f", "  it is so"]


@given(st.text(), st.integers(4, 40))
def test_whatever_is_folded_fits_and_is_all_there(text: str, width: int) -> None:
    lines = folded(text, PLAIN._replace(width=width), "", " ")
    assert all(columns(each) <= width for each in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_what_nobody_would_read_is_cut() -> None:
    assert sum(map(len, folded("word " * 10_000, PLAIN, "", ""))) <= 1_000
