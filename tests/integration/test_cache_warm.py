"""``cache warm``: what the next commits will need is measured beforehand."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from antipasta_hook import cli
from antipasta_hook.cache import cache_key, open_store
from antipasta_hook.cache.directory import store_directory
from antipasta_hook.cache.lock import Occupancy
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.optimizer import PreCommitOptimizer
from antipasta_hook.replay.warm import LOCK, warm
from tests.integration.repositories import Repo
from tests.integration.test_backtest import branching

PADDING = "# words that make a file large enough for a store to pay\n" * 1_300


@pytest.fixture
def project(repo: Repo) -> Repo:
    """Two files to be measured and one that is not."""
    repo.commit_files(
        {
            "a.py": branching("f", 3) + PADDING,
            "b.py": branching("g", 3),
            "vendor/c.py": branching("h", 3),
            "README": "x",
        }
    )
    return repo


def warmed(repo: Repo, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = cli.main(["cache", "warm", "-C", str(repo.path), *arguments], started=0)
    out, err = capsys.readouterr()
    assert out == ""
    return code, err


@pytest.fixture(autouse=True)
def priorities(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The tests after this one need not be lazy."""
    asked: list[int] = []
    monkeypatch.setattr(os, "nice", asked.append)
    return asked


def test_the_files_of_head_are_measured_once(
    project: Repo, capsys: pytest.CaptureFixture[str], priorities: list[int]
) -> None:
    project.write("a.py", "neither staged nor on disk")
    project.stage()
    assert warmed(project, capsys=capsys) == (0, "antipasta-hook: 2 files of HEAD measured, 0 known before\n")
    assert warmed(project, capsys=capsys) == (0, "antipasta-hook: 0 files of HEAD measured, 2 known before\n")
    assert warmed(project, "--quiet", capsys=capsys) == (0, "")
    assert priorities == [19, 19, 19]


def test_the_next_commit_need_not_measure_them(project: Repo) -> None:
    warm(str(project.path), os.environ)
    project.write("a.py", branching("f", 4) + PADDING)
    project.stage()
    assert PreCommitOptimizer(str(project.path)).run().cost.hits == 1


def test_the_settings_of_head_say_what_is_left_out(project: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    project.commit_files({".antipasta.yaml": "exclude: [b.py]\n"})
    assert warmed(project, capsys=capsys) == (0, "antipasta-hook: 1 file of HEAD measured, 0 known before\n")


def test_a_repository_without_a_commit_has_nothing_to_measure(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert warmed(repo, capsys=capsys) == (0, "antipasta-hook: 0 files of HEAD measured, 0 known before\n")


def test_a_second_process_leaves_at_once(project: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Occupancy(os.path.join(store_directory(None, os.environ), LOCK))) as lock:
        assert lock.seize()
        assert warmed(project, capsys=capsys) == (0, "antipasta-hook: another process is at it already\n")
    assert warm(str(project.path), os.environ) == (2, 0, ())


def test_a_cache_that_cannot_be_used_is_said(project: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    Path(os.environ["ANTIPASTA_CACHE_DIR"]).write_text("a file")
    code, said = warmed(project, capsys=capsys)
    assert code == 3
    assert "nothing was measured: it could not be kept" in said


def test_detached_it_returns_and_goes_on(project: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert warmed(project, "--detach", capsys=capsys) == (0, "")
    keys = [cache_key(project.oid(f"HEAD:{name}"), engine_fingerprint()) for name in ("a.py", "b.py")]
    for _ in range(600):
        with open_store(None, os.environ) as store:
            if len(store.get_many(keys)) == 2:
                return
        time.sleep(0.1)
    pytest.fail("nobody measured anything")


def test_in_a_hook_it_is_not_the_commit_s_index_that_counts(
    project: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", str(project.path / "no such index"))
    assert warmed(project, capsys=capsys) == (0, "antipasta-hook: 2 files of HEAD measured, 0 known before\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no limit on files")
def test_where_what_was_measured_cannot_be_kept_it_says_so(project: Repo) -> None:
    """The disk is full: here no file may grow any more."""
    warm(str(project.path), os.environ)
    functions = "".join(f"def function_{n * n}(a):\n    return a + {n}\n" for n in range(9_000))
    project.commit_files({"large.py": functions})
    limited = (
        "import resource, sys, time; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000));"
        "from antipasta_hook.cli import main; sys.exit(main(sys.argv[1:], started=time.perf_counter()))"
    )
    command = [sys.executable, "-P", "-c", limited, "cache", "warm", "-C", str(project.path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == EXIT_CANNOT_JUDGE
    assert "the cache cannot be used" in found.stderr
    assert "what could not be kept will be measured when it is needed" in found.stderr
