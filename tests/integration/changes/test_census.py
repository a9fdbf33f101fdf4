"""Every Python file there is: what did not change is in the first comparison too, the same on both sides."""

import os
from pathlib import Path
from unittest.mock import Mock

import pytest

from antipasta_hook.changes import (
    Span,
    between,
    open_repository,
    read_difference,
    spans,
    staged,
    whole_commit,
    whole_tree,
)
from antipasta_hook.config.settings import DEFAULTS
from antipasta_hook.model import Ask, Asked, Scope, ScopeKind
from antipasta_hook.model.base import Base, Meant, Way
from tests.integration.changes.reading import READERS
from tests.integration.changes.spanning import Compared, failure, kinds, one
from tests.integration.repositories import Repo, function

SCRIPT = "#!/usr/bin/env python3\n" + function("script")


@pytest.fixture
def repo(repo: Repo) -> Repo:
    repo.write("tool", SCRIPT, executable=True)
    repo.write("shell", "#!/bin/sh\n", executable=True)
    repo.write("plain", SCRIPT)
    repo.commit_files({"a.py": function("a"), "d/b.pyi": function("b"), "d/e/__init__.py": "", "notes.txt": "notes\n"})
    (repo.path / "link.py").symlink_to("a.py")
    repo.stage()
    repo.commit()
    return repo


ALL = {"a.py": "unchanged", "d/b.pyi": "unchanged", "d/e/__init__.py": "unchanged", "tool": "unchanged"}


def named(revision: str) -> Meant:
    return Meant((Base(Way.NAMED, "named", revision),))


def census(repo: Repo | Path, **options: object) -> Compared:
    return one(repo, whole_tree, **options)


def test_a_tree_without_a_change(repo: Repo) -> None:
    seen = census(repo)
    assert seen.changes.scope == Scope(ScopeKind.TREE, repo.oid("HEAD"), None, ())
    assert kinds(seen.changes) == ALL
    assert all(change.before == change.after for change in seen.changes.comparisons[0].changes)
    assert dict(seen.contents)["tool"] == SCRIPT.encode()
    assert seen.paths == tuple(ALL)


def test_what_is_staged_is_a_change_and_the_rest_is_not(repo: Repo) -> None:
    repo.write("a.py", function("changed"))
    repo.write("empty.py", "")
    repo.git("mv", "d/b.pyi", "d/c.pyi")
    (repo.path / "d/e/__init__.py").chmod(0o755)
    (repo.path / "plain").chmod(0o755)
    (repo.path / "tool").chmod(0o644)
    repo.write("only/on/disk.py", function("disk"))
    repo.git("add", "a.py", "empty.py", "d/e", "plain", "tool")
    assert kinds(census(repo).changes) == {
        "a.py": "modified",
        "d/c.pyi": "renamed from d/b.pyi",
        "d/e/__init__.py": "unchanged",
        "plain": "unchanged",
        "tool": "deleted",
    }


def test_before_the_first_commit_all_is_new(tmp_path: Path) -> None:
    repo = Repo.create(tmp_path / "unborn")
    assert kinds(census(repo).changes) == {}
    repo.write("a.py", function("a"))
    repo.stage()
    seen = census(repo)
    assert seen.changes.scope.base is None
    assert kinds(seen.changes) == {"a.py": "added"}


def test_a_bare_repository_is_judged_by_its_head(repo: Repo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    seen = census(tmp_path / "bare.git")
    head = repo.oid("HEAD")
    assert seen.changes.scope == Scope(ScopeKind.TREE, head, head, ())
    assert kinds(seen.changes) == ALL
    Repo.create(tmp_path / "empty.git", "--bare")
    assert kinds(census(tmp_path / "empty.git").changes) == {}


def test_unmerged_paths_are_refused_as_at_a_commit(repo: Repo) -> None:
    oid = repo.oid("HEAD:a.py")
    stages = "".join(f"100644 {oid} {stage}\ta.py\n" for stage in (1, 2, 3))
    repo.git("update-index", "--index-info", given=f"0 {'0' * 40}\ta.py\n{stages}")
    assert failure(repo, lambda repository: [whole_tree(repository)]).kind == "unmerged"


def test_a_census_during_a_merge_takes_nothing_for_merged(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "theirs")
    repo.commit_files({"theirs.py": function("theirs")})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"ours.py": function("ours")})
    repo.git("merge", "-q", "--no-commit", "theirs")
    assert kinds(census(repo).changes) == {**ALL, "ours.py": "unchanged", "theirs.py": "added"}
    both = one(repo, lambda repository: staged(repository)._replace(whole=True))
    assert kinds(both.changes)["a.py"] == "unchanged"


def test_rules_skip_what_did_not_change_too(repo: Repo) -> None:
    repo.commit_files({"vendor/v.py": function("v"), ".gitattributes": "a.py linguist-generated\n"})
    repo.write("d/.gitattributes", "* linguist-generated\n")
    repo.stage()
    seen = census(repo)
    marked = {change.path: (change.skip, change.newly_skipped) for change in seen.changes.comparisons[0].changes}
    generated = "linguist-generated in .gitattributes"
    assert marked == {
        "a.py": (generated, False),
        "d/b.pyi": (generated, True),
        "d/e/__init__.py": (generated, True),
        "tool": (None, False),
        "vendor/v.py": ("vendored: in vendor/", False),
    }


