from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.model import FunctionMetrics, Halstead
from antipasta_hook.verdict.matching import LIKENESS, Place, likeness, match_by_likeness, match_by_name

BODIES = st.lists(st.integers(0, 40), max_size=30)


def function(symbol: str = "f", lines: Sequence[int] = (), line: int = 1) -> FunctionMetrics:
    body = array("I", sorted(lines)).tobytes()
    return FunctionMetrics(symbol, line, line + 5, 3, 0, 2, Halstead(0, 0, 0, 0), hash(body), body)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([], [], 1.0),
        ([1, 2], [1, 2], 1.0),
        ([1, 2, 3, 4], [1, 2, 5, 6], 0.5),
        ([1, 1, 2], [1, 2, 2], 2 / 3),
        ([1], [2], 0.0),
        ([1], [], 0.0),
    ],
)
def test_likeness_is_twice_the_common_over_the_sum(a: list[int], b: list[int], expected: float) -> None:
    assert likeness(function(lines=a), function(lines=b)) == pytest.approx(expected)


@given(BODIES, BODIES)
def test_likeness_is_symmetric_and_between_nought_and_one(a: list[int], b: list[int]) -> None:
    forth, back = likeness(function(lines=a), function(lines=b)), likeness(function(lines=b), function(lines=a))
    assert forth == back
    assert 0 <= forth <= 1


def test_one_of_a_name_is_itself_however_much_it_changed() -> None:
    assert match_by_name([function(lines=[1, 2])], [function(lines=[8, 9])]) == {0: 0}


def test_an_overload_added_in_front_shifts_nobody() -> None:
    old = [function(lines=range(20))]
    new = [function(lines=[99], line=1), function(lines=[98], line=3), function(lines=range(1, 20), line=5)]
    assert match_by_name(old, new) == {2: 0}


def test_a_rewritten_namesake_is_still_the_nearest_in_size() -> None:
    old = [function(lines=range(20))]
    new = [function(lines=[99], line=1), function(lines=range(100, 119), line=5)]
    assert match_by_name(old, new) == {1: 0}


def test_namesakes_that_stayed_keep_their_partners() -> None:
    old = [function(lines=[1, 2, 3], line=1), function(lines=[7, 8, 9], line=9)]
    new = [function(lines=[7, 8, 9], line=1), function(lines=[1, 2, 3], line=9)]
    assert match_by_name(old, new) == {0: 1, 1: 0}


def test_below_the_threshold_two_functions_are_strangers() -> None:
    gone, new = Place("a.py", function("f", range(10))), Place("b.py", function("g", [*range(5), *range(90, 95)]))
    assert likeness(gone.function, new.function) < LIKENESS
    assert match_by_likeness([gone], [new]) == {}


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ([("a.py", "other", 1), ("a.py", "f", 9)], 1),  # the bare name first
        ([("b.py", "f", 1), ("a.py", "f", 9)], 1),  # then the file
        ([("c.py", "f", 1), ("b.py", "f", 1)], 1),  # then the path
        ([("b.py", "f", 9), ("b.py", "f", 2)], 1),  # then the line
    ],
)
def test_ties_go_by_name_file_path_and_line(gone: list[tuple[str, str, int]], expected: int) -> None:
    lines = range(12)
    places = [Place(path, function(symbol, lines, line)) for path, symbol, line in gone]
    assert match_by_likeness(places, [Place("a.py", function("C.f", lines))]) == {0: expected}


@given(st.lists(BODIES, max_size=8), st.lists(BODIES, max_size=8))
def test_moves_are_one_to_one_and_alike_enough(old: list[list[int]], new: list[list[int]]) -> None:
    gone = [Place("a.py", function(f"o{n}", lines, n)) for n, lines in enumerate(old)]
    homeless = [Place("b.py", function(f"n{n}", lines, n)) for n, lines in enumerate(new)]
    moved = match_by_likeness(gone, homeless)
    assert len(set(moved.values())) == len(moved)
    assert all(likeness(gone[o].function, homeless[n].function) >= LIKENESS for n, o in moved.items())
    unmatched = [h for n, h in enumerate(homeless) if n not in moved and h.function.body]
    left = [g for o, g in enumerate(gone) if o not in set(moved.values())]
    assert all(likeness(g.function, h.function) < LIKENESS for g in left for h in unmatched)
