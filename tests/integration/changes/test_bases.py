"""What a CI run is held against, in clones as CI services make them: found, or told how to fetch it. Never guessed."""

import os
import random
from pathlib import Path
from typing import NamedTuple

import pytest

from antipasta_hook.changes import Span, between, open_repository, whole_commit
from antipasta_hook.cli.services import meant, service_of
from antipasta_hook.model import Failure, ScopeKind
from antipasta_hook.model.base import Base, Meant, Way
from tests.integration.repositories import Repo, function

ZEROS = "0" * 40
GITHUB = {"GITHUB_ACTIONS": "true"}
GITLAB = {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main"}
JENKINS = {"JENKINS_URL": "https://ci.example.org/"}


class Origin(NamedTuple):
    """A repository as a service has it: main is one ahead of where topic parted, and topic is two ahead of that."""

    repo: Repo
    start: str
    main: str
    topic: str
    trial: str

    def clone(self, place: Path, ref: str, depth: int | None, *more: str, bare: bool = False) -> Repo:
        """What a runner does: an empty repository, one fetch (of further references, too), and a checkout."""
        clone = Repo.create(place, *(["--bare"] if bare else []))
        clone.git("remote", "add", "origin", self.repo.path.as_uri())
        depths = [] if depth is None else [f"--depth={depth}"]
        clone.git("fetch", "-q", "--no-tags", *depths, "origin", f"+{ref}:refs/remotes/pull/it", *more)
        if bare:
            clone.git("update-ref", "--no-deref", "HEAD", "refs/remotes/pull/it")
        else:
            clone.git("checkout", "-q", "--detach", "refs/remotes/pull/it")
        return clone

    def pull_request(self) -> dict[str, object]:
        """What GitHub says of topic."""
        return {
            "pull_request": {"head": {"sha": self.topic}, "base": {"sha": self.main, "ref": "main"}},
            "repository": {"default_branch": "main"},
        }

    def push(self, before: str, branch: str = "topic") -> dict[str, object]:
        """What GitHub says of a push."""
        return {"ref": f"refs/heads/{branch}", "before": before, "repository": {"default_branch": "main"}}


ALL = ("+refs/heads/*:refs/remotes/origin/*",)
PULL = "refs/pull/7/merge"


@pytest.fixture
def origin(repo: Repo) -> Origin:
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    repo.commit_files({"a.py": function("a"), "b.py": function("b")})
    start = repo.commit_files({"c.py": function("c")})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit_files({"a.py": function("topic")})
    topic = repo.commit_files({"new.py": function("new")})
    repo.git("checkout", "-q", "main")
    main = repo.commit_files({"b.py": function("main")})
    repo.git("checkout", "-q", "--detach")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    trial = repo.oid("HEAD")
    repo.git("update-ref", PULL, "HEAD")
    repo.git("checkout", "-q", "main")
    return Origin(repo, start, main, topic, trial)


def held(repo: Repo, environ: dict[str, str], event: object = None) -> Span:
    """What HEAD is held against."""
    with open_repository(str(repo.path), os.environ) as repository:
        return whole_commit(repository, "HEAD", meant(service_of(environ), environ, event))


def refusal(repo: Repo, environ: dict[str, str], event: object = None) -> Failure:
    with pytest.raises(Failure) as caught:
        held(repo, environ, event)
    assert not caught.value.usage, "it is nobody's mistake: it has exit code 3"
    assert len(caught.value.recovery.splitlines()) == 1
    return caught.value


def by(way: Way, name: str, besides: str = "") -> Meant:
    return Meant((Base(way, "as asked", name, besides),))


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("depth", [2, None])
def test_a_pull_request_s_merge_has_its_first_parent(
    origin: Origin, tmp_path: Path, depth: int | None, *, bare: bool
) -> None:
    clone = origin.clone(tmp_path / "clone", PULL, depth, bare=bare)
    span = held(clone, GITHUB, origin.pull_request())
    assert span.bases == (origin.main,)
    assert span.target.oid == origin.trial
    assert span.target.kind == ScopeKind.RANGE, "the settings of the base judge"
    assert span.label == (
        f"GitHub: a pull request as it would be merged into main: {origin.main[:7]}..{origin.trial[:7]}"
    )


def test_a_pull_request_s_merge_alone_is_told_to_fetch_one_commit_more(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", PULL, 1)
    said = refusal(clone, GITHUB, origin.pull_request())
    assert str(said) == f"the base is not in this clone: commit {origin.main[:7]}"
    assert said.recovery == "add to actions/checkout, under with: fetch-depth: 2"
    clone.git("fetch", "-q", "--deepen=1", "origin", PULL)
    assert held(clone, GITHUB, origin.pull_request()).bases == (origin.main,)


def test_a_pull_request_s_own_commit_is_held_against_where_it_parted(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "whole", "refs/heads/topic", None, *ALL)
    assert held(clone, GITHUB, origin.pull_request()).bases == (origin.start,)
    shallow = origin.clone(tmp_path / "shallow", "refs/heads/topic", 2)
    assert refusal(shallow, GITHUB, origin.pull_request()).recovery.endswith("fetch-depth: 0")
    cut = origin.clone(tmp_path / "cut", "refs/heads/topic", 2, *ALL)
    said = refusal(cut, GITHUB, origin.pull_request())
    assert (said.kind, said.recovery) == ("shallow", "add to actions/checkout, under with: fetch-depth: 0")


def test_a_merge_that_the_branch_made_itself_is_no_trial_merge(origin: Origin, tmp_path: Path) -> None:
    """The first parent of a merge of main into topic is topic: nearly all of the pull request would go unseen."""
    repo = origin.repo
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "merge", "main")
    stale = origin._replace(topic=repo.oid("topic"), main=origin.start)
    repo.commit_files({"more.py": function("more")})
    for tip in (stale.topic, repo.oid("topic")):
        event = stale._replace(topic=tip).pull_request()
        repo.git("update-ref", "refs/heads/tip", tip)
        clone = origin.clone(tmp_path / tip[:7], "refs/heads/tip", None, *ALL)
        assert held(clone, GITHUB, event).bases == (origin.start, origin.main), "main's doing is not the branch's"
        alone = origin.clone(tmp_path / f"{tip[:7]}-alone", "refs/heads/tip", None)
        assert refusal(alone, GITHUB, event).recovery == (
            "fetch it: git fetch origin +refs/heads/main:refs/remotes/origin/main"
        )


def test_the_target_of_a_pull_request_is_not_the_pull_request(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/main", None, *ALL)
    assert refusal(clone, GITHUB, origin.pull_request()).kind == "wrong-checkout"


def test_a_merge_queue_has_its_base(origin: Origin, tmp_path: Path) -> None:
    event = {"merge_group": {"base_sha": origin.main, "head_sha": origin.trial}}
    assert held(origin.clone(tmp_path / "two", PULL, 2), GITHUB, event).bases == (origin.main,)
    one = origin.clone(tmp_path / "one", PULL, 1)
    assert refusal(one, GITHUB, event).recovery.endswith("fetch-depth: 2")
    event["merge_group"]["base_sha"] = origin.start
    two = origin.clone(tmp_path / "deeper", PULL, 2)
    assert refusal(two, GITHUB, event).recovery.endswith("fetch-depth: 0")
    two.git("fetch", "-q", "--depth=1", "origin", origin.start)
    assert held(two, GITHUB, event).bases == (origin.start,), "whatever lies between"


def test_a_push_is_held_against_what_was_there_before(origin: Origin, tmp_path: Path) -> None:
    before = origin.repo.oid("topic^")
    for depth in (2, None):
        clone = origin.clone(tmp_path / str(depth), "refs/heads/topic", depth)
        span = held(clone, GITHUB, origin.push(before))
        assert span.bases == (before,)
        assert span.target.kind == ScopeKind.TREE, "what was agreed on counts at once"
    clone = origin.clone(tmp_path / "1", "refs/heads/topic", 1)
    assert refusal(clone, GITHUB, origin.push(before)).recovery.endswith("fetch-depth: 2")
    assert refusal(clone, GITHUB, origin.push(origin.start)).recovery.endswith("fetch-depth: 0")
    clone = origin.clone(tmp_path / "3", "refs/heads/topic", 3)
    assert held(clone, GITHUB, origin.push(origin.start)).bases == (origin.start,)


def test_a_push_that_merges_main_does_not_answer_for_it(origin: Origin, tmp_path: Path) -> None:
    repo = origin.repo
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "merge", "main")
    event = origin.push(origin.topic)
    clone = origin.clone(tmp_path / "whole", "refs/heads/topic", None, *ALL)
    assert held(clone, GITHUB, event).bases == (origin.topic, origin.main)
    clone = origin.clone(tmp_path / "two", "refs/heads/topic", 2)
    assert refusal(clone, GITHUB, event).recovery.endswith("fetch-depth: 0")
    event = origin.push(origin.start, branch="main")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    clone = origin.clone(tmp_path / "main", "refs/heads/main", None)
    assert held(clone, GITHUB, event).bases == (origin.start,), "main answers for all that is merged into it"


@pytest.mark.parametrize("before", [ZEROS, "5" * 40])
def test_a_push_of_something_new_is_held_against_where_it_parted_from_main(
    origin: Origin, tmp_path: Path, before: str
) -> None:
    """A commit that is gone is what a rebase replaced, if the clone is whole."""
    clone = origin.clone(tmp_path / "whole", "refs/heads/topic", None, *ALL)
    span = held(clone, GITHUB, origin.push(before))
    assert span.bases == (origin.start,)
    assert span.target.kind == ScopeKind.RANGE
    assert "since it parted from main" in span.label
    for environ, event, line in (
        (GITHUB, origin.push(before), "fetch-depth: 0"),
        (GITLAB | {"CI_COMMIT_BRANCH": "topic", "CI_COMMIT_BEFORE_SHA": before}, None, 'GIT_DEPTH: "0"'),
    ):
        shallow = origin.clone(tmp_path / environ.get("CI_COMMIT_BRANCH", "hub"), "refs/heads/topic", 2)
        assert line in refusal(shallow, environ, event).recovery
    alone = origin.clone(tmp_path / "alone", "refs/heads/topic", None)
    assert refusal(alone, GITHUB, origin.push(before)).recovery == (
        "fetch it: git fetch origin +refs/heads/main:refs/remotes/origin/main"
    )


def test_a_rebase_whose_old_commits_are_still_here(origin: Origin, tmp_path: Path) -> None:
    repo = origin.repo
    repo.git("branch", "old", "topic")
    repo.git("checkout", "-q", "topic")
    repo.git("rebase", "-q", "main")
    clone = origin.clone(tmp_path / "whole", "refs/heads/topic", None, *ALL)
    assert held(clone, GITHUB, origin.push(origin.topic)).bases == (origin.start, origin.main)


def test_a_push_to_main_whose_past_is_gone_has_the_first_parent(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "whole", "refs/heads/main", None, *ALL)
    for before in (ZEROS, "5" * 40):
        assert held(clone, GITHUB, origin.push(before, branch="main")).bases == (origin.start,)


def test_gitlab_s_merge_requests(origin: Origin, tmp_path: Path) -> None:
    request = GITLAB | {
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": origin.start,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }
    assert held(origin.clone(tmp_path / "20", "refs/heads/topic", 20), request).bases == (origin.start,)
    shallow = origin.clone(tmp_path / "2", "refs/heads/topic", 2)
    assert refusal(shallow, request).recovery == 'add to the job, under variables: GIT_DEPTH: "0"'
    merged = request | {
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": origin.topic,
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": origin.main,
    }
    assert held(origin.clone(tmp_path / "merged", PULL, 2), merged).bases == (origin.main,)


def test_bitbucket_merges_the_target_into_the_source(origin: Origin, tmp_path: Path) -> None:
    origin.repo.git("checkout", "-q", "topic")
    origin.repo.git("merge", "-q", "-m", "merge", "main")
    environ = {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_PR_DESTINATION_COMMIT": origin.main[:12]}
    for depth in (2, 50):
        assert held(origin.clone(tmp_path / str(depth), "refs/heads/topic", depth), environ).bases == (origin.main,)
    said = refusal(origin.clone(tmp_path / "1", "refs/heads/topic", 1), environ)
    assert said.recovery == "add to the step: clone: {depth: full}"


def test_azure_and_jenkins(origin: Origin, tmp_path: Path) -> None:
    azure = {
        "TF_BUILD": "True",
        "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
        "SYSTEM_PULLREQUEST_SOURCECOMMITID": origin.topic,
    }
    assert held(origin.clone(tmp_path / "azure", PULL, 2), azure).bases == (origin.main,)
    assert "fetchDepth: 2" in refusal(origin.clone(tmp_path / "one", PULL, 1), azure).recovery
    change = JENKINS | {"CHANGE_TARGET": "main"}
    main = "+refs/heads/main:refs/remotes/origin/main"
    assert held(origin.clone(tmp_path / "jenkins", "refs/heads/topic", None, main), change).bases == (origin.start,)
    alone = origin.clone(tmp_path / "alone", "refs/heads/topic", 1)
    said = refusal(alone, change)
    assert said.recovery == f"fetch it: git fetch --unshallow origin {main}"
    alone.git(*said.recovery.removeprefix("fetch it: git ").split())
    assert held(alone, change).bases == (origin.start,), "the advice is the cure"
    passed = JENKINS | {"GIT_PREVIOUS_SUCCESSFUL_COMMIT": origin.start}
    assert held(alone, passed).bases == (origin.start,)


def test_elsewhere_head_s_first_parent(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/topic", 2)
    assert held(clone, {}).bases == (origin.repo.oid("topic^"),)
    assert held(origin.clone(tmp_path / "merge", PULL, 2), {}).bases == (origin.main,)
    one = origin.clone(tmp_path / "one", "refs/heads/topic", 1)
    said = refusal(one, {})
    assert said.recovery == "fetch it: git fetch --deepen=1"
    one.git("fetch", "-q", "--deepen=1")
    assert held(one, {}).bases == (origin.repo.oid("topic^"),)


@pytest.mark.parametrize("environ", [{}, GITHUB, GITLAB])
def test_a_root_has_the_empty_tree_before_it(tmp_path: Path, environ: dict[str, str]) -> None:
    repo = Repo.create(tmp_path / "repo")
    repo.commit_files({"a.py": function("a")})
    repo.git("clone", "-q", "--depth=1", repo.path.as_uri(), str(tmp_path / "shallow"))
    for each in (repo, Repo(tmp_path / "shallow")):
        assert held(each, environ | {"CI_COMMIT_BRANCH": "main"}, {}).bases == (None,)


def named(repo: Repo, revision: str) -> Span:
    with open_repository(str(repo.path), os.environ) as repository:
        return whole_commit(repository, "HEAD", by(Way.NAMED, revision))


def test_a_base_that_a_person_names(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/topic", None, *ALL)
    for revision in ("origin/main", origin.main, origin.start, "HEAD~2"):
        assert named(clone, revision).bases == (origin.start,)
    with pytest.raises(Failure, match="names no commit here") as caught:
        named(clone, "mian")
    assert caught.value.usage


@pytest.mark.parametrize(
    ("revision", "command"),
    [
        ("origin/main", "git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main"),
        ("5" * 40, "git fetch --unshallow"),
        ("HEAD~2", "git fetch --unshallow"),
        ("v1", "git fetch --unshallow"),
        (
            "origin/it's;rm -rf",
            "git fetch --unshallow origin '+refs/heads/it'\"'\"'s;rm -rf:refs/remotes/origin/it'\"'\"'s",
        ),
    ],
)
def test_a_base_that_may_only_not_be_here_is_no_mistake(
    origin: Origin, tmp_path: Path, revision: str, command: str
) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/topic", 1)
    with pytest.raises(Failure) as caught:
        named(clone, revision)
    assert not caught.value.usage
    assert caught.value.recovery.startswith(f"fetch it: {command}")


def test_names_that_are_no_names_reach_no_command(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/topic", None, *ALL)
    for branch in ("--help", "main^{tree}", "main~1", "../../HEAD", "x\n", "*"):
        with open_repository(str(clone.path), os.environ) as repository, pytest.raises(Failure) as caught:
            whole_commit(repository, "HEAD", by(Way.BRANCH, branch))
        assert caught.value.kind == "missing-base"
        assert len(caught.value.recovery.splitlines()) == 1


def test_nothing_meant_is_no_base(origin: Origin) -> None:
    with open_repository(str(origin.repo.path), os.environ) as repository, pytest.raises(Failure) as caught:
        whole_commit(repository, "HEAD", Meant(()))
    assert caught.value.kind == "no-base"


def test_a_merge_base_that_is_silently_too_old_is_refused(repo: Repo, tmp_path: Path) -> None:
    """Topic comes to the root by a short way, and to a newer commit of main by a long one, which is cut off."""
    repo.commit_files({"a.py": function("root")})
    repo.git("branch", "side")
    newer = repo.commit_files({"a.py": function("main")})
    repo.git("checkout", "-q", "-b", "long")
    for number in range(6):
        repo.commit_files({f"long{number}.py": function("long")})
    repo.git("checkout", "-q", "-b", "topic", "side")
    repo.commit_files({"topic.py": function("topic")})
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "long")
    repo.git("clone", "-q", "--depth=4", "--no-single-branch", repo.path.as_uri(), str(tmp_path / "shallow"))
    shallow = Repo(tmp_path / "shallow")
    shallow.git("checkout", "-q", "topic")
    assert shallow.git("merge-base", "origin/main", "HEAD") != newer, "what git says is too old"
    with pytest.raises(Failure, match="too shallow") as caught:
        named(shallow, "origin/main")
    assert caught.value.kind == "shallow"
    shallow.git("fetch", "-q", "--unshallow")
    assert named(shallow, "origin/main").bases == (newer,)


@pytest.mark.parametrize("seed", [2, 4, 11, 17, *range(100, 104)])
def test_in_a_shallow_clone_of_any_history_the_answer_is_right_or_none(tmp_path: Path, seed: int) -> None:
    """In the histories of the first seeds git itself gives a merge base that is too old."""
    chance = random.Random(seed)
    repo = Repo.create(tmp_path / "repo")
    tree = repo.git("mktree", given="")
    commits: list[str] = []
    for number in range(30):
        parents = chance.sample(commits[-25:], min(len(commits), chance.choice((1, 1, 1, 2, 2))))
        more = [part for parent in parents for part in ("-p", parent)]
        moment = {"GIT_COMMITTER_DATE": f"@{1_700_000_000 + number * 60} +0000"}
        commits.append(repo.git("commit-tree", tree, *more, "-m", str(number), env=moment))
    repo.git("update-ref", "refs/heads/one", commits[-1])
    repo.git("update-ref", "refs/heads/other", commits[-2])
    right = repo.git("merge-base", "one", "other")
    answers = set()
    for depth in (1, 2, 3, 4, 6, 9, 40):
        place = tmp_path / str(depth)
        repo.git("clone", "-q", f"--depth={depth}", "--no-single-branch", "-b", "one", repo.path.as_uri(), str(place))
        with open_repository(str(place), os.environ) as repository:
            try:
                answers.add(between(repository, "origin/other", "origin/one").bases[0])
            except Failure as failure:
                answers.add(failure.kind)
    assert answers - {"shallow"} == {right}


@pytest.mark.parametrize(
    "said",
    [
        {**GITHUB, "GITHUB_EVENT_NAME": "pull_request_target"},
        {
            "TF_BUILD": "True",
            "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
            "SYSTEM_PULLREQUEST_SOURCECOMMITID": "",
        },
        {**JENKINS, "CHANGE_TARGET": "main"},
    ],
    ids=["github", "azure", "jenkins"],
)
def test_the_target_is_not_the_pull_request_for_any_service_even_where_it_has_moved_on(
    origin: Origin, tmp_path: Path, said: dict[str, str]
) -> None:
    event = origin._replace(main=origin.start).pull_request()
    clone = origin.clone(tmp_path / "clone", "refs/heads/main", None, *ALL)
    environ = {name: value or origin.topic for name, value in said.items()}
    assert refusal(clone, environ, event).kind == "wrong-checkout"
    if "GITHUB_ACTIONS" in said or "TF_BUILD" in said:
        fresh = origin.clone(tmp_path / "topic", "refs/heads/topic", None, *ALL)
        assert held(fresh, environ, event).bases[0] == origin.start


def test_a_tag_that_is_named_like_the_beginning_of_an_id_is_no_base(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/topic", None, *ALL)
    clone.git("tag", origin.main[:12], origin.topic)
    environ = {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_PR_DESTINATION_COMMIT": origin.main[:12]}
    assert held(clone, environ).bases == (origin.start,)


def test_an_event_of_a_pull_request_that_names_none_is_no_reason_to_guess(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", PULL, None)
    events: list[object] = [{}, [], {"pull_request": {}}]
    for event in events:
        assert refusal(clone, {**GITHUB, "GITHUB_EVENT_NAME": "pull_request"}, event).kind == "event"
