"""What a push brings that the remote does not have: the real git says what it is about to push, and does not."""

import os
from pathlib import Path
from unittest import mock

import pytest

from antipasta_hook.changes import open_repository, pushed
from antipasta_hook.changes.children import Git
from antipasta_hook.changes.pushes import LARGEST
from antipasta_hook.model import Scope, ScopeKind
from tests.integration.changes.spanning import Compared, compared, failure, kinds
from tests.integration.repositories import Repo, function

REFUSING = """#!/bin/sh
cat > "$LINES_FILE"
exit 1
"""
ZERO = "0" * 40


def told(repo: Repo, *arguments: str) -> bytes:
    """Start a push that the hook refuses."""
    lines = repo.path.parent / "lines"
    repo.hook("pre-push", REFUSING)
    repo.git("push", "-q", *arguments, check=False, env={"LINES_FILE": str(lines)})
    return lines.read_bytes()


def push(repo: Repo, *arguments: str) -> None:
    repo.git("push", "-q", "--no-verify", *arguments)


def brought(repo: Repo, *arguments: str, **options: object) -> list[Compared]:
    """What the readers make of a push."""
    lines = told(repo, *arguments)
    return compared(repo, lambda repository: pushed(repository, lines), **options)  # type: ignore[arg-type] # options of one of several kinds


def only(repo: Repo, *arguments: str, **options: object) -> Compared:
    (one,) = brought(repo, *arguments, **options)
    return one


def commit(repo: Repo, *names: str) -> str:
    """A commit of one new file for each name."""
    return repo.commit_files({f"{name}.py": function(name) for name in names})


@pytest.fixture
def repo(repo: Repo, tmp_path: Path) -> Repo:
    """A clone whose remote has main, and whose topic is one commit ahead of that."""
    origin = Repo.create(tmp_path / "origin.git", "--bare")
    repo.git("remote", "add", "origin", str(origin.path))
    commit(repo, "a", "b")
    push(repo, "-u", "origin", "main")
    repo.git("checkout", "-q", "-b", "topic")
    commit(repo, "topic")
    return repo


def test_a_new_branch_is_held_against_where_it_left_what_the_remote_has(repo: Repo) -> None:
    seen = only(repo, "origin", "topic")
    main, topic = repo.oid("main"), repo.oid("topic")
    assert seen.changes.scope == Scope(ScopeKind.RANGE, main, topic, ())
    assert kinds(seen.changes) == {"topic.py": "added"}
    assert seen.label == f"refs/heads/topic: {main[:7]}..{topic[:7]}"


def test_a_branch_that_goes_on(repo: Repo) -> None:
    push(repo, "origin", "topic")
    before = repo.oid("topic")
    commit(repo, "more")
    commit(repo, "and_more")
    seen = only(repo, "origin", "topic")
    assert seen.bases == (before,)
    assert kinds(seen.changes) == {"and_more.py": "added", "more.py": "added"}


def test_nothing_new_is_nothing(repo: Repo) -> None:
    assert brought(repo, "origin", "main:copy") == []
    push(repo, "origin", "topic")
    assert brought(repo, "origin", "topic:copy", "main:refs/tags/start") == []
    assert brought(repo, "-f", "origin", "main:topic") == [], "a step back brings nothing"


def test_a_branch_that_is_deleted_brings_nothing(repo: Repo) -> None:
    push(repo, "origin", "topic")
    assert brought(repo, "origin", ":topic") == []
    commit(repo, "more")
    assert [each.label[:16] for each in brought(repo, "origin", ":topic", "topic:new")] == ["refs/heads/new: "]


def test_a_branch_that_is_renamed_brings_what_it_has_besides(repo: Repo) -> None:
    """The remote still has what it is told to forget, even where nothing tracks it."""
    push(repo, str(repo.git("remote", "get-url", "origin")), "topic:old")
    repo.git("update-ref", "-d", "refs/remotes/origin/old")
    before = repo.oid("topic")
    commit(repo, "more")
    assert only(repo, "origin", ":old", "topic:new").bases == (before,)


def test_several_references_are_several_answers(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "other", "main")
    commit(repo, "other")
    one, two = brought(repo, "origin", "topic", "other")
    assert {tuple(kinds(each.changes)) for each in (one, two)} == {("topic.py",), ("other.py",)}


def test_one_commit_is_judged_once(repo: Repo) -> None:
    repo.git("tag", "-a", "-m", "annotated", "release")
    seen = only(repo, "origin", "topic", "topic:copy", "topic:third", "HEAD:fourth", "release")
    assert kinds(seen.changes) == {"topic.py": "added"}
    names, _, ids = seen.label.partition(": ")
    assert names.endswith(" and 2 more")
    assert names.count(", ") == 2
    assert ids == f"{repo.oid('main')[:7]}..{repo.oid('topic')[:7]}"


