"""What is said where the time ends too soon: never more than is known, and never a pass. The clock is made up."""

import random
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import pytest

from antipasta_hook.analyse import analyse
from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.candidates import candidates, is_granted, used_of_grant
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.deadline import NO_DEADLINE, Deadline
from antipasta_hook.analyse.ranking import ranked
from antipasta_hook.analyse.reading import Means
from antipasta_hook.config.settings import Settings, told
from antipasta_hook.metrics import measure
from antipasta_hook.model import ChangeSet, FileMetrics, FileStatus, Outcome, Scope, ScopeKind, Status, Verdict
from antipasta_hook.plan import ALWAYS_MEASURED, plan
from antipasta_hook.verdict import judge
from tests.unit.verdict.golden import Sources, comparison

SETTINGS = Settings([told(**{"limits.cognitive_complexity.level": "off"})])
PADDING = "\n".join(f"NOTHING_{n} = {n}" for n in range(6_000)) + "\n"
"""Enough to make a change worth a look at the clock."""
assert len(PADDING) > ALWAYS_MEASURED

KNOWN = lru_cache(maxsize=None)(measure)

Tree = Mapping[str, str]


class Clock:
    """Time passes with every look at it, or with every measurement."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.a_look = 1.0
        self.a_measurement = 0.0

    def __call__(self) -> float:
        """What time it is."""
        self.seconds += self.a_look
        return self.seconds

    def measure(self, source: bytes) -> FileMetrics:
        """Measure a source, each only once: the tests have no time to lose."""
        self.seconds += self.a_measurement
        return KNOWN(source)


CLOCK = Clock()


@pytest.fixture(autouse=True)
def _made_up_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CLOCK, "a_look", 1.0)
    monkeypatch.setattr(CLOCK, "a_measurement", 0.0)
    monkeypatch.setattr("antipasta_hook.analyse.bench.measure", CLOCK.measure)


class Judged(NamedTuple):
    """A verdict, and when it was given."""

    verdict: Verdict
    seconds: float


def judged(before: Tree, after: Tree, seconds: float | None, theirs: Tree | None = None) -> Judged:
    """Judge within so many seconds."""
    comparisons = [comparison(dict(before), dict(after))]
    if theirs is not None:
        comparisons.append(comparison(dict(theirs), dict(after)))
    changes = ChangeSet(Scope(ScopeKind.INDEX, "base"), tuple(comparisons))
    sources = Sources(before, after, theirs or {})
    CLOCK.seconds = 0
    deadline = Deadline(None if seconds is None else 1_000 * seconds, 0, clock=CLOCK)
    planned = plan(ranked(changes, sources, SETTINGS), 10**9, deadline.reason) if seconds is not None else None
    analysis = analyse(changes, SETTINGS, Bench(sources, None), planned=planned, means=Means(deadline))
    return Judged(judge(changes, analysis.measured, SETTINGS, analysis.cleared), CLOCK.seconds)


def branches(number: int, name: str = "f") -> str:
    steps = (f"    if x == {n}:\n        act_{name}({n})\n" for n in range(number))
    return f"def {name}(x):\n" + "".join(steps)


def random_tree(random_: random.Random, files: int) -> dict[str, str]:
    names = "fghk"
    return {
        f"m{n}.py": "".join(branches(random_.choice([1, 8, 12, 20]), name) for name in names if random_.random() < 0.7)
        for n in range(files)
    }


def random_edit(random_: random.Random, tree: Tree) -> dict[str, str]:
    """Functions move between files, are copied, grow, shrink, come and go."""
    edited = dict(tree)
    for path in tree:
        chance = random_.random()
        if chance < 0.3:
            edited[path] = random_tree(random_, 1)["m0.py"]
        elif chance < 0.5:
            other = random_.choice(list(edited))
            edited[path], edited[other] = edited[other], edited[path]
        elif chance < 0.6:
            del edited[path]
        elif chance < 0.75:
            edited[path] += copied(random_.choice(list(tree.values())), f"c{len(edited)}")
    return edited


def copied(source: str, name: str) -> str:
    """The first function of a source once more, under another name and with a branch less."""
    first = source.partition("\ndef ")[0].rstrip("\n")
    return f"\n{first.replace('def ', f'def {name}_', 1).rpartition('    if ')[0]}"


@pytest.mark.parametrize("seed", [*range(16), 1257])
def test_what_blocks_in_a_hurry_blocks_at_leisure_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random_ = random.Random(seed)
    files = random_.choice([3, 6, 10, 55, 70])
    before = {**random_tree(random_, files), "p.py": PADDING}
    after = {**random_edit(random_, before), "p.py": f"{PADDING}x = 1\n"}
    theirs = random_edit(random_, before) if seed % 2 else None
    a_look, a_measurement = random_.choice([(1, 0), (0.01, 1), (0, 1)])
    monkeypatch.setattr(CLOCK, "a_look", a_look)
    monkeypatch.setattr(CLOCK, "a_measurement", a_measurement)
    expected = judged(before, after, None, theirs).verdict
    blocking = {f[:5] for f in expected.findings if f.blocking}
    enough = judged(before, after, 10**6, theirs)
    assert enough.verdict == expected
    for _ in range(8):
        seconds = random_.uniform(0.01, max(1, enough.seconds * 1.2))
        verdict = judged(before, after, seconds, theirs).verdict
        assert {f[:5] for f in verdict.findings if f.blocking} <= blocking
        assert [file.path for file in verdict.files] == [file.path for file in expected.files]
        late = [file for file in verdict.files if file.status == FileStatus.DEFERRED]
        assert all(file.reason and file.metrics is None for file in late)
        assert not (late and verdict.outcome == Outcome.PASS)


def test_a_copy_is_excused_neither_in_a_hurry_nor_at_leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    giant = PADDING + branches(29, "giant")
    copy = branches(15, "giant").replace("def giant", "def copied")
    before = {"a.py": giant, "p.py": PADDING}
    after = {"a.py": giant.rpartition("    if ")[0], "b.py": copy, "p.py": f"{PADDING}z = 1\n"}
    assert [f.symbol for f in judged(before, after, None).verdict.findings if f.blocking] == ["copied"]
    monkeypatch.setattr(CLOCK, "a_look", 0.01)
    monkeypatch.setattr(CLOCK, "a_measurement", 1)
    for seconds in range(1, 40):
        verdict = judged(before, after, seconds / 4).verdict
        assert {f.symbol for f in verdict.findings if f.blocking} <= {"copied"}


def test_many_deletions_are_no_trifle() -> None:
    changes = ChangeSet(
        Scope(ScopeKind.INDEX, None), (comparison({"gone.py": PADDING, "a.py": "x = 1\n"}, {"a.py": "x = 2\n"}),)
    )
    assert not is_granted(
        changes, Bench(Sources({"gone.py": PADDING, "a.py": "x = 1\n"}, {"a.py": "x = 2\n"}), None), NO_DEADLINE
    )


def test_without_any_time_all_is_deferred_and_nothing_said() -> None:
    verdict = judged({}, {"a.py": branches(20), "p.py": PADDING}, 0).verdict
    assert {file.status for file in verdict.files} == {FileStatus.DEFERRED}
    assert {file.reason for file in verdict.files} == {"no time left within 0 ms"}
    assert (verdict.findings, verdict.outcome) == ((), Outcome.INCOMPLETE)


def test_a_trifle_is_measured_without_a_look_at_the_clock() -> None:
    assert judged({}, {"a.py": branches(20)}, None).verdict.outcome == Outcome.FAIL
    changes = ChangeSet(Scope(ScopeKind.INDEX, None), (comparison({}, {"a.py": branches(20)}),))
    sources = Sources({"a.py": branches(20)})
    analysis = analyse(changes, SETTINGS, Bench(sources, None), means=Means(Deadline(1, 0, clock=lambda: 10**6)))
    assert judge(changes, analysis.measured, SETTINGS, analysis.cleared).outcome == Outcome.FAIL


def first_with(before: Tree, after: Tree, status: Status) -> Verdict:
    """The first verdict, with ever more time, that has a finding of this status."""
    for seconds in range(1, 100):
        verdict = judged(before, after, seconds).verdict
        if any(finding.status == status for finding in verdict.findings):
            return verdict
    raise AssertionError("there was none")


def test_where_the_old_side_was_not_measured_nobody_is_blamed() -> None:
    before = {"a.py": branches(20), "p.py": PADDING}
    after = {"a.py": branches(21), "p.py": f"{PADDING}x = 1\n"}
    verdict = first_with(before, after, Status.UNJUDGED)
    (finding,) = verdict.findings
    assert finding.why_not is not None
    assert "no time left within" in finding.why_not
    assert (finding.blocking, verdict.outcome) == (False, Outcome.INCOMPLETE)


def test_where_it_cannot_be_told_in_time_where_a_function_came_from_nobody_is_blamed() -> None:
    before = {"old.py": PADDING + branches(20), **{f"m{n:02}.py": branches(3, f"g{n}") for n in range(60)}}
    after = {"old.py": PADDING, "new.py": branches(20), **{p: f"{t}y = 1\n" for p, t in before.items() if p[0] == "m"}}
    for seconds in range(1, 600, 7):
        verdict = judged(before, after, seconds).verdict
        assert not any(finding.blocking for finding in verdict.findings)
    assert [f.status for f in judged(before, after, None).verdict.findings] == [Status.EXISTING]


def test_what_lost_no_line_of_it_is_no_reason_to_let_an_offender_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CLOCK, "a_look", 0.0)
    monkeypatch.setattr(CLOCK, "a_measurement", 1.0)
    before = {f"m{n:02}.py": f"X = {n}\n{branches(3, f'g{n}')}" for n in range(100)} | {"a.py": branches(3)}
    after = {path: f"{text}y = 1\n" for path, text in before.items()} | {"a.py": branches(20)}
    told_early = [
        verdict
        for seconds in range(1, 100, 9)
        for verdict in [judged(before, after, seconds).verdict]
        if verdict.outcome == Outcome.FAIL and any(file.status == FileStatus.DEFERRED for file in verdict.files)
    ]
    assert told_early
    assert {(f.path, f.status) for verdict in told_early for f in verdict.findings} == {("a.py", Status.INTRODUCED)}


def test_the_smallest_commits_are_measured_whatever_the_clock_says() -> None:
    late = Deadline(1_000, 0, clock=lambda: 10.0)
    for size, expected in ((ALWAYS_MEASURED, True), (ALWAYS_MEASURED + 1, False)):
        after = {"a.py": "#" * (size - 1) + "\n"}
        changes = ChangeSet(Scope(ScopeKind.INDEX, None), (comparison({}, after),))
        assert is_granted(changes, Bench(Sources({}, after), None), late) is expected


def test_of_many_branches_the_first_have_all_that_is_measured_whatever_the_clock_says() -> None:
    late, early = Deadline(1_000, 0, clock=lambda: 10.0), Deadline(10**9, 0, clock=lambda: 10.0)
    text = "# " + "a" * 24_000 + "\n"
    changes = ChangeSet(Scope(ScopeKind.INDEX, None), (comparison({}, {"a.py": text}),))
    bench = Bench(Sources({}, {"a.py": text}), None)
    left, measured = ALWAYS_MEASURED, 0
    for parts in range(1_500, 0, -1):
        deadline = late.share(parts, left)
        measured += is_granted(changes, bench, deadline)
        left -= used_of_grant(changes, bench, deadline)
    assert measured == ALWAYS_MEASURED // len(text)
    assert used_of_grant(changes, bench, early) == 0
    assert used_of_grant(changes, bench, NO_DEADLINE) == 0


class Asked:
    """A BlobSource that counts how often it is asked for a size."""

    def __init__(self, sources: Sources) -> None:
        self.sizes = 0
        self._sources = sources

    def size(self, oid: str) -> int | None:
        """See BlobSource."""
        self.sizes += 1
        return self._sources.size(oid)

    def read(self, oid: str) -> bytes:
        """See BlobSource."""
        return self._sources.read(oid)


def test_of_thousands_of_files_no_more_sizes_are_asked_for_than_there_is_time_for() -> None:
    """Each was asked for three times before one was measured, which took longer than the budget."""
    after = {f"m{number}.py": f"x = {number}\n" for number in range(12_000)}
    changes = ChangeSet(Scope(ScopeKind.INDEX, None), (comparison({}, after),))
    asked = Asked(Sources({}, after))
    bench, late = Bench(asked, None), Deadline(1_000, 0, clock=lambda: 0.9)
    order = candidates(changes, bench, SETTINGS, deadline=late, crew=Crew(0))
    assert order is not None
    analyse(changes, SETTINGS, bench, planned=plan(order, late.left_ms, late.reason), means=Means(late))
    assert {each.status for each in bench.measured.values()} == {FileStatus.DEFERRED}
    assert len(bench.measured) == len(after)
    assert asked.sizes < 6_000
