"""Ours against theirs, number by number; every difference is data, with the closed reason that explains it or none."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from antipasta_hook.metrics import measure
from antipasta_hook.model import CYCLOMATIC, FileMetrics, FunctionMetrics, Raw, Reading
from tests.differential.oracle import FunctionTruth, Key, Truth, ask

EXCEPT_STAR = "except* counts like except"
RECURSION = "radon raises RecursionError"
SPLITLINES = "radon splits a string at a character that ends no line, and takes it for a syntax error"
CLASS_IN_FUNCTION = "radon never sees the methods of a class inside a function"
BACKSLASH = "radon loses lines where a backslash stands alone on its line or before a blank one"
CUT_COMMENT = "radon takes what follows a form feed or the like in a comment for code"
REASONS = (EXCEPT_STAR, RECURSION, SPLITLINES, CLASS_IN_FUNCTION, BACKSLASH, CUT_COMMENT)


class Difference(NamedTuple):
    """One number that differs, or that only one side has; ``reason`` None is a failure."""

    path: str
    symbol: str | None
    metric: str
    ours: object
    theirs: object
    reason: str | None


class Comparison(NamedTuple):
    """One file: what differs, and how much was compared."""

    path: str
    reading: str
    differences: list[Difference]
    functions: int
    numbers: int
    raw_compared: bool
    refusal: str | None


def compare_file(path: str, raw_limit: float) -> Comparison:
    """Read a file, measure it with both, and compare. ``raw_limit``: seconds for radon's line counts."""
    with open(path, "rb") as stream:
        source = stream.read()
    return compare(path, source, measure(source), raw_limit=raw_limit)


def compare(path: str, source: bytes, ours: FileMetrics, *, raw_limit: float | None) -> Comparison:
    """What was measured of a source against the oracles."""
    truth = ask(source, raw_limit=raw_limit)
    rows = [
        Difference(path, symbol, metric, mine, theirs, reason)
        for symbol, metric, mine, theirs, reason in differences(ours, truth)
    ]
    refusal = truth.refusals.get("raw") or truth.refusals.get("ast")
    numbers = 11 + 8 * len(ours.functions)
    return Comparison(path, ours.reading, rows, len(ours.functions), numbers, truth.raw is not None, refusal)


_Row = tuple[str | None, str, object, object, str | None]


def differences(ours: FileMetrics, truth: Truth) -> Iterator[_Row]:
    """Symbol (None: the file), metric, our number, theirs, and the reason or None, for each that differs."""
    if "ast" in truth.refusals:
        if ours.reading is Reading.FULL:
            yield None, "reading", ours.reading, truth.refusals["ast"], None
        return
    if ours.reading is not Reading.FULL:
        yield None, "reading", ours.error, "ast parses it", None
        return
    yield from _file_differences(ours, truth)
    mine: dict[Key, FunctionMetrics] = {(function.line, function.symbol): function for function in ours.functions}
    if len(mine) != len(ours.functions):
        yield None, "functions", "two of one name on one line", None, None
    if "radon" in truth.refusals:
        yield None, "functions", len(mine), truth.refusals["radon"], RECURSION
    else:
        for key in sorted(mine.keys() | truth.functions.keys()):
            yield from _function_differences(key, mine.get(key), truth.functions.get(key), truth)
    yield from _score_differences(mine, truth)
    yield from _compiler_differences(mine, truth)


def _unequal(symbol: str | None, rows: list[tuple[str, object, object]]) -> Iterator[_Row]:
    return ((symbol, metric, mine, theirs, None) for metric, mine, theirs in rows if mine != theirs)


def _file_differences(ours: FileMetrics, truth: Truth) -> Iterator[_Row]:
    yield from _unequal(None, [("cognitive total", ours.cognitive_total, truth.cognitive_total)])
    if "radon" not in truth.refusals:
        totals: list[tuple[str, object, object]] = [
            ("cyclomatic total", ours.cyclomatic_total, truth.cyclomatic_total),
            ("halstead", ours.halstead, truth.halstead),
        ]
        yield from _unequal(None, totals)
    if truth.except_star:
        yield None, "cyclomatic total", ours.cyclomatic_total, "less", EXCEPT_STAR
    yield from _line_differences(ours, truth)


def _line_differences(ours: FileMetrics, truth: Truth) -> Iterator[_Row]:
    reason = BACKSLASH if truth.stray_backslash else None
    if truth.cut_comment and _logical_lines_apart(ours.raw, truth.raw):
        reason = CUT_COMMENT
    if truth.raw is None:
        if truth.refusals["raw"] == "SyntaxError":
            yield None, "raw", ours.raw, "SyntaxError", SPLITLINES
    elif ours.raw != truth.raw:
        yield None, "raw", ours.raw, truth.raw, reason
    mine, theirs = ours.maintainability_index, truth.maintainability
    if theirs is not None and (mine is None or not math.isclose(mine, theirs, rel_tol=0, abs_tol=1e-9)):
        yield None, "maintainability", mine, theirs, reason


def _logical_lines_apart(mine: Raw | None, theirs: tuple[int, ...] | None) -> bool:
    """Whether all else is equal."""
    return mine is not None and theirs is not None and mine == Raw(*theirs)._replace(lloc=mine.lloc)


def _function_differences(
    key: Key, mine: FunctionMetrics | None, theirs: FunctionTruth | None, truth: Truth
) -> Iterator[_Row]:
    symbol = key[1]
    if mine is None or theirs is None:
        yield symbol, "function", mine and mine.line, theirs and key[0], None
        return
    rows: list[tuple[str, object, object]] = [
        ("cyclomatic", mine.cyclomatic, theirs.complexity),
        ("cyclomatic with asserts", mine.value(CYCLOMATIC, count_asserts=True), theirs.with_asserts),
        ("halstead", mine.halstead, theirs.halstead),
        ("end line", mine.end_line, theirs.end_line),
        ("cognitive", mine.cognitive, theirs.cognitive),
    ]
    yield from _unequal(symbol, rows)
    if key not in truth.listed:
        yield symbol, "function", mine.line, None, CLASS_IN_FUNCTION if theirs.nested else None


def _score_differences(mine: dict[Key, FunctionMetrics], truth: Truth) -> Iterator[_Row]:
    """Every function that complexipy lists must be ours, and every outermost one of ours must be scored."""
    if truth.cognitive_total is None:
        return
    scored = sum(function.cognitive is not None for function in mine.values())
    outermost = sum(not function.nested for function in truth.functions.values())
    expected = len(truth.scores) if "radon" in truth.refusals else outermost
    if not scored == len(truth.scores) == expected:
        yield None, "functions with a score", (scored, outermost), len(truth.scores), None


def _compiler_differences(mine: dict[Key, FunctionMetrics], truth: Truth) -> Iterator[_Row]:
    """Every function that the compiler made has its name in ours; it drops what ``if 0:`` guards."""
    names = {symbol for _, symbol in mine}
    for line, symbol in sorted(truth.compiled):
        if symbol not in names:
            yield symbol, "qualified name", None, line, None
