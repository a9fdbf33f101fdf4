import pytest

from antipasta_hook.report.markup import code, escaped
from tests.unit.report.readers import page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.py", "`a.py`"),
        ("a`b", "``a`b``"),
        ("``a`", "``` ``a` ```"),
        (" a", "`  a `"),
        ("  ", "`  `"),
        ("a\nb", "`a\\nb`"),
        ("@someone", "`@someone`"),
    ],
)
def test_code_shows_exactly_what_it_is_given(text: str, expected: str) -> None:
    assert code(text) == expected
    (entry,) = page(f"- {code(text)}").entries
    assert entry.code == (text.replace("\n", "\\n"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grew by 2, up to 4", "grew by 2, up to 4"),
        ("see #12 and @someone", "see \\#\u200b12 and @\u200bsomeone"),
        ("<b>*x*</b>", "\\<b\\>\\*x\\*\\</b\\>"),
        ("https://x www.x", "https\\://x www\\.x"),
    ],
)
def test_a_sentence_stays_a_sentence(text: str, expected: str) -> None:
    assert escaped(text) == expected
