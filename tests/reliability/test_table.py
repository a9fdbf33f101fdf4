"""docs/reliability.md says what becomes of everything that can go wrong: each row is made to happen."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple, get_args

import pytest

from antipasta_hook.model import COURSES, Course, Failure
from antipasta_hook.model.problem import Kind, Refused, Said, Unjudged
from tests.reliability.ground import ROOT, Done, Ground
from tests.reliability.provocations import PREPARED, provoked

PAGE: Final = (ROOT / "docs/reliability.md").read_text()
CODES: Final = {
    "judged": 1, "blocked": 1, "goes on": 0, "fails": 3, "refused": 2, "interrupted": 130, "terminated": 143,
    "hung up": 129,
}  # fmt: skip
"""What stands in the table, and the exit code that it means where something is staged that is bad."""
ELSEWHERE: Final = {
    "executor-lost": "integration/test_cluster.py::test_where_the_cluster_is_lost_the_rest_is_measured_here",
    "git": "integration/test_install_places.py::test_without_git_or_directory_it_says_so",
    "hooks-off": "integration/test_install_places.py::test_hooks_that_are_switched_off_stay_off",
    "hooks-path": "integration/test_install_places.py::test_hooks_path_of_the_user_is_refused_with_advice",
    "interpreter": "integration/test_install_places.py::test_an_interpreter_that_cannot_start_the_tool_is_refused",
    "link": "integration/test_install_places.py::test_a_hooks_directory_that_is_a_link_is_refused",
    "managed": "integration/test_install_chaining.py::test_a_hook_manager_is_left_in_charge_and_told_what_to_call",
    "no-base": "integration/changes/test_bases.py::test_nothing_meant_is_no_base",
    "no-cache": "integration/test_cache_warm.py::test_a_cache_that_cannot_be_used_is_said",
    "not-compared": "integration/changes/test_pushes.py::test_a_history_that_has_nothing_in_common_with_the_remotes",
    "occupied": "integration/test_install_chaining.py::test_a_directory_in_the_place_of_a_hook_is_refused",
    "own-name": "integration/test_install_chaining.py::"
    "test_a_hook_that_cannot_be_combined_is_refused_before_anything_is_done",
    "push-lines": "integration/changes/test_pushes.py::test_lines_that_are_not_gits_are_refused",
    "settings-unmerged": "integration/test_config.py::test_unmerged_settings_are_named",
    "stdin": "reliability/test_table.py::test_a_push_without_standard_input_goes_on",
    "tracked": "integration/test_install_places.py::test_a_hook_under_version_control_is_left_to_its_team",
    "unknown-reader": "reliability/test_table.py::test_there_are_three_readers",
    "unread-file": "integration/changes/test_work_tree.py::test_a_file_that_cannot_be_read_is_said_to_be",
    "unreadable": "reliability/test_table.py::test_a_hook_that_cannot_be_read_is_refused",
    "unwritable": "integration/test_install_cut_short.py::test_a_place_that_cannot_be_written_is_named_with_the_reason",
    "wrong-checkout": "integration/changes/test_bases.py::test_the_target_of_a_pull_request_is_not_the_pull_request",
}
"""What other tests provoke already."""


class Row(NamedTuple):
    """One line of the first table."""

    happens: str
    kind: str
    said: str
    done: str
    commit: str
    ci: str


class Mistake(NamedTuple):
    """One line of the second table."""

    kinds: str
    what: str
    instance: str
    said: str


def _rows(width: int) -> list[list[str]]:
    lines = [line.strip()[1:-1].split("|") for line in PAGE.splitlines() if line.startswith("| ")]
    return [[cell.strip().strip("`") for cell in cells] for cells in lines if len(cells) == width][1:]


ROWS: Final = [Row(*cells) for cells in _rows(6)]
MISTAKES: Final = [Mistake(*cells) for cells in _rows(4)]


def _kinds(cell: str) -> list[str]:
    return re.findall(r"[a-z-]{3,}", cell)


def test_every_kind_has_a_row_and_every_row_a_kind() -> None:
    told = {kind for each in MISTAKES for kind in _kinds(each.kinds)}
    told |= {row.kind for row in ROWS if row.kind not in {"-", "(a finding)"}}
    assert told == set(COURSES)


def test_every_kind_has_one_course() -> None:
    kinds = [kind for group in (Refused, Unjudged, Said) for kind in get_args(group)]
    assert sorted(kinds) == sorted(set(kinds)) == sorted(COURSES)
    assert {kind for alias in get_args(Kind) for kind in (get_args(alias) or (alias,))} == set(kinds)
    for name in kinds:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


def test_every_row_is_provoked() -> None:
    assert sorted(PREPARED) == sorted(row.happens for row in ROWS)
    assert all(cell in {*CODES, "-"} for row in ROWS for cell in (row.commit, row.ci))


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """What is bad is staged."""
    ground = Ground(tmp_path_factory.mktemp("staged") / "ground")
    ground.fill(large=True)
    return ground


@pytest.fixture(scope="module")
def committed(staged: Ground, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """What is bad is committed."""
    ground = staged.copied(tmp_path_factory.mktemp("committed") / "ground")
    ground.commit()
    return ground


def _require(row: Row, where: str) -> None:
    if getattr(row, where) == "-":
        pytest.skip("it cannot happen there")
    if sys.platform != "linux":
        pytest.skip("it is made to happen with what Linux has")
    if row.kind == "wrong-owner" and os.geteuid() != 0:
        pytest.skip("only root can give a repository away")


def _holds(row: Row, done: Done, wanted: str) -> None:
    said = done.out + done.err
    assert done.code == CODES[wanted], said
    if wanted != "judged" or COURSES.get(row.kind) == Course.SAID:  # type: ignore[call-overload] # or not one of them
        assert row.said in said
    assert "Traceback" not in said
    assert not done.left
    if wanted == "goes on":
        assert re.search(r"not judged|Not checked|unjudged", said)
    if wanted in {"judged", "blocked"} and row.kind != "report-lost" and row.happens != "nobody reads on":
        assert "pkg/bad.py" in said


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.happens)
def test_at_a_commit(row: Row, staged: Ground, tmp_path: Path) -> None:
    _require(row, "commit")
    ground = staged.copied(tmp_path / "ground")
    with provoked(row.happens, ground) as tried:
        arguments = ("run", "--budget", "none", *tried.arguments)
        env = ground.hook_environment | tried.env
        _holds(row, ground.run(*arguments, env=env, prelude=tried.prelude, out=tried.out), row.commit)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.happens)
def test_on_ci(row: Row, committed: Ground, tmp_path: Path) -> None:
    _require(row, "ci")
    ground = committed.copied(tmp_path / "ground")
    with provoked(row.happens, ground) as tried:
        arguments = ("ci", "--base", "origin/main", *tried.arguments)
        env = ground.ci_environment | tried.env
        _holds(row, ground.run(*arguments, env=env, prelude=tried.prelude, out=tried.out), row.ci)


@pytest.mark.skipif(sys.platform != "linux", reason="it is made to happen with what Linux has")
@pytest.mark.parametrize("happens", ["a blob is damaged", "a bug of ours", "the cache is garbage", "a syntax error"])
def test_as_a_hook_of_git_itself(happens: str, staged: Ground, tmp_path: Path) -> None:
    """git goes on, or does not; what is said reaches who commits."""
    (row,) = (row for row in ROWS if row.happens == happens)
    ground = staged.copied(tmp_path / "ground")
    with provoked(happens, ground) as tried:
        command = shlex.join([sys.executable, *tried.prelude, "run", "--budget", "none", *tried.arguments])
        ground.repo.hook("pre-commit", f"#!/bin/sh\nexec {command}\n")
        env = ground.environ | tried.env | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            ["git", "commit", "-qm", "x"], cwd=ground.repo.path, env=env, capture_output=True, text=True, check=False
        )
    assert done.returncode == CODES[row.commit]
    assert row.said in done.stdout + done.stderr


@pytest.mark.parametrize("mistake", [each for each in MISTAKES if each.instance], ids=lambda each: each.kinds)
def test_a_mistake_of_the_caller(mistake: Mistake, committed: Ground, tmp_path: Path) -> None:
    ground = committed.copied(tmp_path / "ground")
    for name, options in (("bare", ["--bare"]), ("empty", [])):
        ground.repo.git("init", "--quiet", *options, str(ground.path / name))
    ground.repo.write("pkg/broken.py", "def broken(:\n")
    words = shlex.split(mistake.instance)
    place = words.index("antipasta-hook")
    env = ground.environ | dict(word.split("=", 1) for word in words[:place])
    done = ground.run(*words[place + 1 :], env=env)
    assert done.code == 2, done
    assert mistake.said in done.err
    assert all(COURSES[kind] == Course.REFUSED for kind in COURSES if kind in _kinds(mistake.kinds))


def test_what_has_no_instance_is_tested_elsewhere() -> None:
    without = {kind for each in MISTAKES if not each.instance for kind in _kinds(each.kinds)}
    assert without == set(ELSEWHERE)
    for kind, test in ELSEWHERE.items():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(), f"{kind}: {test}"


def test_there_are_three_readers(repo_path: Path) -> None:
    from antipasta_hook.changes import open_repository

    with pytest.raises(Failure, match="no reader 'svn'") as refused:
        open_repository(str(repo_path), {}, reader="svn")
    assert refused.value.kind == "unknown-reader"


def test_a_push_without_standard_input_goes_on(committed: Ground) -> None:
    prelude = ("-c", "import sys; sys.stdin = None\nfrom antipasta_hook.__main__ import main_and_exit; main_and_exit()")
    done = committed.run("run", "--pre-push", env=committed.environ, prelude=prelude)
    assert done.code == 0
    assert "standard input, where git says what it pushes, cannot be read" in done.err
    assert "the push was not judged and goes on" in done.err


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that even root cannot read")
def test_a_hook_that_cannot_be_read_is_refused() -> None:
    from antipasta_hook.install.seat import look

    with pytest.raises(Failure, match="cannot read /proc/self/mem") as refused:
        look("/proc/self/mem")
    assert refused.value.kind == "unreadable"


@pytest.fixture
def repo_path(tmp_path: Path) -> Path:
    """Nothing is asked of it."""
    return tmp_path
