"""What is seen from inside git's own pre-commit hook, for each way of making a commit."""

from pathlib import Path

import pytest

from tests.integration.changes.reading import HookedRepo, install, summary
from tests.integration.repositories import Repo, function


def test_the_first_commit_of_a_repository(repo: Repo, tmp_path: Path) -> None:
    hooked = install(repo, tmp_path / "seen")
    repo.commit_files({"a.py": function("a")})
    seen = hooked.seen()
    assert summary(seen) == {"a.py": "added"}
    assert seen.scope.base is None


def test_an_empty_first_commit_has_no_index_file_yet(repo: Repo, tmp_path: Path) -> None:
    hooked = install(repo, tmp_path / "seen")
    repo.commit()
    assert summary(hooked.seen()) == {}


def test_an_orphan_branch_starts_from_nothing(hooked: HookedRepo) -> None:
    hooked.repo.git("checkout", "--quiet", "--orphan", "other")
    hooked.repo.commit()
    assert summary(hooked.seen()) == {"a.py": "added", "b.py": "added"}


def test_commit_all_uses_a_temporary_index(hooked: HookedRepo) -> None:
    hooked.repo.write("a.py", function("changed"))
    hooked.repo.commit("all", "-a")
    assert summary(hooked.seen()) == {"a.py": "modified"}


def test_commit_all_from_a_sub_directory(hooked: HookedRepo) -> None:
    hooked.repo.write("d/c.py", function("c"))
    hooked.repo.stage()
    hooked.repo.commit()
    hooked.seen()
    hooked.repo.write("d/c.py", function("changed"))
    hooked.repo.git("-C", "d", "commit", "-qam", "from below")
    assert summary(hooked.seen()) == {"d/c.py": "modified"}


def test_commit_path_leaves_out_what_else_is_staged(hooked: HookedRepo) -> None:
    hooked.repo.write("a.py", function("changed"))
    hooked.repo.write("b.py", function("changed"))
    hooked.repo.stage()
    hooked.repo.commit("only a", "--", "a.py")
    assert summary(hooked.seen()) == {"a.py": "modified"}


def test_a_new_file_is_seen_where_git_takes_all_on_disk_for_unchanged(hooked: HookedRepo) -> None:
    hooked.repo.git("config", "core.ignoreStat", "true")
    hooked.repo.write("new.py", function("new"))
    hooked.repo.write("other.py", function("other"))
    hooked.repo.stage()
    hooked.repo.commit("only one", "--", "new.py")
    assert summary(hooked.seen()) == {"new.py": "added"}
    hooked.repo.commit("the other")
    assert summary(hooked.seen()) == {"other.py": "added"}


def test_commit_include_adds_to_what_is_staged(hooked: HookedRepo) -> None:
    hooked.repo.write("a.py", function("changed"))
    hooked.repo.stage()
    hooked.repo.write("b.py", function("changed"))
    hooked.repo.commit("both", "-i", "b.py")
    assert summary(hooked.seen()) == {"a.py": "modified", "b.py": "modified"}


def test_commit_patch_takes_the_hunks_that_were_chosen(hooked: HookedRepo) -> None:
    hooked.repo.write("a.py", "first = 1\n" + function("a") + "last = 1\n")
    hooked.repo.git("commit", "-p", "-m", "a part", given="s\ny\nn\n")
    seen = hooked.seen()
    assert summary(seen) == {"a.py": "modified"}
    (change,) = seen.comparisons[0].changes
    assert change.after is not None
    assert hooked.repo.git("cat-file", "blob", change.after.oid) == ("first = 1\n" + function("a")).strip()


@pytest.mark.parametrize("options", [(), ("-a",)])
def test_an_amend_is_compared_with_the_commit_it_replaces(hooked: HookedRepo, options: tuple[str, ...]) -> None:
    hooked.repo.write("a.py", function("changed"))
    if not options:
        hooked.repo.stage()
    hooked.repo.commit("again", "--amend", *options)
    assert summary(hooked.seen()) == {"a.py": "modified"}


