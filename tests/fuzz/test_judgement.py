"""What finds faults, held against faults: a check that cannot fail would prove nothing."""

import os
import signal
from pathlib import Path

import pytest

from antipasta_hook.metrics import measure
from tests.fuzz import mutants, mutation
from tests.fuzz.arcs import traced
from tests.fuzz.figures import LARGEST, SLOWEST, Figures, Growth, read, table
from tests.fuzz.guiding import _followed
from tests.fuzz.mutants import too_dear, unusable
from tests.fuzz.repositories import Damage, Ending, wrong
from tests.fuzz.watched import Cost, Death, watch


def _work(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    if number == 4:
        os._exit(7)
    return 10 * number


def _wait(number: int) -> int:
    if number == 1:
        signal.pause()
    return number


def test_a_process_that_dies_costs_its_own_number_alone() -> None:
    found = dict(watch(_work, range(7), jobs=2, limit=60))
    assert found == {0: 0, 1: 10, 2: 20, 3: Death("SIGSEGV"), 4: Death("exit 7"), 5: 50, 6: 60}


def test_a_process_that_never_comes_back_is_ended() -> None:
    found = dict(watch(_wait, range(3), jobs=1, limit=5))
    assert found == {0: 0, 1: Death("no answer in 5 s"), 2: 2}


def test_what_is_neither_a_result_nor_a_named_problem() -> None:
    sound, broken = measure(b"def f(): pass\n"), measure(b"def f(:\n")
    assert unusable(sound) is unusable(broken) is None
    assert unusable(broken._replace(error=None)) == "broken, and nothing says why"
    assert broken.error is not None
    assert unusable(broken._replace(error=broken.error._replace(message="internal error: x"))) is not None
    assert unusable(sound._replace(raw=None)) == "read in full, and numbers are missing"
    assert unusable(sound._replace(cognitive_total=None)) == "no cognitive number, and nothing says why"


def test_what_costs_too_much() -> None:
    assert too_dear(Cost(SLOWEST, LARGEST)) is None
    assert too_dear(Cost(SLOWEST + 1, 0)) == "2.0 s"
    assert too_dear(Cost(0, LARGEST + (1 << 20))) == "501 MB"


OBJECTS = Damage(0, "loose", "objects", "ci")
INDEX = Damage(0, "loose", "index", "commit")


@pytest.mark.parametrize(
    ("damaged", "code", "said", "expected"),
    [
        (OBJECTS, 1, "2 functions", None),
        (OBJECTS, 3, "an object is damaged", None),
        (OBJECTS, 0, "all is well", "a false pass: what blocks is there, or could not be read"),
        (OBJECTS._replace(command="commit"), 0, "the commit was not judged and goes on", None),
        (OBJECTS._replace(command="commit"), 0, "", "0, and not a word"),
        (INDEX, 0, "", None),
        (INDEX, 3, "", "3, and not a word"),
        (INDEX, -11, "", "it ended with -11"),
        (INDEX, None, "", "it ended with None"),
        (INDEX, 99, "", "it ended with 99"),
        (INDEX, 0, "antipasta-hook: internal error: KeyError: 1 (x.py:3)", "a fault of ours"),
        (INDEX, 3, "Traceback (most recent call last):", "a fault of ours"),
    ],
)
def test_what_is_wrong_with_an_end(damaged: Damage, code: int | None, said: str, expected: str | None) -> None:
    assert wrong(damaged, Ending(code, said, 0, 0, frozenset())) == expected


def test_a_run_that_costs_too_much_is_wrong() -> None:
    ended = Ending(1, "2 functions", 0, LARGEST + (1 << 20), frozenset())
    assert wrong(OBJECTS, ended) == "501 MB, 0.0 s"
    assert wrong(OBJECTS, ended._replace(memory=0, seconds=2)) == "0 MB, 2.0 s"


def test_the_same_number_is_the_same_variant_and_all_kinds_are_reached() -> None:
    files = {"a": b"a = 1\nb = 2\n", "b": b"def f():\n    pass\n", "c": b""}
    first, again = ([mutation.variant(number, list(files), files.__getitem__) for number in range(60)] for _ in "12")
    assert first == again
    assert {each.kind for each in first} == {damage.__name__ for damage in mutation.DAMAGES}
    assert sum(each.source != files[each.path] for each in first) > 30


def test_coverage_is_seen_only_where_it_is_looked_for() -> None:
    seen: set[tuple[str, int, int]] = set()
    assert traced(lambda: measure(b"x = 1\n"), ("metrics.lines",), seen).raw is not None
    assert seen
    assert all(os.path.basename(name) == "lines.py" for name, _, _ in seen)
    before = len(seen)
    traced(lambda: measure(b"x = '''a\n\nb'''  # c\n"), ("metrics.lines",), seen)
    assert len(seen) > before


def test_whether_coverage_grew_in_the_last_tenth() -> None:
    growth = Growth()
    for inputs, coverage in ((1, 5), (50, 7), (90, 7), (95, 8)):
        growth.note(inputs, coverage)
    assert (growth.at(0), growth.at(49), growth.at(90), growth.at(100)) == (0, 5, 7, 8)


def test_what_libfuzzer_says() -> None:
    told = [
        "#2\tINITED cov: 5 ft: 6 corp: 1/1b exec/s: 0 rss: 40Mb\n",
        "SLOWEST 0.25 b'x'\n",
        "#90\tNEW    cov: 7 ft: 9 corp: 2/3b lim: 4 exec/s: 0 rss: 50Mb L: 2/2 MS: 1 EraseBytes-\n",
        "#99\tNEW    cov: 8 ft: 9 corp: 2/3b lim: 4 exec/s: 0 rss: 45Mb L: 2/2 MS: 1 EraseBytes-\n",
        "#100\tDONE   cov: 8 ft: 9 corp: 2/3b lim: 4 exec/s: 0 rss: 45Mb\n",
    ]
    found, _ = _followed("lines", told)
    assert found == Figures("lines", 100, 0, 7, 8, 0.25, 50 << 20)
    assert not found.settled
    slow, _ = _followed("lines", [*told, "SLOWEST 1.5 b'y'\n"])
    assert not slow.clean


@pytest.mark.parametrize(
    ("change", "enough", "clean"),
    [
        ({}, True, True),
        ({"inputs": 99_999}, False, True),
        ({"inputs": 5, "seconds": 1800}, True, True),
        ({"coverage": 11}, False, True),
        ({"slowest": 1.1}, True, False),
        ({"memory": LARGEST + 1}, True, False),
        ({"crashes": ["x"]}, True, False),
    ],
)
def test_the_bar(change: dict[str, object], enough: bool, clean: bool) -> None:  # noqa: FBT001 - a column of the table
    values: dict[str, object] = {"inputs": 100_000, "coverage_before": 10, "coverage": 10}
    found = Figures("lines", **(values | change))  # type: ignore[arg-type] # a row of the table
    assert (found.enough, found.clean) == (enough, clean)
    assert read(found.written()) == found
    assert f"| {len(found.crashes)} |" in list(table([found]))[-1]


def test_a_run_over_damaged_files_stops_in_time_and_says_what_it_saw(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f():\n    return 1\n")
    said: list[str] = []
    wanted = mutants.Wanted(range(1000), seconds=0, raw_limit=None, jobs=1)
    assert mutants.run([str(tmp_path / "a.py")], wanted, said.append) == 0
    assert said[-1].startswith("1 variants of 1 files: truncated 1\n")
    assert "faults and unexplained differences: 0" in said[-1]
