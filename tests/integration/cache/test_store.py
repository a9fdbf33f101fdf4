import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from antipasta_hook.cache import database, open_store
from antipasta_hook.model import Problem, Severity
from tests.integration.cache.places import ITEMS, KEY, METRICS, database_of, filled, opened, plain


def test_what_was_stored_is_known_to_the_next_run(tmp_path: Path) -> None:
    filled(tmp_path / "cache")
    with opened(tmp_path / "cache") as store:
        assert store.get_many([*ITEMS, "unknown"]) == ITEMS
        assert store.problem is None


def test_a_key_stored_again_has_the_new_value(tmp_path: Path) -> None:
    filled(tmp_path)
    with opened(tmp_path) as store:
        store.set_many({KEY: METRICS._replace(generated=True)})
        assert store.get_many([KEY])[KEY].generated
        assert store.get_many(ITEMS).keys() == ITEMS.keys()


def test_nothing_asked_and_nothing_given_is_nothing_done(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.set_many({})
        assert store.get_many([]) == {}


def test_a_closed_store_knows_nothing_and_raises_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    store = opened(tmp_path)
    store.close()
    store.close()
    store.set_many(ITEMS)
    assert store.get_many(ITEMS) == {}


def test_metrics_that_cannot_be_encoded_are_left_out_of_what_is_kept(tmp_path: Path) -> None:
    odd = METRICS._replace(functions=(METRICS.functions[0]._replace(code_hash=-1),))
    with opened(tmp_path) as store:
        store.set_many(ITEMS | {"odd": odd})
        assert store.get_many([*ITEMS, "odd"]) == ITEMS


def test_a_failure_inside_a_transaction_keeps_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as store:

        def stop(*_: object) -> None:
            raise OSError("the plug was pulled")

        monkeypatch.setattr(database.Database, "_cull", stop)
        store.set_many(ITEMS)
        assert store.problem is not None
        monkeypatch.undo()
    with opened(tmp_path) as store:
        assert store.get_many(ITEMS) == {}


def test_an_interrupt_inside_a_transaction_passes_through_and_leaves_a_sound_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(database.Database, "_cull", stop)
            with pytest.raises(KeyboardInterrupt):
                store.set_many(ITEMS)
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == ITEMS


def test_the_files_are_for_their_owner_and_marked_as_a_cache(tmp_path: Path) -> None:
    base = tmp_path / "deep" / "down"
    filled(base)
    for directory in (base.parent, base, base / "v1"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert (base / "v1" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert (base / "v1" / ".gitignore").read_text() == "*\n"
    assert os.listdir(base) == ["v1"]
    assert set(os.listdir(base / "v1")) == {"cache.db", "lock", "CACHEDIR.TAG", ".gitignore"}


def test_the_oldest_go_first_when_the_store_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.Database, "size_limit", 64 * 1024)
    with opened(tmp_path) as store:
        for index in range(200):
            store.set_many({f"key{index}": METRICS})
        known = store.get_many(f"key{index}" for index in range(200))
        assert store.problem is None
    assert 20 < len(known) < 150
    assert list(known) == [f"key{index}" for index in range(200 - len(known), 200)]
    assert database_of(tmp_path).stat().st_size < 3 * 64 * 1024


def test_the_settings_say_how_large_the_store_may_grow(tmp_path: Path) -> None:
    with open_store(str(tmp_path), {}, size=64 * 1024) as store:
        for index in range(200):
            store.set_many({f"key{index}": METRICS})
        known = store.get_many(f"key{index}" for index in range(200))
        assert store.problem is None
    assert 20 < len(known) < 150
    with open_store(str(tmp_path), {}) as store:  # the file does not remember it
        store.set_many(ITEMS)
        assert store.get_many(known) == known


def test_reading_a_store_that_is_too_large_by_now_writes_nothing(tmp_path: Path) -> None:
    database = filled(tmp_path)
    before = database.read_bytes()
    with open_store(str(tmp_path), {}, size=1) as store:
        assert store.get_many(ITEMS) == ITEMS
    assert database.read_bytes() == before
    with open_store(str(tmp_path), {}, size=1) as store:
        store.set_many({"new": METRICS})
        assert len(store.get_many(ITEMS)) < len(ITEMS)


def test_a_child_process_does_not_use_the_connection_of_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path)
    with opened(tmp_path) as store:
        with monkeypatch.context() as patched:
            patched.setattr("os.getpid", lambda: -1)
            store.set_many({"new": METRICS})
            assert store.get_many(ITEMS) == {}
        assert store.get_many([*ITEMS, "new"]) == ITEMS


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import antipasta_hook.cache", set()),
        ("from antipasta_hook.cache import open_store; open_store('relative', {})", set()),
        ("from antipasta_hook.cache import open_store; open_store(DIRECTORY, {}).close()", {"diskcache", "sqlite3"}),
    ],
)
def test_nothing_heavy_is_imported_before_a_store_is_opened(tmp_path: Path, code: str, expected: set[str]) -> None:
    heavy = {"diskcache", "sqlite3", "platformdirs", "pydantic_core", "pathlib", "rich", "pygit2", "multiprocessing"}
    code = f"DIRECTORY = {str(tmp_path)!r}; import sys; {code}; print(*sys.modules)"
    environment = os.environ | {"PYTHONSAFEPATH": "1"}
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
        check=True, capture_output=True, text=True, env=environment,
    ).stdout.split()  # fmt: skip
    assert heavy & set(loaded) - {"pathlib"} == expected


def test_a_place_that_cannot_be_had_is_a_notice_and_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with opened(tmp_path / "file" / "cache") as store:
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == {}
        assert isinstance(store.problem, Problem)
        assert (store.problem.kind, store.problem.severity) == ("cache", Severity.NOTICE)
        assert store.problem.recovery


def test_a_name_that_no_file_can_have_is_a_notice_and_no_cache() -> None:
    for name in ("/tmp/nul\0byte", "/tmp/" + "long" * 200):
        with open_store(name, {}) as store:
            assert store.problem is not None


def test_rows_of_other_programs_do_not_shine_through(tmp_path: Path) -> None:
    """Two blobs' rows exchanged: each is believed under its own key only."""
    first, second = list(ITEMS)[:2]
    with plain(filled(tmp_path)) as connection:
        connection.execute("UPDATE Cache SET key = 'tmp' WHERE key = ?", (first,))
        connection.execute("UPDATE Cache SET key = ? WHERE key = ?", (first, second))
        connection.execute("UPDATE Cache SET key = ? WHERE key = 'tmp'", (second,))
    with opened(tmp_path) as store:
        assert store.get_many(ITEMS).keys() == ITEMS.keys() - {first, second}
