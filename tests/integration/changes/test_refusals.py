"""What cannot be judged is refused, in the same words by every reader: what, where, and what to do next."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from antipasta_hook.changes import open_repository
from antipasta_hook.model import Failure
from tests.integration.changes.reading import failures, read, staged, summary
from tests.integration.repositories import Repo, function


def both(kind: str | None) -> dict[str, str | None]:
    return dict.fromkeys(("pygit2", "git", "auto"), kind)


def test_no_repository(tmp_path: Path) -> None:
    assert failures(tmp_path) == both("not-a-repository")


def test_a_git_dir_that_is_none(repo: Repo, tmp_path: Path) -> None:
    assert failures(repo, {"GIT_DIR": str(tmp_path / "nowhere")}) == both("not-a-repository")


def test_a_bare_repository_has_nothing_staged(tmp_path: Path) -> None:
    assert failures(Repo.create(tmp_path / "bare.git", "--bare")) == both("bare")


def test_unmerged_paths(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    oid = repo.oid("HEAD:a.py")
    stages = "".join(f"100644 {oid} {stage}\ta.py\n" for stage in (1, 2, 3))
    repo.git("update-index", "--index-info", given=f"0 {'0' * 40}\ta.py\n{stages}")
    assert failures(repo) == both("unmerged")
    reading = read("auto", repo.path, os.environ)
    assert reading.message == "unmerged paths in the index: a.py [resolve the conflicts and git add the files]"


def test_an_index_file_that_is_missing_is_not_an_empty_one(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    assert failures(repo, {"GIT_INDEX_FILE": "nowhere"}) == both("missing-index")
    (repo.path / ".git/index").unlink()
    assert failures(repo, {"GIT_INDEX_FILE": ".git/index"}) == both("missing-index")


def test_without_any_index_the_repository_is_as_empty_as_git_thinks(repo: Repo) -> None:
    assert summary(staged(repo)) == {}
    repo.commit_files({"a.py": function("a")})
    (repo.path / ".git/index").unlink()
    assert summary(staged(repo)) == {"a.py": "deleted"}


@pytest.mark.parametrize("damage", ["cut", "letters", "empty"])
def test_a_corrupt_index(repo: Repo, damage: str) -> None:
    repo.commit_files({"a.py": function("a"), "b.py": function("b")})
    index = repo.path / ".git/index"
    content = index.read_bytes()
    index.write_bytes({"cut": content[:60], "letters": b"XXXX" + content[4:], "empty": b"DIRC" + bytes(40)}[damage])
    assert failures(repo) == both("corrupt-index")


def test_a_head_that_names_nothing_readable(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    (repo.path / ".git/refs/heads/main").write_text("garbage\n")
    assert failures(repo) == {"pygit2": "unreadable-repository", "git": "broken-head", "auto": "broken-head"}
    (repo.path / ".git/refs/heads/main").write_text("1" * 40 + "\n")
    assert failures(repo) == both("unreadable-repository")


def test_another_users_repository(repo: Repo) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can give a repository away")
    repo.commit_files({"a.py": function("a")})
    for path in (repo.path, repo.path / ".git", repo.path / ".git/config"):
        os.chown(path, 12345, 12345)
    assert failures(repo) == both("wrong-owner")
    reading = read("auto", repo.path, os.environ)
    assert f"if you trust it: git config --global --add safe.directory {repo.path}" in reading.message
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": str(repo.path)}
    assert failures(repo, trusted) == {"pygit2": "wrong-owner", "git": None, "auto": None}


PIPES = [
    "HEAD", "config", "packed-refs", "info/grafts", "shallow", "commondir", "objects/info/alternates",
    "info/attributes", "info/exclude", "refs/heads/main", "objects/info/commit-graph",
    "objects/pack/multi-pack-index", "objects/pack/pack-1.idx", "objects/pack/pack-1.pack",
]  # fmt: skip


OTHERS = ["run", "check", "install", "backtest", "config check"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(("command", "name"), [*(("ci", name) for name in PIPES), *((each, "HEAD") for each in OTHERS)])
def test_a_pipe_in_place_of_a_file_keeps_nobody_waiting(repo: Repo, name: str, command: str) -> None:
    repo.commit_files({"a.py": function("a")})
    part = repo.path / ".git" / name
    part.unlink(missing_ok=True)
    part.parent.mkdir(exist_ok=True)
    os.mkfifo(part)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", *command.split()],
        cwd=repo.path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert f"{part} is no file: to read it could take for ever" in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_linked_work_tree_and_a_bare_repository_with_a_pipe(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": function("a")})
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    for pipe in (repo.path / ".git/info/grafts", tmp_path / "bare.git/info/grafts"):
        os.mkfifo(pipe)
    for place in ("linked", "linked/.", "bare.git", "bare.git/refs"):
        assert failures(tmp_path / place) == both("unreadable-repository")


def test_what_leads_to_nothing_is_no_pipe(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    exclude = repo.path / ".git/info/exclude"
    exclude.unlink(missing_ok=True)
    exclude.symlink_to(os.devnull)
    assert failures(repo) == both(None)


def test_what_git_says_besides_an_error_is_not_the_error(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    (repo.path / ".git/info/grafts").write_text("")
    (repo.path / ".git/refs/heads/main").write_text("1" * 40 + "\n")
    message = read("git", repo.path, os.environ).message
    assert "hint" not in message
    assert "1" * 40 in message


def test_git_is_needed_and_missing(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": function("a")})
    assert failures(repo, {"PATH": str(tmp_path)}) == {"pygit2": None, "git": "git-missing", "auto": None}
    repo.git("update-index", "--split-index")
    repo.write("b.py", function("b"))
    repo.stage()
    nowhere = failures(repo, {"PATH": str(tmp_path)})
    assert nowhere == {"pygit2": "unreadable-repository", "git": "git-missing", "auto": "unreadable-repository"}


def test_a_git_in_the_current_directory_is_not_run(repo: Repo) -> None:
    repo.write("git", "#!/bin/sh\ntouch ran\n", executable=True)
    assert failures(repo, {"PATH": f".:{os.pathsep}"})["git"] == "git-missing"
    assert not (repo.path / "ran").exists()


def test_a_reader_that_nobody_knows(repo: Repo) -> None:
    with pytest.raises(Failure, match="there is no reader 'dulwich'") as caught:
        open_repository(str(repo.path), os.environ, reader="dulwich")
    assert caught.value.usage


def test_another_reader_can_be_asked_for_later(repo: Repo) -> None:
    repo.write("a.py", function("a"))
    repo.stage()
    with open_repository(str(repo.path), os.environ) as repository:
        before = repository.staged(None)
        repository.use("auto")
        assert repository.reader == "pygit2"
        repository.use("git")
        assert (repository.reader, repository.reader_reason) == ("git", "asked for")
        assert repository.staged(None) == before
        with pytest.raises(Failure, match="there is no reader 'dulwich'"):
            repository.use("dulwich")


def test_a_reader_that_is_asked_for_later_does_not_give_way(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    repo.git("update-index", "--split-index")
    repo.write("b.py", function("b"))
    repo.stage()
    with open_repository(str(repo.path), os.environ) as repository:
        repository.use("pygit2")
        with pytest.raises(Failure) as caught:
            repository.staged(None)
        assert caught.value.kind == "unreadable-repository"
