"""The base of a CI run where histories cross, commits have been merged already, or little is said or here."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.integration.repositories import Repo
from tests.integration.test_ci_base import BAD, GITHUB, tool

FINE = "def fine(x):\n    return x\n"


def push(before: str, **more: object) -> dict[str, object]:
    return {"ref": "refs/heads/topic", "before": before, "repository": {"default_branch": "main"}, **more}


def request(repo: Repo, head: str, base: str) -> dict[str, object]:
    return {"pull_request": {"head": {"sha": repo.oid(head)}, "base": {"sha": repo.oid(base), "ref": "main"}}}


def on_github(repo: Repo, tmp_path: Path, event: object, *arguments: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "event.json").write_text(json.dumps(event))
    return tool(repo, "ci", *arguments, **GITHUB, GITHUB_EVENT_PATH=str(tmp_path / "event.json"))


@pytest.mark.parametrize("how", ["fast forward", "merge", "merge and more"])
def test_a_red_run_stays_red_when_its_branch_has_been_merged_since(repo: Repo, tmp_path: Path, how: str) -> None:
    repo.commit_files({"old.py": BAD})
    repo.git("checkout", "-q", "-b", "topic")
    before = repo.commit_files({"fine.py": FINE})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"theirs.py": BAD})
    start = repo.oid("main")
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "merge", "main")
    repo.commit_files({"new.py": BAD})
    events = [push(before), request(repo, "topic", "main")]
    red = [on_github(repo, tmp_path, event, "--format", "concise") for event in events]
    assert [done.returncode for done in red] == [1, 1]
    if how == "fast forward":
        repo.git("branch", "-f", "main", "topic")
    else:
        repo.git("checkout", "-q", "main")
        repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
        if "more" in how:
            repo.commit_files({"later.py": FINE})
        repo.git("checkout", "-q", "topic")
    again = [on_github(repo, tmp_path, event, "--format", "concise") for event in events]
    assert [done.returncode for done in again] == [1, 1]
    assert all("new.py" in done.stdout for done in again)
    if how != "fast forward":
        assert [done.stdout for done in again] == [done.stdout for done in red]
    assert start != repo.oid("topic")


def test_where_each_has_merged_the_other_neither_answers_for_the_other(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"old.py": BAD})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit_files({"mine.py": BAD})
    repo.git("checkout", "-q", "main")
    theirs = repo.commit_files({"theirs.py": BAD})
    repo.git("merge", "-q", "-m", "one way", "topic")
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "the other way", theirs)
    repo.commit_files({"fine.py": FINE})
    assert len(repo.git("merge-base", "--all", "main", "topic").split()) == 2
    for done in (
        tool(repo, "ci", "--base", "main"),
        on_github(repo, tmp_path, request(repo, "topic", "main")),
        tool(repo, "ci", JENKINS_URL="x", CHANGE_TARGET="main"),
        tool(repo, "run", "--from-ref", "main", "--to-ref", "topic"),
    ):
        assert done.returncode == 0, done.stdout
    repo.commit_files({"new.py": BAD})
    assert tool(repo, "ci", "--base", "main").returncode == 1


def clone(repo: Repo, place: Path, *options: str) -> Repo:
    repo.git("config", "uploadpack.allowFilter", "true")
    subprocess.run(["git", "clone", "-q", *options, repo.path.as_uri(), str(place)], check=True, env=os.environ)
    return Repo(place)


@pytest.fixture
def topic(repo: Repo) -> Repo:
    repo.commit_files({"old.py": BAD})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit_files({"new.py": BAD})
    return repo


def test_a_branch_is_found_where_only_its_origin_has_it(topic: Repo, tmp_path: Path) -> None:
    whole = clone(topic, tmp_path / "whole", "--branch", "topic")
    done = tool(whole, "ci", "--base", "main", "--format", "concise")
    assert (done.returncode, "new.py" in done.stdout) == (1, True)


def test_what_is_said_of_a_branch_that_a_shallow_clone_lacks_brings_it(topic: Repo, tmp_path: Path) -> None:
    shallow = clone(topic, tmp_path / "shallow", "--branch", "topic", "--depth", "1")
    done = tool(shallow, "ci", "--base", "main")
    assert done.returncode == 3
    command = next(line for line in done.stderr.splitlines() if "fetch it: " in line).partition("fetch it: ")[2]
    subprocess.run(command, shell=True, cwd=shallow.path, check=True, capture_output=True)
    assert tool(shallow, "ci", "--base", "main").returncode == 1


def test_what_is_said_of_the_beginning_of_an_id_brings_the_commit(topic: Repo, tmp_path: Path) -> None:
    topic.git("checkout", "-q", "main")
    topic.commit_files({"later.py": FINE})
    one = clone(topic, tmp_path / "one", "--branch", "topic", "--single-branch")
    environ = {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_PR_DESTINATION_COMMIT": topic.oid("main")[:12]}
    done = tool(one, "ci", **environ)
    assert done.returncode == 3
    command = next(line for line in done.stderr.splitlines() if "fetch it: " in line).partition("fetch it: ")[2]
    subprocess.run(command, shell=True, cwd=one.path, check=True, capture_output=True)
    assert tool(one, "ci", **environ).returncode == 1


def test_a_clone_without_trees_says_what_it_is(topic: Repo, tmp_path: Path) -> None:
    partial = clone(topic, tmp_path / "partial", "--branch", "topic", "--filter=tree:0", "--no-checkout")
    done = tool(partial, "ci", "--base", "HEAD~1")
    assert done.returncode == 3
    assert "partial clone" in done.stderr
    assert "without a filter" in done.stderr


def test_the_command_that_explains_names_a_commit_that_its_author_has(topic: Repo, tmp_path: Path) -> None:
    author = topic.oid("topic")
    topic.git("checkout", "-q", "main")
    topic.commit_files({"later.py": FINE})
    topic.git("checkout", "-q", "--detach")
    topic.git("merge", "-q", "--no-ff", "-m", "trial", "topic")
    done = on_github(topic, tmp_path, request(topic, "topic", "main"))
    assert f"explain --rev {author[:12]} new.py::bad" in done.stdout
    assert f"{topic.oid('main')[:7]}..{topic.oid('HEAD')[:7]}" in done.stderr


@pytest.mark.parametrize(
    "environ",
    [
        {"GITLAB_CI": "1", "CI_MERGE_REQUEST_IID": "1"},
        {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_PULLREQUESTID": "1"},
        {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_PR_ID": "1"},
        {"JENKINS_URL": "x", "CHANGE_ID": "1"},
    ],
)
def test_a_request_without_a_target_is_not_judged_by_a_guess(topic: Repo, environ: dict[str, str]) -> None:
    topic.commit_files({"fine.py": FINE})
    done = tool(topic, "ci", **environ)
    assert done.returncode == 3
    assert "name the base: --base REV" in done.stderr


@pytest.mark.parametrize("service", ["TF_BUILD", "JENKINS_URL"])
def test_services_that_set_no_ci_are_known_all_the_same(topic: Repo, service: str) -> None:
    assert tool(topic, "run", **{service: "True"}).returncode == 1
    assert tool(topic, "run", CI="false", **{service: "True"}).returncode == 0


def test_grafts_give_no_commit_other_parents(topic: Repo) -> None:
    topic.git("checkout", "-q", "main")
    topic.commit_files({"later.py": FINE})
    topic.git("checkout", "-q", "topic")
    grafts = topic.path / ".git" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{topic.oid('main')} {topic.oid('topic')}\n")
    assert tool(topic, "ci", "--base", "main").returncode == 1


@pytest.mark.parametrize("name", ["\0", "\ud800", "a\0b"])
def test_a_branch_that_nothing_can_be_called_is_no_branch(topic: Repo, tmp_path: Path, name: str) -> None:
    event = push("0" * 40) | {"repository": {"default_branch": name}}
    done = on_github(topic, tmp_path, event)
    assert done.returncode == 3
    assert "internal error" not in done.stderr
    assert "the base is not in this clone" in done.stderr


def test_a_commit_is_found_by_its_words(topic: Repo) -> None:
    topic.git("commit", "-q", "--allow-empty", "-m", "the end of it")
    topic.commit_files({"fine.py": FINE})
    assert tool(topic, "ci", "--base", ":/the end").returncode == 0


def test_an_event_that_is_a_pipe_holds_nobody_up(topic: Repo, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = tool(topic, "ci", **GITHUB, GITHUB_EVENT_PATH=str(tmp_path / "pipe"))
    assert (done.returncode, "names no file" in done.stderr) == (3, True)
