"""Commits that were replayed, taken together; and the same commits under other limits."""

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antipasta_hook.config.settings import DEFAULTS, Layer, Override, Settings, Value, told
from antipasta_hook.metrics import measure
from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    SYNTAX,
    Blob,
    Change,
    ChangeSet,
    Comparison,
    FileStatus,
    Measurement,
    Outcome,
    Scope,
    ScopeKind,
    Status,
)
from antipasta_hook.model.backtest import Blobs, LimitPair, Question, Replayed, Share
from antipasta_hook.replay.grid import Grid
from antipasta_hook.replay.tally import Terms, tally
from antipasta_hook.replay.touched import Touched, touched
from antipasta_hook.verdict import judge
from tests.unit.report.sample import finding

NOTHING = Blobs(0, 0, ())
TERMS = Terms(Question(), "0" * 40, "the default settings", Grid(DEFAULTS), {})


def commit(
    *stops: object,
    outcome: Outcome | None = None,
    merge: bool = False,
    first: bool = False,
    by: frozenset[LimitPair] = frozenset(),
) -> Replayed:
    outcome = outcome or (Outcome.FAIL if stops else Outcome.PASS)
    return Replayed("1" * 40, "subject", 0, merge, first, outcome, stops=stops, stopped_by=by)  # type: ignore[arg-type] # rows of the tables


def test_merges_are_counted_apart_and_so_are_first_commits() -> None:
    done = [
        commit(finding(), first=True),
        commit(first=True),
        commit(outcome=Outcome.INCOMPLETE),
        commit(finding(), merge=True, first=True),
        commit()._replace(outcome=None, reason="unreadable"),
    ]
    found = tally(done, TERMS, NOTHING, complete=True, seconds=1)
    assert found.commits == Share(3, 1, 1)
    assert found.firsts == Share(2, 1, 0)
    assert found.merges == Share(1, 1, 0)
    assert found.left_out == (("unreadable", 1),)
    assert found.stopped == (done[0], done[3])


def test_first_commits_are_not_told_where_the_history_is_cut_off() -> None:
    found = tally([commit()], TERMS._replace(first=None), NOTHING, complete=True, seconds=1)
    assert found.firsts is None


def test_a_commit_counts_once_for_each_status_and_metric() -> None:
    both = commit(finding(), finding("b.py"), finding(metric=COGNITIVE, limit=15, status=Status.WORSENED))
    found = tally([both, commit(finding()), commit(finding(), merge=True)], TERMS, NOTHING, complete=True, seconds=1)
    assert found.stops == (
        (Status.INTRODUCED, CYCLOMATIC, 2),
        (Status.WORSENED, COGNITIVE, 1),
    )


def test_the_functions_that_stop_most_have_the_values_of_the_newest_commit() -> None:
    done = [
        commit(finding("b.py", value=13), finding("b.py", 7, None, SYNTAX, value=None)),
        commit(finding("a.py", value=12)),
        commit(finding("b.py", value=11), finding("b.py", metric=COGNITIVE, value=40)),
    ]
    found = tally(done, TERMS, NOTHING, complete=True, seconds=1)
    assert found.functions == (("b.py", "f", 2, ((CYCLOMATIC, 13),)), ("a.py", "f", 1, ((CYCLOMATIC, 12),)))


def test_only_the_ten_functions_that_stop_most_are_told() -> None:
    done = [commit(*(finding(f"{number:02}.py") for number in range(12))), commit(finding("11.py"))]
    found = tally(done, TERMS, NOTHING, complete=True, seconds=1).functions
    assert [each.path for each in found] == ["11.py", *(f"{number:02}.py" for number in range(9))]


def test_the_table_counts_for_each_pair_of_limits() -> None:
    pairs = frozenset({LimitPair(8, 10), LimitPair(10, 15)})
    found = tally(
        [commit(by=pairs), commit(by=pairs), commit(merge=True, by=pairs)], TERMS, NOTHING, complete=True, seconds=1
    )
    assert found.limits.in_force == (10, 15)
    assert found.limits.stopped[0] == (2, 0, 0, 0)
    assert found.limits.stopped[1] == (0, 2, 0, 0)


@pytest.mark.parametrize(
    ("values", "cyclomatic", "cognitive", "in_force"),
    [
        ({}, (8, 10, 12, 15, 20), (10, 15, 20, 25), (10, 15)),
        ({f"limits.{CYCLOMATIC}.limit": 7}, (7, 8, 10, 12, 15, 20), (10, 15, 20, 25), (7, 15)),
        ({f"limits.{COGNITIVE}.level": "off"}, (8, 10, 12, 15, 20), (10, 15, 20, 25), (10, None)),
        ({f"limits.{CYCLOMATIC}.level": "warning"}, (8, 10, 12, 15, 20), (10, 15, 20, 25), (None, 15)),
    ],
)
def test_what_is_set_for_the_root_is_among_the_limits(
    values: dict[str, object], cyclomatic: object, cognitive: object, in_force: object
) -> None:
    layer = Layer("", {key: Value(value) for key, value in values.items()})  # type: ignore[arg-type] # rows of the tables
    grid = Grid(Settings([layer]))
    assert (grid.cyclomatic, grid.cognitive, grid.in_force) == (cyclomatic, cognitive, in_force)


