"""What nobody can read hides nothing: a file that did not change, or is not judged, is not where new code came from."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.integration.repositories import Repo

OVER = "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(12))
TOO_LARGE = "x = 1\n" + "# " + "x" * (17 << 20) + "\n"


def judged(repo: Repo, *arguments: str) -> tuple[int, set[tuple[str, str]]]:
    """The exit code, and each finding: its path and its status."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", *arguments, "--format", "json", "--no-cache"],
        cwd=repo.path,
        env={**os.environ, "CI": ""},
        capture_output=True,
        check=False,
    )
    return done.returncode, {(each["path"], each["status"]) for each in json.loads(done.stdout)["findings"]}


def lose(repo: Repo, oid: str) -> None:
    """As in a partial clone: the blob is not here."""
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()


def rename(repo: Repo) -> None:
    repo.git("mv", "a.py", "b.py")


def make_executable(repo: Repo) -> None:
    repo.git("update-index", "--chmod=+x", "a.py")


def edit(repo: Repo) -> None:
    repo.write("a.py", "y = 1\n")
    repo.git("add", "a.py")


CHANGES = [rename, make_executable]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("content", ["missing", "too large"])
@pytest.mark.parametrize("others", [0, 60], ids=["few files", "many files"])
def test_a_file_that_kept_its_content_is_no_source(
    repo: Repo, change: Callable[[Repo], None], content: str, others: int
) -> None:
    repo.commit_files({"a.py": TOO_LARGE if content == "too large" else "gone = 1\n"})
    oid = repo.oid("HEAD:a.py")
    change(repo)
    for path, text in {"new.py": OVER, **{f"o{n}.py": "x = 1\n" for n in range(others)}}.items():
        repo.write(path, text)
        repo.git("add", path)
    if content == "missing":
        lose(repo, oid)
    code, findings = judged(repo, "run", "--budget", "none")
    assert code == 1
    assert ("new.py", "introduced") in findings
    tree = repo.git("write-tree", "--missing-ok")
    repo.git("update-ref", "HEAD", repo.git("commit-tree", "-p", "HEAD", "-m", "x", tree))
    assert judged(repo, "ci", "--base", "HEAD~1") == (code, findings)


@pytest.mark.parametrize("others", [0, 60], ids=["few files", "many files"])
def test_a_file_that_is_not_judged_is_no_source(repo: Repo, others: int) -> None:
    repo.commit_files({"a.py": "gone = 1\n", ".antipasta.yaml": "exclude: [a.py]\n"})
    oid = repo.oid("HEAD:a.py")
    edit(repo)
    for path, text in {"new.py": OVER, **{f"o{n}.py": "x = 1\n" for n in range(others)}}.items():
        repo.write(path, text)
        repo.git("add", path)
    lose(repo, oid)
    code, findings = judged(repo, "run", "--budget", "none")
    assert code == 1
    assert ("new.py", "introduced") in findings


def test_a_file_that_was_edited_may_be_the_source(repo: Repo) -> None:
    repo.commit_files({"a.py": "gone = 1\n"})
    oid = repo.oid("HEAD:a.py")
    edit(repo)
    repo.write("new.py", OVER)
    repo.git("add", "new.py")
    lose(repo, oid)
    code, findings = judged(repo, "run", "--budget", "none")
    assert code == 0
    assert ("new.py", "unjudged") in findings
