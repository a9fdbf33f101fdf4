"""``cache prune``: what is of no use goes, what is written meanwhile stays, and nobody at work has to wait."""

# ruff: noqa: F811 - a fixture of another module is an argument of its name

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from antipasta_hook.cache import Store, pruning
from antipasta_hook.cache.pruning import Useless, foreseen, prune
from antipasta_hook.metrics import engine_fingerprint
from tests.integration.cache.places import KEY, METRICS, filled, plain
from tests.integration.repositories import Repo
from tests.integration.test_cache_info import OLDER, everything, told
from tests.integration.test_cache_upkeep import base, judged, project  # noqa: F401 - fixtures
from tests.reliability.remains import wrong_with

DAY = 86_400


def directory(base: Path) -> str:
    return str(base / "v1")


def keys(base: Path) -> set[str]:
    with plain(base / "v1" / "cache.db") as connection:
        return {key for (key,) in connection.execute("SELECT key FROM Cache")}


def planted(base: Path, number: int, *, size: int = 400, word: str = OLDER) -> set[str]:
    """So many entries, each a second older than the next, the oldest two days old."""
    rows = {f"{index + 1:040x}:{word}": os.urandom(size) for index in range(number)}
    with Store(directory(base)) as store:
        store.write(rows)
        assert store.problem is None
    with plain(base / "v1" / "cache.db") as connection:
        connection.execute(
            "UPDATE Cache SET store_time = ? + rowid, access_time = ? - rowid WHERE key LIKE '%:' || ?",
            (time.time() - 2 * DAY, time.time(), word),
        )
    return set(rows)


@pytest.mark.parametrize(
    ("arguments", "mine", "others"),
    [
        ([], True, False),
        (["--others"], True, False),
        (["--older-than", "36h"], True, False),
        (["--older-than", "3d"], True, True),
        (["--older-than", "0d"], False, False),
        (["--older-than", "3d", "--others"], True, False),
        (["--to", "1GB"], True, True),
    ],
)
def test_what_is_named_goes_and_the_rest_stays(
    project: Repo,
    base: Path,
    arguments: list[str],
    mine: bool,  # noqa: FBT001
    others: bool,  # noqa: FBT001
    capsys: pytest.CaptureFixture[str],
) -> None:
    expected = judged(project, "--no-cache")
    own, more = keys(base), planted(base, 500)
    before = everything(base)
    code, _, (foretold,) = told(project.path, "prune", "--dry-run", *arguments, capsys=capsys)
    assert (code, everything(base)) == (0, before)
    code, _, (said,) = told(project.path, "prune", *arguments, capsys=capsys)
    assert keys(base) == (own if mine else set()) | (more if others else set())
    gone = 8 * (not mine) + 500 * (not others)
    assert (code, said.partition(" ")[0], foretold.partition(" ")[0]) == (0, str(gone), str(gone))
    assert said.endswith(f": {base}/v1")
    assert judged(project) == expected
    assert list(wrong_with(base)) == []


@pytest.mark.parametrize(
    ("policy", "first"), [("least-recently-stored", True), ("least-recently-used", False), ("none", True)]
)
def test_it_is_brought_to_a_size_in_the_order_of_the_policy(
    project: Repo,
    base: Path,
    policy: str,
    first: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ANTIPASTA_CACHE_EVICTION", policy)
    more = sorted(planted(base, 600, size=4000, word=engine_fingerprint()))
    assert told(project.path, "prune", "--to", "1MB", capsys=capsys)[0] == 0
    left = [key in keys(base) for key in more]
    assert 700_000 < (base / "v1" / "cache.db").stat().st_size <= 1_000_000
    assert left == sorted(left, reverse=not first)
    assert 100 < sum(left) < 300


def test_what_is_written_anew_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the same key, and under a row number that has become free."""
    filled(tmp_path)
    more = planted(tmp_path, 30, word="test")
    monkeypatch.setattr(pruning, "_STEP", 7)
    with Store(directory(tmp_path)) as other:

        def write(_: float) -> None:
            other.set_many({KEY: METRICS, f"{'f' * 40}:new{len(written)}": METRICS})
            assert other.problem is None
            written.append(1)

        written: list[int] = []
        monkeypatch.setattr(pruning, "sleep", write)
        found = prune(directory(tmp_path), "test", Useless(before=time.time() + 1))
    assert len(written) >= 4
    assert found.entries <= 20 + len(more)
    assert KEY in keys(tmp_path)
    assert {f"{'f' * 40}:new{number}" for number in range(len(written))} <= keys(tmp_path)
    assert not more - {KEY} & keys(tmp_path)


def test_nobody_at_work_has_to_wait(tmp_path: Path) -> None:
    """A store gives up, and says so, where it waits for more than a third of a second."""
    filled(tmp_path)
    planted(tmp_path, 20_000, size=1_500)
    script = (
        "import sys; from antipasta_hook.cache.pruning import Useless, prune;"
        "print(prune(sys.argv[1], 'test', Useless(others=True)).entries)"
    )
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", script, directory(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    runs = 0
    while child.poll() is None:
        with Store(directory(tmp_path)) as store:
            store.set_many({KEY: METRICS})
            assert store.get_many([KEY]) == {KEY: METRICS}
            assert store.problem is None
        runs += 1
    assert child.communicate()[0] == "20000\n"
    assert runs > 3


def test_a_step_has_few_bytes_too(tmp_path: Path) -> None:
    filled(tmp_path)
    planted(tmp_path, 10, size=1024 * 1024)
    rows = [pruning._Row(number, 1.0, 500_000) for number in range(10)]
    assert [len(step) for step in pruning._steps(rows)] == [2] * 5
    assert foreseen(directory(tmp_path), "test", Useless(others=True)).entries == 10


@pytest.mark.parametrize(
    "arguments",
    [["--older-than", "30"], ["--older-than", "-1d"], ["--older-than", "d"], ["--to", "50"], ["--to", "1KB"]],
)
def test_an_age_and_a_size_have_units(repo: Repo, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert told(repo.path, "prune", *arguments, capsys=capsys)[0] == 2
