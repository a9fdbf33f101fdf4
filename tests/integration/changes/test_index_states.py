"""What is staged by hand: every kind of difference that an index can hold."""

import os
from pathlib import Path

import pytest

from antipasta_hook.changes import open_repository
from antipasta_hook.model import Blob
from tests.integration.changes.reading import staged, summary
from tests.integration.repositories import Repo, function

SHEBANG = "#!/usr/bin/env python3\n"


@pytest.fixture
def repo(repo: Repo) -> Repo:
    repo.commit_files({"a.py": function("a"), "d/b.py": function("b"), "notes.txt": "notes\n"})
    return repo


def test_nothing_staged(repo: Repo) -> None:
    repo.write("a.py", function("unstaged"))
    repo.write("untracked.py", function("untracked"))
    assert summary(staged(repo)) == {}


def test_adds_changes_and_deletions_with_their_blobs(repo: Repo) -> None:
    before = repo.oid("HEAD:a.py")
    repo.write("a.py", function("changed"))
    repo.write("c.pyi", function("c"))
    repo.write("c.txt", "text\n")
    repo.remove("d/b.py")
    repo.stage()
    changes = staged(repo)
    assert summary(changes) == {"a.py": "modified", "c.pyi": "added", "d/b.py": "deleted"}
    assert changes.comparisons[0].changes[0].before == Blob(before, 0o100644)
    assert changes.comparisons[0].changes[0].after == Blob(repo.oid(":a.py"), 0o100644)


def test_a_rename_and_a_rename_with_an_edit(repo: Repo) -> None:
    repo.git("mv", "a.py", "moved.py")
    repo.git("mv", "d/b.py", "d/edited.py")
    repo.write("d/edited.py", function("edited"))
    repo.stage()
    assert summary(staged(repo)) == {
        "d/b.py": "deleted",
        "d/edited.py": "added",
        "moved.py": "renamed from a.py",
    }


def test_a_copy_is_an_addition(repo: Repo) -> None:
    repo.write("copy.py", function("a"))
    repo.stage()
    assert summary(staged(repo)) == {"copy.py": "added"}


def test_equal_files_that_move_keep_their_base_names(repo: Repo) -> None:
    repo.commit_files({"one/x.py": "same = 1\n", "one/y.py": "same = 1\n", "one/z.py": "same = 1\n"})
    for name in ("y", "z", "x"):
        repo.git("mv", f"one/{name}.py", f"{name}{'2' if name == 'z' else ''}.py")
    assert summary(staged(repo)) == {
        "x.py": "renamed from one/x.py",
        "y.py": "renamed from one/y.py",
        "z2.py": "renamed from one/z.py",
    }


def test_text_that_becomes_python_is_added(repo: Repo) -> None:
    repo.git("mv", "notes.txt", "notes.py")
    assert summary(staged(repo)) == {"notes.py": "added"}


def test_a_change_of_mode_alone_is_none(repo: Repo) -> None:
    repo.git("update-index", "--chmod=+x", "a.py")
    assert summary(staged(repo)) == {}


def test_a_change_of_mode_and_text_is_one(repo: Repo) -> None:
    repo.write("a.py", function("changed"))
    repo.stage()
    repo.git("update-index", "--chmod=+x", "a.py")
    changes = staged(repo)
    assert summary(changes) == {"a.py": "modified"}
    assert changes.comparisons[0].changes[0].after == Blob(repo.oid(":a.py"), 0o100755)


def test_a_file_that_becomes_a_symlink_is_deleted_and_back_again_added(repo: Repo) -> None:
    repo.remove("a.py")
    (repo.path / "a.py").symlink_to("d/b.py")
    repo.stage()
    assert summary(staged(repo)) == {"a.py": "deleted"}
    repo.commit()
    repo.remove("a.py")
    repo.write("a.py", function("file again"))
    repo.stage()
    assert summary(staged(repo)) == {"a.py": "added"}


def test_a_file_that_becomes_a_directory_and_back_again(repo: Repo) -> None:
    repo.remove("a.py")
    repo.write("a.py/inner.py", function("inner"))
    repo.stage()
    assert summary(staged(repo)) == {"a.py": "deleted", "a.py/inner.py": "added"}
    repo.commit()
    repo.git("rm", "-rqf", "a.py")
    repo.write("a.py", function("file again"))
    repo.stage()
    assert summary(staged(repo)) == {"a.py": "added", "a.py/inner.py": "deleted"}


def test_symlinks_are_not_files(repo: Repo) -> None:
    (repo.path / "link.py").symlink_to("a.py")
    repo.stage()
    assert summary(staged(repo)) == {}


