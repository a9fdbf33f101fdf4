"""Notes of commits that went through: kept for one repository, bounded, and never in the way."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from antipasta_hook.cache.kept import Kept, Said
from tests.integration.repositories import Repo


def kept(git_dir: Path | str) -> Kept:
    return Kept(str(git_dir), os.environ)


def files() -> list[Path]:
    return [path for path in Path(os.environ["ANTIPASTA_CACHE_DIR"]).rglob("*") if path.is_file()]


def test_what_is_kept_comes_back_in_order(tmp_path: Path) -> None:
    assert kept(tmp_path).all() == []
    kept(tmp_path).keep(Said(1.5, "commit", ("a", "b")))
    kept(tmp_path).keep(Said(2.5, "push", ("c",)))
    assert kept(tmp_path).all() == [Said(1.5, "commit", ("a", "b")), Said(2.5, "push", ("c",))]


def test_what_was_repeated_is_told_and_stays_to_be_looked_up(tmp_path: Path) -> None:
    kept(tmp_path).keep(Said(1, "commit", ("a",)))
    kept(tmp_path).mark_told()
    kept(tmp_path).keep(Said(2, "commit", ("b",)))
    assert [said.lines for said in kept(tmp_path).untold()] == [("b",)]
    assert [said.told for said in kept(tmp_path).all()] == [True, False]


def test_each_repository_has_its_own_and_its_work_trees_share_it(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    repo.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    linked = repo.git("rev-parse", "--absolute-git-dir", cwd=str(tmp_path / "linked"))
    kept(linked).keep(Said(1, "commit", ("from the linked one",)))
    assert [said.lines for said in kept(repo.path / ".git").all()] == [("from the linked one",)]
    assert kept(tmp_path).all() == []


def test_it_is_bounded(tmp_path: Path) -> None:
    for number in range(150):
        kept(tmp_path).keep(Said(number, "commit", tuple(f"{number} {'x' * 1000}" for _ in range(50))))
    (file,) = [path for path in files() if path.suffix == ".jsonl"]
    assert file.stat().st_size < 300_000
    newest = kept(tmp_path).all()
    assert len(newest) <= 20
    assert newest[-1].when == 149


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    kept(tmp_path).keep(Said(1, "commit", ("a",)))
    for file in files():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
        assert stat.S_IMODE(file.parent.stat().st_mode) & 0o077 == 0


NOISE = [
    b"",
    b"\0\xff",
    b"[1]",
    b"{}",
    b'{"when": "x", "at": 1, "lines": 2}',
    b'{"told": 1}',
    b"[" * 9999,
    b'{"when": 1e300, "at": "x", "lines": ["y"]}',
    b'{"when": NaN, "at": "x", "lines": ["y"]}',
]


@pytest.mark.parametrize("noise", NOISE)
def test_what_is_not_ours_is_passed_over(tmp_path: Path, noise: bytes) -> None:
    kept(tmp_path).keep(Said(1, "commit", ("a",)))
    (file,) = files()
    file.write_bytes(noise + b"\n" + file.read_bytes())
    assert [said.lines for said in kept(tmp_path).all()] == [("a",)]


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    kept(tmp_path).keep(Said(1, "commit", ("a",)))
    (file,) = files()
    victim = tmp_path / "victim"
    victim.write_text("mine\n")
    file.unlink()
    file.symlink_to(victim)
    kept(tmp_path).keep(Said(2, "commit", ("b",)))
    assert victim.read_text() == "mine\n"
    assert kept(tmp_path).all() == []


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ANTIPASTA_CACHE_DIR", str(tmp_path / "file"))
    kept(tmp_path).keep(Said(1, "commit", ("a",)))
    kept(tmp_path).mark_told()
    assert kept(tmp_path).all() == []


def test_commits_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: kept(tmp_path).keep(Said(n, "commit", (str(n),))), range(16)))
    assert sorted(said.when for said in kept(tmp_path).all()) == list(range(16))


def test_a_pipe_in_its_place_holds_nobody_up(tmp_path: Path) -> None:
    kept(tmp_path).keep(Said(1, "commit", ("a",)))
    (file,) = files()
    file.unlink()
    os.mkfifo(file)
    assert kept(tmp_path).all() == []
