"""A short run over every target, the same each time; the long ones are commands (docs/development/fuzzing.md)."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from antipasta_hook.model import Reading
from tests.differential.compare import REASONS
from tests.fuzz import mutants, mutation, strategies
from tests.fuzz.figures import read
from tests.fuzz.packages import STANDARD_LIBRARY, real_files
from tests.fuzz.targets import DRAWN, GUIDED, HOSTILE, check, kept

SEED = 20240101
DAMAGED = 150
DRAWN_INPUTS = 30
VARIANTS = 90
RUNS = 12

_KEPT = [(name, each, data) for name in (*GUIDED, *DRAWN) for each, data in kept(name)]


@pytest.mark.parametrize(("name", "each", "data"), _KEPT, ids=[f"{name}: {each}" for name, each, _ in _KEPT])
def test_what_was_found_once_is_found_no_more(name: str, each: str, data: bytes) -> None:
    assert "-" in each, "its name says what it was"
    check(name, data)


def test_everything_that_is_kept_belongs_to_a_target() -> None:
    folders = {path.name for path in Path(HOSTILE).iterdir() if path.is_dir()}
    assert folders <= {*GUIDED, *DRAWN}
    assert _KEPT


@pytest.mark.parametrize("name", GUIDED)
def test_seeds_and_damaged_seeds(name: str) -> None:
    chance = random.Random(SEED)
    for seed in GUIDED[name].seeds:
        check(name, seed)
        for _ in range(DAMAGED // len(GUIDED[name].seeds)):
            check(name, mutation.damaged(chance, seed, chance.choice(GUIDED[name].seeds)))


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_inputs(name: str) -> None:
    few = settings(
        max_examples=DRAWN_INPUTS, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    strategy: SearchStrategy[bytes] = getattr(strategies, DRAWN[name].strategy)
    few(given(strategy)(lambda data: check(name, data)))()


def test_damaged_files_of_the_standard_library() -> None:
    paths = [path for path in real_files(()) if Path(path).stat().st_size < 20_000][:: 1000 // VARIANTS]
    found = [outcome for _, outcome in mutants.outcomes(paths, range(VARIANTS), raw_limit=10, jobs=1)]
    tally = mutants.Tally()
    for number, each in enumerate(found):
        tally.add(number, each)
    assert tally.faults == []
    assert tally.compared > VARIANTS / 10
    assert set(tally.readings) >= {str(Reading.FULL), str(Reading.BROKEN)}
    assert set(tally.reasons) <= set(REASONS)
    assert set(tally.kinds) == {each.__name__ for each in mutation.DAMAGES}
    assert all(each.path.startswith(STANDARD_LIBRARY) for each in found)


def test_damaged_repositories() -> None:
    """In a process of its own, which forks: this one may have threads."""
    command = [sys.executable, "-m", "tests.fuzz", "one", "git", str(RUNS), "600", "0"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr
    found = read(done.stdout)
    assert (found.inputs, found.crashes) == (RUNS, [])
    assert found.coverage > 500
