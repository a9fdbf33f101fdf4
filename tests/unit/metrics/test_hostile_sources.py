"""Sources that were once wrong, slow or deadly, the slow ones in a process of their own."""

import subprocess
import sys

import pytest

from antipasta_hook.metrics import measure
from antipasta_hook.model import Reading

NESTED = "".join("    " * depth + "if a:\n" for depth in range(1, 9)) + "    " * 9 + "pass\n"

HOSTILE = {
    "lambdas in defaults": "'x=' + 'lambda a=' * 60_000 + '1'",
    "lambdas in newer syntax": "'type X = int\\nx=' + 'lambda a=' * 60_000 + '1'",
    "a comment of hashes": "'def f():0 ' + '#' * 400_000 + '\\n# noqa\\n'",
    "a comment of separate hashes": "'def f():0 ' + '# ' * 400_000 + '\\n# noqa\\n'",
    "a comment on each of many functions": "'#noqa\\n' + 'def f():0#\\n' * 40_000",
    "a suppression of many metrics": "'def f(): # antipasta: ignore[' + 'cognitive,' * 90_000 + ']\\n  return 1\\n'",
    "a name of many dots": "'import a' + '.a' * 60_000",
    "a name of many dots and lines": "'import a' + '.\\\\\\n a' * 60_000",
    "constants with one hash": "'\\n'.join('a+%d' % (5 + k * (2**61 - 1)) for k in range(1, 20_000))",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_it_ends_in_time_and_in_peace(source: str) -> None:
    script = f"from antipasta_hook.metrics import measure; print(measure(({source}).encode()).reading)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True, encoding="utf-8"
    )
    assert done.stdout.strip() in set(Reading)
    assert not done.stderr


@pytest.mark.parametrize("decorator", ["@deco\n", "@(\n    deco\n)\n", "@\\\n  deco\n", "@( # @x\n  deco)\n@b\n"])
def test_a_function_has_its_cognitive_number_however_it_is_decorated(decorator: str) -> None:
    (function,) = measure(f"{decorator}def f(a):\n{NESTED}".encode()).functions
    assert function.cognitive == 36


def test_a_ceiling_of_four_hundred_digits_is_none() -> None:
    (function,) = measure(f"def f():  # antipasta: allow cognitive={'9' * 400}\n    pass\n".encode()).functions
    assert function.suppressions == ()


def test_a_long_first_line_hides_no_encoding() -> None:
    assert measure(b"#" + b"x" * 2000 + b'\n# coding: latin-1\nx = "\xe9"\n').reading == Reading.FULL


def test_warnings_about_the_code_that_is_read_are_nobodys() -> None:
    script = (
        r"from antipasta_hook.metrics import measure; print(measure(b'# coding: unicode_escape\ny=\"\\d\"').reading)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("full\n", "")


def test_quotes_and_plain_lines_are_no_part_of_a_body() -> None:
    (plain,) = measure(b"def f():\n    a('x')\n").functions
    (other,) = measure(b'def f():\n    if 1:\n        return None\n    a("x")\n    pass\n').functions
    assert plain.body == other.body != b""
