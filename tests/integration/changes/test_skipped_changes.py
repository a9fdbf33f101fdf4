"""What a commit skips, and what it newly skips, which is listed like a suppression."""

import os

import pytest

from antipasta_hook.changes import is_lfs_pointer, open_repository
from antipasta_hook.config.settings import Settings, told
from antipasta_hook.model import Change, ChangeSet, Severity
from tests.integration.changes.reading import staged, summary
from tests.integration.repositories import Repo, function

MARKED = "linguist-generated in .gitattributes"


@pytest.fixture
def repo(repo: Repo) -> Repo:
    repo.commit_files({"a.py": function("a"), "gen/b.py": function("b"), "vendor/v.py": function("v")})
    return repo


def by_path(changes: ChangeSet) -> dict[str, Change]:
    return {change.path: change for change in changes.comparisons[0].changes}


def test_a_file_that_was_skipped_before_is_not_news(repo: Repo) -> None:
    repo.commit_files({"gen/.gitattributes": "* linguist-generated\n"})
    repo.write("gen/b.py", function("changed"))
    repo.write("gen/new.py", function("new"))
    repo.write("vendor/v.py", function("changed"))
    repo.stage()
    changes = staged(repo)
    assert summary(changes) == {
        "gen/b.py": f"modified: {MARKED}",
        "gen/new.py": f"added: {MARKED}",
        "vendor/v.py": "modified: vendored: in vendor/",
    }
    assert not any(change.newly_skipped for change in changes.comparisons[0].changes)
    assert changes.problems == ()


def test_an_attribute_that_is_added_is_news_for_the_files_of_the_change_and_named_for_the_others(repo: Repo) -> None:
    repo.write("gen/.gitattributes", "# ours\n*.py linguist-generated\n*.txt text\n")
    repo.write("gen/b.py", function("changed"))
    repo.write("gen/new.py", function("new"))
    repo.stage()
    changes = staged(repo)
    assert {path: change.newly_skipped for path, change in by_path(changes).items()} == {
        "gen/b.py": True,
        "gen/new.py": True,
    }
    (problem,) = changes.problems
    assert (problem.kind, problem.path, problem.severity) == ("attribute-added", "gen/.gitattributes", Severity.NOTICE)
    assert "'*.py linguist-generated'" in problem.message


def test_an_attribute_that_goes_is_no_news(repo: Repo) -> None:
    repo.commit_files({".gitattributes": "*.py linguist-generated\n"})
    repo.remove(".gitattributes")
    repo.write("a.py", function("changed"))
    repo.stage()
    changes = staged(repo)
    assert summary(changes) == {"a.py": "modified"}
    assert changes.problems == ()


def test_a_file_that_moves_into_a_skipped_place_is_news(repo: Repo) -> None:
    repo.git("mv", "a.py", "vendor/a.py")
    change = by_path(staged(repo))["vendor/a.py"]
    assert (change.old_path, change.skip, change.newly_skipped) == ("a.py", "vendored: in vendor/", True)
    repo.git("mv", "vendor/a.py", "vendor/w.py")
    repo.git("mv", "vendor/v.py", "v.py")
    changes = by_path(staged(repo))
    assert changes["v.py"].skip is None
    assert changes["vendor/w.py"].newly_skipped


def test_a_deleted_file_is_skipped_like_any_other(repo: Repo) -> None:
    repo.remove("vendor/v.py")
    repo.stage()
    assert summary(staged(repo)) == {"vendor/v.py": "deleted: vendored: in vendor/"}


def test_settings_exclude_and_include(repo: Repo) -> None:
    repo.write("a.py", function("changed"))
    repo.write("vendor/v.py", function("changed"))
    repo.stage()
    settings = Settings([told(exclude=("/a.py",), include=("vendor/**",))])
    changes = staged(repo, settings=settings)
    assert summary(changes) == {"a.py": "modified: excluded by the settings", "vendor/v.py": "modified"}
    assert not by_path(changes)["a.py"].newly_skipped


def test_an_attribute_file_that_is_a_symlink_is_ignored_as_git_does(repo: Repo) -> None:
    oid = repo.git("hash-object", "-w", "--stdin", given="*.py linguist-generated\n")
    repo.git("update-index", "--add", "--cacheinfo", f"120000,{oid},.gitattributes")
    repo.write("a.py", function("changed"))
    repo.git("add", "a.py")
    changes = staged(repo)
    assert summary(changes) == {"a.py": "modified"}
    assert changes.problems == ()


def test_a_giant_attribute_file_is_named_and_not_read(repo: Repo) -> None:
    repo.write(".gitattributes", "*.py linguist-generated\n" * 50_000)
    repo.write("a.py", function("changed"))
    repo.stage()
    changes = staged(repo)
    assert summary(changes) == {"a.py": "modified"}
    assert {problem.kind for problem in changes.problems} == {"attributes"}


def test_an_lfs_pointer_is_known_by_its_bytes(repo: Repo) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 5\n"
    repo.write("a.py", pointer)
    repo.stage()
    (change,) = staged(repo).comparisons[0].changes
    assert change.after is not None
    with open_repository(str(repo.path), os.environ) as opened:
        assert is_lfs_pointer(opened.read(change.after.oid))
