"""The hook under pre-commit: by a local configuration, by `git commit`, and as the manifest installs it."""

import shlex
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Desk, function, passed

CONFIG = """\
default_install_hook_types: [pre-commit]
repos:
  - repo: local
    hooks:
      - id: antipasta
        name: antipasta
        language: system
        entry: {entry}
        types_or: [python, pyi]
        pass_filenames: false
        require_serial: true
        stages: [pre-commit, manual]
"""


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pre-commit keeps what it builds."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))


@pytest.fixture
def managed(bare_desk: Desk) -> Desk:
    """A repository whose pre-commit configuration runs this checkout's antipasta-hook."""
    entry = f"{shlex.quote(sys.executable)} -E -P -m antipasta_hook run"
    bare_desk.add(".pre-commit-config.yaml", CONFIG.format(entry=entry))
    bare_desk.git("commit", "-q", "-m", "configure")
    return bare_desk


def pre_commit(desk: Desk, *arguments: str) -> tuple[int, str]:
    done = desk.run(sys.executable, "-P", "-m", "pre_commit", *arguments)
    return done.returncode, done.stdout + done.stderr


def test_a_good_change_passes_and_a_bad_one_is_stopped(managed: Desk) -> None:
    managed.add("good.py", function("good", 3))
    assert pre_commit(managed, "run")[0] == 0
    managed.add("bad.py", function("bad", 12))
    code, said = pre_commit(managed, "run")
    assert code == 1
    assert "bad.py:1 bad" in said
    assert "cyclomatic 13, new (limit 10)" in said


def test_unstaged_work_is_neither_judged_nor_lost(managed: Desk) -> None:
    managed.add("work.py", function("work", 3))
    managed.write("work.py", function("work", 30))
    assert pre_commit(managed, "run")[0] == 0
    assert (managed.path / "work.py").read_text("utf-8") == function("work", 30)


def test_it_stops_git_commit(managed: Desk) -> None:
    assert pre_commit(managed, "install")[0] == 0
    before = managed.head
    managed.write("small.py", function("small", 12))
    assert managed.try_commit("-a").returncode == 1
    assert managed.head == before
    managed.write("small.py", function("small", 3))
    assert passed(managed.try_commit("-a"))


def test_its_hook_is_left_alone_by_install(managed: Desk) -> None:
    assert pre_commit(managed, "install")[0] == 0
    hook = managed.path / ".git" / "hooks" / "pre-commit"
    before = hook.read_bytes()
    done = managed.install()
    refused = done.returncode == 2 and ".pre-commit-config.yaml" in done.stderr
    assert refused or "the configuration of this repository" in done.stdout  # git 2.54 and newer
    assert hook.read_bytes() == before


def test_it_runs_our_hook_as_its_legacy_one(managed: Desk) -> None:
    assert managed.install().returncode == 0
    managed.add(".pre-commit-config.yaml", "repos: []\n")
    assert passed(managed.try_commit())
    assert pre_commit(managed, "install")[0] == 0
    managed.add("bad.py", function("bad", 12))
    assert managed.try_commit().returncode == 1
