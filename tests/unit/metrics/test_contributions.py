"""The lines that add to a number add up to it, and each is the line a reader would point at."""

import random
import site
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings

from antipasta_hook.metrics import anatomy, measure, source_lines
from antipasta_hook.metrics.contributions import contributions
from antipasta_hook.model import Reading
from tests.unit.metrics.adding import unequal
from tests.unit.metrics.sources import modules


def installed(number: int) -> list[Path]:
    """Some of the code that is installed here, always the same."""
    folders = [sysconfig.get_paths()["stdlib"], *site.getsitepackages()]
    files = sorted({file for folder in folders for file in Path(folder).rglob("*.py")})
    return random.Random(7).sample(files, number)


def test_over_real_code_the_lines_add_up_to_the_numbers() -> None:
    wrong = [f"{file}:{each}" for file in installed(300) for each in unequal(file.read_bytes())]
    assert wrong == []


@settings(deadline=None)
@given(modules())
def test_over_any_code_the_lines_add_up_to_the_numbers(text: str) -> None:
    assert list(unequal(text.encode())) == []


SOURCE = """\
def f(a, b, c):
    if (
        a
        and b
        or c
    ):
        return {
            1: a if b else c,
            2: [x for x in a if x],
        }
    elif a and b:
        pass
    # a comment
    else:
        try:
            pass
        except (A,
                B):
            pass
        else:
            pass
    for x in y:
        def g():
            if z:
                return 1
    else:
        pass
    match x:
        case 1:
            pass
        case y if y and a:
            pass
        case _:
            pass
    assert (a and
        b)
    return lambda: (
        1 if a else 2)
"""


def _shown(adding: tuple[tuple[int, int], ...] | None) -> list[tuple[str, int]]:
    lines = SOURCE.splitlines()
    return [(lines[line - 1].strip(), adds) for line, adds in adding or ()]


def test_cyclomatic_points_stand_on_the_line_that_makes_the_branch() -> None:
    found = contributions(SOURCE.encode(), 1)
    assert found
    assert _shown(found.cyclomatic) == [
        ("def f(a, b, c):", 1),
        ("if (", 3),
        ("return {", 3),
        ("elif a and b:", 2),
        ("except (A,", 1),
        ("else:", 1),
        ("for x in y:", 1),
        ("else:", 1),
        ("case 1:", 1),
        ("case y if y and a:", 2),
        ("return lambda: (", 1),
    ]


def test_cognitive_points_stand_where_complexipy_counts_them_those_of_closures_too() -> None:
    found = contributions(SOURCE.encode(), 1)
    assert found
    assert _shown(found.cognitive) == [
        ("if (", 3),
        ("return {", 5),
        ("elif a and b:", 2),
        ("else:", 1),
        ("except (A,", 2),
        ("for x in y:", 1),
        ("if z:", 2),
        ("match x:", 1),
        ("assert (a and", 1),
        ("return lambda: (", 2),
    ]


def test_asserts_count_when_asked() -> None:
    found = contributions(SOURCE.encode(), 1, count_asserts=True)
    assert found
    assert ("assert (a and", 1) in _shown(found.cyclomatic)


def test_a_nested_function_has_its_own_points_and_no_cognitive_ones() -> None:
    found = contributions(SOURCE.encode(), 23)
    assert found
    assert (_shown(found.cyclomatic), found.cognitive) == ([("def g():", 1), ("if z:", 1)], None)


def test_a_condition_of_several_lines_is_one_statement() -> None:
    read = anatomy(SOURCE.encode())
    assert [read.statement(line) for line in (1, 2, 7, 13, 37)] == [
        range(1, 2),
        range(2, 7),
        range(7, 11),
        range(13, 14),
        range(37, 39),
    ]


@pytest.mark.parametrize("line", [0, 2, 5, 99, -1])
def test_where_no_function_begins_there_is_nothing(line: int) -> None:
    assert contributions(b"x = 1\n\n@d\ndef f(): pass\n", line) is None


def test_a_decorated_function_begins_at_its_def() -> None:
    found = contributions(b"@d(\n  1)\n@e\nasync def f(x):\n    if x: pass\n", 4)
    assert found == (((4, 1), (5, 1)), ((5, 1),))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0c\n"])
def test_lines_are_counted_as_python_counts_them(end: str) -> None:
    source = f"def f(x):{end}    y = '\x0b\u2028'{end}    if x: pass{end}".encode()
    found = contributions(source, 1)
    assert found == (((1, 1), (3, 1)), ((3, 1),))
    assert len(source_lines(source)) == 3


def test_syntax_that_only_complexipy_reads_gives_cognitive_points_alone() -> None:
    source = b"@d\n@e(\n1)\ndef f(x):\n    if x:\n        pass\ntype X[T = int] = int\n"
    if measure(source).reading != Reading.NEWER:
        pytest.skip("this Python reads it")
    assert contributions(source, 4) == (None, ((5, 1),))


@pytest.mark.parametrize(
    "source",
    [b"", b"def f(:\n", b"def f(): '\xff'\n", b"\0", b"# coding: nonsense\ndef f(): pass\n", b"(" * 500, b"a." * 9999],
)
def test_what_cannot_be_read_has_no_functions_and_still_has_lines(source: bytes) -> None:
    assert contributions(source, 1) is None
    assert len(source_lines(source)) == max(1, len(source.splitlines()))