def test_submodules_are_not_files(repo: Repo, tmp_path: Path) -> None:
    other = Repo.create(tmp_path / "other")
    first = other.commit_files({"x.py": function("x")})
    repo.git("submodule", "--quiet", "add", str(other.path), "sub.py")
    assert summary(staged(repo)) == {}
    repo.commit()
    repo.git("update-index", "--cacheinfo", f"160000,{'1' * 40},sub.py")
    assert summary(staged(repo)) == {}
    repo.git("update-index", "--cacheinfo", f"100644,{repo.oid('HEAD:a.py')},sub.py")
    assert summary(staged(repo)) == {"sub.py": "added"}
    assert first


@pytest.mark.parametrize("ignored", ["none", "all"])
def test_a_submodule_that_becomes_a_file_shows_whatever_diff_is_told_to_ignore(repo: Repo, ignored: str) -> None:
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub.py")
    repo.commit()
    repo.git("config", "diff.ignoreSubmodules", ignored)
    repo.git("update-index", "--cacheinfo", f"100644,{repo.oid('HEAD:a.py')},sub.py")
    assert summary(staged(repo, check_truth=False)) == {"sub.py": "added"}


def test_an_intended_file_is_not_there_yet(repo: Repo) -> None:
    repo.write("new.py", function("new"))
    repo.git("add", "-N", "new.py")
    assert summary(staged(repo, check_truth=False)) == {}


def test_a_new_empty_file_has_nothing_to_measure(repo: Repo) -> None:
    repo.write("pkg/__init__.py", "")
    repo.stage()
    assert summary(staged(repo)) == {}


def test_scripts_are_python_by_their_shebang(repo: Repo) -> None:
    repo.write("tool", SHEBANG + function("tool"), executable=True)
    repo.write("shell", "#!/bin/sh\nexit\n", executable=True)
    repo.write("not-executable", SHEBANG + function("tool"))
    repo.write("huge", SHEBANG + "#" * 1_000_001, executable=True)
    repo.stage()
    assert summary(staged(repo)) == {"tool": "added"}
    repo.commit()
    repo.write("tool", SHEBANG + function("changed"))
    repo.stage()
    assert summary(staged(repo)) == {"tool": "modified"}
    repo.commit()
    repo.git("mv", "tool", "tool.py")
    assert summary(staged(repo)) == {"tool.py": "renamed from tool"}


def test_a_script_that_changes_its_language(repo: Repo) -> None:
    repo.write("tool", "#!/bin/sh\n", executable=True)
    repo.stage()
    repo.commit()
    repo.write("tool", SHEBANG)
    repo.stage()
    assert summary(staged(repo)) == {"tool": "added"}
    repo.commit()
    repo.write("tool", "#!/bin/sh\n")
    repo.stage()
    assert summary(staged(repo)) == {"tool": "deleted"}


def test_making_a_script_executable_adds_nothing_and_the_reverse_takes_it_out(repo: Repo) -> None:
    repo.commit_files({"tool": SHEBANG + function("tool")})
    repo.git("update-index", "--chmod=+x", "tool")
    assert summary(staged(repo)) == {}
    repo.write("tool", SHEBANG + function("changed"))
    repo.git("update-index", "tool")
    repo.git("update-index", "--chmod=+x", "tool")
    assert summary(staged(repo)) == {"tool": "modified"}
    repo.commit()
    repo.git("update-index", "--chmod=-x", "tool")
    assert summary(staged(repo)) == {"tool": "deleted"}


ODD_NAMES = [
    "new\nline.py",
    "ta\tb.py",
    'quo"te.py',
    "ap'ostrophe.py",
    "-dash.py",
    " leading space.py",
    "trailing space .py",
    "back\\slash.py",
    "gl*b[x]?.py",
    ":(top)magic.py",
    "\u00e9\u4e2d\U0001f40d.py",
    "latin-\udce9.py",
    "control-\x01\x7f\x1b[31m.py",
    "very-" + "long-" * 48 + ".py",
    "/".join(["deep"] * 200) + "/x.py",
]


@pytest.mark.parametrize("attribute_file", [False, True])
def test_odd_names(repo: Repo, *, attribute_file: bool) -> None:
    for name in ODD_NAMES:
        entry = f"100644 {repo.oid('HEAD:a.py')}\t{name}\0"
        repo.git("update-index", "-z", "--index-info", given=os.fsencode(entry))
    if attribute_file:
        repo.write(".gitattributes", "*.py linguist-generated\n")
        repo.git("add", ".gitattributes")
    expected = "added: linguist-generated in .gitattributes" if attribute_file else "added"
    assert summary(staged(repo)) == dict.fromkeys(sorted(ODD_NAMES), expected)


