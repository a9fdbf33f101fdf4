"""What one function measures, construct by construct; each number is written down, and asked of radon too."""

import sys

import pytest

from antipasta_hook.metrics import measure
from antipasta_hook.model import FunctionMetrics, Halstead
from tests.differential.compare import differences
from tests.differential.oracle import ask

PEP_695 = pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters need Python 3.12")


def functions(source: str) -> dict[str, FunctionMetrics]:
    """The functions of a source by symbol; none of its numbers may differ from the libraries' without a reason."""
    metrics = measure(source.encode())
    assert [row for row in differences(metrics, ask(source.encode(), raw_limit=30)) if row[-1] is None] == []
    return {function.symbol: function for function in metrics.functions}


def body(*lines: str) -> str:
    """A function ``f`` with these lines as its body."""
    return "def f(a, b, *c):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "cyclomatic", "cognitive"),
    [
        pytest.param(["pass"], 1, 0, id="nothing"),
        pytest.param(["if a: pass"], 2, 1, id="if"),
        pytest.param(["if a: pass", "elif b: pass", "else: pass"], 3, 3, id="elif and else"),
        pytest.param(["for x in a: pass", "else: pass"], 3, 1, id="for and else"),
        pytest.param(["while a: break"], 2, 1, id="while"),
        pytest.param(["with a: pass"], 1, 0, id="with"),
        pytest.param(["try: pass", "except a: pass", "except b: pass"], 3, 2, id="two handlers"),
        pytest.param(["try: pass", "except a: pass", "else: pass", "finally: pass"], 3, 1, id="try with all"),
        pytest.param(["try: pass", "except* a: pass", "except* b: pass"], 3, 2, id="except* counts like except"),
        pytest.param(["return a and b and c"], 3, 1, id="one boolean chain"),
        pytest.param(["return a and b or c"], 3, 2, id="two boolean chains"),
        pytest.param(["return 1 if a else 2"], 2, 1, id="conditional expression"),
        pytest.param(["return [x for x in a if x if b]"], 4, 3, id="comprehension with two ifs"),
        pytest.param(["return {x: y for x in a for y in b}"], 3, 2, id="two generators"),
        pytest.param(["return lambda x: 1 if x else 2"], 2, 2, id="lambda belongs to its function"),
        pytest.param(["match a:", "    case 1: pass", "    case 2: pass"], 3, 1, id="match"),
        pytest.param(["match a:", "    case 1: pass", "    case _: pass"], 2, 1, id="match with a wildcard"),
        pytest.param(["match a:", "    case 1: pass", "    case y if b: pass"], 2, 1, id="guarded capture: one too"),
        pytest.param(["match a:", "    case 1 if a and b: pass"], 3, 1, id="the guard's operators count"),
        pytest.param(["match a:", "    case _: pass"], 1, 1, id="only a wildcard"),
        pytest.param(["if (n := a) > 1: pass"], 2, 1, id="walrus"),
        pytest.param(["return f'{a if b else c}'"], 2, 0, id="inside an f-string"),
        pytest.param(["@d(1 if a else 2)", "class C(b if a else c): pass"], 1, 0, id="class headers do not count"),
    ],
)
def test_branches_of_one_function(lines: list[str], cyclomatic: int, cognitive: int) -> None:
    found = functions(body(*lines))["f"]
    assert (found.cyclomatic, found.assertions) == (cyclomatic, 0)
    assert found.cognitive == cognitive


@pytest.mark.parametrize(
    ("lines", "cyclomatic", "assertions"),
    [
        (["assert a"], 1, 1),
        (["assert a and b, c or a"], 1, 1),
        (["assert [x for x in a if x]", "if a: assert b"], 2, 2),
        (["def g(): assert a", "assert b"], 1, 1),
    ],
)
def test_asserts_are_counted_beside_and_their_tests_not_at_all(
    lines: list[str], cyclomatic: int, assertions: int
) -> None:
    found = functions(body(*lines))["f"]
    assert (found.cyclomatic, found.assertions) == (cyclomatic, assertions)


def test_defaults_decorators_and_annotations_are_not_visited() -> None:
    source = "@d(1 if a else 2)\ndef f(x=1 if a else 2, y: 'p' if a else 'q' = a + b) -> (1 if a else 2): return x\n"
    assert functions(source)["f"].cyclomatic == 1
    assert functions(source)["f"].halstead == Halstead(0, 0, 0, 0)


