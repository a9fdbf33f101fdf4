"""Hypothesis strategies that write Python: nested statements and expressions in many layouts."""

from hypothesis import strategies as st

_LEAVES = st.sampled_from(
    [
        "a",
        "b",
        "c.d",
        "1",
        "1.0",
        "True",
        "None",
        "0x1f",
        "1_000",
        "...",
        "'a'",
        "'a: b # c;'",
        'b"x"',
        "r'\\d'",
        "''",
        "f'{a}'",
        "f'{a:>{b}}'",
        "f'{a!r}: {b[1:2]}'",
        "f'{{x}}'",
        "'''one\n\n  two'''",
        '"\\"#"',
        "'a' 'b'",
        "u'x'",
    ]
)


def _extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def joined(operators: list[str]) -> st.SearchStrategy[str]:
        return st.builds("({} {} {})".format, inner, st.sampled_from(operators), inner)

    return st.one_of(
        joined(["+", "-", "*", "**", "//", "@", ">>", "|", "%"]),
        joined(["and", "or", "<", "==", "is not", "not in", "< a <"]),
        st.builds("({} and {} and {} or {})".format, inner, inner, inner, inner),
        st.builds("({}{})".format, st.sampled_from(["-", "not ", "~", "+"]), inner),
        st.builds("f({}, *{}, k={})".format, inner, inner, inner),
        st.builds("({}).x[{}:{}]".format, inner, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("(lambda p={}: {})".format, inner, inner),
        st.builds("(w := {})".format, inner),
        st.builds("[\n  {}, # why: not\n\n  {},\n]".format, inner, inner),
        st.builds("{{{}: {},\n  # alone\n  {}: {}}}".format, inner, inner, inner, inner),
        st.builds("[{} for x in {} if {} if {}]".format, inner, inner, inner, inner),
        st.builds("{{{}: x for x in {}}}".format, inner, inner),
        st.builds("any({} for x in {} for y in {})".format, inner, inner, inner),
        st.builds("(\n'''alone\n\nin brackets'''\n, {})".format, inner),
    )


expressions = st.recursive(_LEAVES, _extend, max_leaves=6)

_simple = st.one_of(
    st.builds("v = {}".format, expressions),
    st.builds("v: int = {}".format, expressions),
    st.builds("v.w += {}".format, expressions),
    st.builds("assert {}, {}".format, expressions, expressions),
    st.builds("return {}".format, expressions),
    st.builds("v = {} + \\\n  {}".format, expressions, expressions),
    st.builds("x[{}:] = a".format, expressions),
    expressions,
    st.sampled_from(
        ["pass", "import a", "del a, b", "global unused", "raise", "'''doc'''", '"""doc\n\nmore"""', "x[1:]"]
    ),
)
_one_line = st.one_of(
    _simple,
    st.builds("{}; {}".format, _simple, _simple),
    st.builds("{}; {} ;".format, _simple, _simple),
    st.builds("{}  # comment: yes".format, _simple),
)
_fillers = st.sampled_from(["", "# alone", "#: x ; y", "   ", "\t# tab"])


def _indent(lines: list[str], by: str) -> list[str]:
    return [by + line for line in lines]


@st.composite
def _suites(draw: st.DrawFn, depth: int) -> list[str]:
    """An indented suite, or the rest of a header line."""
    if draw(st.integers(0, 5)) == 0:
        return [
            draw(st.sampled_from([" pass", " v = 1; w = a", " x[1:]; pass", " -1 ;", " ...  # c", " v.w(1, 2) ; v"]))
        ]
    by = draw(st.sampled_from(["    ", "\t", " "]))
    lines = [line for block in draw(st.lists(statements(depth - 1), min_size=1, max_size=3)) for line in block]
    header = draw(st.sampled_from(["", "  # note: x"]))
    return [header, *_indent([*lines, draw(st.sampled_from(["pass", "v"]))], by)]


def _put(header: str, suite: list[str]) -> list[str]:
    return [header + suite[0], *suite[1:]]


@st.composite
def _ifs(draw: st.DrawFn, depth: int) -> list[str]:
    lines = _put(f"if {draw(expressions)}:", draw(_suites(depth)))
    for _ in range(draw(st.integers(0, 2))):
        lines += _put(f"elif {draw(expressions)}:", draw(_suites(depth)))
    return [*lines, *draw(_elses(depth))]


@st.composite
def _elses(draw: st.DrawFn, depth: int) -> list[str]:
    return _put("else:", draw(_suites(depth))) if draw(st.booleans()) else []


@st.composite
def _loops(draw: st.DrawFn, depth: int) -> list[str]:
    header = draw(st.sampled_from(["while {}:", "for x in {}:", "async for x, y in {}:"]))
    return [*_put(header.format(draw(expressions)), draw(_suites(depth))), *draw(_elses(depth))]


@st.composite
def _tries(draw: st.DrawFn, depth: int) -> list[str]:
    handlers = draw(st.sampled_from([["except a:", "except (b, c) as d:"], ["except* a:"], ["except a:", "except:"]]))
    lines = _put("try:", draw(_suites(depth)))
    for header in handlers:
        lines += _put(header, draw(_suites(depth)))
    return [*lines, *draw(_elses(depth)), *_put("finally:", draw(_suites(depth)))]


@st.composite
def _matches(draw: st.DrawFn, depth: int) -> list[str]:
    patterns = st.sampled_from(["1", "-1", "[a, *_]", "{'k': v}", "A(x=1)", "1 | 2", "1 as y", "None", "1 if y and z"])
    last = st.sampled_from(["_", "y", "y if y and z", "B()"])
    lines = [f"match {draw(expressions)}:"]
    for pattern in [*draw(st.lists(patterns, max_size=3)), draw(last)]:
        lines += _indent(_put(f"case {pattern}:", draw(_suites(depth))), "  ")
    return lines


@st.composite
def _headed(draw: st.DrawFn, depth: int) -> list[str]:
    """With statements and definitions."""
    headers = [
        "with {} as w:",
        "with (a as b,\n  {}):",
        "class C(B, m={}):",
        "@d({})\nclass C:",
        "def f(self, a={}):",
        "async def g():",
        "def f(\n a: int,\n) -> {{1: 2}}:",
        "@d\n@e(lambda: {})\ndef h(*a, **k):",
    ]
    return _put(draw(st.sampled_from(headers)).format(draw(expressions)), draw(_suites(depth)))


def _compounds(depth: int) -> st.SearchStrategy[list[str]]:
    kinds = (_ifs, _loops, _tries, _matches, _headed, _headed, _headed)
    return st.one_of([kind(depth) for kind in kinds])


def statements(depth: int) -> st.SearchStrategy[list[str]]:
    """One statement as lines; a line may hold newlines inside brackets or strings."""
    simple = st.builds(lambda line, filler: [line, filler], _one_line, _fillers)
    return simple if depth <= 0 else st.one_of(simple, _compounds(depth))


@st.composite
def modules(draw: st.DrawFn) -> str:
    """A whole source, with one of the line ends Python knows."""
    blocks = draw(st.lists(statements(3), max_size=5))
    text = "\n".join(line for block in blocks for line in block)
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    return (
        draw(st.sampled_from(["", "\n\n", "#!/bin/sh\n"])) + text.replace("\n", end) + draw(st.sampled_from(["", end]))
    )
