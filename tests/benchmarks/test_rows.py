import pytest

from tests.benchmarks.measure import Sample, Work, WrongOutput, silent, timed, turns
from tests.benchmarks.page import replaced
from tests.benchmarks.rows import Row, number, row, rows, shown


def spread(ours: list[float], theirs: list[float]) -> tuple[float, float, float]:
    found = row(("suite", "ours", "theirs", "CPU s"), ours, theirs, None)
    return found.ratio, found.low, found.high


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([4, 4, 4], [2, 2, 2], (2, 2, 2)),
        ([2, 4, 9], [1, 2, 3], (2, 2, 3)),  # ratio of medians 4/2; of few pairs all are the spread
        ([1, 2, 2, 2, 2, 2, 2, 2, 50], [1] * 9, (2, 2, 2)),  # of many, the middle half
        ([1, 1, 10], [1, 10, 10], (0.1, 0.1, 1)),
        ([3, 3, 3, 5, 5, 5, 5, 5, 5], [3, 3, 3, 1, 1, 5, 5, 5, 5], (5 / 3, 1, 5 / 3)),  # the ratio is always in it
    ],
)
def test_a_row_is_a_ratio_of_medians_with_the_spread_of_the_pairs(
    ours: list[float], theirs: list[float], expected: tuple[float, float, float]
) -> None:
    assert spread(ours, theirs) == pytest.approx(expected)


def test_what_takes_nothing_is_no_baseline() -> None:
    with pytest.raises(WrongOutput, match="theirs took nothing"):
        spread([1, 1, 1], [1, 0, 1])


def test_each_name_is_held_against_one_in_each_unit_and_bars_are_for_the_first() -> None:
    samples = {"a": [Sample(4, 3, 200)], "b": [Sample(2, 1, 100)], "c": [Sample(1, 1, 100)]}
    found = list(rows("suite", samples, "b", bars={"a": 5}))
    assert [(each.key, each.ratio, each.bar) for each in found] == [
        (("suite", "a", "b", "wall s"), 2, 5),
        (("suite", "a", "b", "CPU s"), 3, None),
        (("suite", "c", "b", "wall s"), 0.5, None),
        (("suite", "c", "b", "CPU s"), 1, None),
    ]
    (memory,) = rows("suite", samples, "b", ["a"], units=["bytes"])
    assert (memory.ratio, memory.median, memory.baseline, memory.rounds) == (2, 200, 100, 1)


def test_turns_alternate_and_the_first_round_is_not_counted() -> None:
    order: list[str] = []

    def take(name: str) -> dict[str, Sample]:
        order.append(name)
        return {name: Sample(len(order), 0, 0)}

    found = turns([lambda: take("a"), lambda: take("b")], 2)
    assert order == ["a", "b"] * 3
    assert {name: [sample.wall for sample in each] for name, each in found.items()} == {"a": [3, 5], "b": [4, 6]}


def test_what_is_timed_in_this_process_is_done_to_each_part() -> None:
    done: list[int] = []
    found = timed(done.append, range(3))
    assert done == [0, 1, 2]
    assert found.wall > 0
    assert found.peak == 0


def test_a_run_that_speaks_where_nothing_is_to_be_said_does_not_count() -> None:
    work = Work("w", [], ".", {}, silent)
    work.check(0, "", "")
    for said in ((1, "", ""), (0, "out", ""), (0, "", "err")):
        with pytest.raises(WrongOutput):
            work.check(*said)


def test_the_table_shows_ratio_spread_and_bar() -> None:
    found = [
        Row("commit", "3 files", "floor", "wall s", 1.523, 1.4, 1.61, 0.2, 0.1, 9, 1.6),
        Row("cache", "get", "ast.parse", "CPU s", 0.04421, 0.04, 0.05, 1, 20, 9),
    ]
    assert shown(found) == (
        "| suite  | what    | held against | in     |  ratio |           spread | bar |\n"
        "| ------ | ------- | ------------ | ------ | -----: | ---------------: | --: |\n"
        "| commit | 3 files | floor        | wall s |   1.52 |     1.40 to 1.61 | 1.6 |\n"
        "| cache  | get     | ast.parse    | CPU s  | 0.0442 | 0.0400 to 0.0500 |     |"
    )


@pytest.mark.parametrize(
    ("value", "text"), [(0.04421, "0.0442"), (1, "1.00"), (12.34, "12.3"), (99.96, "100"), (1234.5, "1234")]
)
def test_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    assert replaced("a\n<b>\n\nold\n\n<e>\nz\n", "<b>", "<e>", "new") == "a\n<b>\n\nnew\n\n<e>\nz\n"
    for broken in ("a\n<b>\nold\n", "a\n<b> <b> <e>", "a"):
        with pytest.raises(ValueError, match="values to unpack"):
            replaced(broken, "<b>", "<e>", "new")
