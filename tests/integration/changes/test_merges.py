"""A merge that is being committed: what the other side brought is told from what this commit does."""

from collections.abc import Mapping

import pytest

from antipasta_hook.changes import SAME_AS_MERGED
from tests.integration.changes.reading import HookedRepo, staged, summary
from tests.integration.repositories import Repo, function

MERGED = f"modified: {SAME_AS_MERGED}"
BROUGHT = f"added: {SAME_AS_MERGED}"


def long_file(first: str = "first", last: str = "last") -> str:
    """A file whose ends two branches can change without a conflict."""
    return function(first) + "filler = 0\n" * 20 + function(last)


def branches(repo: Repo, ours: Mapping[str, str], *theirs: Mapping[str, str]) -> tuple[str, ...]:
    """Diverge: one commit on main, one on each of the branches theirs0, theirs1, …; gives their ids."""
    heads = []
    for number, files in enumerate(theirs):
        repo.git("checkout", "-q", "-b", f"theirs{number}", "main")
        heads.append(repo.commit_files(files))
        repo.git("checkout", "-q", "main")
    repo.commit_files(ours)
    return tuple(heads)


def test_a_clean_merge_brings_only_the_other_sides_files(hooked: HookedRepo) -> None:
    repo = hooked.repo
    (head,) = branches(repo, {"ours.py": function("o")}, {"a.py": function("changed"), "theirs.py": function("t")})
    repo.git("merge", "--no-commit", "-q", "theirs0")
    repo.commit()
    seen = hooked.seen()
    assert seen.scope.merge_heads == (head,)
    assert summary(seen) == {"a.py": MERGED, "theirs.py": BROUGHT}
    assert seen.comparisons[1].base == head
    assert summary(seen.comparisons[1].changes) == {"ours.py": "added"}


def test_a_conflict_that_was_resolved_is_this_commits_doing(hooked: HookedRepo) -> None:
    repo = hooked.repo
    branches(repo, {"a.py": function("ours")}, {"a.py": function("theirs"), "c.py": function("c")})
    repo.git("merge", "-q", "theirs0", check=False)
    repo.write("a.py", function("resolved"))
    repo.stage()
    hooked.out.unlink()
    repo.commit()
    seen = hooked.seen()
    assert summary(seen) == {"a.py": "modified", "c.py": BROUGHT}
    assert summary(seen.comparisons[1].changes) == {"a.py": "modified"}


def test_a_conflict_resolved_to_the_other_side_is_theirs(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    branches(repo, {"a.py": function("ours")}, {"a.py": function("theirs")})
    repo.git("merge", "-q", "theirs0", check=False)
    repo.git("checkout", "--theirs", "a.py")
    repo.stage()
    assert summary(staged(repo)) == {"a.py": MERGED}


def test_an_auto_merged_file_equals_neither_parent(repo: Repo) -> None:
    repo.commit_files({"a.py": long_file()})
    branches(repo, {"a.py": long_file(last="ours")}, {"a.py": long_file(first="theirs")})
    repo.git("merge", "--no-commit", "-q", "theirs0")
    changes = staged(repo)
    assert summary(changes) == {"a.py": "modified"}
    assert summary(changes.comparisons[1].changes) == {"a.py": "modified"}


def test_an_octopus_has_a_comparison_for_each_head(repo: Repo) -> None:
    repo.commit_files({"a.py": long_file(), "b.py": function("b")})
    heads = branches(
        repo,
        {"ours.py": function("ours")},
        {"a.py": long_file(first="one"), "one.py": function("one")},
        {"a.py": long_file(last="two"), "two.py": function("two")},
    )
    repo.git("merge", "--no-commit", "-q", *heads)
    changes = staged(repo)
    assert changes.scope.merge_heads == heads
    assert summary(changes) == {"a.py": "modified", "one.py": BROUGHT, "two.py": BROUGHT}
    assert summary(changes.comparisons[1].changes) == {"a.py": "modified", "ours.py": "added", "two.py": BROUGHT}
    assert summary(changes.comparisons[2].changes) == {"a.py": "modified", "ours.py": "added", "one.py": BROUGHT}


def test_a_file_that_the_other_side_moved_is_theirs(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    branches(repo, {"ours.py": function("ours")}, {})
    repo.git("checkout", "-q", "theirs0")
    repo.git("mv", "a.py", "moved.py")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.git("merge", "--no-commit", "-q", "theirs0")
    assert summary(staged(repo)) == {"moved.py": f"renamed from a.py: {SAME_AS_MERGED}"}


def test_a_file_that_the_other_side_deleted_stays_a_source_of_moves(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a"), "b.py": function("b")})
    branches(repo, {"ours.py": function("ours")}, {})
    repo.git("checkout", "-q", "theirs0")
    repo.git("rm", "-q", "a.py")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.git("merge", "--no-commit", "-q", "theirs0")
    assert summary(staged(repo)) == {"a.py": "deleted"}


def test_a_change_made_while_merging_is_ours(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    branches(repo, {"ours.py": function("ours")}, {"theirs.py": function("theirs")})
    repo.git("merge", "--no-commit", "-q", "theirs0")
    repo.write("theirs.py", function("edited"))
    repo.write("evil.py", function("evil"))
    repo.stage()
    assert summary(staged(repo)) == {"evil.py": "added", "theirs.py": "added"}


def test_attributes_that_the_other_side_brought_are_not_this_commits_news(repo: Repo) -> None:
    repo.commit_files({"gen.py": function("g")})
    branches(repo, {"gen.py": function("ours")}, {".gitattributes": "gen.py linguist-generated\n"})
    repo.git("merge", "--no-commit", "-q", "theirs0")
    repo.write("gen.py", function("edited"))
    repo.stage()
    changes = staged(repo)
    assert summary(changes) == {"gen.py": "modified: linguist-generated in .gitattributes"}
    assert not changes.comparisons[0].changes[0].newly_skipped
    assert changes.problems == ()


def test_a_broken_merge_head_is_refused(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    (repo.path / ".git/MERGE_HEAD").write_text("ref: refs/heads/main\n")
    with pytest.raises(AssertionError, match="broken-merge"):
        staged(repo)
