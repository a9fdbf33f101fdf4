"""What somebody may have planted in the store's files: nothing of it runs, is opened, is removed, or is believed."""

import os
import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diskcache
import pytest

from antipasta_hook.cache.database import FILES, SafeDisk
from antipasta_hook.model import Severity
from tests.integration.cache.places import (
    ITEMS,
    KEY,
    METRICS,
    assert_works_again,
    database_of,
    filled,
    opened,
    plain,
)


class _Bomb:
    def __init__(self, place: Path) -> None:
        self._place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self._place, "code ran")


def bomb(directory: Path) -> bytes:
    return pickle.dumps(_Bomb(directory / "ran"))


def assert_only_misses(base: Path) -> None:
    """The planted row is unknown, the others are known, and a new measurement takes its place."""
    with opened(base) as store:
        assert store.get_many(ITEMS).keys() == ITEMS.keys() - {KEY}
        store.set_many({KEY: METRICS})
        assert store.get_many(ITEMS) == ITEMS
        assert store.problem is None
    assert not (base / "ran").exists()


@pytest.mark.parametrize(
    "planted",
    [
        "mode = 4, value = :bomb",
        "mode = 4, value = NULL, filename = 'bomb.val'",
        "mode = 4, value = NULL, filename = :victim",
        "mode = 2, value = NULL, filename = :victim",
        "mode = 3, value = NULL, filename = :victim",
        "mode = 1, value = NULL, filename = :victim",
        "mode = 1, filename = :victim",
        "mode = 0",
        "mode = '1; DROP TABLE Cache'",
        "mode = NULL",
        "value = NULL",
        "value = 1",
        "value = 1e999",
        "value = 'text'",
        "value = :bomb",
        "value = zeroblob(100)",
        "value = substr(value, 1, 200)",
        "expire_time = 1",
    ],
)
def test_a_planted_row_is_a_miss(tmp_path: Path, planted: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    with plain(filled(tmp_path)) as connection:
        (tmp_path / "v1" / "bomb.val").write_bytes(bomb(tmp_path))
        values = {"bomb": bomb(tmp_path), "victim": str(victim), "key": KEY}
        connection.execute(f"UPDATE Cache SET {planted} WHERE key = :key", values)
    assert_only_misses(tmp_path)
    assert victim.read_text() == "precious"


def test_a_planted_pickle_as_a_key_is_never_read(tmp_path: Path) -> None:
    with plain(filled(tmp_path)) as connection:
        connection.execute("UPDATE Cache SET raw = 0, key = ? WHERE key = ?", (bomb(tmp_path), KEY))
    assert_only_misses(tmp_path)
    disk = SafeDisk(str(tmp_path))
    with pytest.raises(OSError, match="key"):
        disk.get(bomb(tmp_path), 0)
    assert disk.get(KEY, 1) == KEY


def test_eviction_removes_no_file_that_a_row_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    with plain(filled(tmp_path)) as connection:
        connection.execute("UPDATE Cache SET filename = ?, expire_time = 1", (str(victim),))
    monkeypatch.setattr("antipasta_hook.cache.database.Database.size_limit", 0)
    with opened(tmp_path) as store:
        store.set_many(ITEMS)
    assert victim.read_text() == "precious"


def test_the_disk_takes_text_keys_and_bytes_and_no_files(tmp_path: Path) -> None:
    disk = SafeDisk(str(tmp_path))
    assert disk.store(b"bytes" * 100_000, read=False) == (0, 1, None, b"bytes" * 100_000)
    for key in (b"bytes", 1, None, ("tuple",)):
        with pytest.raises(TypeError):
            disk.put(key)
    for value in ("text", 1, None, bytearray(b"x"), object()):
        with pytest.raises(TypeError):
            disk.store(value, read=False)
    with pytest.raises(TypeError):
        disk.store(b"", read=True)
    with pytest.raises(OSError, match="rows"):
        disk.filename()
    with pytest.raises(OSError, match="value"):
        disk.fetch(1, None, b"", read=True)


TOUCH = "INSERT INTO Cache(key, raw) VALUES ('from a trigger', 1)"
SCHEMAS: dict[str, str] = {
    "settings": "CREATE TABLE Settings (key TEXT NOT NULL UNIQUE, value)",
    "trigger on insert": f"CREATE TRIGGER t AFTER INSERT ON Cache WHEN NEW.raw = 1 BEGIN {TOUCH}; END",
    "trigger on update": f"CREATE TRIGGER t BEFORE UPDATE ON Cache BEGIN {TOUCH}; END",
    "trigger that changes what is read": "CREATE TRIGGER t AFTER INSERT ON Cache BEGIN UPDATE Cache SET value = 0; END",
    "trigger that calls a function": "CREATE TRIGGER t AFTER INSERT ON Cache BEGIN SELECT load_extension('x.so'); END",
    "another table": "CREATE TABLE more (x)",
    "another index": "CREATE INDEX more ON Cache (abs(mode))",
    "virtual table": "CREATE VIRTUAL TABLE more USING fts4(x)",
    "view": "CREATE VIEW v AS SELECT * FROM Cache",
    "view named Cache": "ALTER TABLE Cache RENAME TO c; CREATE VIEW Cache AS SELECT * FROM c, (SELECT randomblob(9))",
    "no unique index": "DROP INDEX Cache_key_raw",
    "no table": "DROP TABLE Cache",
    "a column more": "ALTER TABLE Cache ADD COLUMN more DEFAULT 1",
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_that_is_not_ours_to_the_letter_is_thrown_away(tmp_path: Path, schema: str) -> None:
    with plain(filled(tmp_path)) as connection:
        connection.executescript(schema)
    with opened(tmp_path) as store:
        assert store.get_many(ITEMS) == {}
        assert store.problem is not None
        assert store.problem.severity is Severity.WARNING
        assert "not made by this tool" in store.problem.message
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == ITEMS
    assert_works_again(tmp_path)
    with plain(database_of(tmp_path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchall() == [(4,)]
        assert connection.execute("SELECT count(*) FROM Cache").fetchall() == [(len(ITEMS),)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sqlite_journal_mode", "delete"),
        ("sqlite_user_version = 7; --", 1),
        ("sqlite_temp_store_directory", "'/tmp'"),
        ("sqlite_writable_schema", 1),
        ("disk_min_file_size", 0),
        ("disk_directory", "/tmp"),
        ("disk_unknown", 1),
        ("size_limit", 0),
        ("cull_limit", 10**9),
        ("eviction_policy", "least-recently-used"),
        ("eviction_policy", "no such policy"),
        ("statistics", 1),
        ("tag_index", 1),
        ("_disk", None),
        ("get", "not callable"),
    ],
)
def test_a_database_of_diskcache_itself_has_no_say(tmp_path: Path, key: str, value: object) -> None:
    """Settings are rows there, and every one is obeyed; here the whole database is none of ours."""
    (tmp_path / "v1").mkdir(mode=0o700)
    with diskcache.Cache(str(tmp_path / "v1")) as cache:
        cache[KEY] = b"planted"
    with plain(database_of(tmp_path)) as connection:
        connection.execute("INSERT OR REPLACE INTO Settings VALUES (?, ?)", (key, value))
    with opened(tmp_path) as store:
        assert store.get_many([KEY]) == {}
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == ITEMS
        assert store.problem is not None
    assert_works_again(tmp_path)
    assert not list((tmp_path / "v1").glob("**/*.val"))


def test_text_that_is_not_utf8_is_damage_and_not_an_exception(tmp_path: Path) -> None:
    with plain(filled(tmp_path)) as connection:
        connection.execute("UPDATE Cache SET filename = CAST(x'ff' AS TEXT) WHERE key = ?", (KEY,))
    with opened(tmp_path) as store:
        store.get_many(ITEMS)
        assert store.problem is not None
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == ITEMS
    assert_works_again(tmp_path)


def test_a_value_too_large_for_memory_is_not_loaded(tmp_path: Path) -> None:
    with plain(filled(tmp_path)) as connection:
        connection.execute("UPDATE Cache SET value = zeroblob(50000000) WHERE key = ?", (KEY,))
    with opened(tmp_path) as store:
        store.get_many([KEY])
        assert store.problem is not None
    assert_works_again(tmp_path)


def test_no_other_database_can_be_attached(tmp_path: Path) -> None:
    filled(tmp_path)
    with opened(tmp_path) as store:
        assert store._database is not None
        with pytest.raises(sqlite3.OperationalError, match="too many attached databases"):
            store._database._con.execute("ATTACH ? AS other", (str(tmp_path / "other.db"),))


def _log_of_another_store(victim: Path, other: Path) -> None:
    """The write-ahead log of a store that is being written to, beside a database that it does not belong to."""
    with opened(other) as store:
        store.set_many({KEY: METRICS._replace(generated=True)})
        log = (other / "v1" / "cache.db-wal").read_bytes()
    assert log
    (victim / "v1" / "cache.db-wal").write_bytes(log)


def test_a_planted_write_ahead_log_harms_nothing(tmp_path: Path) -> None:
    filled(tmp_path / "a")
    _log_of_another_store(tmp_path / "a", tmp_path / "b")
    with opened(tmp_path / "a") as store:
        assert all(
            metrics in (ITEMS[key], METRICS._replace(generated=True)) for key, metrics in store.get_many(ITEMS).items()
        )
        store.set_many(ITEMS)
    assert_works_again(tmp_path / "a")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["link", "dangling link", "hard link", "fifo"])
def test_a_file_that_leads_elsewhere_is_replaced_and_what_it_leads_to_is_kept(
    tmp_path: Path, name: str, kind: str
) -> None:
    victim, place = tmp_path / "victim", tmp_path / "cache" / "v1" / name
    victim.write_text("precious")
    filled(tmp_path / "cache")
    place.unlink(missing_ok=True)
    plant: dict[str, Callable[[], None]] = {
        "link": lambda: place.symlink_to(victim),
        "dangling link": lambda: place.symlink_to(tmp_path / "nowhere"),
        "hard link": lambda: place.hardlink_to(victim),
        "fifo": lambda: os.mkfifo(place),
    }
    plant[kind]()
    with opened(tmp_path / "cache") as store:
        store.set_many(ITEMS)
    assert_works_again(tmp_path / "cache")
    assert victim.read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("kind", ["link", "directory", "fifo"])
def test_a_lock_that_is_no_file_is_a_notice_and_no_cache(tmp_path: Path, kind: str) -> None:
    filled(tmp_path)
    lock = tmp_path / "v1" / "lock"
    lock.unlink()
    plant: dict[str, Callable[[], None]] = {
        "link": lambda: lock.symlink_to(tmp_path / "x"),
        "directory": lock.mkdir,
        "fifo": lambda: os.mkfifo(lock),
    }
    plant[kind]()
    with opened(tmp_path) as store:
        assert store.get_many(ITEMS) == {}
        assert store.problem is not None
    assert not (tmp_path / "x").exists()


def test_a_directory_in_the_place_of_the_database_is_left_alone(tmp_path: Path) -> None:
    database = filled(tmp_path)
    database.unlink()
    database.mkdir()
    (database / "thesis.txt").write_text("precious")
    with opened(tmp_path) as store:
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == {}
        assert store.problem is not None
    assert (database / "thesis.txt").read_text() == "precious"
