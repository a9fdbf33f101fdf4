"""A store that is emptied: alone, and while others are at work."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from antipasta_hook.cache import administration, open_memory
from antipasta_hook.cache.administration import clear, entries
from antipasta_hook.cache.admission import Busy, Foreign
from antipasta_hook.cache.lock import Occupancy
from tests.integration.cache.places import ITEMS, KEY, METRICS, assert_works_again, database_of, filled, opened, plain
from tests.integration.cache.test_attacks import bomb
from tests.integration.cache.test_damage import BREAKAGES
from tests.integration.cache.test_processes import release, started


def cleared(base: Path, *, whatever_it_is: bool = True) -> int:
    return clear(str(base / "v1"), whatever_it_is=whatever_it_is)


def rows(base: Path) -> int:
    with plain(database_of(base)) as connection:
        return int(connection.execute("SELECT count(*) FROM Cache").fetchone()[0])


def test_nothing_is_left_and_what_comes_later_is_kept(tmp_path: Path) -> None:
    database = filled(tmp_path)
    open_memory(str(tmp_path), {}).put("settings-1", b"compiled")
    before = database.stat().st_size
    assert cleared(tmp_path) == len(ITEMS) + 1
    assert rows(tmp_path) == 0
    assert database.stat().st_size < before
    assert open_memory(str(tmp_path), {}).get("settings-1") is None
    assert cleared(tmp_path) == 0
    assert_works_again(tmp_path)


def test_where_nothing_was_kept_yet_there_is_nothing_to_remove(tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir(mode=0o700)
    assert cleared(tmp_path) == 0
    assert_works_again(tmp_path)


def test_whoever_has_it_open_finds_it_empty_and_goes_on(tmp_path: Path) -> None:
    filled(tmp_path)
    with opened(tmp_path) as other:
        assert other.get_many([KEY]) == {KEY: METRICS}
        assert cleared(tmp_path) == len(ITEMS)
        assert other.get_many(ITEMS) == {}
        other.set_many({KEY: METRICS})
        assert other.get_many([KEY]) == {KEY: METRICS}
        assert other.problem is None
    assert rows(tmp_path) == 1
    assert_works_again(tmp_path)


def test_what_is_written_while_it_is_emptied_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    monkeypatch.setattr(administration, "_STEP", 3)
    with opened(tmp_path) as other:

        def write(_: float) -> None:
            other.set_many({f"{KEY}-{len(written)}": METRICS})
            written.append(1)

        written: list[int] = []
        monkeypatch.setattr(administration, "sleep", write)
        monkeypatch.setattr(administration, "_ALONE", -1)
        assert len(ITEMS) <= cleared(tmp_path) <= len(ITEMS) + 1
        assert len(written) == len(ITEMS) // 3 + 1
    assert rows(tmp_path) >= len(written) - 2


def test_somebody_who_never_lets_go_is_said_and_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(administration, "WAIT", 0.1)
    filled(tmp_path)
    alone = Occupancy(str(tmp_path / "v1" / "lock"))
    assert alone.seize()
    with pytest.raises(Busy):
        clear(str(tmp_path / "v1"), whatever_it_is=True, wait=0.1)
    alone.close()
    blocker = sqlite3.connect(database_of(tmp_path), isolation_level=None)
    with opened(tmp_path):
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            clear(str(tmp_path / "v1"), whatever_it_is=True, wait=0.1)
        blocker.close()
    assert rows(tmp_path) == len(ITEMS)
    assert_works_again(tmp_path)


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_store_is_whole_and_empty_afterwards(tmp_path: Path, breakage: str) -> None:
    BREAKAGES[breakage](filled(tmp_path))
    cleared(tmp_path)
    assert rows(tmp_path) == 0
    assert_works_again(tmp_path)


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_store_is_read_as_such(tmp_path: Path, breakage: str) -> None:
    BREAKAGES[breakage](filled(tmp_path))
    with contextlib.suppress(Foreign):
        assert {entry.key for entry in entries(str(tmp_path / "v1"), "test")} <= ITEMS.keys()
    cleared(tmp_path)
    assert list(entries(str(tmp_path / "v1"), "test")) == []


def test_a_broken_store_that_others_have_open_is_left_to_them(tmp_path: Path) -> None:
    database = filled(tmp_path)
    with opened(tmp_path):
        database.write_bytes(b"garbage" * 2000)
        with pytest.raises(Foreign):
            cleared(tmp_path)
        assert database.read_bytes().startswith(b"garbage")


def test_a_database_of_somebody_else_is_removed_only_where_it_cannot_be_his(tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir(mode=0o700)
    with plain(database_of(tmp_path)) as connection:
        connection.execute("CREATE TABLE thesis (words)")
    with pytest.raises(Foreign):
        cleared(tmp_path, whatever_it_is=False)
    with plain(database_of(tmp_path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("thesis",)]
    assert cleared(tmp_path) == 0
    assert_works_again(tmp_path)


@pytest.mark.parametrize("by", ["alone", "together"])
def test_planted_rows_are_removed_and_nothing_that_they_name(tmp_path: Path, by: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    with plain(filled(tmp_path)) as connection:
        connection.execute("UPDATE Cache SET filename = ?, mode = 4, value = ?", (str(victim), bomb(tmp_path)))
        connection.execute("UPDATE Cache SET raw = 0, key = ? WHERE key = ?", (bomb(tmp_path), KEY))
    with opened(tmp_path) as other:
        if by == "alone":
            other.close()
        assert cleared(tmp_path) == len(ITEMS)
    assert victim.read_text() == "precious"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["link", "hard link", "fifo"])
def test_a_file_that_leads_elsewhere_is_replaced_and_what_it_leads_to_is_kept(tmp_path: Path, kind: str) -> None:
    victim, place = tmp_path / "victim", filled(tmp_path / "cache")
    victim.write_text("precious")
    place.unlink()
    plant: dict[str, Callable[[], None]] = {
        "link": lambda: place.symlink_to(victim),
        "hard link": lambda: place.hardlink_to(victim),
        "fifo": lambda: os.mkfifo(place),
    }
    plant[kind]()
    (tmp_path / "cache" / "v1" / "settings").mkdir(mode=0o700)
    (tmp_path / "cache" / "v1" / "settings" / "link").symlink_to(victim)
    cleared(tmp_path / "cache")
    assert victim.read_text() == "precious"
    assert not (tmp_path / "cache" / "v1" / "settings" / "link").is_symlink()
    assert_works_again(tmp_path / "cache")


CLEARING = """
import sys
from antipasta_hook.cache.administration import clear
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    clear(sys.argv[1] + "/v1", whatever_it_is=True)
print("done")
"""


def test_24_processes_write_while_one_clears(tmp_path: Path) -> None:
    filled(tmp_path)
    command = [sys.executable, "-W", "error", "-c", CLEARING, str(tmp_path), "5"]
    clearing = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    processes = [*(started(tmp_path, rounds=3) for _ in range(24)), clearing]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        release(process)
    for process in processes:
        output, errors = process.communicate(timeout=120)
        assert (process.returncode, output, errors) == (0, "done\n", "")
    assert_works_again(tmp_path)
