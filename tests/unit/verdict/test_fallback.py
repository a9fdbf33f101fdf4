"""The ladder from all numbers to none: each step says what it is, and what is not exact is never judged."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.cache.encoding import decode, encode
from antipasta_hook.config.settings import Settings, told
from antipasta_hook.metrics import measure
from antipasta_hook.metrics.lines import physical_lines
from antipasta_hook.model import (
    COGNITIVE,
    FILE_METRICS,
    LOC,
    MAINTAINABILITY,
    SYNTAX,
    Blob,
    Change,
    ChangeSet,
    Comparison,
    Extent,
    FileStatus,
    Finding,
    Measurement,
    Outcome,
    Reading,
    Scope,
    ScopeKind,
    Status,
)
from antipasta_hook.verdict import judge

READ = b"def f(a):\n    return a\n"
BROKEN = b"def f(:\n" + b"x = 1\n" * 9
BYTES = b"x = 1\n\0\n"
NEWER = b"try: pass\nexcept a, b: pass\n" if sys.version_info < (3, 14) else b"x = " + b"-" * 2_000 + b"1\n"
DENSE = b"a,b;" * 300_000 + b"\n"
NO_SEPARATORS = b"''1" * 1_000_000 + b"\n"
IN_DISGUISE = b"# coding: utf-7\n" + b"+ACwALAAsACwALA-" * 250_000
STEPS = [
    (READ, Reading.FULL, Extent.FULL, 2),
    (BROKEN, Reading.BROKEN, Extent.LINES, 10),
    (BYTES, Reading.BROKEN, Extent.UNREAD, None),
    (b"# coding: nonsense\n", Reading.BROKEN, Extent.UNREAD, None),
    (b"x = '\xff'\n", Reading.BROKEN, Extent.UNREAD, None),
    (DENSE, Reading.DEEP, Extent.LINES, 1),
    (NO_SEPARATORS, Reading.DEEP, Extent.LINES, 1),
    (IN_DISGUISE, Reading.DEEP, Extent.LINES, 2),
]


@pytest.mark.parametrize(("source", "reading", "extent", "lines"), STEPS)
def test_each_step_is_marked_and_gives_no_more_than_is_exact(
    source: bytes, reading: Reading, extent: Extent, lines: int | None
) -> None:
    metrics = measure(source)
    assert (metrics.reading, metrics.extent, metrics.value(LOC)) == (reading, extent, lines)
    if extent is not Extent.FULL:
        assert {metrics.value(name) for name in FILE_METRICS if name != LOC} == {None}
        assert metrics.functions == ()
    assert decode(encode(metrics)) == metrics


def test_without_a_tree_there_are_cognitive_complexity_and_lines() -> None:
    metrics = measure(NEWER)
    had = {name for name in FILE_METRICS if metrics.value(name) is not None}
    assert (metrics.extent, had) == (Extent.WITHOUT_TREE, {COGNITIVE, LOC})
    assert metrics.value(LOC) == NEWER.count(b"\n")


@given(st.text(st.sampled_from("ab\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")))
def test_physical_lines_are_counted_as_they_are_split(text: str) -> None:
    assert physical_lines(text) == len(text.splitlines())


def judged(before: bytes | None, after: bytes) -> tuple[Outcome, dict[str, Finding]]:
    """What is said of one file by limits that every number is over."""
    limits = {f"limits.{LOC}.limit": 1, f"limits.{MAINTAINABILITY}.limit": 100}
    settings = Settings([told(**limits)])
    sides = {name: source for name, source in (("1" * 40, before), ("2" * 40, after)) if source is not None}
    old, new = (Blob(name, 0o100644) if name in sides else None for name in ("1" * 40, "2" * 40))
    measured = {name: Measurement(FileStatus.ANALYSED, measure(source)) for name, source in sides.items()}
    changes = ChangeSet(Scope(ScopeKind.INDEX, None), (Comparison(None, (Change("a.py", old, new),)),))
    verdict = judge(changes, measured, settings)
    return verdict.outcome, {finding.metric: finding for finding in verdict.findings if finding.symbol is None}


@pytest.mark.parametrize("source", [source for source, *_ in STEPS if source is not READ] + [NEWER])
def test_a_limit_is_never_held_against_what_is_left_of_a_number(source: bytes) -> None:
    _, found = judged(None, source)
    for metric in (LOC, MAINTAINABILITY):
        assert (found[metric].status, found[metric].blocking, found[metric].value) == (Status.UNJUDGED, False, None)


@pytest.mark.parametrize("source", [BROKEN, BYTES, NEWER, DENSE])
def test_what_is_left_of_an_old_number_is_no_number_to_compare_with(source: bytes) -> None:
    outcome, found = judged(source, READ)
    assert (found[LOC].status, found[LOC].before, found[LOC].blocking) == (Status.UNJUDGED, None, False)
    assert outcome == Outcome.INCOMPLETE


def test_what_could_not_be_parsed_before_either_is_listed() -> None:
    outcome, found = judged(BROKEN, BROKEN + b"\n")
    assert {metric: finding.status for metric, finding in found.items()} == dict.fromkeys(
        (SYNTAX, LOC, MAINTAINABILITY), Status.EXISTING
    )
    assert outcome == Outcome.PASS