def test_settings_files_above_every_file(repo: Repo) -> None:
    repo.commit_files(
        {".antipasta.yaml": "", "d/e/.antipasta.yaml": "x", "x/.antipasta.yaml": "y", "d/pyproject.toml": ""}
    )
    repo.write("d/e/.antipasta.yaml", "changed")
    repo.write("elsewhere/.antipasta.yaml", "new")
    repo.stage()
    files = census(repo).files
    assert set(files.now) == {".antipasta.yaml", "d/e/.antipasta.yaml", "elsewhere/.antipasta.yaml"}
    assert set(files.before) == {".antipasta.yaml", "d/e/.antipasta.yaml"}
    assert files.edited == {"d/e/.antipasta.yaml", "elsewhere/.antipasta.yaml"}
    assert files.now["d/e/.antipasta.yaml"].oid == repo.oid(":d/e/.antipasta.yaml")
    assert files.before["d/e/.antipasta.yaml"].oid == repo.oid("HEAD:d/e/.antipasta.yaml")


def test_submodules_are_not_entered(repo: Repo, tmp_path: Path) -> None:
    Repo.create(tmp_path / "module").commit_files({"m.py": function("m")})
    repo.git("submodule", "--quiet", "add", str(tmp_path / "module"), "module.py")
    repo.commit()
    assert kinds(census(repo).changes) == ALL


def test_every_make_of_repository(repo: Repo, tmp_path: Path) -> None:
    readers = ("git", "auto")
    repo.git("update-index", "--split-index")
    assert kinds(census(repo, readers=readers).changes) == ALL
    repo.git("update-index", "--no-split-index")
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "d/e")
    assert kinds(census(repo, readers=readers).changes) == ALL
    repo.git("sparse-checkout", "disable")
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    assert kinds(census(tmp_path / "linked" / "d").changes) == ALL
    environ = {"GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(repo.path)}
    assert kinds(census(tmp_path, env=environ).changes) == ALL
    sha256 = Repo.create(tmp_path / "sha256", "--object-format=sha256")
    sha256.commit_files({"a.py": function("a")})
    assert kinds(census(sha256, readers=readers).changes) == {"a.py": "unchanged"}


def test_a_commit_as_a_whole_against_where_it_parted(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit_files({"new.py": function("new")})
    seen = one(repo, lambda repository: whole_commit(repository, "topic", named("main")))
    assert seen.changes.scope == Scope(ScopeKind.RANGE, repo.oid("main"), repo.oid("topic"), ())
    assert kinds(seen.changes) == {**ALL, "new.py": "added"}
    seen = one(repo, lambda repository: whole_commit(repository, "topic"))
    assert seen.changes.scope == Scope(ScopeKind.TREE, repo.oid("topic^"), repo.oid("topic"), ())
    assert kinds(seen.changes) == {**ALL, "new.py": "added"}


def test_a_root_commit_as_a_whole_has_nothing_before_it(repo: Repo) -> None:
    seen = one(repo, lambda repository: whole_commit(repository, "main^"))
    assert seen.changes.scope == Scope(ScopeKind.TREE, None, repo.oid("main^"), ())


def test_a_shallow_clone_is_not_taken_for_a_root(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": function("more")})
    repo.git("clone", "-q", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    said = failure(tmp_path / "shallow", lambda repository: [whole_commit(repository, "HEAD")])
    assert said.kind == "missing-base"
    assert said.recovery == "fetch it: git fetch --deepen=1"


def test_names_of_every_kind(repo: Repo) -> None:
    names = ["new\nline.py", "tab\t.py", "caf\udce9.py", "-dash.py", 'quo"te.py', "[a]*.py", " .py"]
    repo.commit_files(dict.fromkeys(names, function("odd")))
    seen = census(repo)
    assert set(seen.paths) == {*ALL, *names}


def test_only_executables_and_nothing_else_are_looked_into(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("big", "#!/usr/bin/python\n" * 100_000, executable=True)
    repo.stage()
    repo.commit()
    for reader in ("pygit2", "git"):
        with open_repository(str(repo.path), os.environ, reader=reader) as repository:
            read = Mock(wraps=repository.read)
            monkeypatch.setattr(repository, "read", read)
            assert kinds(read_difference(repository, whole_tree(repository)).changeset(DEFAULTS)) == ALL
            looked_into = [call.args[0] for call in read.call_args_list]
            assert sorted(looked_into) == sorted(repo.oid(f"HEAD:{name}") for name in ("tool", "shell"))


def test_the_question_decides_what_is_compared(repo: Repo) -> None:
    base = repo.oid("HEAD")

    def asked(asked: Asked) -> Span:
        with open_repository(str(repo.path), os.environ) as repository:
            (span,) = spans(repository, asked)
            return span

    assert asked(Asked(Ask.STAGED)).target.kind == ScopeKind.INDEX
    assert asked(Asked(Ask.STAGED, tree_if_empty=True)).target.kind == ScopeKind.TREE
    assert asked(Asked(Ask.TREE)).whole
    assert asked(Asked(Ask.RANGE, from_ref="HEAD")).bases == (base,)
    assert asked(Asked(Ask.RANGE, from_ref=None, to_ref="HEAD")).note
    assert asked(Asked(Ask.CI, meant=named("HEAD"))).whole
    assert asked(Asked(Ask.CI)).bases == (repo.oid("HEAD^"),)
    repo.write("a.py", function("changed"))
    repo.stage()
    assert asked(Asked(Ask.STAGED, tree_if_empty=True)).target.kind == ScopeKind.INDEX


@pytest.mark.parametrize("reader", READERS)
def test_a_damaged_tree_is_refused_and_no_reader_hangs(repo: Repo, reader: str) -> None:
    head = repo.oid("HEAD")
    oid = repo.oid("HEAD:d")
    path = repo.path / ".git/objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:20])
    said = failure(repo, lambda repository: [between(repository, None, head)], readers=(reader,))
    assert said.kind == "unreadable-repository"