def test_an_amend_of_the_message_changes_nothing(hooked: HookedRepo) -> None:
    hooked.repo.commit("another word", "--amend")
    assert summary(hooked.seen()) == {}


def test_a_partly_staged_file_is_read_as_staged(hooked: HookedRepo) -> None:
    hooked.repo.write("a.py", function("staged"))
    hooked.repo.stage()
    hooked.repo.write("a.py", function("unstaged"))
    hooked.repo.commit()
    (change,) = hooked.seen().comparisons[0].changes
    assert change.after is not None
    assert change.after.oid == hooked.repo.oid("HEAD:a.py")


def test_a_commit_with_an_intended_file_lets_it_out(hooked: HookedRepo) -> None:
    hooked.repo.write("a.py", function("changed"))
    hooked.repo.write("new.py", function("new"))
    hooked.repo.git("add", "-N", "new.py")
    hooked.repo.commit("a", "--", "a.py")
    assert summary(hooked.seen()) == {"a.py": "modified"}


def test_commit_all_takes_an_intended_file_in(hooked: HookedRepo) -> None:
    hooked.repo.write("new.py", function("new"))
    hooked.repo.git("add", "-N", "new.py")
    hooked.repo.commit("all", "-a")
    assert summary(hooked.seen()) == {"new.py": "added"}


def test_a_cherry_pick_that_stopped(hooked: HookedRepo) -> None:
    repo = hooked.repo
    repo.git("checkout", "-qb", "other")
    picked = repo.commit_files({"a.py": function("theirs"), "c.py": function("c")})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"a.py": function("ours")})
    repo.git("cherry-pick", picked, check=False)
    repo.write("a.py", function("both"))
    repo.stage()
    hooked.out.unlink()
    repo.git("cherry-pick", "--continue", env={"GIT_EDITOR": "true"})
    seen = hooked.seen()
    assert summary(seen) == {"a.py": "modified", "c.py": "added"}
    assert seen.scope.merge_heads == ()


def test_a_revert_that_stopped(hooked: HookedRepo) -> None:
    repo = hooked.repo
    bad = repo.commit_files({"a.py": function("bad"), "c.py": function("c")})
    repo.commit_files({"a.py": function("worse")})
    repo.git("revert", "--no-edit", bad, check=False)
    repo.write("a.py", function("good"))
    repo.stage()
    hooked.out.unlink()
    repo.git("revert", "--continue", env={"GIT_EDITOR": "true"})
    assert summary(hooked.seen()) == {"a.py": "modified", "c.py": "deleted"}


def test_a_rebase_that_stopped(hooked: HookedRepo) -> None:
    repo = hooked.repo
    repo.git("checkout", "-qb", "topic")
    repo.commit_files({"a.py": function("topic"), "c.py": function("c")})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"a.py": function("main")})
    repo.git("checkout", "-q", "topic")
    repo.git("rebase", "main", check=False)
    repo.write("a.py", function("both"))
    repo.stage()
    hooked.out.unlink()
    repo.git("commit", "--no-edit")
    assert summary(hooked.seen()) == {"a.py": "modified", "c.py": "added"}
    repo.git("rebase", "--abort")


def test_a_squash_merge_is_this_commit(hooked: HookedRepo) -> None:
    repo = hooked.repo
    repo.git("checkout", "-qb", "topic")
    repo.commit_files({"c.py": function("c")})
    repo.git("checkout", "-q", "main")
    repo.git("merge", "--squash", "-q", "topic")
    repo.commit()
    assert summary(hooked.seen()) == {"c.py": "added"}


def test_a_linked_work_tree(hooked: HookedRepo, tmp_path: Path) -> None:
    hooked.repo.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    linked.write("a.py", function("changed"))
    linked.stage()
    linked.write("b.py", function("not staged"))
    linked.commit()
    assert summary(hooked.seen()) == {"a.py": "modified"}
    linked.commit("all", "-a")
    assert summary(hooked.seen()) == {"b.py": "modified"}


