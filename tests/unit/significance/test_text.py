"""The lines of a change: what is counted in them, and that nothing makes that slow."""

import subprocess
import sys

import pytest

from antipasta_hook.config.settings import DEFAULTS
from antipasta_hook.significance import by_text
from antipasta_hook.significance.lines import changed_lines
from antipasta_hook.significance.marks import marks_of, symbols_with
from tests.unit.significance.changes import change

HOSTILE = {
    "a line of 1 MB": "b'x = ' + b'a' * 1_000_000",
    "a line of 1 MB of escaped quotes": r"b'x = \"' + b'\\\"' * 500_000",
    "a line of 1 MB of quotes": "b'\\'\\\"' * 500_000",
    "a line of 1 MB of blanks": "b' ' * 1_000_000 + b'if'",
    "a line of 1 MB of keywords": "b'for in and if ' * 70_000",
    "100,000 lines of if": "b'if\\n' * 100_000",
    "100,000 branches": "b''.join(b'    if a%d:\\n' % n for n in range(100_000))",
    "100,000 times one branch, deeper and deeper": "b''.join(b' ' * (n % 300) + b'if a:\\n' for n in range(100_000))",
    "100,000 functions": "b''.join(b'def f%d(): pass\\n' % n for n in range(100_000))",
    "1 MB of hashes": "b'#' * 1_000_000",
    "1 MB of line ends": "b'\\n' * 1_000_000",
    "1 MB of anything": "bytes(range(256)) * 4_000",
}
SCRIPT = """
from antipasta_hook.config.settings import Layer, Settings, Value
from antipasta_hook.significance import by_text, is_proved_equal
from antipasta_hook.model import Blob, Change
source = {source}
critical = Settings([Layer("", {{"critical.functions": Value(("*a*b*c*d*e*f*",))}})])
change = Change("a.py", Blob("old", 0o100644), Blob("new", 0o100644))
for before, after in ((b"", source), (source[::-1], source), (b"x" + source, source + b"x")):
    assert by_text(change, critical, before, after).score > 0 or before == after
    is_proved_equal(before, after)
"""


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(source: str) -> None:
    subprocess.run([sys.executable, "-c", SCRIPT.format(source=source)], timeout=60, check=True)


def test_a_line_that_only_moved_is_not_changed() -> None:
    assert changed_lines(b"a\nb\nc\n", b"c\na\nb\n") == ([], [], [], 0)


def test_one_line_more_of_several_equal_ones_is_added() -> None:
    assert changed_lines(b"a\nb\na\n", b"a\nb\na\nb\na\n").added == [b"a", b"b"]


def test_a_line_that_was_indented_anew_is_neither_added_nor_removed() -> None:
    lines = changed_lines(b"if a:\n    b()\n", b"if x:\n    if a:\n        b()\n")
    assert lines == ([b"if x:"], [], [b"        b()", b"    if a:"], 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb", b"a\nb\nc"),
        (b"ab\ncb\n", b"ab\nxb\ncb\n"),
        (b"x\r\ny\r\n", b"x\r\nz\r\ny\r\n"),
        (b"", b"a"),
        (b"a", b""),
    ],
)
def test_what_two_texts_share_is_set_aside_by_whole_lines(before: bytes, after: bytes) -> None:
    old, new = before.splitlines(), after.splitlines()
    lines = changed_lines(before, after)
    assert lines.added == sorted(line for line in new if line not in old)
    assert lines.removed == sorted(line for line in old if line not in new)


@pytest.mark.parametrize(
    ("line", "branches", "booleans", "inline"),
    [
        ("if a and b:", 1, 1, 0),
        ("    elif (a or b) and c:", 1, 2, 0),
        ("async for x in y:", 1, 0, 0),
        ("for x in [a for a in b if a]:", 1, 0, 2),
        ("while True:", 1, 0, 0),
        ("except* E:", 1, 0, 0),
        ("case [1, 2] if a:", 1, 0, 1),
        ("if (", 1, 0, 0),
        ("    and other", 0, 1, 0),
        ("    for a in b", 0, 0, 1),
        ("return a or b if c else d", 0, 1, 1),
        ("x = 'if a and b: for'  # or not", 0, 0, 0),
        ("case = 1", 0, 0, 0),
        ("iffy(a)", 0, 0, 0),
        ("assert a", 0, 0, 0),
        ("with a: pass", 0, 0, 0),
        ("match a:", 0, 0, 0),
        ("If the weather is fine and dry", 0, 0, 0),
        ("if the weather is fine, and dry, go out for a walk.", 0, 0, 0),
        ("lambda: x", 0, 0, 0),
    ],
)
def test_what_a_line_shows(line: str, branches: int, booleans: int, inline: int) -> None:
    found = marks_of([line.encode()])
    assert (found.branches, found.booleans, found.inline) == (branches, booleans, inline)


def test_a_branch_counts_more_the_deeper_it_is() -> None:
    weights = [marks_of([b"    " * depth + b"if a:"]).weight for depth in range(12)]
    assert weights[1] == 1
    assert weights[:9] == sorted(set(weights[:9]))
    assert weights[8] == weights[11]
    assert marks_of([b"\tif a:"]).weight == 1


def test_functions_are_found_by_their_qualified_names() -> None:
    source = (
        b"class A:\n    def m(\n        self,\n    ):\n        x\n\n    y\n\ndef f():\n    def g():\n        z\n    w\n"
    )
    assert list(symbols_with({b"        x"}, source)) == ["A.m"]
    assert list(symbols_with({b"    y", b"class A:"}, source)) == []
    assert list(symbols_with({b"        z"}, source)) == ["f", "f.<locals>.g"]
    assert list(symbols_with({b"    w"}, source)) == ["f"]


def test_branches_in_one_function_matter_more_than_as_many_in_new_ones() -> None:
    inside = b"def f(x):\n" + b"".join(b"    if a%d:\n        b(%d)\n" % (n, n) for n in range(12))
    spread = b"".join(b"def f%d(x):\n    if a%d:\n        b(%d)\n" % (n, n, n) for n in range(12))
    before = b"def f(x):\n"
    scores = [by_text(change(before, after), DEFAULTS, before, after).score for after in (inside, before + spread)]
    assert scores[0] > scores[1]


def test_a_name_from_a_file_in_no_known_encoding_is_kept_as_it_is() -> None:
    found = by_text(change(b"x", b"x\ndef f\xff(): pass"), DEFAULTS, b"x", b"x\ndef f\xff(): pass")
    assert "adds 1 function: f" in found.reasons
