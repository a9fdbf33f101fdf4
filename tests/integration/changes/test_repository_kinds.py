"""Repositories of every make: those that libgit2 reads, and those for which git's plumbing takes over."""

import os
import subprocess
from pathlib import Path

import pytest

from antipasta_hook.changes import MissingBlob, open_repository
from tests.integration.changes.reading import (
    READERS,
    HookedRepo,
    install,
    only_git_reads,
    staged,
    summary,
)
from tests.integration.repositories import Repo, function


def populated(repo: Repo) -> Repo:
    repo.commit_files({"a.py": function("a"), "d/b.py": function("b"), "e/c.py": function("c")})
    return repo


def edited(repo: Repo) -> Repo:
    repo.write("a.py", function("changed"))
    repo.write("new.py", function("new"))
    repo.git("add", "a.py", "new.py")
    return repo


EDITS = {"a.py": "modified", "new.py": "added"}


def knows_reftable() -> bool:
    """Whether this git (2.45 and later) can make such repositories."""
    return b"--ref-format" in subprocess.run(["git", "init", "-h"], capture_output=True, check=False).stdout


def test_a_split_index_is_read_by_git(repo: Repo) -> None:
    populated(repo).git("update-index", "--split-index")
    assert summary(only_git_reads(edited(repo))) == EDITS


def test_a_split_index_inside_a_commit(repo: Repo, tmp_path: Path) -> None:
    populated(repo).git("config", "core.splitIndex", "true")
    repo.git("update-index", "--split-index")
    hooked = install(repo, tmp_path / "seen")
    repo.write("a.py", function("changed"))
    repo.commit("all", "-a")
    readings, said_by_git = hooked.raw()
    git = readings["git"]
    assert git.changes is not None
    assert summary(git.changes) == {"a.py": "modified"}
    assert git.raw == said_by_git
    assert all(reading.changes in {None, git.changes} for reading in readings.values())


def test_a_sparse_checkout(repo: Repo) -> None:
    populated(repo).git("sparse-checkout", "set", "--cone", "d")
    assert not (repo.path / "e").exists()
    assert summary(staged(edited(repo))) == EDITS


def test_a_sparse_index_is_read_by_git(repo: Repo) -> None:
    populated(repo).git("sparse-checkout", "set", "--cone", "--sparse-index", "d")
    edited(repo)
    environ = dict(os.environ)
    assert summary(staged(repo, readers=("git", "auto"))) == EDITS
    with open_repository(str(repo.path), environ, reader="auto") as opened:
        assert "e/c.py" in opened.index_blobs(["e/c.py"])


def test_an_index_of_version_4(repo: Repo) -> None:
    populated(repo).git("update-index", "--index-version", "4")
    assert summary(staged(edited(repo))) == EDITS


def test_an_index_with_all_its_extensions(repo: Repo) -> None:
    for name in ("core.untrackedCache", "feature.manyFiles", "index.skipHash", "index.recordEndOfIndexEntries"):
        repo.git("config", name, "true")
    repo.git("config", "index.threads", "2")
    populated(repo).git("status")
    assert summary(staged(edited(repo))) == EDITS
    repo.git("write-tree")
    assert summary(staged(repo)) == EDITS


def test_a_sha256_repository_is_read_by_git(tmp_path: Path) -> None:
    repo = Repo.create(tmp_path / "sha256", "--object-format=sha256")
    repo.write("a.py", function("a"))
    repo.write("empty.py", "")
    repo.stage()
    assert summary(only_git_reads(repo)) == {"a.py": "added"}
    repo.commit()
    assert summary(only_git_reads(edited(repo))) == EDITS


@pytest.mark.skipif(not knows_reftable(), reason="git before 2.45")
def test_reftable_is_read_by_git(tmp_path: Path) -> None:
    repo = populated(Repo.create(tmp_path / "reftable", "--ref-format=reftable"))
    assert summary(only_git_reads(edited(repo))) == EDITS


def test_an_extension_that_nobody_knows_is_refused_by_both(repo: Repo) -> None:
    populated(repo).git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.unheardOf", "1")
    with pytest.raises(AssertionError, match="unknown repository extension"):
        staged(repo, readers=("auto",), check_truth=False)


@pytest.fixture
def partial(repo: Repo, tmp_path: Path) -> Repo:
    """A clone without the blobs of old commits, whose remote must not be asked for them."""
    populated(repo).commit_files({"tool": "text\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "partial"))
    clone = Repo(tmp_path / "partial")
    clone.git("read-tree", "HEAD")
    return clone


@pytest.mark.parametrize("remote_is_there", [True, False])
def test_a_partial_clone_lists_without_its_missing_blobs(partial: Repo, repo: Repo, *, remote_is_there: bool) -> None:
    if not remote_is_there:
        repo.path.rename(repo.path.with_name("gone"))
    edited(partial)
    before = partial.git("count-objects", "-v")
    changes = staged(partial, readers=(*READERS, "auto"), check_truth=False)
    assert summary(changes) == EDITS
    old = changes.comparisons[0].changes[0].before
    assert old is not None
    for reader in ("pygit2", "git"):
        with open_repository(str(partial.path), dict(os.environ), reader=reader) as opened:
            assert opened.size(old.oid) is None
            with pytest.raises(MissingBlob):
                opened.read(old.oid)
            new = changes.comparisons[0].changes[0].after
            assert new is not None
            assert opened.read(new.oid) == function("changed").encode()
            assert opened.size(new.oid) == len(function("changed"))
    assert partial.git("count-objects", "-v") == before, "something was fetched"


def test_an_old_script_that_is_not_here_is_taken_for_what_the_new_one_is(partial: Repo) -> None:
    partial.write("tool", "#!/usr/bin/python3\n", executable=True)
    partial.git("add", "tool")
    partial.git("update-index", "--chmod=+x", "tool")
    assert summary(staged(partial, check_truth=False)) == {"tool": "modified"}


def test_attributes_that_are_not_here_are_named(repo: Repo, tmp_path: Path) -> None:
    repo.write(".gitattributes", "*.py linguist-generated\n")
    repo.stage()
    repo.commit()
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "partial"))
    partial = Repo(tmp_path / "partial")
    partial.git("read-tree", "HEAD")
    oid = partial.git("hash-object", "-w", "--stdin", given=function("a"))
    partial.git("update-index", "--add", "--cacheinfo", f"100644,{oid},a.py")
    changes = staged(partial, check_truth=False)
    assert summary(changes) == {"a.py": "added"}
    assert [problem.kind for problem in changes.problems] == ["attributes"]