def test_other_settings_get_the_limits_of_the_table_and_one_grid_as_long_as_they_last() -> None:
    grid = Grid(DEFAULTS)
    strict = [Layer("", {f"limits.{CYCLOMATIC}.limit": Value(3)})]
    assert grid.of(Settings()) is grid
    other = grid.of(Settings(strict))
    assert other is grid.of(Settings(strict))
    assert other.cyclomatic == grid.cyclomatic
    assert grid.of(Settings()) is not other


def source(functions: "Written") -> bytes:
    """Functions of a name, with so many branches, a body of a kind, an assert more or not."""
    texts = []
    for name, branches, kind, asserts in functions:
        body = [f"    if a{kind} == {n}:\n        b{kind} = f{n}(a{kind})\n" for n in range(branches)]
        check = f"    assert a{kind}\n" if asserts else ""
        texts.append(f"def {name}(a{kind}):\n{''.join(body)}{check}    return a{kind}\n")
    return "\n\n".join(texts).encode() or b"\n"


Written = list[tuple[str, int, int, bool]]
BROKEN: Written = [("broken", -1, 0, False)]
FUNCTIONS = st.lists(
    st.tuples(
        st.sampled_from("fgh"),
        st.sampled_from([0, 2, 7, 8, 9, 10, 11, 13, 16, 22]),
        st.integers(0, 2),
        st.booleans(),
    ),
    max_size=4,
)
SIDES = st.one_of(st.none(), FUNCTIONS, st.just(BROKEN))
Sides = list[tuple[Written | None, Written | None]]
LAYERS = st.sampled_from(
    [
        [],
        [told(gate="touched")],
        [told(gate="all")],
        [told(count_asserts=True)],
        [told(tolerance=0)],
        [Layer("", {"limits.halstead_volume.limit": Value(300)})],
        [Layer("", {f"limits.{COGNITIVE}.level": Value("off")})],
        [Layer("", {}, (Override(("a.py",), {f"limits.{CYCLOMATIC}.limit": Value(3)}),))],
    ]
)


def change_of(sides: Sides) -> tuple[ChangeSet, dict[str, Measurement]]:
    """A change of files of these functions, measured."""
    measured: dict[str, Measurement] = {}

    def blob(functions: Written | None) -> Blob | None:
        if functions is None:
            return None
        text = b"def broken(:\n" if functions == BROKEN else source(functions)
        measured[text.hex()] = Measurement(FileStatus.ANALYSED, measure(text))
        return Blob(text.hex(), 0o100644)

    changes = [Change(f"{name}.py", blob(old), blob(new)) for name, (old, new) in zip("abcd", sides, strict=False)]
    changes = [change for change in changes if change.before != change.after]
    return ChangeSet(Scope(ScopeKind.RANGE, "1" * 40), (Comparison("1" * 40, tuple(changes)),)), measured


@settings(max_examples=100, deadline=None)
@given(sides=st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=4), layers=LAYERS)
def test_what_is_left_out_of_a_change_changes_nothing(sides: Sides, layers: list[Layer]) -> None:
    changes, measured = change_of(sides)
    chosen = Settings(layers)
    grid = Grid(chosen)
    part = touched(changes, measured, chosen, grid.lowest)
    whole, less = judge(changes, measured, chosen), judge(*part, chosen)
    assert less.outcome == whole.outcome
    blocking = [found for found in whole.findings if found.blocking]
    assert [found for found in less.findings if found.blocking] == blocking
    stopping = grid.stopping(part, stopped=bool(blocking))
    for pair in (LimitPair(*each) for each in product(grid.cyclomatic, grid.cognitive)):
        verdict = judge(changes, measured, grid.under(pair))
        assert (pair in stopping) == any(found.blocking for found in verdict.findings), pair


def test_most_of_a_change_is_left_out() -> None:
    small = [("f", 2, 0, False), ("g", 9, 1, False), ("h", 11, 2, False)]
    changes, measured = change_of(
        [(small, [*small[:1], ("g", 10, 1, False), small[2]]), (None, [("new", 3, 0, False)])]
    )
    part = touched(changes, measured, DEFAULTS, Grid(DEFAULTS).lowest)
    left = [[f.symbol for f in known.metrics.functions] for known in part.measured.values() if known.metrics]
    assert sorted(left) == [[], ["g"], ["g"]]
    assert [change.path for change in part.changeset.comparisons[0].changes] == ["a.py"]


def test_stricter_limits_of_either_metric_stop_no_fewer_new_functions() -> None:
    changes, measured = change_of([(None, [("f", 13, 0, False)])])
    grid = Grid(DEFAULTS)
    stopping = grid.stopping(Touched(changes, measured), stopped=True)
    for one in grid.cyclomatic:
        row = [LimitPair(one, other) in stopping for other in grid.cognitive]
        assert all(a >= b for a, b in pairwise(row))
    assert LimitPair(12, 25) in stopping
    assert LimitPair(15, 15) not in stopping
