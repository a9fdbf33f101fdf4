"""``cache clear`` and ``cache verify``: what is said, what is found out, and what is mended."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from antipasta_hook import cli
from antipasta_hook.cache import Store, cache_key, encode, open_store
from antipasta_hook.cache.encoding import FORMAT
from antipasta_hook.cache.rollup import encode_layout, layout_key
from antipasta_hook.metrics import engine_fingerprint, measure
from tests.integration.cache.places import plain
from tests.integration.cache.test_attacks import bomb
from tests.integration.repositories import Repo
from tests.integration.test_backtest import branching
from tests.reliability.remains import verdict, wrong_with

PADDING = "# words that make a file large enough for a store to pay\n" * 1_300
OTHERS = [
    "metrics1-python3.11-radon6.0.1-complexipy8.3.0",
    "metrics999-python3.11-radon6.0.1-complexipy8.3.0",
    "metrics4-python2.7-radon6.0.1-complexipy8.3.0",
    "metrics4-python3.11-radon7.0-complexipy9.0",
    "something else",
]
"""Engines of older and newer versions."""


@pytest.fixture
def base() -> Path:
    return Path(os.environ["ANTIPASTA_CACHE_DIR"])


@pytest.fixture
def project(repo: Repo, base: Path) -> Repo:
    """What CI has seen: measurements, layouts and roll-ups are in the cache."""
    repo.commit_files({f"src/{name}.py": branching(name, 9) + PADDING for name in "abc"})
    repo.commit_files({"src/a.py": branching("a", 12) + PADDING})
    assert judged(repo)["verdict"] == "fail"
    assert (base / "v1" / "cache.db").exists()
    return repo


def judged(repo: Repo, *options: str) -> dict[str, Any]:
    report = repo.path.parent / "report.json"
    command = [sys.executable, "-P", "-m", "antipasta_hook", "ci", "--base", "HEAD~1", "-q", *options]
    done = subprocess.run(
        [*command, "--format", f"json:{report}"], cwd=repo.path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    return verdict(report)


def called(where: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = cli.main(["cache", *arguments, "-C", str(where)], started=0)
    out, err = capsys.readouterr()
    assert out == ""
    return code, [line.removeprefix("antipasta-hook: ") for line in err.splitlines()]


def forged(base: Path, key: str, data: bytes) -> None:
    with Store(str(base / "v1")) as store:
        store.write({key: data})
        assert store.problem is None


def key_of(repo: Repo, path: str = "src/b.py") -> str:
    return cache_key(repo.oid(f"HEAD:{path}"), engine_fingerprint())


def test_what_ci_kept_is_right(project: Repo, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = called(project.path, "verify", capsys=capsys)
    assert code == 0
    assert said == [f"{base}/v1: 2 layouts, 4 measurements, 2 roll-ups", "6 worked out again, 0 of them wrong"]
    assert called(project.path, "verify", "--sample", "2", capsys=capsys)[1][1] == "2 worked out again, 0 of them wrong"
    assert called(project.path, "verify", "--quiet", capsys=capsys) == (0, [])


def test_clear_leaves_nothing_but_what_was_said(project: Repo, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = base / "v1" / "kept" / "note.jsonl"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("{}\n")
    code, (said,) = called(project.path, "clear", capsys=capsys)
    assert code == 0
    assert said.startswith("8 entries removed, 0.")
    assert said.endswith(f" MB: {base}/v1")
    assert called(project.path, "verify", capsys=capsys) == (0, [f"{base}/v1: nothing is kept"])
    assert called(project.path, "clear", "--quiet", capsys=capsys) == (0, [])
    assert kept.read_text() == "{}\n"


def test_outside_a_repository_all_is_read_and_nothing_worked_out(
    project: Repo, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.path != tmp_path
    assert called(tmp_path, "verify", capsys=capsys) == (
        0,
        [
            f"{base}/v1: 2 layouts, 4 measurements, 2 roll-ups",
            "nothing was worked out again: this is no repository",
        ],
    )
    assert called(tmp_path, "clear", capsys=capsys)[0] == 0


def test_a_wrong_measurement_is_found_and_measured_again(
    project: Repo, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = judged(project, "--no-cache")
    key = key_of(project)
    forged(base, key, encode(measure(b"def b(x):\n    return x\n"), key))
    code, said = called(project.path, "verify", capsys=capsys)
    assert code == 1
    assert said[1:] == [
        "6 worked out again, 1 of them wrong",
        "a run believes none of what is broken, and all of what is wrong: mend it with --repair",
    ]
    code, said = called(project.path, "verify", "--repair", capsys=capsys)
    assert (code, said[2:]) == (0, ["mended: what was not right is gone, or measured again"])
    code, said = called(project.path, "verify", capsys=capsys)
    assert (code, said) == (0, [f"{base}/v1: 2 layouts, 4 measurements", "6 worked out again, 0 of them wrong"])
    with open_store(None, os.environ) as store:
        assert store.get_many([key])[key] == measure((project.path / "src/b.py").read_bytes())
    assert judged(project) == expected


def test_a_wrong_layout_is_found_and_taken_out(project: Repo, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = layout_key(project.oid("HEAD:src"))
    forged(base, key, encode_layout((), key, python=False))
    assert called(project.path, "verify", capsys=capsys)[0] == 1
    assert called(project.path, "verify", "--repair", capsys=capsys)[0] == 0
    code, said = called(project.path, "verify", capsys=capsys)
    assert (code, said[0]) == (0, f"{base}/v1: 1 layout, 4 measurements, 2 roll-ups")


@pytest.mark.parametrize(
    "planted",
    [
        "value = zeroblob(100)",
        "value = NULL",
        "value = 'text'",
        "value = 1e999",
        "value = substr(value, 1, 100)",
        "value = zeroblob(50000000)",
        "value = :bomb, mode = 4",
        "mode = 2, filename = '/etc/hostname', value = NULL",
        "expire_time = 1",
        "raw = 0, key = :bomb",
        "key = 'no key of ours'",
        "key = CAST(x'ff' AS TEXT)",
        "key = zeroblob(1000000)",
        "key = :key || 'x'",
    ],
)
def test_what_nobody_can_read_is_counted_and_taken_out(
    project: Repo, base: Path, planted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    expected, key = judged(project, "--no-cache"), key_of(project)
    with plain(base / "v1" / "cache.db") as connection:
        values = {"bomb": bomb(base), "key": "0" * 39, "old": key}
        connection.execute(f"UPDATE Cache SET {planted} WHERE key = :old", values)
    code, said = called(project.path, "verify", capsys=capsys)
    assert code == 1
    assert said[0] == f"{base}/v1: 1 broken, 2 layouts, 3 measurements, 2 roll-ups"
    assert called(project.path, "verify", "--repair", "--sample", "0", capsys=capsys)[0] == 0
    code, said = called(project.path, "verify", capsys=capsys)
    assert (code, said[0]) == (0, f"{base}/v1: 2 layouts, 3 measurements, 2 roll-ups")
    assert not (base / "ran").exists()
    assert judged(project) == expected
    assert list(wrong_with(base)) == []


def test_what_other_versions_wrote_is_neither_asked_for_nor_touched(
    project: Repo, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever they mean by it: nothing that this version would read has such a key."""
    expected = judged(project, "--no-cache")
    lie = encode(measure(b"x = 1\n"))
    others = {
        f"{project.oid(f'HEAD:src/{name}.py')}:{engine}": lie if number % 2 else b"another encoding"
        for name in "abc"
        for number, engine in enumerate(OTHERS)
    }
    others |= {f"{project.oid('HEAD^{tree}')}:{kind}": lie for kind in ("layout1", "layout99", "rollup1-ab", "new")}
    with Store(str(base / "v1")) as store:
        store.write(others)
    code, said = called(project.path, "verify", "--repair", capsys=capsys)
    assert code == 0
    assert said[0] == f"{base}/v1: 2 layouts, 4 measurements, {len(others)} of another version, 2 roll-ups"
    assert judged(project) == expected
    with Store(str(base / "v1")) as store:
        assert store.holds(others) == set(others)


