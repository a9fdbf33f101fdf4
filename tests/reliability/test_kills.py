"""A spread of what ``python -m tests.reliability kills`` does at length."""

import signal
from pathlib import Path

import pytest

from tests.reliability.kills import Outcome, killed, summary
from tests.reliability.writers import wrong_after_kills

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def test_runs_that_are_killed_leave_nothing_and_the_next_is_right(tmp_path: Path) -> None:
    outcomes = killed(tmp_path, 16, seed=7)
    assert [outcome for outcome in outcomes if outcome.wrong] == []
    assert {outcome.scene for outcome in outcomes} == {"run", "ci", "ci, 2 children", "git commit"}
    assert summary(outcomes).count("\n") == 2 + len({(each.scene, each.number) for each in outcomes})


def test_writers_that_are_killed_leave_a_sound_store(tmp_path: Path) -> None:
    assert list(wrong_after_kills(tmp_path, 15, seed=7)) == []


def test_what_went_wrong_is_counted() -> None:
    outcomes = [Outcome("run", signal.SIGKILL, -9, hit=True, outlived=0.1, wrong=wrong) for wrong in ((), ("x",))]
    line = summary(outcomes).splitlines()[-1]
    assert [cell.strip() for cell in line.split("|")[3:-1]] == ["2", "-9: 2", "1", "1", "0.10"]