def test_a_commit_that_two_references_get_is_held_against_what_one_of_them_had(repo: Repo) -> None:
    push(repo, "origin", "topic")
    before = repo.oid("topic")
    commit(repo, "more")
    assert only(repo, "origin", "topic:another", "topic").bases == (before,)


@pytest.mark.parametrize("options", [(), ("-a", "-m", "annotated")])
def test_a_tag_is_what_it_leads_to(repo: Repo, options: tuple[str, ...]) -> None:
    repo.git("tag", *options, "release")
    repo.git("tag", "-a", "-m", "of a tag", "nested", "release")
    seen = only(repo, "origin", "nested")
    assert seen.changes.scope.target == repo.oid("topic")
    assert kinds(seen.changes) == {"topic.py": "added"}


def test_a_tag_that_moves_is_held_against_where_it_was(repo: Repo) -> None:
    repo.git("tag", "-a", "-m", "annotated", "release")
    push(repo, "origin", "release")
    before = repo.oid("topic")
    commit(repo, "more")
    repo.git("tag", "-f", "-a", "-m", "annotated", "release")
    assert only(repo, "-f", "origin", "release").bases == (before,)


def test_a_tag_on_the_way_to_what_is_pushed_too_says_nothing_of_its_own(repo: Repo) -> None:
    repo.git("tag", "v1")
    commit(repo, "more")
    repo.git("tag", "-a", "-m", "annotated", "v2")
    commit(repo, "and_more")
    repo.git("checkout", "-q", "--detach")
    commit(repo, "aside")
    repo.git("tag", "v3")
    seen = brought(repo, "origin", "topic", "v1", "v2", "v3")
    assert [each.label.partition(":")[0] for each in seen] == ["refs/heads/topic", "refs/tags/v3"]


def test_a_branch_on_the_way_is_judged(repo: Repo) -> None:
    repo.git("branch", "stop")
    commit(repo, "more")
    assert len(brought(repo, "origin", "topic", "stop")) == 2


def test_tags_of_trees_and_blobs_are_not_code(repo: Repo) -> None:
    repo.git("tag", "tree", "HEAD^{tree}")
    repo.git("tag", "-a", "-m", "annotated", "blob", "HEAD:a.py")
    assert brought(repo, "origin", "tree", "blob") == []


def test_a_push_by_force_is_held_against_where_it_left_the_old_branch(repo: Repo) -> None:
    commit(repo, "second")
    push(repo, "origin", "topic")
    first = repo.oid("topic~1")
    repo.git("reset", "-q", "--hard", first)
    commit(repo, "instead")
    seen = only(repo, "-f", "origin", "topic")
    assert seen.bases == (first,)
    assert kinds(seen.changes) == {"instead.py": "added"}
    repo.git("commit", "-q", "--amend", "-m", "again")
    assert only(repo, "-f", "origin", "topic").bases == (first,)


def test_what_was_merged_from_the_remote_is_not_this_pushs_doing(repo: Repo) -> None:
    push(repo, "origin", "topic")
    before = repo.oid("topic")
    repo.git("checkout", "-q", "main")
    commit(repo, "main")
    push(repo, "origin", "main")
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "merge", "main")
    commit(repo, "more")
    seen = only(repo, "origin", "topic")
    assert seen.bases == (before, repo.oid("main"))
    assert seen.changes.scope.merge_heads == (repo.oid("main"),)
    assert kinds(seen.changes) == {"main.py": "added: same as in the branch being merged", "more.py": "added"}


def test_of_a_new_branch_the_newest_is_the_base(repo: Repo) -> None:
    repo.git("checkout", "-q", "main")
    commit(repo, "main")
    push(repo, "origin", "main")
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "merge", "main")
    assert only(repo, "origin", "topic").bases == (repo.oid("main"),), "the fork point is behind that"


def test_unpushed_merges_of_a_local_branch_are_brought(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "other", "main")
    commit(repo, "other")
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "merge", "other")
    assert kinds(only(repo, "origin", "topic").changes) == {"other.py": "added", "topic.py": "added"}


def test_at_most_eight_further_bases(repo: Repo) -> None:
    for number in range(11):
        repo.git("checkout", "-q", "-b", f"side{number}", "main")
        commit(repo, f"side{number}")
        push(repo, "origin", f"side{number}")
        repo.git("checkout", "-q", "topic")
        repo.git("merge", "-q", "-m", "merge", f"side{number}")
    seen = only(repo, "origin", "topic")
    assert len(seen.bases) == 9
    assert set(seen.bases) <= {repo.oid(f"side{number}") for number in range(11)}


