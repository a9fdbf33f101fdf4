"""``cache info`` and ``cache inspect``: what is said of a cache in any state, and that looking changes nothing."""

# ruff: noqa: F811 - a fixture of another module is an argument of its name

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from antipasta_hook import cli
from antipasta_hook.cache import Store, cache_key, encode
from antipasta_hook.cache.administration import entries
from antipasta_hook.cache.inventory import contents
from antipasta_hook.cache.lock import Occupancy
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.model import FileMetrics
from tests.integration.cache.places import ROOT, filled, plain
from tests.integration.repositories import Repo
from tests.integration.test_cache_upkeep import base, project  # noqa: F401 - fixtures
from tests.unit.cache.samples import large

ENGINE = engine_fingerprint()
OLDER = "metrics1-python3.11-radon6.0.1-complexipy8.3.0"


LOOKING = """
import os, sys, urllib.parse
from antipasta_hook.cache.inventory import contents, rows_of
if sys.argv[2]:
    os.setuid(int(sys.argv[2]))
print(sum(part.entries for part in contents(sys.argv[1], "test").parts), len(rows_of(sys.argv[1], "test", "0")))
"""


def told(where: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, list[str]]:
    """Exit code, standard output, and what is said on standard error."""
    capsys.readouterr()
    code = cli.main(["cache", *arguments, "-C", str(where)], started=0)
    out, err = capsys.readouterr()
    return code, out, [line.removeprefix("antipasta-hook: ") for line in err.splitlines()]


