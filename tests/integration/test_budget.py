"""A time budget end to end: what is left out is named, what may be said is said, and who asks for no limit gets none.

A budget of one millisecond is over before the first file is looked at, on every machine: nothing here depends on how
quick this one is.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from antipasta_hook.config.settings import Told, told
from antipasta_hook.model import FileStatus
from antipasta_hook.optimizer import PreCommitOptimizer
from antipasta_hook.report import renderer
from tests.integration.repositories import Repo
from tests.integration.test_invariants import _edit
from tests.integration.test_run import branches, comparable, report, run, stage

LONG = "".join(f"def f_{n}(x):\n    return x + {n}\n\n\n" for n in range(4_000))
"""More than is measured whatever the clock says."""
AN_HOUR = 3_600_000.0


def long_commit(repo: Repo, **files: str) -> None:
    """A commit that takes some time, not yet made."""
    repo.commit_files({"long.py": LONG, ".antipasta.yaml": files.pop("settings", "")})
    stage(repo, {"long.py": f"{LONG}x = 1\n", **{f"{name}.py": text for name, text in files.items()}})


def test_what_there_was_no_time_for_is_named_with_its_reason(repo: Repo) -> None:
    long_commit(repo, bad=branches(20))
    document = report(repo, "--budget", "1ms")
    assert [(file["path"], file["status"], file["reason"]) for file in document["files"]] == [
        ("bad.py", "deferred", "no time left within 1 ms"),
        ("long.py", "deferred", "no time left within 1 ms"),
    ]
    assert (document["verdict"], document["findings"]) == ("incomplete", [])
    assert document["budget"]["limit_ms"] == 1


def test_the_message_names_them_and_says_how_to_have_them_judged(repo: Repo) -> None:
    long_commit(repo, bad=branches(20))
    done = run(repo, "--budget", "1ms")
    assert done.returncode == 0
    assert "Not checked, no time left within 1 ms: 2 files: long.py, bad.py\n" in done.stdout
    assert "  a push and CI judge them; now: antipasta-hook run --budget none\n" in done.stdout
    assert "not all could be judged - 0 files checked" in done.stdout


def test_without_a_limit_all_is_judged_however_long_it_takes(repo: Repo) -> None:
    long_commit(repo, bad=branches(20), settings="budget: 1ms\n")
    document = report(repo, "--budget", "none")
    assert document["budget"]["limit_ms"] is None
    assert {file["status"] for file in document["files"]} == {"analysed"}
    assert document["verdict"] == "fail"


def test_the_settings_of_the_repository_set_the_limit(repo: Repo) -> None:
    long_commit(repo, settings="budget: 1ms\n")
    assert report(repo)["budget"]["limit_ms"] == 1
    assert report(repo)["verdict"] == "incomplete"


@pytest.mark.parametrize(("on_deferred", "code"), [("pass", 0), ("fail", 3)])
def test_on_deferred_decides_whether_the_commit_goes_through(repo: Repo, on_deferred: str, code: int) -> None:
    long_commit(repo, settings=f"budget: 1ms\non_deferred: {on_deferred}\n")
    done = run(repo)
    assert done.returncode == code
    assert ("they stop this commit: on_deferred is fail (.antipasta.yaml:2)" in done.stdout) == (code == 3)
    assert run(repo, "--budget", "none").returncode == 0


def test_a_trifle_is_judged_whatever_the_clock_says(repo: Repo) -> None:
    stage(repo, {"a.py": branches(20)})
    assert report(repo, "--budget", "1ms")["verdict"] == "fail"


@pytest.mark.parametrize(
    ("arguments", "environ", "limit"),
    [
        ((), {}, 2_000),
        (("--all-files",), {}, None),
        (("--from-ref", "HEAD~1", "--to-ref", "HEAD"), {}, 10_000),
        (("--pre-push", "origin"), {}, 10_000),
        ((), {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}, 10_000),
        ((), {"PRE_COMMIT": "1"}, 2_000),
        ((), {"CI": "true"}, None),
        (("--budget", "3s"), {"CI": "true"}, 3_000),
        (("--from-ref", "HEAD~1"), {"CI": "true"}, None),
        (("--budget", "500ms", "--all-files"), {}, 500),
        (("--budget", "none", "--from-ref", "HEAD~1"), {}, None),
    ],
)
def test_how_long_it_may_take_depends_on_what_is_judged(
    repo: Repo, arguments: tuple[str, ...], environ: dict[str, str], limit: float | None
) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    repo.commit_files({"b.py": "x = 2\n"})
    stage(repo, {"c.py": "x = 3\n"})
    given = f"refs/heads/main {repo.oid('HEAD')} refs/heads/main {repo.oid('HEAD~1')}\n"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", "run", "--format", "json", *arguments],
        cwd=repo.path,
        env={**os.environ, **environ},
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["budget"]["limit_ms"] == limit


def test_a_push_has_its_own_budget(repo: Repo) -> None:
    repo.commit_files({".antipasta.yaml": "push_budget: 1ms\n", "long.py": LONG})
    repo.commit_files({"long.py": f"{LONG}x = 1\n"})
    document = report(repo, "--from-ref", "HEAD~1")
    assert (document["verdict"], document["budget"]["limit_ms"]) == ("incomplete", 1)
    said = " ".join(run(repo, "--from-ref", "HEAD~1").stdout.split())
    assert f"now: antipasta-hook run --from-ref {repo.oid('HEAD~1')[:12]} --to-ref {repo.oid('HEAD')[:12]}" in said


@pytest.mark.parametrize("first", ["strict", "lenient"])
def test_of_several_refs_each_has_its_own_say_about_what_was_late(repo: Repo, first: str) -> None:
    start = repo.commit_files({"a.py": "x = 1\n"})
    tips = {}
    for name, settings in {"strict": "push_budget: 1ms\non_deferred: fail\n", "lenient": ""}.items():
        repo.git("checkout", "-q", "-b", name, start)
        tips[name] = repo.commit_files({".antipasta.yaml": settings, f"{name}.py": f"{LONG}{name} = 1\n"})
    names = sorted(tips, key=lambda name: name != first)
    pushed = "".join(f"refs/heads/{name} {tips[name]} refs/heads/{name} {start}\n" for name in names)
    command = [sys.executable, "-P", "-m", "antipasta_hook", "run", "--pre-push", "origin"]
    done = subprocess.run(command, cwd=repo.path, input=pushed, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stdout
    assert "they stop this push: on_deferred is fail (.antipasta.yaml:2)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--budget", "2"), "must be a time with its unit"),
        (("--budget", "0s"), "must be more than 0"),
        (("--jobs", "0"), "must be a number from 1"),
        (("--jobs", "many"), "must be a number from 1"),
    ],
)
def test_what_is_no_time_and_no_number_is_refused(repo: Repo, arguments: tuple[str, ...], what: str) -> None:
    done = run(repo, *arguments)
    assert done.returncode == 2
    assert what in done.stderr


def judged(repo: Repo, *, budget: float | None = None, jobs: int = 1, cache: bool = False) -> dict[str, Any]:
    """The report of one run in this process, without what may differ; the budget is not one of the differences."""
    beats = Told(told(budget_ms=budget), jobs=jobs)
    found = PreCommitOptimizer(str(repo.path), told=beats, use_cache=cache).run()
    assert not any(file.status == FileStatus.DEFERRED for file in found.verdict.files)
    document: dict[str, Any] = comparable(json.loads(renderer("json")(found, full=True)))
    del document["budget"]
    return document


@pytest.mark.parametrize("seed", range(4))
def test_here_or_by_children_all_or_by_order_cached_or_not_it_is_the_same(
    repo: Repo, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_ = random.Random(seed)
    for _ in range(3):
        for _ in range(random_.randrange(2, 6)):
            _edit(random_, repo)
        expected = judged(repo)
        with monkeypatch.context() as patch:
            patch.setattr("antipasta_hook.plan.POOL_PAYS_FROM_MS", 0)
            assert judged(repo, jobs=2) == expected
        with monkeypatch.context() as patch:
            patch.setattr("antipasta_hook.analyse.candidates.is_ample", lambda *_: False)
            patch.setattr("antipasta_hook.analyse.candidates.is_granted", lambda *_: False)
            patch.setattr("antipasta_hook.analyse.run.is_granted", lambda *_: False)
            patch.setattr("antipasta_hook.analyse.bench.STORE_PAYS_FROM", 0)
            assert judged(repo, budget=AN_HOUR) == expected
            patch.setattr("antipasta_hook.plan.POOL_PAYS_FROM_MS", 0)
            assert judged(repo, budget=AN_HOUR, jobs=2) == expected
            assert judged(repo, budget=AN_HOUR, cache=True) == expected
            assert judged(repo, budget=AN_HOUR, jobs=2, cache=True) == expected
        repo.commit()


def test_in_a_large_change_time_enough_gives_the_same_findings(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    base = {f"m{n:03}.py": f"X = {n}\n\n\n{branches(2, f'g{n}')}" for n in range(70)}
    repo.commit_files({**base, "old.py": branches(30)})
    repo.remove("old.py")
    changed = {"m007.py": branches(40, "g7"), "m008.py": branches(30), "m009.py": "def broken(:\n"}
    stage(repo, {**{path: f"{text}VALUE = 1\n" for path, text in base.items()}, **changed})
    expected = judged(repo)
    monkeypatch.setattr("antipasta_hook.analyse.candidates.is_ample", lambda *_: False)
    monkeypatch.setattr("antipasta_hook.analyse.candidates.is_granted", lambda *_: False)
    monkeypatch.setattr("antipasta_hook.analyse.run.is_granted", lambda *_: False)
    monkeypatch.setattr("antipasta_hook.plan.POOL_PAYS_FROM_MS", 0)
    in_time = judged(repo, budget=AN_HOUR, jobs=2)
    assert in_time["findings"] == expected["findings"]
    assert {f["path"] for f in in_time["findings"] if f["blocking"]} == {"m007.py", "m009.py"}
    assert {f["status"] for f in in_time["findings"] if f["path"] == "m008.py"} == {"existing"}


def test_what_was_measured_in_time_is_kept_for_the_next_run(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    long_commit(repo)
    monkeypatch.setattr("antipasta_hook.analyse.candidates.is_ample", lambda *_: False)
    monkeypatch.setattr("antipasta_hook.analyse.candidates.is_granted", lambda *_: False)
    monkeypatch.setattr("antipasta_hook.analyse.bench.STORE_PAYS_FROM", 0)
    beats = Told(told(budget_ms=AN_HOUR))
    first, again = (PreCommitOptimizer(str(repo.path), told=beats).run() for _ in range(2))
    assert (first.cost.hits, again.cost.hits, again.cost.misses) == (0, 2, 0)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_whoever_interrupts_it_is_left_with_nothing(repo: Repo, number: signal.Signals, code: int) -> None:
    dense = {f"m{n}.py": f"y_{n};" * 60_000 for n in range(40)}
    stage(repo, dense)
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "antipasta_hook", "run", "--no-cache", "--budget", "none", "--jobs", "2"],
        cwd=repo.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert child.stdout is not None
    with child.stdout:
        _wait_for_children(child.pid, 2)
        workers = _children(child.pid)
        child.send_signal(number)
        said = child.stdout.read()
        assert child.wait() == code
    assert "Traceback" not in said
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in _words(task / "children")]
    except OSError:
        return []


def _words(file: Path) -> list[str]:
    return file.read_text().split()


def _wait_for_children(pid: int, number: int) -> None:
    if not Path(f"/proc/{pid}/task/{pid}/children").exists():
        pytest.skip("this system does not say whose children are whose")
    for _ in range(600):
        if len(_children(pid)) >= number:
            return
        time.sleep(0.05)
    raise AssertionError("no children were started")
