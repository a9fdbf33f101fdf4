"""What is slower beyond noise: results that were made up, held against each other."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import comparison
from tests.benchmarks.__main__ import compared
from tests.benchmarks.comparison import Incomparable, Pair, Word
from tests.benchmarks.result import Result, Unreadable, read
from tests.benchmarks.rows import Row

Figures = tuple[float, float, float]
MACHINE = {"python": "3.11.7", "platform": "Linux-6-x86_64", "processors": 2}


def made_up(figures: Figures, name: str = "a", against: str = "b") -> Row:
    ratio, low, high = figures
    return Row("suite", name, against, "CPU s", ratio, low, high, ratio, 1, 9)


def result(*rows: Row, quick: bool = False, python: str = "3.11.7", commit: str | None = "c0ffee") -> Result:
    return Result("2025-01-01T00:00:00+00:00", MACHINE | {"python": python}, commit, quick, (0.1, 0.9), rows)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ((1.0, 0.9, 1.1), (1.0, 0.9, 1.1), "the same"),
        ((1.0, 0.9, 1.1), (2.0, 1.8, 2.2), "slower"),
        ((2.0, 1.8, 2.2), (1.0, 0.9, 1.1), "faster"),
        ((1.0, 0.9, 1.1), (1.2, 1.1, 1.3), "the same"),  # the spreads touch
        ((1.0, 0.9, 1.1), (1.2, 1.11, 1.3), "slower"),
        ((1.0, 0.9, 1.5), (1.4, 1.3, 1.7), "the same"),  # the earlier one was noisy
        ((1.0, 0.9, 1.1), (1.4, 1.0, 1.9), "the same"),  # the later one is
        ((1.0, 0.99, 1.01), (1.1, 1.09, 1.11), "the same"),  # certain, but no more than a tenth
        ((1.0, 0.99, 1.01), (1.11, 1.10, 1.12), "slower"),
        ((1.11, 1.10, 1.12), (1.0, 0.99, 1.01), "faster"),
        ((1.1, 1.09, 1.11), (1.0, 0.99, 1.01), "the same"),
        ((0.01, 0.009, 0.011), (0.02, 0.019, 0.021), "slower"),  # however little it is
    ],
)
def test_slower_is_what_lies_above_the_earlier_spread_by_more_than_a_tenth(
    old: Figures, new: Figures, word: Word
) -> None:
    assert Pair(made_up(old), made_up(new)).word == word


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ([(1, 1, 1), (1, 1, 1)], [(1, 1, 1), (1, 1, 1)], 0),
        ([(2, 2, 2), (1, 1, 1)], [(1, 1, 1), (1, 1, 1)], 0),
        ([(2, 2, 2), (1, 1, 1)], [(1, 1, 1), (2, 2, 2)], 1),  # one that is faster makes up for nothing
    ],
)
def test_the_exit_code_says_whether_anything_is_slower(old: list[Figures], new: list[Figures], code: int) -> None:
    results = [result(*(made_up(each, str(n)) for n, each in enumerate(figures))) for figures in (old, new)]
    assert compared(*results) == code


def test_the_comparison_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    old = result(made_up((1, 0.9, 1.1)), made_up((1, 1, 1), "only then"), python="3.12.1")
    new = result(made_up((2, 1.9, 2.1)), made_up((1, 1, 1), against="another"))
    assert compared(old, new) == 1
    assert capsys.readouterr().out == (
        "\n"
        "Against c0ffee of 2025-01-01T00:00:00+00:00:\n"
        "- another machine: python was 3.12.1, and is 3.11.7\n"
        "- measured only then: 1\n"
        "- measured only now: 1\n"
        "\n"
        "|        | suite | what | held against | in    | then |        spread |  now |       spread |\n"
        "| ------ | ----- | ---- | ------------ | ----- | ---: | ------------: | ---: | -----------: |\n"
        "| slower | suite | a    | b            | CPU s | 1.00 | 0.900 to 1.10 | 2.00 | 1.90 to 2.10 |\n"
        "\n"
        "1 slower, 0 faster, 0 the same\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (result(), result(made_up((1, 1, 1))), "no measurement is in both"),
        (result(made_up((1, 1, 1), "x")), result(made_up((1, 1, 1), "y")), "no measurement is in both"),
        (result(made_up((1, 1, 1)), quick=True), result(made_up((1, 1, 1))), "quick"),
    ],
)
def test_what_has_nothing_in_common_is_no_pass(
    old: Result, new: Result, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Incomparable, match=why):
        comparison.pairs(old, new)
    assert compared(old, new) == 2
    assert why in capsys.readouterr().err


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = result(made_up((1, 0.5, 2)), made_up((3, 3, 3), "c")._replace(bar=4), commit=None)
    (tmp_path / "r.json").write_text(json.dumps(written.document()))
    assert read(tmp_path / "r.json") == written


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema_version": 2}', '{"schema_version": 1, "rows": [{}]}', '{"schema_version": 1}']
)
def test_a_file_that_is_no_result_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(Unreadable, match=r"r\.json"):
        read(tmp_path / "r.json")
