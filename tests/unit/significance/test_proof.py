"""What is proved to be the same code, and what is not."""

import ast
import subprocess
import sys

import pytest

from antipasta_hook.significance import is_proved_equal, may_be_same_code
from antipasta_hook.significance.proof import _LARGEST

MANY_LINES = "\n".join(f"name_{n} = value_{n}" for n in range(50))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = (1)", "x = 1"),
        ("x = [1,\n2]", "x = [\n    1,\n    2,\n]"),
        ("x = 'a' \\\n 'b'", "x = ('a'\n'b')"),
        ("x = 0XFF", "x = 0xff"),
        ("x = 'it\\'s'", 'x = "it\'s"'),
        ("if a:\n  b", "if a:\n    b"),
        ("a; b", "a\nb"),
        ("x = F'{a}'", 'x = f"{a}"'),
        ("def f(): # noqa: C901\n  x=1", "def f():  # noqa: C901\n    x = 1"),
        ("x = 1", "\ufeffx = 1"),
        ("x = 1  # why", "x = 1"),
        ("x = '\\d'", "x = '\\d'  # a bad escape warns nobody"),
        ("if a:\n  b\nelif c:\n  d", "if a:\n    b\n\nelif c:\n    d"),
        ("broken(", "broken("),
    ],
)
def test_layout_and_comments_are_nothing(before: str, after: str) -> None:
    assert is_proved_equal(before.encode(), after.encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = 0", "x = False"),
        ("x = 1.0", "x = 1 + 0j"),
        ("x = 'a'", "x = b'a'"),
        ("x = 'a'", "x = u'a'"),
        ("a and (b and c)", "a and b and c"),
        ("(a, b)", "[a, b]"),
        ("'''Doc.'''", "'''Docs.'''"),
        ("if a:\n  b\nelif c:\n  d", "if a:\n  b\nelse:\n  if c:\n    d"),
        ("async def f(): pass", "def f(): pass"),
        ("def f(a, /): pass", "def f(a): pass"),
        ("a\nb", "b\na"),
        ("def f(): pass", "def f(): pass  # noqa: C901"),
        ("def f(): pass", "def f(): pass  # antipasta: ignore"),
        ("def f(): pass", "def f(): pass  # COMPLEXIPY: ignore"),
        ("def f():  # noqa: C901\n    pass\ndef g(): pass", "def f():\n    pass\ndef g(): pass  # noqa: C901"),
        ("def f():  # noqa: C901\n    pass", "def f():\n    # noqa: C901\n    pass"),
        ("x = 1", "# @generated\nx = 1"),
        ("#\n#\n#\n#\n#\n# @generated\nx = 1", "# @generated\nx = 1"),
        ("# DO NOT EDIT\nx = 1", "x = 1"),
        ("broken(", "broken( "),
        ("x = 1", "x = 1\0"),
        ("# coding: nonsense\nx = 1", "# coding: nonsense\n\nx = 1"),
        ("x = '\\N{no such}'", "x = '\\N{no such}' "),
    ],
)
def test_what_is_not_proved(before: str, after: str) -> None:
    assert not is_proved_equal(before.encode(), after.encode())
    assert not is_proved_equal(after.encode(), before.encode())


def test_what_cannot_be_the_same_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ast, "parse", lambda *_: pytest.fail("it was parsed"))
    before = f"{MANY_LINES}\nlast = 1\n".encode()
    for line in (b"if a: pass", b"other = 1", b"last = 1\nlast = 1"):
        assert not is_proved_equal(before, before.replace(b"last = 1", line))


def test_what_is_dear_to_parse_is_not_proved() -> None:
    large = b"x = [\n" + b"    1,\n" * (_LARGEST // 7) + b"]\n"
    dotted = b"import a" + b".a" * 20_000 + b"\n"
    for source in (large, dotted):
        assert may_be_same_code(source, source + b"#\n")
        assert not is_proved_equal(source, source + b"#\n")


def test_deep_nesting_is_not_proved_and_does_no_harm() -> None:
    script = (
        "from antipasta_hook.significance import is_proved_equal\n"
        "for deep in (b'x = ' + b'(' * 5_000, b'x = ' + b'-' * 50_000 + b'1', b'x = 1' + b' + 1' * 40_000):\n"
        "    print(is_proved_equal(deep, deep + b' '))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert set(done.stdout.split()) <= {"True", "False"}
    assert done.stderr == ""
