"""What radon, complexipy, ``ast`` and the compiler say of one source, each asked in its own words."""

import ast
import io
import re
import signal
import tokenize
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

import complexipy
import radon.complexity
import radon.metrics
import radon.raw
from radon.visitors import ComplexityVisitor, HalsteadVisitor

Key = tuple[int, str]
"""Line of the ``def`` and qualified name."""


_STRAY_BACKSLASH = re.compile(r"^\s*\\\s*$|\\\s*[\n\r]\s*(?:[\n\r]|\Z)", re.MULTILINE)
"""A continuation alone on its line, or before a blank one."""


_CUTS: Final = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Where ``str.splitlines()`` ends a line and Python does not."""
_CUT_COMMENT: Final = re.compile(rf"#[^{_CUTS}]*[{_CUTS}].*[][(){{}}:;]")


class TooSlowError(Exception):
    """radon needed longer than the limit."""


@dataclass
class FunctionTruth:
    """One function: radon's two complexities, its Halstead counts, the end line, complexipy's score."""

    complexity: int
    with_asserts: int
    halstead: tuple[int, int, int, int]
    end_line: int
    cognitive: int | None
    nested: bool
    """Defined somewhere inside a function."""


@dataclass
class Truth:
    """One source. ``None`` where the library refused, ``refusals`` says which and why."""

    functions: dict[Key, FunctionTruth] = field(default_factory=dict)
    cyclomatic_total: int | None = None
    halstead: tuple[int, int, int, int] | None = None
    raw: tuple[int, ...] | None = None
    maintainability: float | None = None
    cognitive_total: int | None = None
    scores: dict[Key, int] = field(default_factory=dict)
    """complexipy's functions by first line and name."""
    listed: set[Key] = field(default_factory=set)
    """What radon itself lists, closures and inner classes included, by line and bare name."""
    compiled: set[Key] = field(default_factory=set)
    """(first line, ``__qualname__``) of every function the compiler made."""
    except_star: bool = False
    stray_backslash: bool = False
    cut_comment: bool = False
    """Behind such a cut, a comment goes on with what separates statements."""
    refusals: dict[str, str] = field(default_factory=dict)


def read_text(source: bytes) -> str:
    """Decode as ``tokenize.open`` would."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)


def ask(source: bytes, *, raw_limit: float | None) -> Truth:
    """Everything about a source; ``raw_limit`` is in seconds, for radon's line counts; None: however long it takes."""
    truth = Truth()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = read_text(source)
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            truth.refusals["ast"] = f"{type(error).__name__}: {error}"
            return truth
        _ask_complexipy(text, truth)
        _ask_compiler(tree, truth)
        truth.stray_backslash = _STRAY_BACKSLASH.search("\n".join(text.splitlines())) is not None
        truth.cut_comment = any(_CUT_COMMENT.match(comment) for comment in _comments(text))
        truth.except_star = any(isinstance(node, ast.TryStar) for node in ast.walk(tree))
        if truth.except_star:
            tree = _WithoutStars().visit(tree)
        try:
            _ask_visitors(tree, truth)
        except RecursionError:
            truth.refusals["radon"] = "RecursionError"
        _ask_lines(text, truth, raw_limit)
    return truth


def _comments(text: str) -> Iterator[str]:
    if set(_CUTS).isdisjoint(text):
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string
    except (tokenize.TokenError, SyntaxError):
        return


def _ask_complexipy(text: str, truth: Truth) -> None:
    try:
        result = complexipy.code_complexity(text, check_script=False, no_ignore=True, with_plans=False)
    except ValueError as error:
        truth.refusals["complexipy"] = str(error)
        return
    truth.cognitive_total = result.complexity
    truth.scores = {(f.line_start, f.name.replace("::", ".")): f.complexity for f in result.functions}


class _WithoutStars(ast.NodeTransformer):
    """``except*`` as ``except``: the one construct that radon does not know."""

    def visit_TryStar(self, node: ast.TryStar) -> ast.Try:
        self.generic_visit(node)
        return ast.Try(node.body, node.handlers, node.orelse, node.finalbody)


def _ask_compiler(tree: ast.Module, truth: Truth) -> None:
    try:
        stack: list[Any] = [compile(tree, "<oracle>", "exec", dont_inherit=True, optimize=0)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it parses but does not compile: return outside of a function, say
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    function_flags = 0x1 | 0x2  # CO_OPTIMIZED, CO_NEWLOCALS
    while stack:
        code = stack.pop()
        stack += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
        if code.co_flags & function_flags == function_flags and code.co_name in defined:
            truth.compiled.add((code.co_firstlineno, code.co_qualname))


def _halstead(visitor: HalsteadVisitor) -> tuple[int, int, int, int]:
    return tuple(radon.metrics.halstead_visitor_report(visitor)[:4])


def _definitions(node: ast.AST, prefix: str = "", *, nested: bool = False) -> Iterator[tuple[str, bool, Any]]:
    """Every function below a node with its ``__qualname__`` and whether it lies inside a function."""
    declared = _global_names(node) if prefix else set()
    for child in _direct(node):
        path = child.name if child.name in declared else prefix + child.name
        if isinstance(child, ast.ClassDef):
            yield from _definitions(child, f"{path}.", nested=nested)
        else:
            yield path, nested, child
            yield from _definitions(child, f"{path}.<locals>.", nested=True)


def _direct(node: ast.AST) -> Iterator[Any]:
    """The functions and classes of a scope, without those inside them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child
        else:
            yield from _direct(child)


def _global_names(node: ast.AST) -> set[str]:
    names: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Global):
            names.update(child.names)
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names |= _global_names(child)
    return names


def _ask_visitors(tree: ast.Module, truth: Truth) -> None:
    truth.cyclomatic_total = ComplexityVisitor.from_ast(tree).total_complexity
    truth.halstead = _halstead(HalsteadVisitor.from_ast(tree))
    blocks = radon.complexity.add_inner_blocks(radon.complexity.cc_visit_ast(tree, no_assert=True))
    listed = {block.lineno: block for block in blocks if hasattr(block, "closures")}
    for name, nested, node in _definitions(tree):
        first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
        (without,) = ComplexityVisitor.from_ast(node, no_assert=True).functions
        (default,) = ComplexityVisitor.from_ast(node).functions
        (function,) = HalsteadVisitor.from_ast(node).function_visitors
        if node.lineno in listed:
            assert listed[node.lineno].complexity == without.complexity
            truth.listed.add((node.lineno, name))
        cognitive = truth.scores.get((first, name))
        truth.functions[node.lineno, name] = FunctionTruth(
            without.complexity, default.complexity, _halstead(function), node.end_lineno, cognitive, nested
        )


def _ask_lines(text: str, truth: Truth, limit: float | None) -> None:
    try:
        with nullcontext() if limit is None else _time_limit(limit):
            raw = radon.raw.analyze(text)
    except (SyntaxError, TooSlowError) as error:
        truth.refusals["raw"] = type(error).__name__
        return
    truth.raw = tuple(raw)
    if truth.halstead is None or truth.except_star:
        return
    original = radon.metrics.analyze
    radon.metrics.analyze = lambda _code: raw  # it would be counted twice, and it is slow
    try:
        truth.maintainability = radon.metrics.mi_visit(text, multi=True)
    finally:
        radon.metrics.analyze = original


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
