"""What is measured now and what later, over all orders, estimates, times and paces."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.model import Blob, Change
from antipasta_hook.plan import GIANT_MS, Pace, is_ample, plan

REASON = "no time left within 2 s"


class Entry(NamedTuple):
    """A candidate."""

    change: Change
    estimate_ms: float


def order_of(estimates: list[float]) -> list[Entry]:
    return [Entry(Change(f"m{n}.py", None, Blob("0" * 40, 0o100644)), estimate) for n, estimate in enumerate(estimates)]


ESTIMATES = st.lists(st.floats(0, 3 * GIANT_MS, allow_nan=False), max_size=30)
TIMES = st.floats(-100, 20_000, allow_nan=False)
PACES = st.builds(Pace, st.floats(0.01, 100, allow_nan=False), st.integers(1, 16))


@given(ESTIMATES, TIMES, PACES)
def test_nothing_is_lost_nothing_is_in_both_and_the_order_stays(
    estimates: list[float], left: float, pace: Pace
) -> None:
    order = order_of(estimates)
    planned = plan(order, left, REASON, pace)
    assert [*planned.now, *(later.candidate for later in planned.later)] == order


@given(ESTIMATES, TIMES, TIMES, PACES)
def test_more_time_selects_no_less(estimates: list[float], one: float, other: float, pace: Pace) -> None:
    order = order_of(estimates)
    less, more = (plan(order, left, REASON, pace).now for left in sorted((one, other)))
    assert more[: len(less)] == less


@given(ESTIMATES, TIMES, PACES, PACES)
def test_the_pace_moves_the_cut_and_nothing_else(estimates: list[float], left: float, one: Pace, other: Pace) -> None:
    order = order_of(estimates)
    shorter, longer = sorted((plan(order, left, REASON, pace).now for pace in (one, other)), key=len)
    assert longer[: len(shorter)] == shorter


@given(ESTIMATES, TIMES, PACES)
def test_what_is_left_for_later_has_a_reason(estimates: list[float], left: float, pace: Pace) -> None:
    assert all(later.reason.startswith(REASON) for later in plan(order_of(estimates), left, REASON, pace).later)


@given(st.lists(st.floats(0, GIANT_MS)), st.lists(st.floats(GIANT_MS + 1, 10**6)), TIMES)
def test_a_giant_takes_no_time_from_what_comes_before_it(small: list[float], giants: list[float], left: float) -> None:
    alone = plan(order_of(small), left, REASON).now
    assert plan(order_of([*small, *giants]), left, REASON).now[: len(alone)] == alone


def test_with_no_time_left_nothing_is_measured() -> None:
    assert plan(order_of([1.0]), 0, REASON).now == ()
    assert plan(order_of([1.0]), -5, REASON).now == ()


def test_what_takes_twice_the_time_that_is_left_is_tried() -> None:
    order = order_of([100.0, 100.0, 1.0])
    assert len(plan(order, 100, REASON).now) == 2
    assert len(plan(order, 99, REASON).now) == 1
    assert len(plan(order, 50.5, REASON, Pace(lanes=2)).now) == 3


def test_of_a_giant_it_is_said_how_long_it_would_take() -> None:
    (later,) = plan(order_of([23_400.0]), 1_500, REASON).later
    assert later.reason == f"{REASON}: it alone would take about 23.4 s"


@given(st.integers(0, 10**8), TIMES, TIMES)
def test_what_is_ample_stays_so_with_more_time(size: int, one: float, other: float) -> None:
    assert is_ample(size, max(one, other)) or not is_ample(size, min(one, other))
