"""What is no regular file is not opened; what is gone or empty is said, by both readers alike."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from antipasta_hook.changes import open_repository
from antipasta_hook.model import Failure
from tests.integration.changes.reading import PROJECT, failures
from tests.integration.repositories import Repo, function

FAILURES = """
import sys
from pathlib import Path
from tests.integration.changes.reading import failures
print(sorted(set(map(str, failures(Path(sys.argv[1]), dict(each.split("=", 1) for each in sys.argv[2:])).values()))))
"""


def kinds(repo: Repo, *variables: str) -> str:
    """The kinds of failure of all readers, from a process that can be ended."""
    command = [sys.executable, "-c", FAILURES, str(repo.path), *variables]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def make(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        with path.open("wb") as file:
            file.truncate(3 << 30)


@pytest.mark.parametrize("kind", ["directory", "pipe", "device", "large"])
def test_odd_files_are_refused_unopened(repo: Repo, tmp_path: Path, kind: str) -> None:
    repo.commit_files({"a.py": function("a")})
    make(tmp_path / "other", kind)
    assert kinds(repo, f"GIT_INDEX_FILE={tmp_path / 'other'}") == "['corrupt-index']"
    merge_head = repo.path / ".git/MERGE_HEAD"
    make(merge_head, kind)
    assert kinds(repo) == "['broken-merge']"
    merge_head.rmdir() if kind == "directory" else merge_head.unlink()
    make(repo.path / ".git/index", kind)
    assert kinds(repo) == "['corrupt-index']"


@pytest.mark.parametrize("cwd", [".", "", "x"])
def test_a_current_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cwd: str) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(Failure, match="the current directory does not exist any more") as caught:
        open_repository(cwd, os.environ)
    assert caught.value.usage
    assert caught.value.kind == "no-directory"


NAMES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE")


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_is_as_good_as_none(repo: Repo, name: str) -> None:
    repo.commit_files({"a.py": function("a")})
    assert failures(repo, {name: ""}) == dict.fromkeys(("pygit2", "git", "auto"))


def test_a_work_tree_that_is_not_there_is_still_judged(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    repo.git("config", "core.worktree", "/nonexist")
    assert {**failures(repo), "pygit2": None} == dict.fromkeys(("pygit2", "git", "auto"))