def facts(where: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    code, out, _ = told(where, "info", "--format", "json", capsys=capsys)
    stores: list[dict[str, Any]] = json.loads(out)["stores"]
    return code, stores


def everything(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}


def plant(place: Path, *keys: str) -> None:
    with Store(str(place / "v1")) as store:
        store.write(dict.fromkeys(keys, b"whatever"))
        assert store.problem is None


def test_all_that_is_kept_is_counted(project: Repo, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b, c, d = "a" * 40, "b" * 40, "c" * 64, "d" * 40
    plant(base, f"{a}:{OLDER}", f"{b}:{OLDER}", f"{c}:rollup1-ab", f"{d}:rollup1-cd", "mine")
    before = everything(base)
    code, (store,) = facts(project.path, capsys)
    assert (code, store["state"], store["problem"]) == (0, "usable", None)
    found = store["contents"]
    assert found["kinds"] == {"broken": 1, "layout": 2, "measurement": 4, "of another version": 4, "roll-up": 2}
    assert found["entries"] == sum(part["entries"] for part in found["engines"]) == 13
    assert {part["name"]: (part["entries"], part["in_use"]) for part in found["engines"]} == {
        ENGINE: (4, True),
        "layout4": (2, True),
        "rollup4": (2, True),
        OLDER: (2, False),
        "rollup1": (2, False),
        "": (1, False),
    }
    assert found["bytes_on_disk"] > found["bytes_of_values"] > 40
    assert time.time() - 600 < found["oldest"] <= found["newest"] <= time.time()
    code, out, said = told(project.path, "info", capsys=capsys)
    assert (code, said) == (0, [])
    assert f"{base}/v1 (from ANTIPASTA_CACHE_DIR)\n" in out
    assert "  entries    13: 1 broken, 2 layouts, 4 measurements, 4 of another version, 2 roll-ups\n" in out
    assert "antipasta-hook cache prune" in out
    assert everything(base) == before


@pytest.mark.parametrize("action", [["info"], ["inspect", "a.py"], ["prune"], ["prune", "--dry-run"]])
def test_a_cache_that_is_not_there_is_not_made(
    repo: Repo, tmp_path: Path, action: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTIPASTA_CACHE_DIR", str(tmp_path / "not" / "there"))
    repo.commit_files({"a.py": "x = 1\n", ".antipasta.yaml": f"cache: {{directory: {tmp_path}/nor/here}}\n"})
    code, out, said = told(repo.path, *action, capsys=capsys)
    assert code == 0
    assert any(word in "".join([out, *said]) for word in ("there is no cache yet", "not kept"))
    assert not (tmp_path / "not").exists()
    assert not (tmp_path / "nor").exists()


@pytest.mark.parametrize("action", [["info"], ["inspect", "src/a.py"], ["prune"], ["prune", "--dry-run"]])
def test_a_damaged_cache_is_said_in_one_line_and_left_alone(
    project: Repo,
    base: Path,
    action: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (base / "v1" / "cache.db").write_bytes(b"a thesis" * 1000)
    before = everything(base)
    code, out, said = told(project.path, *action, capsys=capsys)
    assert code == 3
    lines = [line for line in [*out.splitlines(), *said] if "is damaged, or none of this tool" in line]
    assert len(lines) == 1
    assert everything(base) == before


def test_a_cache_that_others_keep_to_themselves_is_said(
    project: Repo,
    base: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with closing(Occupancy(str(base / "v1" / "lock"))) as alone:
        assert alone.seize()
        code, (store,) = facts(project.path, capsys)
    assert (code, store["state"], store["contents"]) == (3, "unusable", None)
    assert "other processes keep it busy" in store["problem"]
    assert facts(project.path, capsys)[0] == 0


def test_who_only_looks_waits_for_no_writer(
    project: Repo,
    base: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with plain(base / "v1" / "cache.db") as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM Cache")
        assert facts(project.path, capsys)[1][0]["contents"]["entries"] == 8
        code, out, _ = told(project.path, "inspect", "src/a.py", capsys=capsys)
        assert (code, "measurement" in out) == (0, True)
        other.execute("ROLLBACK")


@pytest.mark.skipif(os.name != "posix", reason="modes say nothing there")
@pytest.mark.parametrize("lock", [True, False])
def test_a_cache_that_may_only_be_read_is_read(tmp_path: Path, lock: bool) -> None:  # noqa: FBT001
    """Where the tests run as root, which may write anywhere, somebody else has to try."""
    place = tmp_path / "cache"
    filled(place)
    if not lock:
        (place / "v1" / "lock").unlink()
    if ROOT:
        for path in (place, *place.rglob("*")):
            os.chown(path, 65534, 65534)
        for path in takewhile(lambda each: str(each) != tempfile.gettempdir(), (tmp_path, *tmp_path.parents)):
            path.chmod(path.stat().st_mode | 0o011)
    for path in place.rglob("*"):
        path.chmod(0o500 if path.is_dir() else 0o400)
    command = [sys.executable, "-P", "-c", LOOKING, str(place / "v1"), "65534" if ROOT else ""]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    (place / "v1").chmod(0o700)
    assert (found.returncode, found.stdout, found.stderr) == (0, "20 20\n", "")


def test_what_limits_it_is_said_and_who_said_so(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ANTIPASTA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("ANTIPASTA_CACHE_EVICTION", "none")
    repo.commit_files({".antipasta.yaml": f"cache: {{directory: {tmp_path}/named, size: 5MB}}\n"})
    own, named = facts(repo.path, capsys)[1]
    assert (own["from"], named["from"]) == ("the platform", "the settings of HEAD")
    assert own["limit"] == {"bytes": 512 * 1024**2, "from": "the default"}
    assert named["limit"] == {"bytes": 5_000_000, "from": "the settings"}
    assert own["eviction"] == named["eviction"] == {"policy": "none", "from": "ANTIPASTA_CACHE_EVICTION"}
    monkeypatch.setenv("ANTIPASTA_CACHE_SIZE", "big")
    code, out, said = told(repo.path, "info", capsys=capsys)
    assert (code, len(said)) == (0, 1)
    assert said[0].startswith("ANTIPASTA_CACHE_SIZE must be a size")
    assert "limit      536.9 MB (from the default)" in out


@pytest.mark.parametrize(
    "planted",
    [
        "key = :digits || ':' || char(27) || '[31m' || char(10) || 'forged'",
        "key = :digits || ':' || CAST(x'ff' AS TEXT)",
        "key = zeroblob(1000000)",
        "key = CAST(zeroblob(1000000) AS TEXT)",
        "key = 'x'",
        "key = NULL",
        "store_time = 'yesterday', access_time = 1e300",
        "store_time = -1",
        "value = NULL",
        "value = zeroblob(15000000)",
    ],
)
def test_what_somebody_planted_is_counted_and_forges_no_line(
    project: Repo,
    base: Path,
    planted: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    oid = project.oid("HEAD:src/b.py")
    with plain(base / "v1" / "cache.db") as connection:
        connection.execute(
            f"UPDATE Cache SET {planted} WHERE key = :old", {"old": cache_key(oid, ENGINE), "digits": oid}
        )
    code, out, _ = told(project.path, "info", capsys=capsys)
    assert code == 0
    assert "  entries    8: " in out
    assert all(char.isprintable() for char in out.replace("\n", ""))
    assert not any(line.startswith("forged") for line in out.splitlines())
    code, out, _ = told(project.path, "inspect", oid, capsys=capsys)
    assert code == 0
    assert all(char.isprintable() for char in out.replace("\n", ""))
    assert told(project.path, "prune", capsys=capsys)[0] == 0


def test_counting_is_much_quicker_than_reading(tmp_path: Path) -> None:
    filled(tmp_path)
    value: FileMetrics = large(20)
    with plain(tmp_path / "v1" / "cache.db") as connection:
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO Cache (key, raw, store_time, mode, value) VALUES (?, 1, 1.5, 1, ?)",
            ((key, encode(value, key)) for key in (f"{number:040x}:{ENGINE}" for number in range(1, 4_001))),
        )
        connection.execute("COMMIT")
    directory = str(tmp_path / "v1")
    begun = time.perf_counter()
    found = contents(directory, ENGINE)
    counted = time.perf_counter()
    read = sum(1 for _ in entries(directory, ENGINE))
    assert found is not None
    assert sum(part.entries for part in found.parts) == read == 4_020
    assert counted - begun < (time.perf_counter() - counted) / 3


def test_what_is_kept_of_a_file_is_shown(project: Repo, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now, before = project.oid("HEAD:src/a.py"), project.oid("HEAD~1:src/a.py")
    code, out, said = told(project.path, "inspect", "src/a.py", capsys=capsys)
    assert (code, said) == (0, [])
    assert out.startswith(f"{now} (src/a.py of the index): kept\n")
    assert f"  key        {now}:{ENGINE}\n  cache      {base}/v1\n  what       measurement, " in out
    assert "   13    12      1  a\n" in out
    assert (
        f"{before} (src/a.py of HEAD~1): kept\n"
        in told(project.path, "inspect", "src/a.py", "--rev", "HEAD~1", capsys=capsys)[1]
    )
    project.git("rm", "-q", "--cached", "src/a.py")
    assert f"{now} (src/a.py of HEAD): kept\n" in told(project.path, "inspect", "src/a.py", capsys=capsys)[1]


def test_a_blob_is_found_by_its_first_digits_and_without_a_repository(
    project: Repo,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    oid = project.oid("HEAD:src/b.py")
    for given in (oid, oid[:7], oid[:12].upper()):
        for where in (project.path, tmp_path):
            code, out, _ = told(where, "inspect", given, capsys=capsys)
            assert (code, out.splitlines()[0]) == (0, f"{given.lower()}: kept")
            assert f"  key        {oid}:{ENGINE}\n" in out
    assert told(tmp_path, "inspect", "abcdef0123", capsys=capsys)[:2] == (0, "abcdef0123: not kept\n")


@pytest.mark.parametrize("target", [["nope.py"], ["abc"], ["src"], ["../x"], ["src/a.py", "--rev", "HEAD~9"], [""]])
def test_what_is_neither_a_file_nor_an_id_is_a_mistake(
    project: Repo,
    target: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert told(project.path, "inspect", *target, capsys=capsys)[0] == 2


def test_a_measurement_that_no_run_believes_is_said_to_be_broken(
    project: Repo,
    base: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plant(base, cache_key(project.oid("HEAD:src/b.py"), ENGINE))
    assert "broken: no run believes it" in told(project.path, "inspect", "src/b.py", capsys=capsys)[1]


def test_looking_needs_no_write(project: Repo, base: Path) -> None:
    """The connection itself cannot write, whatever a statement says."""
    from antipasta_hook.cache.admission import reading

    assert project.path.exists()
    with pytest.raises(sqlite3.OperationalError), reading(str(base / "v1")) as connection:
        connection.execute("DELETE FROM Cache")
