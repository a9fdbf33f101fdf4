"""Which lines of what blocks add most, and which of them a commit wrote: over real repositories and hostile ones."""

import os
from collections.abc import Iterator, Mapping
from typing import cast

import pytest

from antipasta_hook.analyse import analyse
from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.blame import MOST_FUNCTIONS, MOST_LINES, blamed
from antipasta_hook.changes import MissingBlob, Repository, open_repository, staged_changes
from antipasta_hook.config.settings import DEFAULTS, Settings, told
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, SYNTAX, Contribution, Finding, Verdict
from antipasta_hook.verdict import judge
from tests.integration.repositories import Repo
from tests.unit.verdict.golden import FIXTURES, Golden, Sources, changeset, oid_of, read

BODY = "".join(f"    if x == {n}:\n        print({n})\n" for n in range(9))


def verdict_of(repo: Repo, settings: Settings = DEFAULTS) -> Verdict:
    """What is staged, judged and blamed."""
    with open_repository(str(repo.path), os.environ) as repository:
        changes = staged_changes(repository, settings)
        measured = analyse(changes, settings, Bench(repository, None)).measured
        return blamed(judge(changes, measured, settings), repository, settings)


def lines_of(verdict: Verdict, metric: str = CYCLOMATIC) -> tuple[Contribution, ...]:
    """The lines of the one finding by this metric that blocks."""
    (found,) = [f for f in verdict.findings if f.blocking and f.metric == metric]
    return found.lines


def own(verdict: Verdict, metric: str = CYCLOMATIC) -> list[str]:
    """The text of the lines that this change wrote."""
    return [each.text for each in lines_of(verdict, metric) if each.own]


