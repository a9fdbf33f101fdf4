"""How a store is, found out without touching it."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from antipasta_hook.cache.directory import Unfit
from antipasta_hook.cache.health import Soundness, examine
from antipasta_hook.cache.memory import FileMemory
from tests.integration.cache.places import ITEMS, KEY, filled, opened
from tests.integration.commands import all_below


def seen(base: Path) -> tuple[Soundness, bool, int | None]:
    """What is found, and that nothing was touched."""
    before = all_below(base)
    found = examine(str(base), {})
    assert all_below(base) == before
    return found.soundness, found.writable, found.mode


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert seen(tmp_path / "a" / "b") == (Soundness.EMPTY, True, None)
    assert not (tmp_path / "a").exists()


def test_a_store_in_good_order(tmp_path: Path) -> None:
    database = filled(tmp_path / "store")
    assert seen(tmp_path / "store") == (Soundness.SOUND, True, 0o700)
    assert examine(str(tmp_path / "store"), {}).size == database.stat().st_size


def test_a_store_in_use_is_read_without_waiting_for_it(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as store:
        store.set_many(ITEMS)
        assert (tmp_path / "store" / "v1" / "cache.db-wal").stat().st_size
        assert seen(tmp_path / "store")[0] in {Soundness.SOUND, Soundness.BUSY}
        assert set(store.get_many([KEY])) == {KEY}


def _garbage(database: Path) -> None:
    database.write_bytes(b"garbage" * 1000)


def _middle(database: Path) -> None:
    data = bytearray(database.read_bytes())
    data[4096:] = b"\xff" * len(data[4096:])
    database.write_bytes(data)


def _cut(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def _link(database: Path) -> None:
    database.rename(database.parent / "other")
    database.symlink_to(database.parent / "other")


@pytest.mark.parametrize("damage", [_garbage, _middle, _cut, _link])
def test_damage_is_seen_and_left_alone(damage: Callable[[Path], None], tmp_path: Path) -> None:
    database = filled(tmp_path / "store")
    damage(database)
    assert seen(tmp_path / "store")[0] == Soundness.DAMAGED
    (database.parent / "cache.db-wal").write_bytes(b"somebody is writing")
    assert seen(tmp_path / "store")[0] == Soundness.BUSY


def test_a_large_store_is_looked_through_only_as_long_as_there_is_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Alarm(threading.Thread):
        def __init__(self, _: float, function: Callable[[], None]) -> None:
            super().__init__()
            self.function, self.over = function, threading.Event()

        def run(self) -> None:
            while not self.over.is_set():
                self.function()

        def cancel(self) -> None:
            self.over.set()

    with opened(tmp_path / "store") as store:
        for part in range(20):
            store.write({f"{part:02x}{number:038x}:x": os.urandom(2000) for number in range(200)})
    monkeypatch.setattr(threading, "Timer", Alarm)
    assert seen(tmp_path / "store")[0] == Soundness.OPENS


def test_a_place_that_is_not_fit_is_refused(tmp_path: Path) -> None:
    filled(tmp_path / "store")
    (tmp_path / "store").chmod(0o777)
    with pytest.raises(Unfit, match="others may write"):
        examine(str(tmp_path / "store"), {})
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        examine(str(tmp_path / "file" / "store"), {})


def test_a_memory_that_is_only_read_is_neither_made_nor_added_to(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    reading = FileMemory(store, {}, make=False)
    reading.put("key", b"value")
    assert reading.get("key") is None
    assert not (tmp_path / "store").exists()
    FileMemory(store, {}).put("key", b"value")
    reading = FileMemory(store, {}, make=False)
    reading.put("key", b"another")
    assert reading.get("key") == b"value"
