"""How long a run waits for others, all in all."""

import pytest

from antipasta_hook.cache.patience import Patience


class Clock:
    """A clock that the tests move."""

    now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def waited(clock: Clock, patience: Patience, seconds: float) -> None:
    with patience.tried():
        clock.now += seconds


def test_what_was_waited_is_not_waited_again() -> None:
    clock = Clock()
    patience = Patience(0.3, clock)
    assert patience.left == pytest.approx(0.3)
    waited(clock, patience, 0.2)
    assert patience.left == pytest.approx(0.12)  # a tenth of what went by came back
    waited(clock, patience, 0.12)
    assert patience.left == pytest.approx(0.02)  # who asks at all waits a moment
    waited(clock, patience, 5)
    assert patience.left == pytest.approx(0.02)


def test_it_comes_back_with_time_and_never_grows_beyond_what_it_was() -> None:
    clock = Clock()
    patience = Patience(0.3, clock)
    waited(clock, patience, 0.3)
    clock.now += 1
    assert patience.left == pytest.approx(0.13)
    clock.now += 1_000
    assert patience.left == pytest.approx(0.3)


def test_all_waits_of_a_short_run_together_stay_below_half_a_second() -> None:
    clock = Clock()
    patience, begun = Patience(0.3, clock), Clock.now
    total = 0.0
    while clock.now - begun < 1:
        step = patience.left
        waited(clock, patience, step)
        total += step
        clock.now += 0.1
    assert total < 0.5
