"""A spread of what ``python -m tests.reliability concurrent`` does at length, and CI jobs that share a cache."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.repositories import Repo
from tests.integration.test_backtest import branching
from tests.reliability.concurrent import committed
from tests.reliability.remains import verdict, wrong_with

PADDING = "# words that make a file large enough for a store to pay\n" * 1_300


@pytest.mark.skipif(not Path("/proc/thread-self/schedstat").exists(), reason="needs /proc")
def test_commits_in_work_trees_and_clones_at_once_are_judged_right(tmp_path: Path) -> None:
    commits = committed(tmp_path, hooks=4, commits=12)
    assert [line for commit in commits for line in commit.wrong] == []
    assert len(commits) == 12
    assert list(wrong_with(tmp_path / "cache")) == []


def test_jobs_of_ci_that_share_a_cache_say_the_same(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({f"src/{name}.py": branching(name, 9) + PADDING for name in "abcdef"})
    repo.commit_files({"src/a.py": branching("a", 12) + PADDING})
    command = [sys.executable, "-P", "-m", "antipasta_hook", "ci", "--base", "HEAD~1", "-q", "--format"]
    alone = subprocess.run([*command, f"json:{tmp_path}/alone.json", "--no-cache"], cwd=repo.path, check=False)
    assert alone.returncode == 1
    for turn in ("cold", "warm"):
        jobs = {
            name: subprocess.Popen([*command, f"json:{tmp_path}/{turn}{name}.json"], cwd=repo.path) for name in range(5)
        }
        for name, job in jobs.items():
            assert job.wait() == 1
            assert verdict(tmp_path / f"{turn}{name}.json") == verdict(tmp_path / "alone.json")
    assert list(wrong_with(Path(os.environ["ANTIPASTA_CACHE_DIR"]))) == []
