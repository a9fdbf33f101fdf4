"""When two functions are the same, and how alike two bodies are."""

from array import array

import pytest

from antipasta_hook.metrics import measure
from antipasta_hook.model import FunctionMetrics

BASE = "def f(a):\n    '''Doc.'''\n    if a:\n        return g(\n            a,\n        )\n    return 1  # why\n"


def only(source: str) -> FunctionMetrics:
    (function,) = measure(source.encode()).functions
    return function


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("\n\nx = 1\n" + BASE, id="moved down"),
        pytest.param("class A:\n" + "".join(f"    {line}\n" for line in BASE.splitlines()), id="moved into a class"),
        pytest.param(BASE.replace("    if a", "\n    # a comment\n    if a"), id="comment and blank line"),
        pytest.param(BASE.replace("Doc.", "Other.\n\n    Longer."), id="another docstring"),
        pytest.param(BASE.replace("    '''Doc.'''\n", ""), id="no docstring"),
        pytest.param("@decorated\n" + BASE, id="decorated"),
        pytest.param(BASE.replace("\n", "\r\n"), id="other line ends"),
        pytest.param(BASE.replace("return 1  # why", "return 1  # why   "), id="trailing blanks"),
    ],
)
def test_position_comments_and_docstring_do_not_change_the_code_hash(source: str) -> None:
    assert only(source).code_hash == only(BASE).code_hash
    assert only(source).body == only(BASE).body


@pytest.mark.parametrize(
    "source",
    [
        BASE.replace("return 1", "return 2"),
        BASE.replace("f(a)", "f(b)"),
        BASE.replace("# why", "# because"),
        BASE.replace("    return 1", "        return 1"),
    ],
)
def test_any_other_change_does(source: str) -> None:
    assert only(source).code_hash != only(BASE).code_hash


def test_a_hash_sign_inside_a_string_is_no_comment() -> None:
    with_sign = "def f():\n    x = '''\n# one\n'''\n    return x\n"
    assert only(with_sign).code_hash != only(with_sign.replace("# one", "# two")).code_hash


def test_the_body_is_a_sorted_multiset_of_lines_that_say_something() -> None:
    source = "def f(a):\n    '''Doc.'''\n    x = [\n        a,\n    ]\n    # no\n\n    y = 1\n    y = 1\n"
    hashes = array("I", only(source).body)
    assert len(hashes) == 4
    assert len(set(hashes)) == 3
    assert list(hashes) == sorted(hashes)


def test_the_outer_function_holds_the_lines_of_the_inner_one() -> None:
    outer, inner = measure(b"def f():\n    def g():\n        return 1\n    return g\n").functions
    assert set(array("I", inner.body)) < set(array("I", outer.body))


@pytest.mark.parametrize("source", ["def f(): ...\n", "def f(): 'doc'\n", "def f():\n    'doc'\n"])
def test_stubs_have_an_identity_too(source: str) -> None:
    assert only(source).code_hash
    assert len(only(source).body) <= 4