def stage(repo: Repo, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        repo.write(path, text)
    repo.stage()


def test_every_line_of_a_new_function_is_its_commit_s_own(repo: Repo) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    stage(repo, {"a.py": f"x = 1\ndef f(x):\n{BODY}    while x and x: pass\n"})
    lines = lines_of(verdict_of(repo))
    assert lines[0] == Contribution(21, 2, "while x and x: pass", own=True)
    assert sum(each.adds for each in lines) == 12
    assert [each.adds for each in lines] == sorted((each.adds for each in lines), reverse=True)
    assert all(each.own for each in lines)


def test_of_a_function_that_grew_only_what_was_written_is_its_commit_s_own(repo: Repo) -> None:
    repo.commit_files({"a.py": f"def f(x):\n{BODY}    return x\n"})
    stage(repo, {"a.py": f"y = 1\n\ndef f(x):\n    for y in x: pass\n{BODY}    return x or y\n"})
    assert own(verdict_of(repo)) == ["for y in x: pass", "return x or y"]


def test_a_line_that_only_went_deeper_is_not_written_anew(repo: Repo) -> None:
    deep = "".join(f"    {line}\n" for line in BODY.splitlines())
    repo.commit_files({"a.py": f"def f(x):\n{BODY}"})
    stage(repo, {"a.py": f"def f(x):\n    if x:\n{deep}"})
    assert own(verdict_of(repo), COGNITIVE) == ["if x:"]


def test_a_condition_of_several_lines_is_one_and_is_altered_by_any_of_them(repo: Repo) -> None:
    condition = "    if (\n        x\n        and x.y\n    ):\n        pass\n"
    repo.commit_files({"a.py": f"def f(x):\n{BODY}{condition}"})
    stage(repo, {"a.py": f"def f(x):\n{BODY}{condition.replace('x.y', 'x.z')}    while x: pass\n"})
    repo.git("commit", "--quiet", "--amend", "--no-edit")
    stage(repo, {"a.py": f"def f(x):\n{BODY}{condition.replace('x.y', 'x.z or x.y')}    while x: y = x and x or x\n"})
    assert own(verdict_of(repo)) == ["if ( x and x.z or x.y ):", "while x: y = x and x or x"]


def test_a_function_that_moved_keeps_its_lines(repo: Repo) -> None:
    repo.commit_files({"a.py": f"def f(x):\n{BODY}    return x and x\n", "b.py": "x = 1\n"})
    more = "    while x: x = x and x and x\n"
    stage(repo, {"a.py": "x = 1\n", "b.py": f"x = 1\ndef g(x):\n{BODY}    return x and x\n{more}"})
    assert own(verdict_of(repo)) == [more.strip(), "def g(x):"]


def test_other_line_ends_are_no_other_lines(repo: Repo) -> None:
    repo.git("config", "core.autocrlf", "false")
    repo.commit_files({"a.py": f"def f(x):\n{BODY}"})
    stage(repo, {"a.py": f"def f(x):\n{BODY}    while x: pass\n".replace("\n", "\r\n")})
    assert own(verdict_of(repo)) == ["while x: pass"]


def test_of_a_syntax_error_the_line_is_shown(repo: Repo) -> None:
    repo.commit_files({"a.py": "x = 1\n", "b.py": "def f(:\n"})
    stage(repo, {"a.py": "x = 1\n\tdef f(:\n"})
    (line,) = lines_of(verdict_of(repo), SYNTAX)
    assert (line.adds, line.own) == (0, True)
    assert line.text in {"x = 1", "def f(:"}


def test_what_does_not_block_is_not_read_again(repo: Repo) -> None:
    repo.commit_files({"a.py": f"def f(x):\n{BODY}{BODY}"})
    stage(repo, {"a.py": f"def f(x):\n{BODY}{BODY}    return x or x\n"})
    (found,) = [f for f in verdict_of(repo).findings if f.metric == CYCLOMATIC]
    assert (found.blocking, found.lines) == (False, ())


def test_asserts_are_counted_where_the_settings_count_them(repo: Repo) -> None:
    stage(repo, {"a.py": f"def f(x):\n{BODY}    assert x\n"})
    counted = lines_of(verdict_of(repo, Settings([told(count_asserts=True)])))
    assert "assert x" in {each.text for each in counted}
    assert sum(each.adds for each in counted) == 11


def test_only_so_many_functions_and_lines_are_told(repo: Repo) -> None:
    many = "".join(f"    if x == {n}: pass\n" for n in range(MOST_LINES + 9))
    stage(repo, {f"m{n:02}.py": f"def f(x):\n{many}" for n in range(MOST_FUNCTIONS + 3)})
    findings = [f for f in verdict_of(repo).findings if f.blocking and f.metric == CYCLOMATIC]
    assert [len(f.lines) for f in findings] == [MOST_LINES] * MOST_FUNCTIONS + [0] * 3


class Shelf(Sources):
    """Blobs of which some are missing, or too large."""

    def __init__(self, golden: Golden, missing: str = "", huge: str = "") -> None:
        super().__init__(golden.before, golden.after)
        self.missing = oid_of(missing)
        self.huge = oid_of(huge)

    def size(self, oid: str) -> int | None:
        """As Repository.size."""
        return 1 << 30 if oid == self.huge else super().size(oid)

    def read(self, oid: str) -> bytes:
        """As Repository.read."""
        if oid in {self.missing, self.huge}:
            raise MissingBlob(oid)
        return super().read(oid)


GROWN = """\
# flags: gate=introduced limits=cyclomatic:3
=== before a.py
def f(a):
    {{ifs 2 a}}
=== after a.py
def f(a):
    {{ifs 4 a}}
# output
"""


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("how", ["missing", "huge"])
def test_a_blob_that_cannot_be_read_costs_the_lines_and_nothing_else(side: str, how: str) -> None:
    golden = read(GROWN)
    whole = judged(golden)
    source = getattr(golden, side)["a.py"]
    shelf = Shelf(golden, source) if how == "missing" else Shelf(golden, huge=source)
    told = blamed(whole, shelf, golden.settings)
    assert told == whole
    assert blamed(whole, Shelf(golden), golden.settings) != whole


def judged(golden: Golden) -> Verdict:
    changes = changeset(golden)
    sources = cast("Repository", Sources(golden.before, golden.after, golden.theirs or {}))
    return judge(changes, analyse(changes, golden.settings, Bench(sources, None)).measured, golden.settings)


def blaming() -> Iterator[tuple[str, Finding]]:
    """Every finding of the verdict's golden fixtures that blocks, with its lines."""
    for case in sorted(FIXTURES.rglob("*.txt")):
        golden = read(case.read_text("utf-8"))
        sources = Sources(golden.before, golden.after, golden.theirs or {})
        for finding in blamed(judged(golden), sources, golden.settings).findings:
            if finding.blocking:
                yield case.stem, finding


def test_the_lines_of_every_finding_add_up_to_its_value() -> None:
    told = [(name, f) for name, f in blaming() if f.metric in {CYCLOMATIC, COGNITIVE}]
    whole = [(name, f) for name, f in told if len(f.lines) < MOST_LINES]
    assert [name for name, f in whole if sum(each.adds for each in f.lines) != f.value] == []
    assert len(whole) > 20


def test_a_function_of_thousands_of_lines_is_compared_in_bounded_time() -> None:
    """Lines that all repeat make an alignment cubic; above a bound only their numbers are compared."""
    before = "def f(x):\n" + "    if x: pass\n    if y: pass\n" * 20_000
    after = "def f(x):\n" + "    if y: pass\n    if x: pass\n    if x: pass\n" * 15_000 + "    while x and x: pass\n"
    golden = read("# flags: gate=all limits=cyclomatic:3\n# output\n")
    golden = golden._replace(before={"a.py": before}, after={"a.py": after})
    sources = Sources(golden.before, golden.after)
    (found,) = blamed(judged(golden), sources, golden.settings).findings
    assert found.lines[0] == Contribution(45_002, 2, "while x and x: pass", own=True)
    assert [each.own for each in found.lines[1:]] == [False] * (MOST_LINES - 1)