def test_an_encoding_of_another_version_under_our_own_key_is_a_miss(project: Repo, base: Path) -> None:
    expected, key = judged(project, "--no-cache"), key_of(project)
    right = encode(measure((project.path / "src/b.py").read_bytes()), key)
    assert right[2] == FORMAT
    for data in (*(right[:2] + bytes([other]) + right[3:] for other in (FORMAT - 1, FORMAT + 1)), b"zz" + right[2:]):
        forged(base, key, data)
        with Store(str(base / "v1")) as store:
            assert store.get_many([key]) == {}
        assert judged(project) == expected


def test_a_damaged_database_is_said_and_started_anew(
    project: Repo, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = base / "v1" / "cache.db"
    whole = database.read_bytes()
    database.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))
    code, said = called(project.path, "verify", capsys=capsys)
    assert (code, said[0]) == (1, f"{base}/v1: the database is damaged, or none of this tool")
    assert called(project.path, "verify", "--repair", capsys=capsys)[0] == 0
    assert called(project.path, "verify", capsys=capsys) == (0, [f"{base}/v1: nothing is kept"])


def test_the_store_that_the_settings_name_is_looked_after_as_well(
    project: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ANTIPASTA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    project.commit_files({".antipasta.yaml": f"cache: {{directory: {tmp_path / 'named'}}}\n"})
    assert cli.main(["cache", "warm", "-q", "-C", str(project.path)], started=0) == 0
    code, said = called(project.path, "clear", capsys=capsys)
    assert code == 0
    assert [line.rpartition(" ")[2] for line in said] == [
        str(tmp_path / place / "v1") for place in ("user/antipasta-hook", "named")
    ]
    assert said[1].startswith("3 entries")
    (tmp_path / "named" / "v1" / "cache.db").write_text("a thesis")
    code, said = called(project.path, "clear", capsys=capsys)
    assert code == 3
    assert "is damaged, or none of this tool" in said[1]
    assert (tmp_path / "named" / "v1" / "cache.db").read_text() == "a thesis"


def test_a_place_that_is_none_is_said(project: Repo, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (base / "v1").chmod(0o777)
    for action in ("clear", "verify"):
        code, said = called(project.path, action, capsys=capsys)
        assert code == 3
        assert said[0] == f"the cache cannot be used: others may write to {base}/v1"


@pytest.mark.parametrize("sample", ["-1", "many", "1e9", "99999999999"])
def test_a_sample_is_a_number(sample: str, repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cache", "verify", f"--sample={sample}", "-C", str(repo.path)], started=0) == 2
    assert "must be a number" in capsys.readouterr().err


def test_commits_are_right_while_the_cache_is_cleared(project: Repo, base: Path) -> None:
    expected = judged(project, "--no-cache")
    loop = "from antipasta_hook import cli\nwhile True:\n    cli.main(['cache', 'clear', '-q'], started=0)\n"
    clearing = subprocess.Popen([sys.executable, "-P", "-c", loop], cwd=project.path)
    try:
        for _ in range(8):
            assert judged(project) == expected
    finally:
        clearing.kill()
        clearing.wait()
    assert judged(project) == expected
    assert list(wrong_with(base)) == []
