"""Broken, locked, full and read-only stores: they cost time, never a verdict and never an exception."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from antipasta_hook.cache.patience import PATIENCE
from antipasta_hook.model import Severity
from tests.integration.cache.places import (
    ITEMS,
    KEY,
    ROOT,
    assert_works_again,
    database_of,
    filled,
    opened,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="users, limits and mounts are POSIX")


def _overwrite(database: Path, start: int, length: int) -> None:
    chance = random.Random(start)
    with database.open("r+b") as file:
        file.seek(start)
        file.write(chance.randbytes(length))


BREAKAGES: dict[str, Callable[[Path], object]] = {
    "garbage": lambda database: database.write_bytes(b"garbage" * 2000),
    "header": lambda database: _overwrite(database, 0, 100),
    "first page": lambda database: _overwrite(database, 100, 3996),
    "empty": lambda database: database.write_bytes(b""),
    "one byte": lambda database: database.write_bytes(b"S"),
    "half": lambda database: os.truncate(database, database.stat().st_size // 2),
    "header only": lambda database: os.truncate(database, 100),
    "first page only": lambda database: os.truncate(database, 4096),
    "all but the first page": lambda database: _overwrite(database, 4096, database.stat().st_size - 4096),
    "text": lambda database: database.write_text("<html>captive portal</html>" * 1000),
    "removed": lambda database: database.unlink(),
    "junk log": lambda database: Path(f"{database}-wal").write_bytes(b"junk" * 5000),
    "junk index of the log": lambda database: Path(f"{database}-shm").write_bytes(b"junk" * 10000),
    "hot journal": lambda database: Path(f"{database}-journal").write_bytes(bytes.fromhex("d9d505f920a163d7") * 500),
}


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES)
def test_a_broken_store_starts_anew_by_itself(tmp_path: Path, breakage: Callable[[Path], object]) -> None:
    breakage(filled(tmp_path))
    with opened(tmp_path) as store:
        found = store.get_many(ITEMS)
        assert found.items() <= ITEMS.items()
        store.set_many(ITEMS)
    with opened(tmp_path) as store:
        store.set_many(ITEMS)
    assert_works_again(tmp_path)


def test_what_was_thrown_away_is_said(tmp_path: Path) -> None:
    filled(tmp_path).write_bytes(b"garbage" * 2000)
    with opened(tmp_path) as store:
        assert store.problem is not None
        assert "damaged" in store.problem.message
        assert store.problem.severity is Severity.WARNING
        assert store.problem.recovery


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_never_yields_a_wrong_value(tmp_path: Path, seed: int) -> None:
    database = filled(tmp_path)
    chance = random.Random(seed)
    for _ in range(chance.randrange(1, 30)):
        _overwrite(database, chance.randrange(database.stat().st_size - 64), chance.randrange(1, 64))
    for _ in range(2):
        with opened(tmp_path) as store:
            assert store.get_many(ITEMS).items() <= ITEMS.items()
            store.set_many(ITEMS)
    with opened(tmp_path) as store:
        assert store.get_many(ITEMS).items() <= ITEMS.items()


def test_damage_found_while_reading_starts_anew_once(tmp_path: Path) -> None:
    database = filled(tmp_path)
    with opened(tmp_path) as store:
        _overwrite(database, 4096, database.stat().st_size - 4096)
        assert store.get_many(ITEMS) == {}
        assert store.problem is not None
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == ITEMS


def test_damage_is_not_mended_under_the_feet_of_others(tmp_path: Path) -> None:
    """Removing a database that is open elsewhere damages the next one."""
    database = filled(tmp_path)
    with opened(tmp_path) as other:
        database.write_bytes(b"garbage" * 2000)
        with opened(tmp_path) as store:
            assert store.get_many(ITEMS) == {}
            assert store.problem is not None
        assert database.read_bytes().startswith(b"garbage")
        assert other.get_many(ITEMS).items() <= ITEMS.items()
    assert_works_again_after_mending(tmp_path)


def assert_works_again_after_mending(base: Path) -> None:
    with opened(base):
        pass
    assert_works_again(base)


def test_another_writer_costs_a_fraction_of_a_second_and_never_reading(tmp_path: Path) -> None:
    database = filled(tmp_path)
    blocker = sqlite3.connect(database, isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        with opened(tmp_path) as store:
            assert store.get_many(ITEMS) == ITEMS
            store.set_many({"new": ITEMS[KEY]})
            assert store.problem is not None
            assert "busy" in store.problem.message
            assert store.problem.severity is Severity.NOTICE
        assert time.monotonic() - start < 10 * PATIENCE  # diskcache's own opening would take 60 s
        blocker.execute("ROLLBACK")
    finally:
        blocker.close()
    assert_works_again(tmp_path)


@pytest.mark.parametrize("state", ["filled", "absent"])
def test_a_database_locked_for_good_costs_a_fraction_of_a_second(tmp_path: Path, state: str) -> None:
    (tmp_path / "v1").mkdir(mode=0o700)
    if state == "filled":
        filled(tmp_path)
    blocker = sqlite3.connect(database_of(tmp_path), isolation_level=None)
    try:
        blocker.execute("PRAGMA locking_mode = EXCLUSIVE")
        blocker.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        with opened(tmp_path) as store:
            assert store.get_many(ITEMS) == {}
            store.set_many(ITEMS)
            assert store.problem is not None
        assert time.monotonic() - start < 10 * PATIENCE
    finally:
        blocker.close()


@posix
def test_files_in_somebody_elses_sole_use_cost_a_fraction_of_a_second(tmp_path: Path) -> None:
    import fcntl

    filled(tmp_path)
    with (tmp_path / "v1" / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        start = time.monotonic()
        with opened(tmp_path) as store:
            assert store.get_many(ITEMS) == {}
            assert store.problem is not None
            assert "busy" in store.problem.message
        assert time.monotonic() - start < 10 * PATIENCE
    assert_works_again(tmp_path)


PROGRAM = """
import os, resource, sys
import antipasta_hook.cache.database
from antipasta_hook.cache import open_store
from tests.integration.cache.places import ITEMS
if int(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
if int(sys.argv[3]):
    os.seteuid(int(sys.argv[3]))
with open_store(sys.argv[1], {}) as store:
    before = store.get_many(ITEMS)
    assert before.items() <= ITEMS.items()
    for _ in range(3):
        store.set_many(ITEMS)
    assert store.get_many(ITEMS).items() <= ITEMS.items()
print(len(before), store.problem and store.problem.severity)
"""


def outcome(base: Path, *, file_size: int = 0, user: int = 0) -> str:
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(base), str(file_size), str(user)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert (found.returncode, found.stderr) == (0, "")
    return found.stdout.strip()


@posix
@pytest.mark.parametrize("limit", [1, 100, 4096, 20_000, 40_000])
@pytest.mark.parametrize("state", ["absent", "filled"])
def test_a_disk_with_no_room_is_a_notice_and_no_exception(tmp_path: Path, state: str, limit: int) -> None:
    """RLIMIT_FSIZE stands for the full disk: every write beyond it fails."""
    if state == "filled":
        filled(tmp_path)
    assert outcome(tmp_path, file_size=limit).split()[1] in ("notice", "warning", "None")
    with opened(tmp_path) as store:
        store.set_many(ITEMS)
    assert_works_again(tmp_path)


@posix
@pytest.mark.parametrize("size", ["16k", "64k", "128k"])
def test_a_small_file_system_fills_up_without_an_exception(tmp_path: Path, size: str) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a file system")
    try:
        assert outcome(place / "cache").split()[1] == "notice"
        assert outcome(place / "cache").split()[1] == "notice"
    finally:
        subprocess.run(["umount", str(place)], check=True)


@posix
@pytest.mark.parametrize("state", ["absent", "filled"])
def test_a_file_system_that_cannot_be_written_is_a_notice_and_no_cache(tmp_path: Path, state: str) -> None:
    place = tmp_path / "fixed"
    place.mkdir(mode=0o700)
    if state == "filled":
        filled(place / "cache")
    mount = ["mount", "--bind", str(place), str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a file system")
    try:
        if subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], capture_output=True, check=False).returncode:
            pytest.skip("may not mount a file system")
        assert outcome(place / "cache") == "0 notice"
    finally:
        subprocess.run(["umount", str(place)], check=True)


@posix
@pytest.mark.parametrize("inner", ["", "v1"])
def test_a_directory_that_cannot_be_written_is_a_notice_and_no_exception(tmp_path: Path, inner: str) -> None:
    """Where the tests run as root, which may write anywhere, somebody else has to try."""
    base = tmp_path / "cache"
    if inner:
        filled(base)
        (base / "v1" / "lock").unlink()
    else:
        base.mkdir()
    if ROOT:
        for path in (base, *base.rglob("*")):
            os.chown(path, 65534, 65534)
        for path in (tmp_path, *list(tmp_path.parents)[:2]):
            path.chmod(path.stat().st_mode | 0o011)
    (base / inner).chmod(0o500)
    try:
        assert outcome(base, user=65534 if ROOT else 0) == "0 notice"
    finally:
        (base / inner).chmod(0o700)
