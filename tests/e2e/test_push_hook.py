"""`git push` through the hook that `antipasta-hook install` wrote: to a repository next door, with the real tool."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Desk, Run, function, passed

OLD = '#!/bin/sh\necho "old: $*"\nread -r line && echo "told: $line"\nexit "${OLD_STATUS:-0}"\n'
"""A hook that says how it was called and repeats the first line of what it was told."""


@pytest.fixture
def remote(bare_desk: Desk, tmp_path: Path) -> Desk:
    """A bare repository that has all that was committed so far, known as origin."""
    made = Desk.create(tmp_path / "the rëmote.git", "--bare")
    bare_desk.git("remote", "add", "origin", str(made.path))
    bare_desk.git("push", "--quiet", "--no-verify", "origin", "main")
    return made


@pytest.fixture
def guilty(desk: Desk, remote: Desk) -> Desk:
    """A desk with a commit that no hook saw, and that is going to be pushed."""
    commit(desk, bad=function("bad", 12))
    assert remote.oid("main") != desk.head
    return desk


def commit(desk: Desk, **modules: str) -> None:
    """Commit around the hook."""
    desk.past(**modules)


def push(desk: Desk, *arguments: str, **environ: str) -> Run:
    """``git push`` of the branch, as the hook will have it."""
    return desk.run("git", "push", "--quiet", "origin", *(arguments or ("main",)), **environ)


def said(done: Run) -> str:
    """Both streams."""
    return done.stdout + done.stderr


def test_a_good_push_arrives(desk: Desk, remote: Desk) -> None:
    commit(desk, good=function("good", 5))
    assert passed(push(desk))
    assert remote.oid("main") == desk.head


def test_a_bad_push_is_refused_with_the_reason_and_nothing_arrives(guilty: Desk, remote: Desk) -> None:
    before = remote.oid("main")
    done = push(guilty)
    assert done.returncode == 1
    assert "bad.py:1 bad" in said(done)
    assert "cyclomatic 13" in said(done)
    assert remote.oid("main") == before


def test_a_push_by_address_is_judged_too(guilty: Desk, remote: Desk) -> None:
    done = guilty.run("git", "push", "--quiet", str(remote.path), "main:refs/heads/näme")
    assert done.returncode == 1
    assert "bad.py:1 bad" in said(done)


def test_a_branch_that_is_deleted_and_a_push_of_nothing_pass(guilty: Desk, remote: Desk) -> None:
    assert guilty.run("git", "push", "--quiet", "origin", "HEAD~1:refs/heads/topic").returncode == 0
    assert passed(push(guilty, "--delete", "topic"))
    assert push(guilty, "--no-verify", "main").returncode == 0
    assert passed(push(guilty))
    assert remote.oid("main") == guilty.head


def test_from_a_linked_work_tree_the_push_is_judged(guilty: Desk, tmp_path: Path) -> None:
    guilty.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked tree"))
    linked = Desk(tmp_path / "linked tree")
    assert push(linked, "linked").returncode == 1


@pytest.mark.parametrize(("branches", "code"), [(12, 1), (3, 0)])
def test_the_hook_that_was_there_hears_the_same_and_comes_first(
    bare_desk: Desk, remote: Desk, branches: int, code: int
) -> None:
    bare_desk.hook("pre-push", OLD)
    assert bare_desk.install().returncode == 0
    commit(bare_desk, work=function("work", branches))
    before = remote.oid("main")
    done = push(bare_desk)
    assert done.returncode == code
    assert f"old: origin {remote.path}\n" in done.stdout
    assert f"told: refs/heads/main {bare_desk.head} refs/heads/main {before}\n" in done.stdout
    assert ("work.py:1 work" in said(done)) is bool(code)


def test_what_the_hook_that_was_there_refuses_is_not_judged(bare_desk: Desk, remote: Desk) -> None:
    bare_desk.hook("pre-push", OLD)
    assert bare_desk.install().returncode == 0
    commit(bare_desk, bad=function("bad", 12))
    before = remote.oid("main")
    done = push(bare_desk, OLD_STATUS="1")
    assert done.returncode == 1
    assert "bad.py" not in said(done)
    assert remote.oid("main") == before


def test_after_uninstalling_git_is_as_it_was(bare_desk: Desk, remote: Desk) -> None:
    hook = bare_desk.hook("pre-push", OLD)
    assert bare_desk.install().returncode == 0
    done = bare_desk.run(sys.executable, "-P", "-m", "antipasta_hook", "uninstall")
    assert done.returncode == 0
    assert f"put back {hook}, the hook that was there before" in done.stdout
    assert hook.read_text("utf-8") == OLD
    assert [name for name in os.listdir(hook.parent) if not name.endswith(".sample")] == ["pre-push"]
    commit(bare_desk, bad=function("bad", 12))
    assert push(bare_desk).returncode == 0
    assert remote.oid("main") == bare_desk.head


def test_a_client_without_any_environment_is_judged(guilty: Desk) -> None:
    git = shutil.which("git")
    assert git
    kept = {name: os.environ[name] for name in ("GIT_CONFIG_NOSYSTEM", "ANTIPASTA_CACHE_DIR")}
    done = subprocess.run(
        (git, "push", "--quiet", "origin", "main"), cwd=guilty.path, env=kept, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"bad.py:1 bad" in done.stdout + done.stderr


def test_where_the_environment_is_gone_the_push_passes_with_a_warning(
    guilty: Desk, remote: Desk, only_git: str
) -> None:
    hook = guilty.path / ".git" / "hooks" / "pre-push"
    here = f"python={shlex.quote(sys.executable)}\n"
    assert here in hook.read_text("utf-8")
    hook.write_text(hook.read_text("utf-8").replace(here, "python=/gone/bin/python\n"), "utf-8")
    done = push(guilty, PATH=only_git)
    assert done.returncode == 0
    assert "warning: this push was not judged: /gone/bin/python has no working antipasta-hook" in done.stderr
    assert remote.oid("main") == guilty.head
