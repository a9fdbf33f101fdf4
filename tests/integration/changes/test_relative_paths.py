"""Paths that a person gives are named from the root of the work tree, wherever that person stands."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from antipasta_hook.changes import open_repository
from antipasta_hook.model import Failure
from tests.integration.repositories import Repo


def relative(cwd: Path, path: str, env: Mapping[str, str] | None = None) -> str:
    """What both readers answer."""
    answers = set()
    for reader in ("pygit2", "git"):
        with open_repository(str(cwd), {**os.environ, **(env or {})}, reader=reader) as opened:
            answers.add(opened.relative(path))
    (answer,) = answers
    return answer


def test_from_the_root_and_from_below(repo: Repo) -> None:
    (repo.path / "d/e").mkdir(parents=True)
    assert relative(repo.path, "d/a.py") == "d/a.py"
    assert relative(repo.path / "d", "a.py") == "d/a.py"
    assert relative(repo.path / "d/e", "../a.py") == "d/a.py"
    assert relative(repo.path / "d", str(repo.path / "gone.py")) == "gone.py"
    assert relative(repo.path / "d", ".") == "d"


def test_through_symlinks(repo: Repo, tmp_path: Path) -> None:
    repo.write("d/a.py", "")
    (repo.path / "d/link.py").symlink_to("a.py")
    (tmp_path / "way").symlink_to(repo.path / "d")
    assert relative(tmp_path / "way", "a.py") == "d/a.py"
    assert relative(repo.path, "d/link.py") == "d/link.py"


def test_in_linked_and_separate_work_trees(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    (tmp_path / "linked/d").mkdir()
    assert relative(tmp_path / "linked/d", "a.py") == "d/a.py"
    elsewhere = {"GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(tmp_path / "tree")}
    (tmp_path / "tree/d").mkdir(parents=True)
    assert relative(tmp_path / "tree/d", "a.py", elsewhere) == "d/a.py"


def test_outside_is_refused(repo: Repo) -> None:
    with pytest.raises(Failure, match="is outside the work tree") as caught:
        relative(repo.path, "../a.py")
    assert caught.value.usage
    assert relative(repo.path, "..a.py") == "..a.py"
