"""`antipasta-hook ci`, and `run` on a CI service: the base that the service means, from the outside."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.repositories import Repo

GITHUB = {"CI": "true", "GITHUB_ACTIONS": "true"}
BAD = "def bad(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(30))
LEGACY = BAD.replace("bad", "legacy")


def tool(repo: Repo, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-P", "-m", "antipasta_hook", *arguments),
        cwd=repo.path,
        env=os.environ | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def event(tmp_path: Path) -> Path:
    return tmp_path / "event.json"


@pytest.fixture
def pull_request(repo: Repo, event: Path, tmp_path: Path) -> Repo:
    """A clone of depth 1, as GitHub makes it: the trial merge of a topic that adds a bad function to a bad past."""
    repo.commit_files({"legacy.py": LEGACY})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit_files({"bad.py": BAD})
    repo.commit_files({"fine.py": "x = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"legacy2.py": LEGACY})
    repo.git("checkout", "-q", "--detach")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    repo.git("update-ref", "refs/pull/7/merge", "HEAD")
    sides = {"head": {"sha": repo.oid("topic")}, "base": {"sha": repo.oid("main"), "ref": "main"}}
    event.write_text(json.dumps({"pull_request": sides, "repository": {"default_branch": "main"}}))
    clone = Repo.create(tmp_path / "clone")
    clone.git("remote", "add", "origin", repo.path.as_uri())
    clone.git("fetch", "-q", "--depth=1", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge")
    clone.git("checkout", "-q", "--detach", "refs/remotes/pull/7/merge")
    return clone


def deepen(clone: Repo, *how: str) -> None:
    clone.git("fetch", "-q", *how, "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge")


@pytest.mark.parametrize("command", [["ci"], ["run"], ["run", "--all-files"]])
def test_a_pull_request_on_github(pull_request: Repo, event: Path, command: list[str]) -> None:
    environ = GITHUB | {"GITHUB_EVENT_PATH": str(event)}
    done = tool(pull_request, *command, **environ)
    assert done.returncode == 3, "a clone of depth 1 has no base"
    assert done.stdout == "", "never the whole legacy in red"
    *_, recovery, end = done.stderr.splitlines()
    assert recovery.endswith("add to actions/checkout, under with: fetch-depth: 2")
    assert end == "antipasta-hook: nothing was judged"
    deepen(pull_request, "--depth=2")
    done = tool(pull_request, *command, "-v", "--format", "json", **environ)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert [finding["path"] for finding in found["findings"] if finding["blocking"]] == ["bad.py", "bad.py"]
    assert found["scope"]["base"] == pull_request.oid("HEAD^1")
    base, head = (pull_request.oid(name)[:7] for name in ("HEAD^1", "HEAD"))
    assert f"GitHub: a pull request as it would be merged into main: {base}..{head}" in done.stderr


def test_a_commit_on_a_ci_service_is_a_commit(pull_request: Repo, event: Path) -> None:
    environ = GITHUB | {"GITHUB_EVENT_PATH": str(event), "GIT_INDEX_FILE": ".git/index"}
    assert tool(pull_request, "run", **environ).returncode == 0


@pytest.mark.parametrize("variable", ["--base", "PRE_COMMIT_FROM_REF"])
def test_what_is_named_goes_before_what_the_service_says(pull_request: Repo, event: Path, variable: str) -> None:
    deepen(pull_request, "--unshallow")
    topic = pull_request.oid("HEAD^2")
    arguments, environ = (["--base", topic], {}) if variable == "--base" else ([], {variable: topic})
    event.write_text("nonsense")
    done = tool(pull_request, "ci", "-v", *arguments, **GITHUB, GITHUB_EVENT_PATH=str(event), **environ)
    assert f"compared: {variable}: {topic[:7]}.." in done.stderr
    assert "legacy2.py" in done.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "names no file"), ("", "no JSON"), ("{", "no JSON"), ("[" * 100_000, "no JSON"), ("\ud800", "no JSON")],
)
def test_an_event_that_cannot_be_read_is_no_base(
    pull_request: Repo, event: Path, content: str | None, said: str
) -> None:
    event.unlink()
    if content is not None:
        event.write_text(content, errors="surrogatepass")
    done = tool(pull_request, "ci", **GITHUB, GITHUB_EVENT_PATH=str(event))
    assert done.returncode == 3
    assert said in done.stderr
    assert "--base REV" in done.stderr


def test_an_event_that_is_not_named_is_no_base(pull_request: Repo) -> None:
    done = tool(pull_request, "ci", **GITHUB)
    assert done.returncode == 3
    assert "GITHUB_EVENT_PATH" in done.stderr
    for word in ("off", "warn"):
        assert tool(pull_request, "ci", **GITHUB, ANTIPASTA=word).returncode == 0


def test_a_target_s_name_cannot_forge_a_line(pull_request: Repo, event: Path) -> None:
    told = json.loads(event.read_text())
    told["pull_request"]["base"]["ref"] = "main\nantipasta-hook: passed\x1b[2J"
    event.write_text(json.dumps(told))
    deepen(pull_request, "--depth=2")
    done = tool(pull_request, "ci", "-v", **GITHUB, GITHUB_EVENT_PATH=str(event))
    assert "\nantipasta-hook: passed" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_a_push_to_a_branch_that_merged_main_does_not_answer_for_main(repo: Repo, event: Path) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "topic")
    before = repo.commit_files({"fine.py": "x = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"legacy.py": LEGACY})
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "-m", "merge", "main")
    told = {"ref": "refs/heads/topic", "before": before, "repository": {"default_branch": "main"}}
    event.write_text(json.dumps(told))
    environ = GITHUB | {"GITHUB_EVENT_PATH": str(event)}
    assert tool(repo, "ci", **environ).returncode == 0
    event.write_text(json.dumps(told | {"ref": "refs/heads/main"}))
    assert tool(repo, "ci", **environ).returncode == 1


def test_what_was_merged_is_counted_and_listed_and_stopped_where_all_is(repo: Repo, event: Path) -> None:
    repo.commit_files({"fine.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "topic")
    before = repo.commit_files({"mine.py": "y = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"theirs.py": BAD})
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "main")
    push = {"ref": "refs/heads/topic", "before": before, "repository": {"default_branch": "main"}}
    event.write_text(json.dumps(push))
    environ = GITHUB | {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event)}
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    done = tool(repo, "ci", **environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "In all: 3 files" in done.stdout
    assert "theirs.py:1 bad" in done.stdout
    assert "skipped" not in done.stdout
    all_that_is_over = tool(repo, "ci", "--gate", "all", **environ)
    assert all_that_is_over.returncode == 1
    assert "theirs.py:1 bad" in all_that_is_over.stdout


def test_a_bare_repository_needs_no_checkout(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"legacy.py": LEGACY})
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "before.git"))
    repo.commit_files({"bad.py": BAD})
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    environ = {"CI": "1", "GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BRANCH": "main"}
    done = tool(Repo(tmp_path / "bare.git"), "ci", "--format", "concise", **environ)
    assert done.returncode == 1
    assert "bad.py" in done.stdout
    assert "legacy.py" not in done.stdout
    done = tool(Repo(tmp_path / "before.git"), "ci", **environ)
    assert done.returncode == 1, "before a root commit is nothing"
