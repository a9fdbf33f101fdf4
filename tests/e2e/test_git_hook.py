"""`git commit` through the hook that `antipasta-hook install` wrote: what is stopped, and what is not."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Desk, function, passed


def test_a_good_commit_is_made(desk: Desk) -> None:
    before = desk.head
    desk.add("good.py", function("good", 5))
    assert passed(desk.try_commit())
    assert desk.git("rev-parse", "HEAD^") == before


def test_a_bad_commit_is_refused_with_the_reason(desk: Desk) -> None:
    before = desk.head
    desk.add("shop/bad.py", function("bad", 12))
    done = desk.try_commit()
    assert done.returncode == 1
    assert desk.head == before
    said = done.stdout + done.stderr
    assert "shop/bad.py:1 bad" in said
    assert "cyclomatic 13, new (limit 10)" in said


def test_the_very_first_commit_is_judged(tmp_path: Path) -> None:
    desk = Desk.create(tmp_path / "new")
    assert desk.install().returncode == 0
    desk.add("bad.py", function("bad", 12))
    assert desk.try_commit().returncode == 1
    desk.add("bad.py", function("bad", 9))
    assert passed(desk.try_commit())


def test_a_commit_without_python_is_made(desk: Desk) -> None:
    desk.add("notes.txt", "nothing to measure\n")
    assert passed(desk.try_commit())


def test_an_old_offender_blocks_nobody_who_leaves_it_alone(desk: Desk) -> None:
    desk.add("big.py", function("big", 14) + "\n\n" + function("neighbour", 3))
    assert passed(desk.try_commit())


def test_an_improvement_of_an_old_offender_passes(desk: Desk) -> None:
    desk.add("big.py", function("big", 12))
    assert passed(desk.try_commit())


def test_an_old_offender_that_grows_is_stopped(desk: Desk) -> None:
    desk.add("big.py", function("big", 24))
    done = desk.try_commit()
    assert done.returncode == 1
    assert "15 -> 25" in done.stdout + done.stderr


def test_only_what_is_staged_counts(desk: Desk) -> None:
    desk.add("work.py", function("work", 3))
    desk.write("work.py", function("work", 30))
    assert passed(desk.try_commit())
    desk.git("add", "work.py")
    desk.write("work.py", function("work", 3))
    assert desk.try_commit().returncode == 1


def test_commit_all_is_judged_by_what_it_commits(desk: Desk) -> None:
    desk.write("small.py", function("small", 12))
    assert desk.try_commit("-a").returncode == 1
    desk.write("small.py", function("small", 3))
    assert passed(desk.try_commit("-a"))


def test_commit_of_one_path_is_judged_by_that_path_alone(desk: Desk) -> None:
    desk.add("bad.py", function("bad", 12))
    desk.write("small.py", function("small", 3))
    assert passed(desk.try_commit("small.py"))
    assert desk.git("status", "--porcelain") == "A  bad.py"
    desk.write("small.py", function("small", 12))
    assert desk.try_commit("small.py").returncode == 1


def test_an_amend_is_judged_by_what_it_adds(desk: Desk) -> None:
    desk.add("work.py", function("work", 3))
    assert passed(desk.try_commit())
    desk.add("work.py", function("work", 12))
    assert desk.try_commit("--amend").returncode == 1


def test_from_a_sub_directory_the_whole_commit_is_judged(desk: Desk) -> None:
    desk.add("deep/down/good.py", function("good", 3))
    desk.add("bad.py", function("bad", 12))
    assert desk.try_commit(cwd="deep/down").returncode == 1
    assert desk.try_commit("good.py", cwd="deep/down").returncode == 0


def test_a_linked_work_tree_has_the_same_hook(desk: Desk, tmp_path: Path) -> None:
    desk.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked tree"))
    linked = Desk(tmp_path / "linked tree")
    linked.add("bad.py", function("bad", 12))
    assert linked.try_commit().returncode == 1
    linked.add("bad.py", function("bad", 3))
    assert passed(linked.try_commit())


def conflicting(desk: Desk) -> None:
    """Leave a merge open whose other side brought a function over the limits, and in which small.py is in conflict."""
    desk.git("checkout", "-q", "-b", "other")
    desk.past(small=function("small", 3), theirs=function("theirs", 20))
    desk.git("checkout", "-q", "main")
    desk.past(small=function("small", 4))
    assert desk.run("git", "merge", "-q", "other").returncode == 1


def test_a_merge_is_not_stopped_for_what_the_other_side_brought(desk: Desk) -> None:
    conflicting(desk)
    desk.add("small.py", function("small", 5))
    assert passed(desk.try_commit())
    assert desk.git("rev-list", "--count", "--merges", "HEAD") == "1"


def test_a_merge_is_stopped_for_what_its_resolution_makes_worse(desk: Desk) -> None:
    conflicting(desk)
    desk.add("small.py", function("small", 12))
    done = desk.try_commit()
    assert done.returncode == 1
    assert "small.py:1 small" in done.stdout + done.stderr
    assert "theirs" not in done.stdout + done.stderr


def test_no_path_is_needed_but_git_s_own(desk: Desk, only_git: str) -> None:
    desk.add("bad.py", function("bad", 12))
    done = desk.try_commit(PATH=only_git)
    assert done.returncode == 1
    assert "cyclomatic 13" in done.stdout + done.stderr


def test_a_client_without_any_environment_is_judged(desk: Desk) -> None:
    git = shutil.which("git")
    assert git
    desk.add("bad.py", function("bad", 12))
    kept = {name: os.environ[name] for name in ("GIT_CONFIG_NOSYSTEM", "ANTIPASTA_CACHE_DIR")}
    command = (git, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "work")
    done = subprocess.run(command, cwd=desk.path, env=kept, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"bad.py:1 bad" in done.stdout + done.stderr


def test_what_the_hook_that_was_there_makes_of_the_commit_is_judged(bare_desk: Desk) -> None:
    bare_desk.hook("pre-commit", "#!/bin/sh\ngit mv -f tidied work.py\n")
    assert bare_desk.install().returncode == 0
    bare_desk.add("work.py", function("work", 12))
    bare_desk.add("tidied", function("work", 3))
    assert passed(bare_desk.try_commit())
    bare_desk.add("work.py", function("work", 3))
    bare_desk.add("tidied", function("work", 12))
    assert bare_desk.try_commit().returncode == 1


def test_after_uninstalling_nothing_is_judged(desk: Desk) -> None:
    assert desk.run(sys.executable, "-P", "-m", "antipasta_hook", "uninstall").returncode == 0
    desk.add("bad.py", function("bad", 12))
    assert desk.try_commit().returncode == 0


def test_a_ci_variable_around_a_commit_changes_nothing(desk: Desk) -> None:
    desk.add("good.py", function("good", 3))
    assert passed(desk.try_commit(CI="true"))
    desk.add("bad.py", function("bad", 12))
    assert desk.try_commit(CI="true").returncode == 1


def test_where_the_environment_is_gone_the_commit_passes_with_a_warning(desk: Desk, only_git: str) -> None:
    hook = desk.path / ".git" / "hooks" / "pre-commit"
    here = f"python={shlex.quote(sys.executable)}\n"
    assert here in hook.read_text("utf-8")
    hook.write_text(hook.read_text("utf-8").replace(here, "python=/gone/bin/python\n"), "utf-8")
    before = desk.head
    desk.add("bad.py", function("bad", 12))
    done = desk.try_commit(PATH=only_git)
    assert done.returncode == 0
    assert "warning: this commit was not judged: /gone/bin/python" in done.stderr
    assert desk.head != before


def test_an_environment_that_lost_the_tool_does_not_block(desk: Desk, only_git: str, tmp_path: Path) -> None:
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "empty")), check=True)
    hook = desk.path / ".git" / "hooks" / "pre-commit"
    empty = str(tmp_path / "empty" / "bin" / "python")
    hook.write_text(hook.read_text("utf-8").replace(shlex.quote(sys.executable), shlex.quote(empty)), "utf-8")
    desk.add("bad.py", function("bad", 12))
    done = desk.try_commit(PATH=only_git)
    assert done.returncode == 0
    assert "No module named antipasta_hook" in done.stderr
    assert "this commit was not judged" in done.stderr


TRAP = """\
import pathlib
pathlib.Path({mark!r}).write_text("executed")
raise SystemExit(0)
"""


@pytest.mark.parametrize("pythonpath", [None, "", ".", "src"])
def test_no_code_of_the_repository_is_ever_executed(desk: Desk, tmp_path: Path, pythonpath: str | None) -> None:
    mark = tmp_path / "executed"
    modules = (
        "antipasta_hook", "ast", "json", "sitecustomize", "usercustomize", "argparse", "radon", "pygit2", "conftest",
        "encodings/__init__", "antipasta_hook/__init__", "antipasta_hook/__main__", "complexipy/__init__",
    )  # fmt: skip
    for place in ("", "src/"):
        for module in modules:
            desk.add(f"{place}{module}.py", TRAP.format(mark=str(mark)))
    desk.add("bad.py", function("bad", 12))
    extra = {} if pythonpath is None else {"PYTHONPATH": pythonpath}
    done = desk.try_commit(**extra)
    assert done.returncode == 1
    assert "cyclomatic 13" in done.stdout + done.stderr
    assert not mark.exists()
