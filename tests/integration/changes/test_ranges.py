"""What leads from one commit to another: from where they parted, whatever is staged or on disk."""

import os
import subprocess
from pathlib import Path

import pytest

from antipasta_hook.changes import between, open_repository
from antipasta_hook.changes.plumbing import _raw_changes
from antipasta_hook.model import Scope, ScopeKind
from tests.integration.changes.reading import READERS
from tests.integration.changes.spanning import Compared, compared, failure, kinds, one
from tests.integration.repositories import Repo, function


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """main and topic have parted at the first commit; topic is checked out, and something else is staged."""
    repo.commit_files({"a.py": function("a"), "b.py": function("b"), "d/c.py": function("c"), "notes.txt": "notes\n"})
    repo.git("tag", "start")
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit_files({"a.py": function("topic"), "d/new.py": function("new"), "notes.txt": "more\n"})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"b.py": function("main")})
    repo.git("checkout", "-q", "topic")
    repo.write("staged.py", function("staged"))
    repo.stage()
    return repo


def ranged(repo: Repo | Path, from_rev: str | None, to_rev: str = "HEAD", **options: object) -> Compared:
    return one(repo, lambda repository: between(repository, from_rev, to_rev), **options)


def git_says(repo: Repo, old: str, new: str) -> tuple[object, ...]:
    command = ["git", "diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", old, new]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, check=True)
    return tuple(sorted(_raw_changes(done.stdout), key=repr))


def test_a_branch_is_held_against_where_it_parted(repo: Repo) -> None:
    seen = ranged(repo, "main")
    start, topic = repo.oid("start"), repo.oid("topic")
    assert seen.changes.scope == Scope(ScopeKind.RANGE, start, topic, ())
    assert kinds(seen.changes) == {"a.py": "modified", "d/new.py": "added"}
    assert seen.raw == (git_says(repo, start, topic),)
    assert dict(seen.contents)["d/new.py"] == function("new").encode()
    assert seen.label == f"main...HEAD: {start[:7]}..{topic[:7]}"


def test_a_rename_a_mode_and_a_type(repo: Repo) -> None:
    repo.git("reset", "-q", "--hard")
    repo.git("mv", "b.py", "d/b.py")
    repo.write("tool", "#!/usr/bin/env python3\n", executable=True)
    (repo.path / "a.py").unlink()
    (repo.path / "a.py").symlink_to("notes.txt")
    (repo.path / "d/c.py").chmod(0o755)
    repo.stage()
    repo.commit()
    seen = ranged(repo, "HEAD^")
    assert kinds(seen.changes) == {"a.py": "deleted", "d/b.py": "renamed from b.py", "tool": "added"}
    assert seen.raw == (git_says(repo, "HEAD^", "HEAD"),)


def test_random_trees_differ_as_git_says(repo: Repo) -> None:
    repo.git("reset", "-q", "--hard")
    repo.remove("d/c.py")
    repo.commit_files(
        {"d/c.py/x.py": function("x"), "e/f/g.py": function("g"), "e/f.py": function("f"), "e-f/a.py": ""}
    )
    for old, new in (("start", "HEAD"), ("HEAD", "start"), ("main", "HEAD"), ("HEAD", "HEAD")):
        (span,) = compared(repo, lambda repository, old=old, new=new: [between(repository, old, new)])  # type: ignore[misc] # the values of the loop are bound
        assert span.raw == (git_says(repo, span.changes.scope.base or "", new),)


def test_from_the_empty_tree(repo: Repo) -> None:
    seen = ranged(repo, None, "start")
    assert seen.changes.scope.base is None
    assert kinds(seen.changes) == dict.fromkeys(("a.py", "b.py", "d/c.py"), "added")


def test_a_revision_and_itself_is_nothing(repo: Repo) -> None:
    assert kinds(ranged(repo, "topic", "topic").changes) == {}


def test_a_step_back_has_its_end_for_a_base(repo: Repo) -> None:
    assert ranged(repo, "topic", "start").bases == (repo.oid("start"),)


def test_all_ways_to_name_a_commit(repo: Repo) -> None:
    repo.git("tag", "-a", "-m", "annotated", "release", "topic")
    repo.git("tag", "-a", "-m", "of a tag", "nested", "release")
    topic = repo.oid("topic")
    for name in (
        "HEAD",
        "@",
        "topic",
        "refs/heads/topic",
        topic,
        topic[:8],
        "release",
        "nested",
        "HEAD~0",
        "HEAD^{/change}",
    ):
        assert ranged(repo, "start", name).changes.scope.target == topic
    assert ranged(repo, "HEAD~1", "HEAD").bases == (repo.oid("start"),)


