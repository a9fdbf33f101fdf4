"""What goes first when a store is full, by each policy; and that reading stays as free of others as it was."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from antipasta_hook import cli
from antipasta_hook.cache import open_store
from antipasta_hook.cache.limits import EVICTION_VARIABLE, SIZE_VARIABLE, Limits
from antipasta_hook.cache.store import Store
from tests.integration.cache.places import ITEMS, KEY, METRICS, database_of, filled, plain
from tests.integration.repositories import Repo
from tests.reliability.remains import verdict

SIZE = 128 * 1024
BY_USE = ["least-recently-used", "least-frequently-used"]
POLICIES = ["least-recently-stored", *BY_USE, "none"]


def store(base: Path, policy: str) -> Store:
    return Store(str(base / "v1"), limits=Limits(SIZE, policy))


@pytest.mark.parametrize(
    ("policy", "stays"), [("least-recently-stored", False), *((policy, True) for policy in BY_USE), ("none", True)]
)
def test_what_is_read_stays_where_use_counts(tmp_path: Path, policy: str, stays: bool) -> None:  # noqa: FBT001
    filled(tmp_path)
    for index in range(300):
        with store(tmp_path, policy) as opened:
            assert (KEY in opened.get_many([KEY])) or not stays
            opened.set_many({f"key{index}": METRICS})
            assert opened.problem is None
    with open_store(str(tmp_path), {}) as opened:
        assert (KEY in opened.get_many([KEY])) == stays
        kept = len(opened.get_many(f"key{index}" for index in range(300)))
    assert (kept == 300) if policy == "none" else (20 < kept < 250), kept


@pytest.mark.parametrize("policy", BY_USE)
def test_a_store_in_which_others_write_is_read_all_the_same(tmp_path: Path, policy: str) -> None:
    with plain(filled(tmp_path)) as other, store(tmp_path, policy) as opened:
        other.execute("BEGIN IMMEDIATE")
        assert opened.get_many(ITEMS) == ITEMS
        assert opened.problem is None
        other.execute("ROLLBACK")
        opened.set_many({"new": METRICS})
        assert opened.problem is None


@pytest.mark.parametrize("policy", BY_USE)
def test_a_policy_that_cannot_be_had_now_is_done_without(tmp_path: Path, policy: str) -> None:
    """Its index is missing, and another process writes: the default holds for this run."""
    with plain(filled(tmp_path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with store(tmp_path, policy) as opened:
            assert opened.get_many(ITEMS) == ITEMS
            assert opened.problem is None
        other.execute("ROLLBACK")


def test_runs_with_different_policies_share_a_store(tmp_path: Path) -> None:
    filled(tmp_path)
    for policy in [*POLICIES, *reversed(POLICIES)]:
        with store(tmp_path, policy) as opened:
            assert opened.get_many(ITEMS) == ITEMS
            assert opened.problem is None


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE INDEX Cache_access_time ON Cache (access_count)",
        "CREATE INDEX Cache_access_time ON Cache (access_time) WHERE rowid > 1",
        "CREATE INDEX Cache_access_other ON Cache (access_time)",
        "CREATE INDEX Cache_access_count ON Cache (access_count DESC)",
    ],
)
def test_an_index_that_only_looks_like_a_policys_is_not_ours(tmp_path: Path, planted: str) -> None:
    with plain(filled(tmp_path)) as connection:
        connection.execute(planted)
    with store(tmp_path, "least-recently-used") as opened:
        assert opened.get_many(ITEMS) == {}
        assert opened.problem is not None


def test_a_repository_does_not_empty_the_users_cache(repo: Repo) -> None:
    """Its settings want a store of a megabyte; the user's, which is larger, stays as it is."""
    base = Path(os.environ["ANTIPASTA_CACHE_DIR"])
    others = {f"{number:040x}:other": os.urandom(8192) for number in range(200)}
    with open_store(None, os.environ) as opened:
        opened.write(others)
        assert opened.problem is None
    repo.commit_files({".antipasta.yaml": "cache: {size: 1MB}\n", **{f"{n}.py": f"x = {n}\n" for n in range(9)}})
    assert cli.main(["cache", "warm", "-q", "-C", str(repo.path)], started=0) == 0
    with plain(database_of(base)) as connection:
        assert connection.execute("SELECT count(*) FROM Cache WHERE key LIKE '%:other'").fetchall() == [(200,)]


@pytest.mark.parametrize("policy", [*POLICIES, "no policy"])
def test_no_verdict_depends_on_it(repo: Repo, tmp_path: Path, policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    padding = "# words that make a file large enough for a store to pay\n" * 3_000
    repo.commit_files({f"{name}.py": f"def {name}(x):\n    return x\n{padding}" for name in "abc"})
    repo.commit_files({"a.py": "def a(x):\n" + "".join(f"    if x == {n}: pass\n" for n in range(14)) + padding})

    def judged(*options: str) -> object:
        report = tmp_path / "report.json"
        command = [sys.executable, "-P", "-m", "antipasta_hook", "ci", "--base", "HEAD~1", "-q", *options]
        done = subprocess.run([*command, "--format", f"json:{report}"], cwd=repo.path, capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
        return {key: value for key, value in verdict(report).items() if key != "problems"}

    expected = judged("--no-cache")
    monkeypatch.setenv(EVICTION_VARIABLE, policy)
    monkeypatch.setenv(SIZE_VARIABLE, "1MB")
    assert judged() == judged() == expected


def test_the_indexes_of_policies_are_made_once_and_leave_the_rest(tmp_path: Path) -> None:
    database = filled(tmp_path)
    for policy in BY_USE * 2:
        with store(tmp_path, policy):
            pass
    connection = sqlite3.connect(database)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master ORDER BY rowid")]
    connection.close()
    assert names[-2:] == ["Cache_access_time", "Cache_access_count"]
    assert len(names) == 6
