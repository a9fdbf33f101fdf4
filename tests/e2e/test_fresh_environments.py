"""Installed as people install it, each into an environment of its own: good and bad commits, good and bad pushes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Desk, function, passed
from tests.e2e.managers import PRE_COMMIT, PREK, Manager, said

pytestmark = pytest.mark.framework

ROOT = Path(__file__).parents[2]
PINNED = """\
default_install_hook_types: [pre-commit, pre-push]
default_stages: [pre-commit]
repos:
  - repo: {url}
    rev: {rev}
    hooks:
      - id: antipasta
      - id: antipasta-full
"""


@pytest.fixture(autouse=True)
def _own_homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the frameworks keep what they build; what they build it with is found beside this Python."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PREK_HOME", str(tmp_path / "prek"))
    for name in ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS"):  # as pip does: a package index may have a certificate of its own
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"])


@pytest.fixture
def source(tmp_path: Path) -> Desk:
    """A release of this checkout, in a repository of its own."""
    release = Desk.create(tmp_path / "source")
    shutil.copytree(ROOT / "antipasta_hook", release.path / "antipasta_hook")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, release.path)
    release.git("add", ".")
    release.git("commit", "-q", "-m", "release")
    return release


@pytest.fixture
def desk(bare_desk: Desk, tmp_path: Path) -> Desk:
    """A repository with a past that has been pushed."""
    bare_desk.git("init", "--quiet", "--bare", str(tmp_path / "remote.git"))
    bare_desk.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    bare_desk.git("push", "--quiet", "--set-upstream", "origin", "main")
    return bare_desk


def a_working_day(desk: Desk) -> None:
    """Commits and pushes, good and bad."""
    desk.add("good.py", function("good", 3))
    done = desk.try_commit()
    assert passed(done), said(done)
    desk.add("bad.py", function("bad", 12))
    done = desk.try_commit()
    assert done.returncode == 1, said(done)
    assert "bad.py:1 bad" in said(done)
    assert "cyclomatic 13, new (limit 10)" in said(done)
    done = desk.run("git", "push", "--quiet")
    assert done.returncode == 0, said(done)
    assert desk.try_commit("--no-verify").returncode == 0
    done = desk.run("git", "push", "--quiet")
    assert done.returncode == 1, said(done)
    assert "bad.py:1 bad" in said(done)
    desk.add("bad.py", function("bad", 8))
    done = desk.try_commit()
    assert passed(done), said(done)
    done = desk.run("git", "push", "--quiet")
    assert done.returncode == 0, said(done)


@pytest.mark.parametrize("framework", [PRE_COMMIT, PREK], ids=lambda manager: manager.name)
def test_a_pinned_hook(framework: Manager, desk: Desk, source: Desk) -> None:
    desk.add(".pre-commit-config.yaml", PINNED.format(url=source.path.as_uri(), rev=source.head))
    desk.git("commit", "-q", "-m", "configure")
    framework.install(desk)
    a_working_day(desk)
    done = desk.run(*framework.command, "run", "--all-files", "--hook-stage", "manual", "antipasta-full", "--verbose")
    assert done.returncode == 0, said(done)
    assert "Over a limit, and let through: 1 function" in said(done)


@pytest.mark.parametrize("framework", [PRE_COMMIT, PREK], ids=lambda manager: manager.name)
def test_trying_the_repository_out(framework: Manager, desk: Desk, source: Desk) -> None:
    def try_it() -> "subprocess.CompletedProcess[str]":
        return desk.run(*framework.command, "try-repo", str(source.path), "antipasta", "--verbose")

    desk.add("bad.py", function("bad", 12))
    done = try_it()
    assert done.returncode == 1, said(done)
    assert "cyclomatic 13, new (limit 10)" in said(done)
    desk.add("bad.py", function("bad", 3))
    done = try_it()
    assert done.returncode == 0, said(done)
    assert "passed - 1 file checked" in said(done)


def test_plain_git(desk: Desk, source: Desk, tmp_path: Path, only_git: str) -> None:
    place = tmp_path / "own environment"
    subprocess.run((sys.executable, "-m", "venv", str(place)), check=True)
    pip = (str(place / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq")
    subprocess.run((*pip, str(source.path)), check=True)
    program = str(place / "bin" / "antipasta-hook")
    assert desk.run(program, "install").returncode == 0
    _with_path(desk, only_git, a_working_day)
    assert desk.run(program, "uninstall").returncode == 0
    desk.add("worse.py", function("worse", 30))
    assert desk.try_commit().returncode == 0


def _with_path(desk: Desk, path: str, act: Callable[[Desk], None]) -> None:
    """As from a program with hardly anything on its PATH."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path)
        act(desk)
