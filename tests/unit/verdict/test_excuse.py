from array import array
from collections.abc import Iterable

from antipasta_hook.model import FunctionMetrics, Halstead
from antipasta_hook.verdict.excuse import Source, Suspect, excuses
from antipasta_hook.verdict.matching import Place


def place(name: str, lines: Iterable[int]) -> Place:
    body = array("I", sorted(lines)).tobytes()
    return Place("a.py", FunctionMetrics(name, 1, 9, 1, 0, 1, Halstead(0, 0, 0, 0), 0, body))


def source(name: str, lines: Iterable[int], excess: float, new_excess: float = 0) -> Source:
    return Source(place(name, lines), excess + 10, new_excess + 10, excess, new_excess)


def suspect(name: str, lines: Iterable[int], excess: float, old_excess: float = 0) -> Suspect:
    return Suspect(place(name, lines), excess, old_excess)


def test_half_of_the_lines_and_no_more_excess_is_an_excuse() -> None:
    fallen = source("f", range(20), excess=24)
    assert list(excuses([suspect("g", [*range(10), *range(90, 100)], excess=24)], [fallen])) == [0]


def test_one_line_less_than_half_is_none() -> None:
    fallen = source("f", range(20), excess=24)
    assert excuses([suspect("g", [*range(9), *range(90, 101)], excess=1)], [fallen]) == {}


def test_more_excess_than_before_is_none() -> None:
    fallen = source("f", range(20), excess=24, new_excess=5)
    assert excuses([suspect("g", range(20), excess=20)], [fallen]) == {}


def test_a_source_pays_for_all_that_came_out_of_it_together() -> None:
    fallen = source("f", range(40), excess=24)
    first, second = suspect("g", range(20), excess=13), suspect("h", range(20, 40), excess=13)
    assert list(excuses([first], [fallen])) == [0]
    assert excuses([first, second], [fallen]) == {}


def test_families_that_share_no_source_are_judged_apart() -> None:
    sources = [source("f", range(20), excess=10), source("k", range(50, 70), excess=10)]
    suspects = [suspect("g", range(20), excess=10), suspect("h", range(50, 70), excess=11)]
    assert list(excuses(suspects, sources)) == [0]


def test_a_source_that_gives_next_to_nothing_neither_links_nor_pays() -> None:
    sources = [source("f", range(20), excess=1), source("dead", [20, 21, *range(500, 600)], excess=99)]
    assert excuses([suspect("g", range(40), excess=30)], sources) == {}


def test_its_own_old_excess_counts_for_what_worsened() -> None:
    gone = source("helper", range(20), excess=5)
    assert list(excuses([suspect("f", range(30), excess=12, old_excess=7)], [gone])) == [0]


def test_an_empty_body_has_no_origin() -> None:
    assert excuses([suspect("g", [], excess=1)], [source("f", range(20), excess=9)]) == {}