def test_the_first_push_of_all_there_is(tmp_path: Path) -> None:
    repo = Repo.create(tmp_path / "fresh")
    Repo.create(tmp_path / "empty.git", "--bare")
    repo.git("remote", "add", "origin", str(tmp_path / "empty.git"))
    commit(repo, "a")
    commit(repo, "b")
    repo.git("tag", "v1", "HEAD~1")
    seen = only(repo, "origin", "main")
    assert seen.bases == (repo.oid("HEAD"),)
    assert kinds(seen.changes) == {}
    assert [problem.kind for problem in seen.changes.problems] == ["not-compared"]
    assert only(repo, "origin", "main", "v1") == seen


def test_a_second_remote_of_which_nothing_is_known_has_what_the_others_have(repo: Repo, tmp_path: Path) -> None:
    Repo.create(tmp_path / "mirror.git", "--bare")
    repo.git("remote", "add", "mirror", str(tmp_path / "mirror.git"))
    assert only(repo, "mirror", "topic").bases == (repo.oid("main"),)


def test_a_url_that_is_no_remote_is_taken_to_have_what_the_remotes_have(repo: Repo, tmp_path: Path) -> None:
    Repo.create(tmp_path / "elsewhere.git", "--bare")
    lines = told(repo, "../elsewhere.git", "topic")
    (seen,) = compared(repo, lambda repository: pushed(repository, lines))
    assert seen.bases == (repo.oid("main"),)


def test_a_remote_that_has_moved_on_unseen(repo: Repo, tmp_path: Path) -> None:
    push(repo, "origin", "topic")
    before = repo.oid("topic")
    repo.git("clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "colleague"))
    colleague = Repo(tmp_path / "colleague")
    colleague.git("checkout", "-q", "topic")
    theirs = commit(colleague, "theirs")
    push(colleague, "origin", "topic")
    commit(repo, "mine")
    lines = told(repo, "-f", "origin", "topic")
    assert theirs.encode() in lines
    assert only(repo, "-f", "origin", "topic").bases == (before,)


def test_a_history_that_has_nothing_in_common_with_the_remotes(repo: Repo) -> None:
    repo.git("checkout", "-q", "--orphan", "pages")
    repo.git("rm", "-rqf", ".")
    commit(repo, "pages")
    for refspec in ("pages:main", "pages"):
        seen = only(repo, "-f", "origin", refspec)
        assert [problem.kind for problem in seen.changes.problems] == ["not-compared"]


def test_names_that_are_no_text_or_hold_spaces(repo: Repo) -> None:
    repo.git("update-ref", "refs/heads/caf\udce9", "topic")
    assert only(repo, "origin", "caf\udce9").label.startswith("refs/heads/caf\\xe9: ")
    repo.git("commit", "-q", "--allow-empty", "-m", "fix the bug")
    commit(repo, "more")
    lines = told(repo, "origin", "HEAD^{/fix the bug}:refs/heads/fix")
    assert lines.startswith(b"HEAD^{/fix the bug} ")
    (seen,) = compared(repo, lambda repository: pushed(repository, lines))
    assert seen.changes.scope.target == repo.oid("topic~1")


def test_a_bare_repository_pushes(repo: Repo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "local.git"))
    bare = Repo(tmp_path / "local.git")
    lines = f"refs/heads/topic {repo.oid('topic')} refs/heads/topic {repo.oid('main')}\n".encode()
    (seen,) = compared(bare, lambda repository: pushed(repository, lines))
    assert kinds(seen.changes) == {"topic.py": "added"}


def test_a_shallow_clone_pushes(repo: Repo, tmp_path: Path) -> None:
    push(repo, "origin", "topic")
    repo.git("clone", "-q", "--depth=1", "-b", "topic", f"file://{tmp_path / 'origin.git'}", str(tmp_path / "shallow"))
    shallow = Repo(tmp_path / "shallow")
    commit(shallow, "more")
    assert kinds(only(shallow, "origin", "topic").changes) == {"more.py": "added"}
    assert kinds(only(shallow, "origin", "HEAD:new").changes) == {"more.py": "added"}
    shallow.git("checkout", "-q", "--orphan", "other")
    commit(shallow, "other")
    assert len(brought(shallow, "-f", "origin", "other:topic")) == 1


