"""Thousands of functions that are all alike: the same pairs and excuses as by looking at every pair, for less work."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.model import FunctionMetrics, Halstead
from antipasta_hook.verdict import excuse
from antipasta_hook.verdict.excuse import HALF, LINK_LINES, LINK_SHARE, OWN_SHARE, Source, Suspect
from antipasta_hook.verdict.matching import LIKENESS, Place, likeness, match_by_likeness, one_to_one
from antipasta_hook.verdict.overlap import LineIndex, Overlap, bits, numbers

LINES = st.lists(st.integers(0, 12), max_size=14)
PLACES = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("fgh"), st.integers(1, 3), LINES), max_size=9)
EXCESS = st.integers(0, 9)
GIVERS = st.lists(st.tuples(LINES, EXCESS), max_size=8)
TAKERS = st.lists(LINES, max_size=6)


def place(path: str, name: str, line: int, lines: Iterable[int]) -> Place:
    body = array("I", sorted(lines)).tobytes()
    return Place(f"{path}.py", FunctionMetrics(name, line, line + 9, 1, 0, 1, Halstead(0, 0, 0, 0), 0, body))


def distinct(found: Sequence[Place]) -> list[Place]:
    """One function a line of a file, as in real files."""
    return list({(each.path, each.function.line): each for each in found}.values())


def every_pair(gone: Sequence[Place], homeless: Sequence[Place]) -> dict[int, int]:
    """DESIGN 6 word for word, by comparing everything with everything; equal bodies have been paired before."""
    ranked = sorted(
        (-alike, old.bare_name != new.bare_name, old.path != new.path, old.path, old.function.line, n, o)
        for n, new in enumerate(homeless)
        for o, old in enumerate(gone)
        if (alike := likeness(old.function, new.function)) >= LIKENESS and old.function.body and new.function.body
    )
    return one_to_one((n, o) for *_, n, o in ranked)


@given(PLACES, PLACES)
def test_the_most_alike_are_paired_first_whatever_else_there_is(
    old: list[tuple[str, str, int, list[int]]], new: list[tuple[str, str, int, list[int]]]
) -> None:
    gone = distinct([place(*each) for each in old])
    homeless = distinct([place(*each) for each in new])
    equal = {each.function.body for each in gone} & {each.function.body for each in homeless}
    gone = [each for each in gone if each.function.body not in equal]
    homeless = [each for each in homeless if each.function.body not in equal]
    assert match_by_likeness(gone, homeless) == every_pair(gone, homeless)


def links_by_every_pair(suspect: Place, sources: Sequence[Source]) -> list[int]:
    """The sources that gave a suspect its lines, by looking at each."""
    remaining = Counter(set(suspect.lines))
    size = remaining.total()
    least = min(size, max(LINK_LINES, LINK_SHARE * size))
    common = {number: (remaining & source.given).total() for number, source in enumerate(sources)}
    linked = []
    for number in sorted(common, key=lambda each: (-common[each], -sources[each].excess, each)):
        given_now = remaining & sources[number].given
        own = len(set(sources[number].place.lines))
        enough = given_now.total() >= HALF * size or given_now.total() >= OWN_SHARE * own
        if common[number] and given_now.total() >= least and enough:
            linked.append(number)
            remaining -= given_now
    return linked if size and size - remaining.total() >= HALF * size else []


@given(GIVERS, TAKERS)
def test_what_gave_a_suspect_its_lines_is_found_whatever_else_there_is(
    old: list[tuple[list[int], int]], new: list[list[int]]
) -> None:
    sources = [Source(place("a", "f", 1, lines), 20, None, excess, 0) for lines, excess in old]
    suspects = [Suspect(place("b", "g", 1, lines), 5, 0) for lines in new]
    links = {n: found for n, each in enumerate(suspects) if (found := links_by_every_pair(each.place, sources))}
    assert excuse.have_sources(suspects, sources) == set(links)
    for number, why in excuse.excuses(suspects, sources).items():
        assert [sources.index(each) for each in why.sources] == [sources.index(sources[each]) for each in links[number]]


@given(st.lists(LINES, max_size=12), LINES)
def test_an_overlap_counts_what_both_hold(bodies: list[list[int]], lines: list[int]) -> None:
    overlap = LineIndex(map(Counter, bodies)).overlap(Counter(lines))
    everybody = (1 << len(bodies)) - 1
    counts = [(Counter(body) & Counter(lines)).total() for body in bodies]
    for count in range(1, 16):
        assert overlap.at_least(count, everybody) == bits(n for n, each in enumerate(counts) if each >= count)
    most, having = overlap.most(everybody)
    assert most == max(counts, default=0)
    assert list(numbers(having)) == [n for n, each in enumerate(counts) if each == most]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that a body is held against all others together."""
    done: list[int] = []
    overlap = LineIndex.overlap

    def counted(self: LineIndex, lines: "Counter[int]") -> Overlap:
        done.append(len(lines))
        return overlap(self, lines)

    monkeypatch.setattr(LineIndex, "overlap", counted)
    return done


MANY = 2_000


def test_each_of_two_thousand_alike_is_looked_at_a_few_times(looks: list[int]) -> None:
    """Every line that all hold was once compared between each two of them: 120 million times."""
    gone = [place("a", "f", n, [*range(30), 1_000 + n]) for n in range(MANY)]
    homeless = [place("b", "f", n, [*range(30), 10_000 + n]) for n in range(MANY)]
    assert match_by_likeness(gone, homeless) == {n: n for n in range(MANY)}
    assert len(looks) <= 3 * MANY


def test_each_of_two_thousand_suspects_is_looked_at_a_few_times(looks: list[int]) -> None:
    sources = [Source(place("a", "f", n, range(30)), 20, None, 10, 0) for n in range(MANY)]
    suspects = [Suspect(place("b", "g", n, [*range(28), *range(100 + n, 110 + n)]), 10, 0) for n in range(MANY)]
    assert len(excuse.have_sources(suspects, sources)) == MANY
    assert len(looks) <= 4 * MANY
