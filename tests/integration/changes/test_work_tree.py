"""The files on disk against HEAD: what git would take into a commit of everything, looked at without git's filters."""

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest

from antipasta_hook.changes import MissingBlob, RawChange, open_repository, read_difference, worktree
from antipasta_hook.changes.disk import LARGEST_KEPT
from antipasta_hook.changes.plumbing import _raw_changes
from antipasta_hook.config.settings import DEFAULTS
from antipasta_hook.model import Scope, ScopeKind
from tests.integration.changes.reading import READERS
from tests.integration.changes.spanning import Compared, failure, kinds, one
from tests.integration.repositories import Repo, function

ALL = (*READERS, "auto")


@pytest.fixture
def repo(repo: Repo) -> Repo:
    repo.commit_files(
        {
            ".gitignore": "ignored*\nbuild/\n",
            "a.py": function("a"),
            "b.py": function("b"),
            "d/c.py": function("c"),
            "notes.txt": "notes\n",
        }
    )
    return repo


def seen(repo: Repo | Path, **options: object) -> Compared:
    return one(repo, worktree, **options)


def changed(repo: Repo | Path, **options: object) -> dict[str, str]:
    return kinds(seen(repo, **options).changes)


def git_would_commit(repo: Repo, tmp_path: Path) -> tuple[RawChange, ...]:
    """What a commit of everything would change, as git says; the index stays as it is."""
    index = tmp_path / "index of everything"
    shutil.copy2(repo.path / ".git/index", index)  # with its time: entries as young as it are not to be trusted
    environ = {**os.environ, "GIT_INDEX_FILE": str(index), "GIT_OBJECT_DIRECTORY": str(tmp_path / "objects")}
    environ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = str(repo.path / ".git/objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    subprocess.run(["git", "add", "-A"], cwd=repo.path, env=environ, check=True, capture_output=True)
    command = ["git", "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "HEAD"]
    done = subprocess.run(command, cwd=repo.path, env=environ, check=True, capture_output=True)
    return tuple(sorted(_raw_changes(done.stdout), key=repr))


def test_a_clean_work_tree_is_no_change_and_nothing_is_read(repo: Repo) -> None:
    past = time.time_ns() + 10**9
    os.utime(repo.path / ".git/index", ns=(past, past))
    with mock.patch("antipasta_hook.changes.disk.Disk._read", side_effect=AssertionError):
        compared = seen(repo)
    assert compared.changes.scope == Scope(ScopeKind.WORKTREE, repo.oid("HEAD"), None, ())
    assert kinds(compared.changes) == {}


def test_every_kind_of_change(repo: Repo, tmp_path: Path) -> None:
    repo.write("a.py", function("changed"))
    repo.remove("b.py")
    (repo.path / "d/c.py").rename(repo.path / "moved.py")
    repo.write("new.py", function("new"))
    repo.write("d/empty.py", "")
    repo.write("script", "#!/usr/bin/env python3\n", executable=True)
    repo.write("ignored.py", function("ignored"))
    repo.write("build/made.py", function("made"))
    repo.write("notes.txt", "more notes\n")
    compared = seen(repo)
    assert kinds(compared.changes) == {
        "a.py": "modified",
        "b.py": "deleted",
        "moved.py": "renamed from d/c.py",
        "new.py": "added",
        "script": "added",
    }
    assert dict(compared.contents)["new.py"] == function("new").encode()
    assert compared.raw == (tuple(raw for raw in git_would_commit(repo, tmp_path) if raw.path != "notes.txt"),)


def test_what_is_staged_and_then_edited_is_as_on_disk(repo: Repo) -> None:
    repo.write("a.py", function("staged"))
    repo.write("new.py", function("staged"))
    repo.write("gone.py", function("staged"))
    repo.stage()
    repo.write("a.py", function("a"))
    repo.write("new.py", function("edited"))
    repo.remove("gone.py")
    compared = seen(repo)
    assert kinds(compared.changes) == {"new.py": "added"}
    assert dict(compared.contents)["new.py"] == function("edited").encode()


def test_a_file_that_is_staged_and_no_further_is_read_from_the_repository(repo: Repo) -> None:
    repo.write("a.py", function("staged"))
    repo.stage()
    assert seen(repo).contents == (("a.py", function("staged").encode()),)


def test_a_file_that_git_was_told_to_forget_is_untracked(repo: Repo) -> None:
    repo.git("rm", "-q", "--cached", "a.py", "b.py")
    repo.write("b.py", function("changed"))
    assert changed(repo) == {"b.py": "modified"}


def test_an_edit_within_the_same_tick_and_of_the_same_size(repo: Repo) -> None:
    for _ in range(20):
        repo.write("a.py", function("x"))
        repo.stage()
        repo.write("a.py", function("y"))
        assert dict(seen(repo, readers=("pygit2",)).contents) == {"a.py": function("y").encode()}


def test_an_edit_that_hides_behind_old_times(repo: Repo) -> None:
    times = (repo.path / "a.py").stat()
    repo.write("a.py", function("z"))
    os.utime(repo.path / "a.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert changed(repo) == {"a.py": "modified"}


def test_files_that_were_only_touched_are_unchanged(repo: Repo) -> None:
    for path in repo.path.glob("*.py"):
        path.write_bytes(path.read_bytes())
    (repo.path / "d").rename(repo.path / "e")
    shutil.copytree(repo.path / "e", repo.path / "d")
    shutil.rmtree(repo.path / "e")
    assert changed(repo) == {}


def test_before_the_first_commit_and_without_an_index(tmp_path: Path) -> None:
    repo = Repo.create(tmp_path / "unborn")
    assert changed(repo) == {}
    repo.write("a.py", function("a"))
    assert changed(repo) == {"a.py": "added"}
    repo.stage()
    repo.write("b.py", function("b"))
    assert changed(repo) == {"a.py": "added", "b.py": "added"}
    assert seen(repo).changes.scope.base is None


def test_line_ends_alone_are_no_change(repo: Repo) -> None:
    repo.git("config", "core.autocrlf", "true")
    repo.write("a.py", function("a").replace("\n", "\r\n"))
    repo.write("b.py", function("changed").replace("\n", "\r\n"))
    assert changed(repo) == {"b.py": "modified"}
    repo.git("add", "b.py")
    assert dict(seen(repo).contents) == {"b.py": function("changed").encode()}
    repo.write("b.py", function("b").replace("\n", "\r\n"))
    assert changed(repo) == {}


def test_no_filter_is_run(repo: Repo, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{tmp_path / 'trace'}'\ncat\n")
    trap.chmod(0o755)
    repo.write(".gitattributes", "*.py filter=trap diff=trap\n")
    for name in (
        *("filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "diff.trap.textconv", "diff.trap.command"),
        *("core.fsmonitor", "core.pager", "alias.ls-files", "core.sshCommand", "uploadpack.packObjectsHook"),
    ):
        repo.git("config", name, f"!{trap}" if name.startswith("alias") else str(trap))
    repo.git("config", "filter.trap.required", "true")
    for name in ("post-index-change", "fsmonitor-watchman", "post-checkout"):
        repo.hook(name, f"#!/bin/sh\nexec {trap}\n")
    repo.write("a.py", function("changed"))
    repo.write("b.py", function("b"))
    repo.write("new.py", function("new"))
    before = (repo.path / ".git/index").read_bytes()
    assert changed(repo, readers=ALL) == {"a.py": "modified", "new.py": "added"}
    assert not (tmp_path / "trace").exists(), (tmp_path / "trace").read_text()
    assert (repo.path / ".git/index").read_bytes() == before


def test_looking_leaves_no_trace(repo: Repo) -> None:
    repo.write("a.py", function("changed"))
    repo.write("new.py", function("new"))

    def trace() -> dict[str, tuple[int, int]]:
        files = [file for file in repo.path.rglob("*") if file.is_file()]
        return {str(file): (file.stat().st_mtime_ns, file.stat().st_ino) for file in files}

    before = trace()
    seen(repo, readers=ALL)
    assert trace() == before


def test_links_are_not_followed(repo: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "c.py").write_text(function("outside"))
    (outside / "x.py").write_text(function("outside"))
    (repo.path / "a.py").unlink()
    (repo.path / "a.py").symlink_to(outside / "x.py")
    shutil.rmtree(repo.path / "d")
    (repo.path / "d").symlink_to(outside)
    (repo.path / "new.py").symlink_to(outside / "x.py")
    (repo.path / "loop.py").symlink_to("loop.py")
    compared = seen(repo)
    assert kinds(compared.changes) == {"a.py": "deleted", "d/c.py": "deleted"}
    assert {(raw.path, raw.after.mode) for raw in compared.raw[0] if raw.after} == {
        ("a.py", 0o120000),
        ("d", 0o120000),
        ("loop.py", 0o120000),
        ("new.py", 0o120000),
    }


def test_a_link_that_becomes_a_file(repo: Repo) -> None:
    (repo.path / "link.py").symlink_to("a.py")
    repo.stage()
    repo.commit()
    assert changed(repo) == {}
    (repo.path / "link.py").unlink()
    repo.write("link.py", function("file"))
    assert changed(repo) == {"link.py": "added"}


def test_what_is_no_file_is_never_opened(repo: Repo) -> None:
    repo.remove("a.py")
    os.mkfifo(repo.path / "a.py")
    repo.remove("b.py")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(repo.path)  # a socket's path must be short
        try:
            listening.bind("b.py")
        finally:
            os.chdir(here)
        repo.remove("d/c.py")
        (repo.path / "d/c.py").mkdir()
        repo.write("d/c.py/inside.py", function("inside"))
        os.mkfifo(repo.path / "pipe.py")
        assert changed(repo) == {
            "a.py": "deleted",
            "b.py": "deleted",
            "d/c.py": "deleted",
            "d/c.py/inside.py": "added",
        }


def test_a_file_that_cannot_be_read_is_said_to_be(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("a.py", function("changed"))
    repo.write("new.py", function("new"))
    open_file = os.open

    def refuse(path: bytes | str, flags: int, mode: int = 0o777) -> int:
        if os.fsencode(path).endswith((b"/a.py", b"/new.py")):
            raise PermissionError(13, "Permission denied")
        return open_file(path, flags, mode)

    monkeypatch.setattr("antipasta_hook.changes.disk.os.open", refuse)
    compared = seen(repo)
    assert kinds(compared.changes) == {"a.py": "modified", "new.py": "added"}
    assert dict(compared.contents) == dict.fromkeys(("a.py", "new.py"), "unread-file: None")
    with open_repository(str(repo.path), os.environ) as repository:
        difference = read_difference(repository, worktree(repository))
        after = difference.changeset(DEFAULTS).comparisons[0].changes[0].after
        assert after is not None
        with pytest.raises(MissingBlob, match=r"a\.py: it cannot be read: Permission denied") as caught:
            difference.source.read(after.oid)
        assert caught.value.reason == "it cannot be read: Permission denied"


def test_a_directory_that_cannot_be_searched(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.lstat

    def refuse(path: bytes | str) -> os.stat_result:
        if os.fsencode(path).endswith(b"/d/c.py"):
            raise PermissionError(13, "Permission denied")
        return look(path)

    monkeypatch.setattr("antipasta_hook.changes.disk.os.lstat", refuse)
    assert seen(repo).contents == (("d/c.py", "unread-file: None"),)


def test_a_file_that_vanishes_between_listing_and_reading_is_deleted(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_file = os.open

    def vanish(path: bytes | str, flags: int, mode: int = 0o777) -> int:
        if os.fsencode(path).endswith(b"/new.py") and not flags & os.O_CREAT:
            Path(os.fsdecode(path)).unlink(missing_ok=True)
        return open_file(path, flags, mode)

    monkeypatch.setattr("antipasta_hook.changes.disk.os.open", vanish)
    for reader in READERS:
        repo.write("new.py", function("new"))
        assert changed(repo, readers=(reader,)) == {}


def test_a_giant_is_hashed_and_not_kept(repo: Repo, tmp_path: Path) -> None:
    content = b"# 3456\n" * (LARGEST_KEPT // 7 + 100)
    repo.write("big.py", content)
    compared = seen(repo, readers=("pygit2", "git"))
    assert dict(compared.contents) == {"big.py": f"unread-file: {len(content)}"}
    assert compared.raw == (git_would_commit(repo, tmp_path),)
    repo.stage()
    repo.write("big.py", content)
    repo.commit()
    assert changed(repo, readers=("git",)) == {}


def test_a_file_without_an_end_costs_no_time(repo: Repo) -> None:
    with (repo.path / "sparse.py").open("wb") as file:
        file.truncate(1 << 40)
    with (repo.path / "script").open("wb") as file:
        file.truncate(1 << 40)
    (repo.path / "script").chmod(0o755)
    assert dict(seen(repo).contents) == {"sparse.py": f"unread-file: {1 << 40}"}


def test_permissions(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"tool": "#!/usr/bin/env python3\n" + function("t"), "other": "#!/usr/bin/env python3\n"})
    (repo.path / "tool").chmod(0o755)
    (repo.path / "a.py").chmod(0o755)
    compared = seen(repo)
    assert kinds(compared.changes) == {}
    assert compared.raw == (git_would_commit(repo, tmp_path),)
    repo.write("tool", "#!/usr/bin/env python3\n" + function("changed"), executable=True)
    assert changed(repo) == {"tool": "modified"}


def test_a_disk_without_permissions_or_links(repo: Repo) -> None:
    repo.write("tool", "#!/usr/bin/env python3\n", executable=True)
    (repo.path / "link.py").symlink_to("a.py")
    repo.stage()
    repo.commit()
    repo.git("config", "core.fileMode", "false")
    repo.git("config", "core.symlinks", "no")
    (repo.path / "a.py").chmod(0o755)
    (repo.path / "tool").chmod(0o644)
    (repo.path / "link.py").unlink()
    repo.write("link.py", "a.py")
    repo.write("new", "#!/usr/bin/env python3\n", executable=True)
    compared = seen(repo)
    assert kinds(compared.changes) == {}
    assert compared.raw == ((),)


def test_unmerged_paths_are_read_as_they_are_on_disk(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "theirs")
    repo.commit_files({"a.py": function("theirs"), "b.py": function("theirs"), "theirs.py": function("t")})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"a.py": function("ours"), "b.py": function("ours")})
    repo.git("merge", "-q", "theirs", check=False)
    repo.write("b.py", function("theirs"))
    compared = seen(repo)
    assert compared.bases == (repo.oid("main"), repo.oid("theirs"))
    merged = "same as in the branch being merged"
    assert kinds(compared.changes) == {
        "a.py": "modified",
        "b.py": f"modified: {merged}",
        "theirs.py": f"added: {merged}",
    }
    assert b"<<<<<<<" in dict(compared.contents)["a.py"]
    repo.remove("a.py")
    assert changed(repo)["a.py"] == "deleted"


def test_files_that_git_was_told_not_to_look_at(repo: Repo) -> None:
    repo.git("update-index", "--assume-unchanged", "a.py")
    repo.git("update-index", "--skip-worktree", "b.py", "d/c.py")
    repo.write("a.py", function("changed"))
    repo.remove("b.py")
    repo.write("d/c.py", function("changed"))
    assert changed(repo) == {"d/c.py": "modified"}, (
        "what is there in spite of a sparse checkout is looked at, as by git"
    )


def test_an_intended_file(repo: Repo) -> None:
    repo.write("new.py", function("new"))
    repo.git("add", "-N", "new.py")
    assert changed(repo) == {"new.py": "added"}


def test_submodules_and_other_repositories_are_not_entered(repo: Repo, tmp_path: Path) -> None:
    Repo.create(tmp_path / "module").commit_files({"m.py": function("m")})
    repo.git("submodule", "--quiet", "add", str(tmp_path / "module"), "module")
    repo.commit()
    (repo.path / "module/m.py").write_text(function("changed"))
    (repo.path / "module/new.py").write_text(function("new"))
    Repo.create(repo.path / "nested").commit_files({"n.py": function("n")})
    repo.git("worktree", "add", "-q", "--detach", "linked")
    assert changed(repo) == {}


def test_attributes_and_settings_are_those_on_disk(repo: Repo) -> None:
    repo.commit_files({".antipasta.yaml": "x", "pyproject.toml": "x", "d/.antipasta.yaml": "x"})
    repo.write(".gitattributes", "a.py linguist-generated\n")
    repo.write("a.py", function("changed"))
    repo.write(".antipasta.yaml", "edited")
    repo.write("new/.antipasta.yaml", "new")
    repo.write("ignored/.antipasta.yaml", "ignored")
    repo.remove("d/.antipasta.yaml")
    compared = seen(repo)
    assert kinds(compared.changes) == {"a.py": "modified: linguist-generated in .gitattributes"}
    assert compared.changes.comparisons[0].changes[0].newly_skipped
    assert [problem.kind for problem in compared.changes.problems] == ["attribute-added"]
    files = compared.files
    assert set(files.now) == {".antipasta.yaml", "new/.antipasta.yaml", "pyproject.toml"}
    assert set(files.before) == {".antipasta.yaml", "d/.antipasta.yaml", "pyproject.toml"}
    assert files.edited == {".antipasta.yaml", "d/.antipasta.yaml", "new/.antipasta.yaml"}
    with open_repository(str(repo.path), os.environ) as repository:
        difference = read_difference(repository, worktree(repository))
        assert difference.source.read(files.now[".antipasta.yaml"].oid) == b"edited"
        assert difference.source.read(files.before[".antipasta.yaml"].oid) == b"x"


def test_odd_names(repo: Repo, tmp_path: Path) -> None:
    names = [
        "new\nline.py",
        "  ctime: 1:1\n.py",
        "tab\t.py",
        "caf\udce9.py",
        "-dash.py",
        'quo"te.py',
        "[a]*.py",
        " .py",
    ]
    repo.commit_files(dict.fromkeys(names, function("odd")))
    for name in names:
        repo.write(name, function("changed"))
        repo.write(f"d/{name}", function("new"))
    compared = seen(repo)
    assert set(kinds(compared.changes)) == {*names, *(f"d/{name}" for name in names)}
    assert compared.raw == (git_would_commit(repo, tmp_path),)


def test_every_place_to_look_from(repo: Repo, tmp_path: Path) -> None:
    repo.write("a.py", function("changed"))
    repo.write("d/new.py", function("new"))
    expected = seen(repo)
    assert kinds(expected.changes) == {"a.py": "modified", "d/new.py": "added"}
    assert seen(repo.path / "d") == expected
    for environ in (
        {"GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(repo.path)},
        {"GIT_DIR": "repo/.git", "GIT_WORK_TREE": "repo"},
        {"GIT_DIR": "repo/.git", "GIT_WORK_TREE": "repo", "GIT_INDEX_FILE": ".git/index"},
    ):
        assert seen(tmp_path, env=environ) == expected
    (tmp_path / "link").symlink_to(repo.path)
    assert seen(tmp_path / "link" / "d") == expected


def test_a_linked_work_tree_looks_at_its_own_files(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    repo.write("a.py", function("main"))
    (tmp_path / "linked" / "b.py").write_text(function("linked"))
    assert changed(tmp_path / "linked") == {"b.py": "modified"}


def test_every_make_of_repository(repo: Repo, tmp_path: Path) -> None:
    readers = ("git", "auto")
    repo.write("a.py", function("changed"))
    repo.write("new.py", function("new"))
    expected = {"a.py": "modified", "new.py": "added"}
    repo.git("update-index", "--split-index")
    assert changed(repo, readers=readers) == expected
    repo.git("update-index", "--no-split-index")
    repo.git("update-index", "--index-version", "4")
    assert changed(repo) == expected
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "other")
    assert not (repo.path / "d").exists()
    assert changed(repo, readers=readers) == expected
    sha256 = Repo.create(tmp_path / "sha256", "--object-format=sha256")
    sha256.write("a.py", function("a"))
    assert changed(sha256, readers=readers) == {"a.py": "added"}
    sha256.stage()
    sha256.commit()
    sha256.write("a.py", function("changed"))
    (change,) = seen(sha256, readers=readers).changes.comparisons[0].changes
    assert change.after is not None
    assert change.after.oid == sha256.git("hash-object", "a.py")


def test_a_bare_repository_has_no_work_tree(repo: Repo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    said = failure(tmp_path / "bare.git", lambda repository: [worktree(repository)])
    assert said.kind == "no-work-tree"
    assert said.usage


@pytest.mark.parametrize("settings", [{}, {"core.trustctime": "false"}, {"core.checkStat": "minimal"}])
def test_how_git_looks_at_files_changes_nothing(repo: Repo, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        repo.git("config", name, value)
    repo.git("update-index", "--really-refresh", "-q")
    repo.write("a.py", function("changed"))
    assert changed(repo) == {"a.py": "modified"}


def test_an_index_that_says_nothing_of_the_files_is_no_hindrance(repo: Repo) -> None:
    """git may print what an index remembers in another way one day."""
    repo.write("a.py", function("changed"))
    with mock.patch("antipasta_hook.changes.listing._stat", return_value=None):
        assert changed(repo) == {"a.py": "modified"}


@pytest.mark.parametrize("seed", range(6))
def test_random_edits(repo: Repo, tmp_path: Path, seed: int) -> None:
    random_ = random.Random(seed)
    paths = ["a.py", "b.py", "d/c.py", "d/e/f.py", "n.pyi", "tool", ".gitattributes", "d/.antipasta.yaml"]
    for _ in range(8):
        for _ in range(random_.randrange(1, 5)):
            path = random_.choice(paths)
            file = repo.path / path
            action = random_.random()
            if action < 0.25 and file.is_file():
                file.unlink()
            elif action < 0.4 and file.is_file():
                repo.git("add", "-A", "--", path)
            elif action < 0.5 and file.is_file():
                repo.git("rm", "-q", "--cached", "--ignore-unmatch", "--", path)
            elif action < 0.6 and file.is_file():
                file.chmod(random_.choice([0o644, 0o755]))
            else:
                repo.write(path, random_.choice(["#!/usr/bin/python\n", "", function("x"), function("y")]))
        compared = seen(repo)
        assert _but_plain(compared.raw[0]) == _but_plain(git_would_commit(repo, tmp_path))
        if random_.random() < 0.3:
            repo.stage()
            repo.commit()


def _but_plain(changes: tuple[RawChange, ...]) -> list[RawChange]:
    """Without what cannot matter: a file with a name like any other, which neither is nor was executable."""
    modes = {change: {side.mode for side in (change.before, change.after) if side} for change in changes}
    return [change for change in changes if change.path != "tool" or 0o100755 in modes[change]]
