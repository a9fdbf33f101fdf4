"""Small files kept for later runs: found again, never trusted further than their place, and bounded in number."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from antipasta_hook.cache import FileMemory, open_memory, open_store
from antipasta_hook.cache.directory import VARIABLE
from antipasta_hook.cache.memory import LARGEST, MOST
from antipasta_hook.config.load import load
from antipasta_hook.model import Failure
from tests.integration.cache.places import ITEMS, filled

KEY = "yaml-" + "1" * 40 + "-0.1.0-1"
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes, links and pipes are POSIX")


def opened(base: Path) -> FileMemory:
    return open_memory(str(base), {})


def place(base: Path) -> Path:
    return base / "v1" / "settings"


def test_what_was_kept_is_known_to_the_next_run(tmp_path: Path) -> None:
    opened(tmp_path / "cache").put(KEY, b"value")
    memory = opened(tmp_path / "cache")
    assert memory.get(KEY) == b"value"
    assert memory.get(KEY + "0") is None
    memory.put(KEY, b"another")
    assert memory.get(KEY) == b"another"
    assert os.listdir(place(tmp_path / "cache")) == [KEY]


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    base = tmp_path / "deep" / "down"
    opened(base).put(KEY, b"value")
    for directory in (base.parent, base, base / "v1", place(base)):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((place(base) / KEY).stat().st_mode) == 0o600


def test_nothing_is_made_before_it_is_used(tmp_path: Path) -> None:
    opened(tmp_path / "cache")
    assert not list(tmp_path.iterdir())


def test_the_variable_says_where(tmp_path: Path) -> None:
    open_memory(None, {VARIABLE: str(tmp_path)}).put(KEY, b"value")
    assert opened(tmp_path).get(KEY) == b"value"


def test_it_and_the_store_leave_each_other_alone(tmp_path: Path) -> None:
    opened(tmp_path).put(KEY, b"value")
    filled(tmp_path)
    with open_store(str(tmp_path), {}) as store:
        assert store.problem is None
        assert store.get_many(ITEMS) == ITEMS
    assert opened(tmp_path).get(KEY) == b"value"


@pytest.mark.parametrize("key", ["", ".", "..", "../x", "a/b", ".hidden", "a\0b", "a" * 300, "a b", "a\nb", "ü", "a~1"])
def test_a_key_that_is_no_plain_name_is_not_kept(tmp_path: Path, key: str) -> None:
    memory = opened(tmp_path)
    memory.put(key, b"value")
    assert memory.get(key) is None
    assert not place(tmp_path).exists() or not os.listdir(place(tmp_path))


def test_a_value_that_is_too_large_is_not_kept_and_not_read(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.put(KEY, b"x" * LARGEST)
    assert memory.get(KEY) == b"x" * LARGEST
    memory.put(KEY, b"x" * (LARGEST + 1))
    assert memory.get(KEY) == b"x" * LARGEST
    (place(tmp_path) / KEY).write_bytes(b"x" * (LARGEST + 1))
    assert memory.get(KEY) is None


@posix
@pytest.mark.parametrize("planted", ["link", "dangling link", "pipe", "directory", "link to the directory"])
def test_what_is_no_regular_file_is_not_read_and_gives_way(tmp_path: Path, planted: str) -> None:
    memory = opened(tmp_path / "cache")
    memory.put("other", b"other")
    file, target = place(tmp_path / "cache") / KEY, tmp_path / "target"
    target.write_bytes(b"precious")
    if planted == "pipe":
        os.mkfifo(file)
    elif planted == "directory":
        file.mkdir()
    else:
        file.symlink_to({"link": target, "dangling link": tmp_path / "nothing"}.get(planted, tmp_path))
    assert memory.get(KEY) is None
    memory.put(KEY, b"value")
    assert memory.get(KEY) == (None if planted == "directory" else b"value")
    assert target.read_bytes() == b"precious"
    assert not (tmp_path / "nothing").exists()
    assert memory.get("other") == b"other"


@posix
@pytest.mark.parametrize("planted", ["writable by all", "link", "file", "work tree"])
def test_a_place_that_is_not_ones_own_is_not_used(tmp_path: Path, planted: str) -> None:
    base = tmp_path / "cache"
    opened(base).put(KEY, b"planted")
    if planted == "writable by all":
        place(base).chmod(0o777)
    elif planted == "link":
        place(base).rename(tmp_path / "elsewhere")
        place(base).symlink_to(tmp_path / "elsewhere")
    elif planted == "file":
        (place(base) / KEY).unlink()
        place(base).rmdir()
        place(base).write_text("")
    else:
        (base / ".git").mkdir()
    memory = opened(base)
    assert memory.get(KEY) is None
    memory.put("other", b"value")
    assert memory.get("other") is None
    assert not (tmp_path / "elsewhere" / "other").exists()


@pytest.mark.parametrize("directory", ["relative", "/nul\0byte", "/dev/null/x"])
def test_a_place_that_cannot_be_had_keeps_nothing(directory: str) -> None:
    memory = open_memory(directory, {})
    memory.put(KEY, b"value")
    assert memory.get(KEY) is None


def test_a_full_disk_keeps_nothing_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = opened(tmp_path)
    memory.put(KEY, b"value")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    memory.put(KEY, b"another")
    memory.put("other", b"value")
    assert os.listdir(place(tmp_path)) == [KEY]
    assert memory.get(KEY) == b"value"


def test_an_interrupt_passes_through_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path).put(KEY, b"value")
    assert os.listdir(place(tmp_path)) == []


def test_the_oldest_are_forgotten_when_there_are_too_many(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.put(KEY, b"value")
    directory = place(tmp_path)
    for number in range(MOST):
        file = directory / (f"{number}" if number % 2 else f"{number}~unfinished")
        file.write_bytes(b"")
        os.utime(file, (number, number))
    memory.put("newest", b"value")
    left = set(os.listdir(directory))
    assert MOST // 2 < len(left) < MOST
    assert {KEY, "newest", str(MOST - 1)} <= left
    assert not {"1", "2~unfinished"} & left


def test_two_who_write_at_once_leave_one_whole_value(tmp_path: Path) -> None:
    values = [bytes([number]) * 100_000 for number in range(4)]

    def write(value: bytes) -> None:
        for _ in range(20):
            opened(tmp_path).put(KEY, value)

    writers = [threading.Thread(target=write, args=(value,)) for value in values]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert opened(tmp_path).get(KEY) in values
    assert os.listdir(place(tmp_path)) == [KEY]


def test_it_needs_neither_a_database_nor_a_hash(tmp_path: Path) -> None:
    script = f"""
from antipasta_hook.cache import open_memory
memory = open_memory({str(tmp_path)!r}, {{}})
memory.put("key", b"value")
assert memory.get("key") == b"value"
import sys
print(*({{"diskcache", "sqlite3", "hashlib", "tempfile", "platformdirs", "pathlib", "shutil"}} & set(sys.modules)))
"""
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{script}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == ""


def test_settings_kept_in_it_are_loaded_without_their_file(tmp_path: Path) -> None:
    files = {".antipasta.yaml": "1" * 40}
    first = load(files, lambda _: b"gate: all\n", opened(tmp_path))

    def gone(oid: str) -> bytes:
        raise Failure(oid, kind="missing-blob")

    assert load(files, gone, opened(tmp_path)) == first
    (kept,) = place(tmp_path).iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"all", b"off"))
    with pytest.raises(Failure):
        load(files, gone, opened(tmp_path))