@pytest.mark.parametrize(
    "name",
    [
        "nosuch",
        "",
        "-h",
        "--output=x",
        "--help",
        "^HEAD",
        "start..topic",
        "HEAD~99",
        "HEAD:a.py",
        "HEAD^{tree}",
        "HEAD\0",
        "x\nHEAD",
        "$(touch x)",
        "\udcff",
        "1" * 40,
        "1" * 64,
        "x" * 200_000,
    ],
)
def test_what_names_no_commit_is_refused_and_does_nothing_else(repo: Repo, name: str) -> None:
    said = failure(repo, lambda repository: [between(repository, name, "HEAD")])
    assert said.kind == "revision"
    assert said.usage
    assert "names no commit here" in str(said)
    assert str(said).isprintable()
    assert len(str(said)) < 300
    assert failure(repo, lambda repository: [between(repository, "HEAD", name)]).kind == "revision"
    assert not (repo.path / "x").exists()


def test_a_revision_that_is_no_text(repo: Repo) -> None:
    """git's references are bytes."""
    repo.git("update-ref", "refs/heads/caf\udce9", "topic")
    seen = ranged(repo, "start", "caf\udce9")
    assert seen.changes.scope.target == repo.oid("topic")
    assert seen.label.startswith("start...caf\\xe9: ")


def test_histories_that_have_nothing_in_common(repo: Repo) -> None:
    repo.git("reset", "-q", "--hard")
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit_files({"a.py": function("other")})
    assert ranged(repo, "main").bases == (repo.oid("main"),)
    assert kinds(ranged(repo, "main").changes) == {"a.py": "modified", "b.py": "modified", "d/new.py": "added"}


def test_criss_cross_merges_have_all_of_gits_merge_bases(repo: Repo) -> None:
    repo.git("reset", "-q", "--hard")
    one_side, other = repo.oid("main"), repo.oid("topic")
    repo.git("merge", "-q", "-m", "merge", one_side)
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "-m", "merge", other)
    bases = tuple(repo.git("merge-base", "--all", "main", "topic").split())
    assert ranged(repo, "main", "topic").bases == bases
    assert {one_side, other} == set(bases)


def test_a_commit_without_a_first_commit(tmp_path: Path) -> None:
    unborn = Repo.create(tmp_path / "unborn")
    assert failure(unborn, lambda repository: [between(repository, "HEAD", "HEAD")]).kind == "broken-head"


def test_a_bare_repository(repo: Repo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    seen = ranged(tmp_path / "bare.git", "main", "topic")
    assert kinds(seen.changes) == {"a.py": "modified", "d/new.py": "added"}


def test_a_sub_directory_and_a_linked_work_tree(repo: Repo, tmp_path: Path) -> None:
    expected = ranged(repo, "main")
    assert ranged(repo.path / "d", "main") == expected
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "topic")
    assert ranged(tmp_path / "linked", "main") == expected


def test_variables_that_say_where_the_repository_is(repo: Repo, tmp_path: Path) -> None:
    environ = {"GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(repo.path), "GIT_INDEX_FILE": "nowhere"}
    assert ranged(tmp_path, "main", env=environ) == ranged(repo, "main")


def test_an_index_that_is_damaged_does_not_matter(repo: Repo) -> None:
    expected = ranged(repo, "main")
    (repo.path / ".git/index").write_bytes(b"nonsense")
    assert ranged(repo, "main") == expected


def test_a_sha256_repository(tmp_path: Path) -> None:
    repo = Repo.create(tmp_path / "sha256", "--object-format=sha256")
    repo.commit_files({"a.py": function("a")})
    repo.commit_files({"a.py": function("b")})
    seen = ranged(repo, "HEAD~1", readers=("git", "auto"))
    assert kinds(seen.changes) == {"a.py": "modified"}
    assert seen.raw == (git_says(repo, "HEAD~1", "HEAD"),)
    assert kinds(ranged(repo, None, readers=("git", "auto")).changes) == {"a.py": "added"}


@pytest.fixture
def shallow(repo: Repo, tmp_path: Path) -> Repo:
    repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.path}", str(tmp_path / "shallow"))
    return Repo(tmp_path / "shallow")