def test_a_sha256_repository_pushes(tmp_path: Path) -> None:
    Repo.create(tmp_path / "origin.git", "--bare", "--object-format=sha256")
    repo = Repo.create(tmp_path / "sha256", "--object-format=sha256")
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    commit(repo, "a")
    push(repo, "origin", "main")
    base = repo.oid("main")
    commit(repo, "b")
    assert only(repo, "origin", "main", readers=("git", "auto")).bases == (base,)


def test_a_linked_work_tree_and_a_sub_directory_push(repo: Repo, tmp_path: Path) -> None:
    lines = told(repo, "origin", "topic")
    (expected,) = compared(repo, lambda repository: pushed(repository, lines))
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    (repo.path / "sub").mkdir()
    for where in (tmp_path / "linked", repo.path / "sub"):
        assert compared(where, lambda repository: pushed(repository, lines)) == [expected]
    environ = {"GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(repo.path)}
    assert compared(tmp_path, lambda repository: pushed(repository, lines), env=environ) == [expected]


def test_a_partial_clone_fetches_nothing(repo: Repo, tmp_path: Path) -> None:
    origin = Repo(tmp_path / "origin.git")
    origin.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--filter=blob:none", f"file://{origin.path}", str(tmp_path / "partial"))
    partial = Repo(tmp_path / "partial")
    commit(partial, "more")
    lines = f"refs/heads/main {partial.oid('HEAD')} refs/heads/main {'1' * 40}\n".encode()
    before = partial.git("count-objects", "-v")
    (seen,) = compared(partial, lambda repository: pushed(repository, lines))
    assert kinds(seen.changes) == {"more.py": "added"}
    assert partial.git("count-objects", "-v") == before, "something was fetched"


def test_no_lines_are_no_push(repo: Repo) -> None:
    assert compared(repo, lambda repository: pushed(repository, b"")) == []
    assert compared(repo, lambda repository: pushed(repository, b"\n")) == []


HALF = f"refs/heads/x {'1' * 40} refs/heads/x"


@pytest.mark.parametrize(
    "lines",
    [
        b"nonsense\n",
        f"{HALF}\n".encode(),
        f"{HALF} 1234\n".encode(),
        f"{HALF} {'1' * 64}\n".encode(),
        f"{HALF} {'g' * 40}\n".encode(),
        f"{HALF} {'A' * 40}\n".encode(),
        f"{HALF} --output=x\n".encode(),
        f" {'1' * 40} refs/heads/x {ZERO}\n".encode(),
        f"refs/heads/x {'1' * 40}  {ZERO}\n".encode(),
        f"{HALF} {ZERO}\r\n".encode(),
        b"\0\xff\x1b[31m\n",
        b" " * 300 + b"\n",
        b"x" * (LARGEST + 1),
    ],
)
def test_lines_that_are_not_gits_are_refused(repo: Repo, lines: bytes) -> None:
    said = failure(repo, lambda repository: pushed(repository, lines))
    assert said.kind == "push-lines"
    assert said.usage
    assert str(said).isprintable()
    assert len(str(said)) < 1000
    assert not (repo.path / "x").exists()


def test_a_branch_of_a_fork_begins_with_what_upstream_has(repo: Repo, tmp_path: Path) -> None:
    """Nothing of upstream is on the fork, and none of it was written for this push."""
    upstream = Repo.create(tmp_path / "upstream")
    upstream.git("pull", "-q", str(repo.path), "main")
    upstream.commit_files({"theirs.py": function("theirs")})
    repo.git("remote", "add", "upstream", str(upstream.path))
    repo.git("fetch", "-q", "upstream")
    repo.git("checkout", "-q", "-b", "fix", "upstream/main")
    commit(repo, "ours")
    seen = only(repo, "origin", "fix")
    assert seen.bases == (upstream.oid("HEAD"),)
    assert kinds(seen.changes) == {"ours.py": "added"}
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--ff-only", "upstream/main")
    assert brought(repo, "origin", "main") == []


def test_a_local_object_that_is_not_here_brings_nothing_that_could_be_judged(repo: Repo) -> None:
    lines = f"refs/heads/x {'1' * 40} refs/heads/x {ZERO}\n".encode()
    assert compared(repo, lambda repository: pushed(repository, lines)) == []


def test_many_references_cost_a_fixed_number_of_children(repo: Repo) -> None:
    for number in range(30):
        repo.git("branch", f"b{number}", repo.git("commit-tree", "HEAD^{tree}", "-p", "main", "-m", str(number)))
    lines = told(repo, "origin", *(f"b{number}" for number in range(30)))
    with (
        open_repository(str(repo.path), os.environ, reader="pygit2") as repository,
        mock.patch.object(Git, "_start", autospec=True, side_effect=Git._start) as start,
    ):
        assert len(pushed(repository, lines)) == 30
    assert start.call_count <= 4