def test_names_that_differ_in_case_are_two(repo: Repo) -> None:
    repo.git("config", "core.ignorecase", "true")
    entry = f"0 {'0' * 40}\ta.py\n100644 {repo.oid('HEAD:a.py')}\tA.py\n100644 {repo.oid('HEAD:a.py')}\tD/b.py\n"
    repo.git("update-index", "--index-info", given=entry)
    assert summary(staged(repo)) == {"A.py": "renamed from a.py", "D/b.py": "added"}


def test_the_upper_case_suffix_is_not_python(repo: Repo) -> None:
    repo.write("X.PY", function("x"))
    repo.stage()
    assert summary(staged(repo)) == {}


def test_a_file_that_changed_within_the_second_it_was_staged(repo: Repo) -> None:
    """A racy entry: the same size and time as when it was staged, other bytes."""
    repo.write("a.py", function("x"))
    repo.stage()
    staged_blob = repo.oid(":a.py")
    repo.write("a.py", function("y"))
    (change,) = staged(repo).comparisons[0].changes
    assert change.after == Blob(staged_blob, 0o100644)


def test_entries_that_git_was_told_not_to_look_at(repo: Repo) -> None:
    repo.write("a.py", function("staged"))
    repo.stage()
    repo.git("update-index", "--assume-unchanged", "a.py")
    repo.git("update-index", "--skip-worktree", "d/b.py")
    repo.remove("d/b.py")
    repo.write("a.py", function("unstaged"))
    assert summary(staged(repo)) == {"a.py": "modified"}


ASSUMED = ["new.py", ".antipasta.yaml", ".gitattributes", "d/new.py"]


@pytest.mark.parametrize("path", ASSUMED)
@pytest.mark.parametrize("beside", ["nothing", "an intended file", "an intended file of the same kind"])
def test_a_new_file_that_git_was_told_not_to_look_at(repo: Repo, path: str, beside: str) -> None:
    repo.write(path, "x = 1\n" if path.endswith(".py") else "")
    repo.stage()
    if beside != "nothing":
        repo.write("later.py", function("later"))
        repo.git("add", "-N", "later.py")
    repo.git("update-index", "--assume-unchanged", path)
    if beside.endswith("kind"):
        repo.git("update-index", "--assume-unchanged", "later.py")
    found = summary(staged(repo))
    assert found == ({path: "added"} if path.endswith(".py") else {})
    with open_repository(str(repo.path), os.environ, reader="pygit2") as repository:
        assert path in {change.path for change in repository.staged(repository.head())}
        assert set(repository.index_blobs([path])) == {path}


def test_a_change_a_deletion_and_a_conflict_that_git_was_told_not_to_look_at(repo: Repo) -> None:
    repo.write("a.py", function("changed"))
    repo.write("new.py", function("new"))
    repo.stage()
    repo.git("update-index", "--assume-unchanged", "a.py", "d/b.py", "new.py")
    repo.git("rm", "-q", "--cached", "d/b.py")
    assert summary(staged(repo)) == {"a.py": "modified", "d/b.py": "deleted", "new.py": "added"}


def test_all_that_is_added_where_the_disk_is_not_to_be_looked_at(repo: Repo) -> None:
    repo.git("config", "core.ignoreStat", "true")
    repo.write("new.py", function("new"))
    repo.write("a.py", function("changed"))
    repo.stage()
    repo.write("later.py", function("later"))
    repo.git("add", "-N", "later.py")
    assert summary(staged(repo)) == {"a.py": "modified", "new.py": "added"}


def test_a_blob_that_went_through_filters_is_read_as_stored(repo: Repo) -> None:
    repo.write(".gitattributes", "*.py text eol=crlf ident\n")
    repo.write("a.py", function("changed").replace("\n", "\r\n"))
    repo.stage()
    (change,) = staged(repo).comparisons[0].changes
    assert change.after == Blob(repo.git("hash-object", "--stdin", given=function("changed")), 0o100644)


def test_old_trees_with_group_writable_modes(repo: Repo) -> None:
    """Early git stored 100664; every reader takes it for 100644."""
    blob = bytes.fromhex(repo.oid("HEAD:a.py"))
    tree = repo.git("hash-object", "-w", "-t", "tree", "--stdin", "--literally", given=b"100664 a.py\0" + blob)
    repo.git("update-ref", "HEAD", repo.git("commit-tree", tree, "-m", "old"))
    repo.git("reset", "-q")
    assert summary(staged(repo)) == {}
    repo.write("a.py", function("changed"))
    repo.git("add", "a.py")
    (change,) = staged(repo).comparisons[0].changes
    assert change.before == Blob(blob.hex(), 0o100644)