def test_a_merge_in_a_linked_work_tree_knows_its_own_merge_head(hooked: HookedRepo, tmp_path: Path) -> None:
    repo = hooked.repo
    repo.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    theirs = repo.commit_files({"c.py": function("c")})
    linked = Repo(tmp_path / "linked")
    linked.commit_files({"d.py": function("d")})
    linked.git("merge", "--no-commit", "-q", "main")
    linked.commit()
    seen = hooked.seen()
    assert seen.scope.merge_heads == (theirs,)
    assert summary(seen) == {"c.py": "added: same as in the branch being merged"}


def test_a_work_tree_of_a_bare_repository(hooked: HookedRepo, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    hooked.repo.git("clone", "-q", "--bare", ".", str(bare))
    Repo(bare).git("worktree", "add", "-q", str(tmp_path / "tree"), "main")
    tree = Repo(tmp_path / "tree")
    inside = install(tree, tmp_path / "inside")
    tree.write("a.py", function("changed"))
    tree.commit("all", "-a")
    assert summary(inside.seen()) == {"a.py": "modified"}


def test_a_git_directory_elsewhere(tmp_path: Path) -> None:
    repo = Repo.create(tmp_path / "tree", "--separate-git-dir", str(tmp_path / "elsewhere"))
    hooked = install(repo, tmp_path / "seen")
    repo.commit_files({"a.py": function("a")})
    assert summary(hooked.seen()) == {"a.py": "added"}
    repo.write("d/b.py", function("b"))
    repo.stage()
    repo.git("-C", "d", "commit", "-qm", "from below")
    assert summary(hooked.seen()) == {"d/b.py": "added"}


def test_git_dir_and_work_tree_on_the_command_line(tmp_path: Path) -> None:
    """Dotfiles kept in a bare repository: git exports GIT_WORK_TREE=. to the hook."""
    bare = Repo.create(tmp_path / "dotfiles.git", "--bare")
    home = tmp_path / "home"
    home.mkdir()
    options = (f"--git-dir={bare.path}", f"--work-tree={home}")
    hooked = install(bare, tmp_path / "seen")
    (home / "a.py").write_text(function("a"))
    bare.git(*options, "add", "a.py", cwd=home)
    bare.git(*options, "commit", "-qm", "one", cwd=home)
    assert summary(hooked.seen()) == {"a.py": "added"}
    (home / "a.py").write_text(function("changed"))
    bare.git(*options, "commit", "-qam", "two", cwd=tmp_path)
    assert summary(hooked.seen()) == {"a.py": "modified"}


def test_a_submodule_commits_for_itself(hooked: HookedRepo, tmp_path: Path) -> None:
    above = Repo.create(tmp_path / "above")
    above.git("submodule", "--quiet", "add", str(hooked.repo.path), "below")
    below = Repo(above.path / "below")
    inside = install(below, tmp_path / "inside")
    below.write("a.py", function("changed"))
    below.commit("all", "-a")
    assert summary(inside.seen()) == {"a.py": "modified"}


def test_a_hook_manager_that_changes_the_directory(repo: Repo, tmp_path: Path) -> None:
    """prek runs a hook in its sub-project, with GIT_INDEX_FILE=.git/index still relative to the root."""
    hooked = install(repo, tmp_path / "seen")
    script = repo.path / ".git/hooks/pre-commit"
    script.write_text(script.read_text().replace("exec", "cd sub/project\nexec", 1))
    repo.commit_files({"sub/project/a.py": function("a"), "b.py": function("b")})
    assert summary(hooked.seen_without_truth()) == {"b.py": "added", "sub/project/a.py": "added"}


def test_a_root_with_odd_characters(tmp_path: Path) -> None:
    repo = Repo.create(tmp_path / "with space\nand newline \u00e9'\"")
    hooked = install(repo, tmp_path / "seen")
    repo.commit_files({"a.py": function("a")})
    assert summary(hooked.seen()) == {"a.py": "added"}
    repo.write("a.py", function("changed"))
    repo.commit("all", "-a")
    assert summary(hooked.seen()) == {"a.py": "modified"}
