"""Some of the calls that leave the process, each made to fail once; all: ``python -m tests.reliability faults``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.reliability.faults import SCENARIOS, Call, Fault, counted, tried, wrong
from tests.reliability.ground import Done

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts the calls of Linux")

TRIED: Final = ("commit, read by git", "commit, cold cache", "CI, children")


def _spread(name: str, calls: list[Call]) -> Iterator[Fault]:
    """Of each function the middle one of its calls, in one of its ways."""
    for place, what in enumerate(sorted({call.what for call in calls})):
        alike = [call for call in calls if call.what == what]
        call = alike[len(alike) // 2]
        yield Fault(name, call, place % call.ways)


@pytest.mark.parametrize("name", TRIED)
def test_what_fails_is_said_and_passes_nothing(name: str, tmp_path: Path) -> None:
    faults = list(_spread(name, counted(name, tmp_path)))
    assert len(faults) > 15
    ends = list(tried(faults, tmp_path))
    assert len(ends) == len(faults)
    assert [f"{fault}: {what}\n{done.out}{done.err}" for fault, done, what in ends if what is not None] == []


def test_every_scenario_can_be_counted(tmp_path: Path) -> None:
    for name in SCENARIOS.keys() - set(TRIED):
        assert len(counted(name, tmp_path)) > 100


@pytest.mark.parametrize(
    ("name", "done", "expected"),
    [
        ("commit", Done(1, "pkg/bad.py:1 bad", ""), None),
        ("commit", Done(0, "", "the commit was not judged and goes on"), None),
        ("commit", Done(0, "", ""), "a false pass"),
        ("commit", Done(0, "passed", "the cache cannot be used"), "a false pass"),
        ("commit", Done(1, "", ""), "blocks without a word of what"),
        ("commit", Done(2, "", "no"), "exit code 2"),
        ("commit", Done(-99, "", "", ("it hung",)), "left behind: it hung"),
        ("commit", Done(1, "bad", "", (".git/index.lock",)), "left behind: .git/index.lock"),
        ("commit", Done(0, "", "internal error: not judged"), "says internal error"),
        ("commit", Done(1, "bad", "Traceback (most recent call last)"), "says Traceback (most recent call last)"),
        ("commit, nothing bad", Done(0, "", ""), None),
        ("commit, nothing bad", Done(1, "bad", ""), "blocks what is not bad"),
        ("CI", Done(3, "", "nothing was judged"), None),
        ("CI", Done(3, "", "it broke"), "does not say what was not judged"),
        ("CI", Done(3, "", "not judged"), None),
        ("CI", Done(0, "", "not judged"), "passes on CI"),
        ("CI, nothing bad", Done(3, "", ""), "does not say what was not judged"),
    ],
)
def test_the_test_of_the_test(name: str, done: Done, expected: str | None) -> None:
    assert wrong(done, SCENARIOS[name], None) == expected
