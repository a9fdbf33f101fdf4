"""What is read, and what is not, in changes of any size."""

from typing import cast

import pytest

from antipasta_hook.analyse import analyse
from antipasta_hook.analyse.bench import Bench
from antipasta_hook.changes import Repository
from antipasta_hook.config.settings import Settings, told
from antipasta_hook.model import ChangeSet, Scope, ScopeKind, Status
from antipasta_hook.verdict import SMALL_CHANGE, judge
from tests.unit.verdict.golden import Sources, comparison, oid_of

SETTINGS = Settings([told(**{"limits.cognitive_complexity.level": "off"})])


def branches(number: int, name: str = "f") -> str:
    return f"def {name}(x):\n" + "".join(f"    if x == {n}:\n        act_{name}({n})\n" for n in range(number))


def small_edits(number: int) -> tuple[dict[str, str], dict[str, str]]:
    before = {f"m{n:03}.py": f"x = {n}\n{branches(3, f'g{n}')}" for n in range(number)}
    return before, {path: f"{source}y = 1\n" for path, source in before.items()}


class Reading:
    """One judgement through the pipeline's own reading, and what was measured for it."""

    def __init__(self, before: dict[str, str], after: dict[str, str], settings: Settings = SETTINGS) -> None:
        changes = ChangeSet(Scope(ScopeKind.INDEX, "base"), (comparison(before, after),))
        sources = cast("Repository", Sources(before, after))
        self.measured = analyse(changes, settings, Bench(sources, None)).measured
        self.verdict = judge(changes, self.measured, settings)

    def was_measured(self, source: str) -> bool:
        """Whether a source was looked at."""
        measurement = self.measured.get(oid_of(source))
        return measurement is not None and measurement.metrics is not None


@pytest.mark.parametrize(("files", "old_sides"), [(SMALL_CHANGE, SMALL_CHANGE), (SMALL_CHANGE + 1, 0)])
def test_old_sides_are_measured_in_small_changes_and_where_something_is_over(files: int, old_sides: int) -> None:
    before, after = small_edits(files)
    reading = Reading(before, after)
    assert sum(reading.was_measured(source) for source in after.values()) == files
    assert sum(reading.was_measured(source) for source in before.values()) == old_sides


def test_a_large_change_finds_where_a_function_came_from() -> None:
    before, after = small_edits(80)
    before["old.py"] = branches(20) + "x = 1\n"
    after["old.py"] = "x = 1\n"
    after["new.py"] = branches(20)
    reading = Reading(before, after)
    assert [(f.path, f.status) for f in reading.verdict.findings] == [("new.py", Status.EXISTING)]
    assert reading.was_measured(before["old.py"])
    assert not reading.was_measured(before["m000.py"])


def test_a_large_change_finds_the_function_whose_code_left() -> None:
    before, after = small_edits(80)
    before["old.py"] = branches(30)
    after["old.py"] = branches(4)
    after["new.py"] = "def g(x):\n" + "".join(branches(30).splitlines(keepends=True)[9:])
    new, old = Reading(before, after).verdict.findings
    assert (new.path, new.status, new.blocking) == ("new.py", Status.INTRODUCED, False)
    assert (old.path, old.status) == ("old.py", Status.RESOLVED)
    assert new.why_not == "its code came out of f (31 before, 5 now): no worse in all"


def test_deletions_alone_need_nothing() -> None:
    before, _ = small_edits(3)
    assert Reading(before, {}).measured == {}


def test_a_large_change_and_a_small_one_judge_alike() -> None:
    before, after = {"a.py": branches(12), "b.py": branches(9, "h")}, {"a.py": branches(16), "b.py": branches(11, "h")}
    many_before, many_after = small_edits(80)
    few = Reading(before, after).verdict.findings
    many = Reading({**before, **many_before}, {**after, **many_after}).verdict.findings
    assert few == many
    assert [f.status for f in few] == [Status.WORSENED, Status.INTRODUCED]
