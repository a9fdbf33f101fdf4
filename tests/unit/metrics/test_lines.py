"""The line counts are ``radon.raw.analyze``'s, written down and asked of radon."""

import sys

import pytest
from radon.raw import analyze

from antipasta_hook.metrics import measure
from antipasta_hook.model import Raw

PEP_701 = sys.version_info >= (3, 12)


def raw(source: str) -> Raw | None:
    return measure(source.encode()).raw


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", Raw(0, 0, 0, 0, 0, 0, 0)),
        ("\n\n", Raw(2, 0, 0, 0, 0, 2, 0)),
        ("a", Raw(1, 1, 1, 0, 0, 0, 0)),
        ("a = 1  # why\n", Raw(1, 1, 1, 1, 0, 0, 0)),
        ("# one\n\n# two\na\n", Raw(4, 1, 1, 2, 0, 1, 2)),
        ('"""doc"""\n', Raw(1, 1, 0, 0, 0, 0, 1)),
        ('"""doc\n\nmore\n"""\n', Raw(4, 1, 0, 0, 3, 1, 0)),
        ('"""doc"""  # why\n', Raw(1, 1, 1, 1, 0, 0, 0)),
        ('x = """doc\n\nmore"""\n', Raw(3, 1, 2, 0, 0, 1, 0)),
        ("r'''a\n# no comment\n'''\n", Raw(3, 1, 0, 0, 3, 0, 0)),
        ("'a' \\\n'b'\n", Raw(2, 1, 2, 0, 0, 0, 0)),
        ("f(\n# alone\n\n'''s\n''',\n)\n", Raw(6, 1, 5, 1, 0, 1, 0)),
        ("if a: pass\n", Raw(1, 2, 1, 0, 0, 0, 0)),
        ("if a:  # why\n  pass\n", Raw(2, 2, 2, 1, 0, 0, 0)),
        ("if a: x; y\n", Raw(1, 2, 1, 0, 0, 0, 0)),
        ("if a: x.y; z\n", Raw(1, 3, 1, 0, 0, 0, 0)),
        ("x; y;\n", Raw(1, 2, 1, 0, 0, 0, 0)),
        ("x[1:]; y\n", Raw(1, 2, 1, 0, 0, 0, 0)),
        ("x = {1: 2}\ny: int = 1\nz = lambda: 0\nw = x[:]\n", Raw(4, 8, 4, 0, 0, 0, 0)),
        ("def f(a: int) -> {1: 2}:\n  return 0\n", Raw(2, 2, 2, 0, 0, 0, 0)),
        ("x = {\n  1: [\n   2,\n  ],\n}\n", Raw(5, 2, 5, 0, 0, 0, 0)),
        ("(a := 1)\n", Raw(1, 1, 1, 0, 0, 0, 0)),
        ("if x:\n    a; v\n", Raw(2, 3, 2, 0, 0, 0, 0)),
        ("a\r\nb\rc\n", Raw(3, 3, 3, 0, 0, 0, 0)),
        ("a\n\x0c\nb\n", Raw(4, 2, 2, 0, 0, 2, 0)),
        ("# a\x0cb c\n", Raw(2, 1, 1, 1, 0, 0, 1)),
        ("a = 1 \\\n# b\nb = 2\n", Raw(3, 2, 3, 1, 0, 0, 0)),
        ("a ; \\\n # b\nb\n", Raw(3, 2, 3, 1, 0, 0, 0)),
        ("if a: \\\n # b\n  b\n", Raw(3, 2, 3, 1, 0, 0, 0)),
        ("f'{a}'\n", Raw(1, 1, int(PEP_701), 0, 0, 0, int(not PEP_701))),
        ("x = f'{a:>3}'\n", Raw(1, 2 if PEP_701 else 1, 1, 0, 0, 0, 0)),
        ("x = f'{a}: {b!r}'\n", Raw(1, 1, 1, 0, 0, 0, 0)),
    ],
)
def test_counts(source: str, expected: Raw) -> None:
    if source != "# a\x0cb c\n":
        assert tuple(analyze(source)) == expected
    assert raw(source) == expected


def test_lines_of_a_string_that_radon_takes_for_a_syntax_error_are_those_that_python_sees() -> None:
    source = "x = 'a\u2028b'\n# c\n"
    with pytest.raises(SyntaxError):
        analyze(source)
    assert raw(source) == Raw(2, 1, 1, 1, 0, 0, 1)


@pytest.mark.skipif(not PEP_701, reason="strings of the same quote inside an f-string need Python 3.12")
@pytest.mark.parametrize(
    "source",
    [
        'x = f"{d["a"]}"\n# c\n',
        'x = f"{d["#"]:>{w["x"]}}" # c\n',
        "x = f'''{\n a # inside\n}'''\n",
        'x = f"{f"{f"{1}"}"}"; y\n',
        "x = f'{a:{'>'}{b}}'\n",
        "x = f'{(lambda: 1)()}'\n",
        "x = f'\\N{DIGIT ONE}{a}'\n",
        "x = rf'\\{a}'\n",
        "x = f'{{{a}}}'\n",
        "x = f'{ {1: 2}[1] }'\n",
        "x = f'{'''a\nb'''}'\n",
        "if f'{a:3}': pass; y\n",
    ],
)
def test_f_strings_of_pep_701_are_followed_to_their_end(source: str) -> None:
    assert raw(source) == tuple(analyze(source))
