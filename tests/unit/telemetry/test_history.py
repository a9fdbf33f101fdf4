"""What the runs that are over come to."""

import json

import pytest

from antipasta_hook.model import Run
from antipasta_hook.telemetry.history import document, lines, percentile, summaries


def run(outcome: str = "pass", *, scope: str = "staged", took: float = 200, **more: float) -> Run:
    return Run("0" * 16, 1.8e9, scope, outcome, 0, took_ms=took)._replace(**more)  # type: ignore[arg-type] # counts


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([7], 0.5, 7), ([7], 0.95, 7), ([3, 1, 2], 0.5, 2), ([4, 3, 2, 1], 0.5, 2), (list(range(1, 101)), 0.95, 95),
     (list(range(1, 21)), 0.95, 19), ([1, 2], 0.95, 2)],
)  # fmt: skip
def test_a_percentile_is_one_of_the_values(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_each_scope_is_counted_by_itself() -> None:
    runs = [
        run(took=100, hits=3, misses=1),
        run("fail", took=300, blocking=2),
        run("error", took=900),
        run("incomplete", deferred=4),
        run("incomplete", unread=1),
        run("incomplete", deferred=1, unread=1),
        run(scope="ci", took=5000, hits=98, misses=2),
    ]
    staged, ci = summaries(runs)
    assert (staged.scope, staged.runs, staged.median_ms, staged.longest_ms) == ("staged", 6, 200, 900)
    assert (staged.blocked, staged.unjudged, staged.late, staged.deferred) == (1, 3, 2, 5)
    assert staged.hit_rate == 0.75
    assert ci.hit_rate == 0.98
    assert ci.p95_ms == 5000


def test_people_get_a_table_with_aligned_columns() -> None:
    runs = [*(run(took=100 + n) for n in range(98)), run("fail", took=1500), run(scope="ci", took=61_000)]
    head, names, commit, ci = lines(runs)
    assert head == "the latest 100 runs in this repository on this machine, 2027-01-15 to 2027-01-15"
    assert len(names) == len(commit) == len(ci)
    assert commit.split() == ["commit", "99", "0.15", "s", "0.19", "s", "1.50", "s", "1", "(1%)", "-", "-", "-"]
    assert ci.split() == ["CI", "1", "61.00", "s", "61.00", "s", "61.00", "s", "-", "-", "-", "-"]


@pytest.mark.parametrize(
    ("usual", "said"),
    [(run("incomplete", deferred=3), "a commit often leaves files for later"),
     (run("error"), "a commit often cannot be judged: antipasta-hook last says why"),
     (run("fail", blocking=1), "")],
)  # fmt: skip
def test_what_stands_out_is_said_with_what_to_do(usual: Run, said: str) -> None:
    assert said in list(lines([usual] * 20))[-1]
    assert len(list(lines([usual] * 19))) == 3


def test_nothing_is_kept_yet() -> None:
    assert list(lines([])) == ["no runs are kept yet: each commit, push and CI run in this repository adds one"]
    assert document([]) == {"schema_version": 1, "runs": 0, "scopes": []}


def test_programs_get_the_same() -> None:
    found = json.loads(json.dumps(document([run(took=1 / 3, hits=1)])))
    (scope,) = found["scopes"]
    assert (scope["scope"], scope["median_ms"], scope["hit_rate"]) == ("staged", 0.3, 1.0)
