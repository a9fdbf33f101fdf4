"""Which comments silence which metric, and where they must stand."""

import pytest

from antipasta_hook.metrics import measure
from antipasta_hook.model import COGNITIVE, CYCLOMATIC

VOLUME = "halstead_volume"


def suppressions(source: str) -> list[tuple[str | None, float | None]]:
    return [(s.metric, s.ceiling) for s in measure(source.encode()).functions[-1].suppressions]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# antipasta: allow cognitive=19 legacy parser", [(COGNITIVE, 19)]),
        ("# antipasta: allow cognitive=19 cyclomatic=12 why", [(COGNITIVE, 19), (CYCLOMATIC, 12)]),
        ("# antipasta: allow cognitive=19, cyclomatic=12", [(COGNITIVE, 19), (CYCLOMATIC, 12)]),
        ("# antipasta: allow halstead_volume=1000.5 why", [(VOLUME, 1000.5)]),
        ("#antipasta:allow cognitive_complexity=19", [(COGNITIVE, 19)]),
        ("# antipasta: allow nonsense=19", []),
        ("# antipasta: allow cognitive", []),
        ("# antipasta: ignore[cyclomatic] why", [(CYCLOMATIC, None)]),
        ("# antipasta: ignore[cyclomatic, cognitive]", [(CYCLOMATIC, None), (COGNITIVE, None)]),
        ("# antipasta: ignore[nonsense]", []),
        ("# antipasta: ignore generated table", [(None, None)]),
        ("# antipasta: ignored", []),
        ("# noqa: C901", [(CYCLOMATIC, None)]),
        ("# NOQA:E501,c901", [(CYCLOMATIC, None)]),
        ("# noqa: E501 C901", [(CYCLOMATIC, None)]),
        ("# noqa: C90", [(CYCLOMATIC, None)]),
        ("# noqa", []),
        ("# noqa: E501", []),
        ("# noqa: C9012", []),
        ("# complexipy: ignore", [(COGNITIVE, None)]),
        ("# type: ignore  # noqa: C901  # complexipy: ignore", [(CYCLOMATIC, None), (COGNITIVE, None)]),
        ("# see antipasta: ignore", []),
    ],
)
def test_comments_on_the_def_line(comment: str, expected: list[tuple[str | None, float | None]]) -> None:
    assert suppressions(f"def f(a):  {comment}\n    return a\n") == expected


@pytest.mark.parametrize(
    ("source", "silenced"),
    [
        ("def f(\n    a,  # noqa: C901\n):\n    return a\n", True),
        ("def f(\n    a={1: ')'},\n) -> int:  # noqa: C901\n    return a\n", True),
        ("def f(a): return a  # noqa: C901\n", True),
        ("async def f(a):  # noqa: C901\n    return a\n", True),
        ("class A:\n    def f(a): # noqa: C901\n        return a\n", True),
        ("@d  # noqa: C901\ndef f(a):\n    return a\n", False),
        ("# noqa: C901\ndef f(a):\n    return a\n", False),
        ("def f(a):\n    # noqa: C901\n    return a\n", False),
        ("def f(a):\n    return a  # noqa: C901\n", False),
        ("def f(a='# noqa: C901'):\n    return a\n", False),
        ("def f(a='''\n# noqa: C901'''):\n    return a\n", False),
        ("def f(a='''\n\n'''):  # noqa: C901\n    return a\n", True),
        ("def g(a):  # noqa: C901\n    return a\ndef f(a):\n    return a\n", False),
    ],
)
def test_only_real_comments_of_the_header_count(source: str, silenced: bool) -> None:  # noqa: FBT001 - a column of the table
    assert suppressions(source) == ([(CYCLOMATIC, None)] if silenced else [])


def test_the_text_is_the_comment_from_its_mark_on() -> None:
    source = b"def f():  # type: ignore  # antipasta: allow cognitive=19 see #12  # noqa: C901\n    pass\n"
    (function,) = measure(source).functions
    assert [s.text for s in function.suppressions] == ["antipasta: allow cognitive=19 see #12", "noqa: C901"]