def test_a_shallow_clone(repo: Repo, tmp_path: Path) -> None:
    populated(repo).commit_files({"f.py": function("f")})
    repo.git("clone", "-q", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    assert summary(staged(edited(Repo(tmp_path / "shallow")))) == EDITS


def test_objects_that_another_repository_keeps(repo: Repo, tmp_path: Path) -> None:
    populated(repo).git("clone", "-q", "--shared", ".", str(tmp_path / "shared"))
    assert summary(staged(edited(Repo(tmp_path / "shared")))) == EDITS


def test_a_quarantine_of_objects(repo: Repo, tmp_path: Path) -> None:
    """git receives a push into a directory of its own, and names it in the environment."""
    populated(repo)
    (tmp_path / "quarantine").mkdir()
    quarantine = {
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "quarantine"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(repo.path / ".git/objects"),
    }
    repo.write("a.py", function("changed"))
    repo.git("add", "a.py", env=quarantine)
    (change,) = staged(repo, env=quarantine).comparisons[0].changes
    assert change.after is not None
    for reader in ("pygit2", "git"):
        with open_repository(str(repo.path), {**os.environ, **quarantine}, reader=reader) as opened:
            assert opened.read(change.after.oid) == function("changed").encode()


def test_a_common_directory_from_the_environment(repo: Repo, tmp_path: Path) -> None:
    edited(populated(repo)).git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = edited(Repo(tmp_path / "linked"))
    environ = {
        "GIT_DIR": linked.git("rev-parse", "--absolute-git-dir"),
        "GIT_COMMON_DIR": str(repo.path / ".git"),
        "GIT_WORK_TREE": str(linked.path),
    }
    assert summary(staged(linked, env=environ, readers=("auto", "git"))) == EDITS


def test_a_namespace_changes_nothing(repo: Repo) -> None:
    assert summary(staged(edited(populated(repo)), env={"GIT_NAMESPACE": "space"})) == EDITS


def test_a_relative_git_dir_and_index(repo: Repo) -> None:
    edited(populated(repo))
    environ = {"GIT_DIR": "../.git", "GIT_WORK_TREE": "..", "GIT_INDEX_FILE": ".git/index"}
    assert summary(staged(repo.path / "d", env=environ)) == EDITS


@pytest.mark.parametrize("where", [".", "d"])
def test_an_index_of_ones_own(repo: Repo, where: str) -> None:
    """GIT_INDEX_FILE counts from the root of the work tree, wherever one stands."""
    populated(repo).git("read-tree", "HEAD", env={"GIT_INDEX_FILE": "mine"})
    repo.write("a.py", function("changed"))
    repo.git("add", "a.py", env={"GIT_INDEX_FILE": "mine"})
    assert summary(staged(repo.path / where, env={"GIT_INDEX_FILE": "mine"})) == {"a.py": "modified"}
    assert summary(staged(repo)) == {}


def test_a_path_through_a_symlink(repo: Repo, tmp_path: Path) -> None:
    edited(populated(repo))
    (tmp_path / "link").symlink_to(repo.path)
    assert summary(staged(tmp_path / "link" / "d")) == EDITS


def test_replaced_objects_are_read_as_they_are(repo: Repo) -> None:
    """A blob id is a cache key: it means its own bytes, whatever refs/replace says."""
    edited(populated(repo))
    repo.git("replace", repo.oid(":a.py"), repo.oid(":new.py"))
    repo.git("replace", repo.oid("HEAD^{commit}"), repo.git("commit-tree", "HEAD:d", "-m", "other"))
    assert summary(staged(repo, check_truth=False)) == EDITS
    for reader in ("pygit2", "git"):
        with open_repository(str(repo.path), dict(os.environ), reader=reader) as opened:
            assert opened.read(repo.git("rev-parse", ":a.py")) == function("changed").encode()


def test_a_detached_head(repo: Repo) -> None:
    populated(repo).git("checkout", "-q", "--detach")
    assert summary(staged(edited(repo))) == EDITS


def test_packed_references_and_objects(repo: Repo) -> None:
    populated(repo).git("gc", "-q")
    assert summary(staged(edited(repo))) == EDITS


def test_reading_leaves_no_trace(hooked: HookedRepo) -> None:
    repo = edited(hooked.repo)

    def trace() -> dict[str, tuple[int, int]]:
        files = [file for file in repo.path.rglob("*") if file.is_file()]
        return {str(file): (file.stat().st_mtime_ns, file.stat().st_ino) for file in files}

    before = trace()
    staged(repo, readers=(*READERS, "auto"))
    assert trace() == before