def test_a_shallow_clone_that_does_not_reach_back_is_told_what_to_fetch(shallow: Repo) -> None:
    said = failure(shallow, lambda repository: [between(repository, "origin/main", "origin/topic")])
    assert said.kind == "shallow"
    assert "fetch-depth: 0" in said.recovery


def test_a_shallow_clone_that_does_reach_back(shallow: Repo) -> None:
    shallow.commit_files({"more.py": function("more")})
    assert kinds(ranged(shallow, "HEAD~1").changes) == {"more.py": "added"}
    shallow.git("fetch", "-q", "--deepen=1")
    assert kinds(ranged(shallow, "origin/main", "origin/topic").changes) == {"a.py": "modified", "d/new.py": "added"}


def test_a_partial_clone_fetches_nothing(repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "partial"))
    partial = Repo(tmp_path / "partial")
    before = partial.git("count-objects", "-v")
    seen = ranged(partial, "origin/main", "origin/topic")
    assert kinds(seen.changes) == {"a.py": "modified", "d/new.py": "added"}
    assert set(dict(seen.contents).values()) == {"missing-blob: None"}
    assert failure(partial, lambda repository: [between(repository, "1" * 40, "HEAD")]).kind == "revision"
    assert partial.git("count-objects", "-v") == before, "something was fetched"


def test_git_is_needed_to_name_commits(repo: Repo, tmp_path: Path) -> None:
    said = failure(
        repo, lambda repository: [between(repository, "main", "HEAD")], readers=("pygit2",), env={"PATH": str(tmp_path)}
    )
    assert said.kind == "git-missing"


def test_nothing_configured_is_run(repo: Repo, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{tmp_path / 'trace'}'\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "alias.rev-parse", "alias.merge-base", "gpg.program"):
        repo.git("config", name, f"!{trap}" if name.startswith("alias") else str(trap))
    repo.git("config", "log.showSignature", "true")
    ranged(
        repo, "main", env={"GIT_EXTERNAL_DIFF": str(trap), "GIT_PAGER": str(trap), "GIT_TRACE": str(tmp_path / "trace")}
    )
    assert not (tmp_path / "trace").exists()


def test_replaced_commits_and_grafts_do_not_move_a_base(repo: Repo) -> None:
    expected = ranged(repo, "main")
    repo.git("replace", "--graft", "topic")
    assert ranged(repo, "main") == expected


def test_attributes_and_settings_are_the_targets_own(repo: Repo) -> None:
    repo.git("reset", "-q", "--hard")
    repo.commit_files({".gitattributes": "a.py linguist-generated\n", ".antipasta.yaml": "x", "d/.antipasta.yaml": "y"})
    repo.write(".gitattributes", "* linguist-generated\n")
    repo.stage()
    seen = ranged(repo, "main")
    marked = "modified: linguist-generated in .gitattributes"
    assert kinds(seen.changes) == {"a.py": marked, "d/new.py": "added"}
    assert [problem.kind for problem in seen.changes.problems] == ["attribute-added"]
    assert set(seen.files.now) == seen.files.edited == {".antipasta.yaml", "d/.antipasta.yaml"}
    assert seen.files.before == {}


@pytest.mark.parametrize("reader", READERS)
def test_more_directories_than_a_command_line_takes(repo: Repo, reader: str) -> None:
    repo.git("reset", "-q", "--hard")
    repo.commit_files({f"p{n}/a.py": function("a") for n in range(300)} | {"p7/.antipasta.yaml": "x"})
    repo.commit_files({f"p{n}/a.py": function("b") for n in range(300)})
    seen = ranged(repo, "HEAD~1", readers=(reader,))
    assert len(seen.changes.comparisons[0].changes) == 300
    assert set(seen.files.now) == {"p7/.antipasta.yaml"}
    assert seen.files.edited == frozenset()


@pytest.mark.parametrize("reader", ["pygit2", "git"])
def test_a_path_that_looks_like_a_pathspec_is_a_path(repo: Repo, reader: str) -> None:
    names = [":(top)m.py", ":!a.py", "*.py", "a[b].py"]
    repo.commit_files(dict.fromkeys(names, "x = 1\n"))
    with open_repository(str(repo.path), os.environ, reader=reader) as repository:
        assert sorted(repository.tree_blobs(repo.oid("HEAD"), names)) == sorted(names)
        assert sorted(repository.index_blobs(names)) == sorted(names)
