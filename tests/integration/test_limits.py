"""Whatever is short: memory, files that may be open, room for a blob. A verdict, or what is missing by name."""

import json
import os
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from antipasta_hook.config.settings import Told, told
from antipasta_hook.model import Ask, Asked
from antipasta_hook.optimizer import PreCommitOptimizer
from tests.integration.repositories import Repo
from tests.integration.test_run import branches, stage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc are Linux's")

MEGABYTE = 1024 * 1024
READERS = ["pygit2", "git"]
LIMITED = """
import json, resource, sys, time
for what, most in json.loads(sys.argv[1]).items():
    resource.setrlimit(getattr(resource, what), (most, most))
from antipasta_hook.cli import main
code = main(sys.argv[2:], started=time.perf_counter())
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([code, peak * 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]), file=sys.stderr)
"""


class Ran(NamedTuple):
    """A run within limits: exit code, the document, most memory of this process and of its children."""

    code: int
    document: dict[str, Any]
    peak: int
    peak_of_children: int

    @property
    def files(self) -> dict[str, tuple[str, str | None]]:
        """What became of each, and why."""
        return {file["path"]: (file["status"], file["reason"]) for file in self.document["files"]}


def within(repo: Repo, limits: dict[str, int], *arguments: str, **environ: str) -> Ran:
    command = [sys.executable, "-P", "-c", LIMITED, json.dumps(limits), *arguments, "--format", "json", "--no-cache"]
    found = subprocess.run(
        command, cwd=repo.path, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    code, peak, peak_of_children = json.loads(found.stderr.splitlines()[-1])
    return Ran(code, json.loads(found.stdout), peak, peak_of_children)


@pytest.mark.parametrize("reader", READERS)
def test_a_blob_of_100_megabytes_is_not_inflated(repo: Repo, reader: str) -> None:
    stage(repo, {"huge.py": "#" * 100 * MEGABYTE + "\n", "a.py": branches(20)})
    found = within(repo, {}, "run", "--reader", reader, "--budget", "none")
    assert found.files["huge.py"] == ("unreadable", "too large: 104,857,601 bytes")
    assert found.files["a.py"] == ("analysed", None)
    assert found.code == 1
    assert found.peak < 100 * MEGABYTE
    assert found.peak_of_children < 100 * MEGABYTE


LARGE = "".join(f"{name} = [{', '.join('abcdefgh')}]\n" for name in ("a", "b", "c", "d") for _ in range(7_900))


@pytest.mark.parametrize("arguments", [("--jobs", "1"), ("--executor", "processes", "--jobs", "1")])
def test_where_memory_is_short_what_is_large_is_deferred_and_the_rest_judged(
    repo: Repo, arguments: tuple[str, ...]
) -> None:
    repo.commit_files({"start.py": "x = 1\n"})
    stage(repo, {"large.py": LARGE, "a.py": branches(9)})
    plenty = within(repo, {}, "run", "--budget", "none", *arguments)
    assert plenty.files["large.py"] == ("analysed", None)
    assert plenty.document["verdict"] == "pass"
    short = {"RLIMIT_AS": 420 * MEGABYTE}
    found = within(repo, short, "run", "--budget", "none", *arguments)
    status, reason = found.files["large.py"]
    assert (status, (reason or "").partition(":")[0]) == ("deferred", "too little memory is free")
    assert found.files["a.py"] == ("analysed", None)
    assert (found.document["verdict"], found.code) == ("incomplete", 0)
    repo.commit()
    on_ci = within(repo, short, "ci", "--base", "HEAD^", *arguments)
    assert on_ci.files["large.py"][0] == "deferred"
    assert (on_ci.document["verdict"], on_ci.code) == ("incomplete", 3)


@pytest.mark.parametrize("reader", READERS)
def test_with_32_open_files_there_is_a_verdict(repo: Repo, reader: str) -> None:
    repo.commit_files({f"pkg{n}/m{n}.py": f"x = {n}\n" for n in range(60)})
    changed = {f"pkg{n}/m{n}.py": f"x = {n}\n" + branches(2, f"f{n}") * 600 for n in range(60)}
    stage(repo, {**changed, "a.py": branches(20)})
    found = within(repo, {"RLIMIT_NOFILE": 32}, "run", "--reader", reader, "--budget", "none", "--jobs", "256")
    assert found.code == 1
    assert {finding["path"] for finding in found.document["findings"] if finding["blocking"]} == {"a.py"}
    assert {status for status, _ in found.files.values()} == {"analysed"}


@pytest.mark.parametrize("reader", READERS)
def test_no_run_leaves_a_file_open(repo: Repo, reader: str) -> None:
    repo.git("update-ref", "refs/remotes/origin/main", repo.commit_files({"a.py": "x = 1\n"}))
    lines = []
    for number in range(20):
        repo.git("checkout", "-q", "-b", f"b{number}", "refs/remotes/origin/main")
        oid = repo.commit_files({f"m{number}.py": branches(3)})
        lines.append(f"refs/heads/b{number} {oid} refs/heads/b{number} {'0' * 40}\n")
    beats = Told(told(reader=reader), jobs=1)

    def run() -> int:
        asked = Asked(Ask.PUSH, pushed="".join(lines).encode())
        assert len(PreCommitOptimizer(str(repo.path), asked=asked, told=beats).run().verdict.files) == 20
        return len(os.listdir("/proc/self/fd"))

    assert run() == run() == run()


def test_of_a_push_many_branches_the_last_as_well_as_the_first_are_named(repo: Repo) -> None:
    repo.git("update-ref", "refs/remotes/origin/main", repo.commit_files({"a.py": "x = 1\n"}))
    lines = []
    for number in range(12):
        repo.git("checkout", "-q", "-b", f"b{number}", "refs/remotes/origin/main")
        oid = repo.commit_files({f"m{number}.py": branches(3) * 1_500})
        lines.append(f"refs/heads/b{number} {oid} refs/heads/b{number} {'0' * 40}\n")
    beats = Told(told(budget_ms=0.001), jobs=1)
    asked = Asked(Ask.PUSH, pushed="".join(lines).encode())
    verdict = PreCommitOptimizer(str(repo.path), asked=asked, told=beats, use_cache=False).run().verdict
    assert {file.path for file in verdict.files} == {f"m{number}.py" for number in range(12)}
    assert sum(file.status == "deferred" for file in verdict.files) >= 10


def judged(repo: Repo, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    at_commit = {"GIT_INDEX_FILE": str(repo.path / ".git/index")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", *arguments],
        cwd=repo.path, env={**os.environ, **at_commit, **environ}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [("", 0, ""), ("on_error: fail\n", 3, "what could not be judged stops it: on_error is fail (.antipasta.yaml:1)")],
)
def test_whether_what_cannot_be_read_stops_a_commit_is_for_the_settings(
    repo: Repo, settings: str, code: int, said: str
) -> None:
    stage(repo, {".antipasta.yaml": settings, "huge.py": "#" * 17 * MEGABYTE + "\n"})
    done = judged(repo, "run")
    assert done.returncode == code
    assert said in done.stderr
    assert "huge.py (too large: " in done.stdout
    assert judged(repo, "run", ANTIPASTA="warn").returncode == 0


def test_what_there_was_no_time_for_is_for_another_setting(repo: Repo) -> None:
    stage(repo, {".antipasta.yaml": "on_error: fail\n", **{f"m{n}.py": branches(5) * 400 for n in range(30)}})
    done = judged(repo, "run", "--budget", "1ms")
    assert "Not checked, no time left" in done.stdout
    assert done.returncode == 0


def test_a_file_that_is_named_and_not_there_is_said(repo: Repo) -> None:
    repo.commit_files({"gone.py": branches(3), "same.py": branches(3)})
    repo.remove("gone.py")
    stage(repo, {"a.py": branches(4)})
    for command in ("run", "check"):
        done = judged(repo, command, "a.py", "gone.py", "same.py", "wrose.py")
        assert done.returncode == 0
        assert done.stdout.count("is not here, and nothing changed there") == 1
        assert "wrose.py is not here, and nothing changed there (is it spelled" in done.stdout