EVERYWHERE = """\
def f():
    def g():
        class A:
            def m(self):
                if 1: pass
            class B:
                async def n(self): return lambda: 0
        if 1: pass
class C:
    @property
    def p(self): return self
    @p.setter
    def p(self, v): return v
    class D:
        def m(self):
            global h
            def h(): pass
if f:
    def late(): pass
else:
    def late(): return 1
try:
    pass
finally:
    with f:
        async def deep(): pass
match f:
    case 1:
        def cased(): pass
"""


def test_functions_are_found_at_any_depth_in_order_by_their_qualified_name() -> None:
    functions(EVERYWHERE)
    found = [(f.line, f.symbol, f.cyclomatic, f.cognitive) for f in measure(EVERYWHERE.encode()).functions]
    assert found == [
        (1, "f", 1, 4),
        (2, "f.<locals>.g", 2, None),
        (4, "f.<locals>.g.<locals>.A.m", 2, None),
        (7, "f.<locals>.g.<locals>.A.B.n", 1, None),
        (11, "C.p", 1, 0),
        (13, "C.p", 1, 0),
        (15, "C.D.m", 1, 0),
        (17, "h", 1, None),
        (19, "late", 1, 0),
        (21, "late", 1, 0),
        (26, "deep", 1, 0),
        (29, "cased", 1, 0),
    ]


def test_lines_are_those_of_the_def_and_of_the_end_of_the_tree() -> None:
    source = "@d\n@e(\n  1)\nasync def f(\n    a,\n):\n    x = {\n        1: 2,\n    }\n\n# after\n"
    found = functions(source)["f"]
    assert (found.line, found.end_line) == (4, 9)


def test_overloads_are_functions_of_their_own() -> None:
    source = "@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a):\n    if a: pass\n"
    found = [(f.line, f.cyclomatic, f.cognitive) for f in measure(source.encode()).functions]
    assert found == [(2, 1, 0), (4, 1, 0), (5, 2, 1)]


@PEP_695
def test_type_parameters_change_no_name_and_no_number() -> None:
    source = "def f[T: (int, str)](a: T) -> T:\n    if a: return a\nclass A[T]:\n    def m[U](self): pass\n"
    source += "type X[T] = T\n"
    assert {name: found.cyclomatic for name, found in functions(source).items()} == {"f": 2, "A.m": 1}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return a", Halstead(0, 0, 0, 0)),
        ("return a + b", Halstead(1, 2, 1, 2)),
        ("return a + b + a", Halstead(1, 3, 2, 4)),
        ("return x.a + a", Halstead(1, 1, 1, 2)),
        ("return 'a' + a", Halstead(1, 1, 1, 2)),
        ("return 1 + True + 1.0", Halstead(1, 2, 2, 4)),
        ("return a < b < 3", Halstead(1, 3, 2, 3)),
        ("return a < b != 3", Halstead(2, 3, 2, 3)),
        ("return not a and -b or ~c", Halstead(5, 7, 5, 7)),
        ("a += f() + f()", Halstead(1, 4, 2, 4)),
        ("assert a + b", Halstead(1, 2, 1, 2)),
        ("class C(metaclass=a + b): pass", Halstead(1, 2, 1, 2)),
        ("return f'{a + b:{a * b}}'", Halstead(2, 2, 2, 4)),
    ],
)
def test_halstead_of_one_line(line: str, expected: Halstead) -> None:
    assert functions(body(line))["f"].halstead == expected


def test_halstead_of_nested_functions_is_part_of_the_outer_one_in_a_context_of_its_own() -> None:
    source = body("x = a + b", "def g():", "    y = a + b", "    def f(): return a + c")
    found = functions(source)
    assert found["f.<locals>.g.<locals>.f"].halstead == Halstead(1, 2, 1, 2)
    assert found["f.<locals>.g"].halstead == Halstead(1, 4, 2, 4)
    assert found["f"].halstead == Halstead(1, 5, 3, 6)


def test_file_totals_are_radons() -> None:
    source = EVERYWHERE + body("assert a", "return a + 1", "# why")
    metrics = measure(source.encode())
    truth = ask(source.encode(), raw_limit=30)
    assert metrics.cyclomatic_total == truth.cyclomatic_total
    assert metrics.maintainability_index == pytest.approx(truth.maintainability, abs=1e-9)
    assert metrics.cognitive_total == truth.cognitive_total
