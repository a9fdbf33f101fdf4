"""Whoever measures: the same report, to the byte, of a real repository."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from antipasta_hook import cli
from antipasta_hook.analyse import machine
from antipasta_hook.analyse.course import Step
from antipasta_hook.config.settings import Told
from antipasta_hook.model import Ask, Asked
from antipasta_hook.optimizer import PreCommitOptimizer
from antipasta_hook.report import renderer
from tests.integration.clusters import Site
from tests.integration.repositories import Repo
from tests.integration.test_run import comparable

PACKAGE = Path(cli.__file__).parents[1]

ODD = {
    "odd/broken.py": b"def f(:\n",
    "odd/deep.py": b"x = " + b"(" * 300 + b")" * 300,
    "odd/empty.py": b"",
    "odd/generated.py": b"# @generated\nx = 1\n",
    "odd/latin.py": "# coding: latin-1\nname = 'é'\n".encode("latin-1"),
    "odd/pointer.py": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1\n",
    "odd/zero.py": b"x = '\0'\n",
}


def own_sources() -> dict[str, bytes]:
    """Our own package, which everybody who runs this has."""
    return {f"package/{path.relative_to(PACKAGE)}": path.read_bytes() for path in sorted(PACKAGE.rglob("*.py"))}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """Two commits; the second edits some files, moves a function and adds what is hard to read."""
    repo = Repo.create(tmp_path_factory.mktemp("executors") / "project")
    sources = own_sources()
    repo.commit_files(sources)
    names = sorted(sources)
    branches = b"".join(b"    if a == %d:\n        return %d\n" % (n, n) for n in range(20))
    edited = {name: sources[name] + b"\n\ndef added(a):\n" + branches for name in names[::40]}
    repo.commit_files({**edited, **ODD})
    return repo


def document(repo: Repo, tell: Callable[[Step], None] | None = None, **told: object) -> str:
    """The full report of CI on a repository, without what may differ."""
    asked = Asked(Ask.CI, "ci", strict=True)
    beats = Told(**told)  # type: ignore[arg-type] # a row of the table
    optimizer = PreCommitOptimizer(str(repo.path), asked=asked, told=beats, use_cache=False)
    optimizer.rolls_up = False
    report = optimizer.run(tell=tell)
    assert report.cost.remarks == ()
    wanted = told.get("executor", "")
    assert optimizer.executor.startswith(str(wanted))
    return json.dumps(comparable(json.loads(renderer("json")(report, full=True))), indent=1)


@pytest.fixture(scope="module")
def expected(project: Repo) -> str:
    text = document(project, executor="in-process")
    found = json.loads(text)
    assert found["verdict"] == "fail"
    assert len(found["files"]) > 150
    assert {file["status"] for file in found["files"]} >= {"analysed", "skipped"}
    return text


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_children_say_what_this_process_says(project: Repo, expected: str, jobs: int) -> None:
    assert document(project, executor="processes", jobs=jobs) == expected


def test_threads_say_what_this_process_says(project: Repo, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "is_free_threaded", lambda: True)  # they work anywhere, if not faster
    assert document(project, executor="threads", jobs=3) == expected


def test_who_is_chosen_says_what_this_process_says(project: Repo, expected: str) -> None:
    assert document(project) == expected


def test_a_cluster_says_what_this_process_says_though_a_worker_is_killed(
    project: Repo, expected: str, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    site = Site(tmp_path, [])
    steps: list[Step] = []

    def tell(step: Step) -> None:
        steps.append(step)
        if len(steps) == 20:
            workers[0].kill()

    try:
        site.scheduler()
        workers = [site.worker(), site.worker()]
        assert document(project, tell, executor=f"dask://{site.address}") == expected
        assert workers[0].wait() != 0
        assert workers[1].poll() is None
    finally:
        site.end()
    assert steps[-1].done == steps[-1].total > 150


def test_a_backtest_is_the_same_whoever_measures(
    project: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed")
    site = Site(tmp_path, [])
    try:
        site.scheduler()
        site.worker()
        found = []
        for executor in ("in-process", "processes", f"dask://{site.address}"):
            command = ["backtest", "-C", str(project.path), "--no-cache", "--format", "json", "--executor", executor]
            assert cli.main([*command, "--debug"], started=0) == 0
            out, err = capsys.readouterr()
            assert f"\nantipasta-hook: executor: {executor}" in f"\n{err}"
            found.append({**json.loads(out), "seconds": 0})
    finally:
        site.end()
    assert found[0] == found[1] == found[2]
    assert found[0]["commits"]["judged"] == 2


def test_it_is_said_who_measured_and_why(project: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        cli.main(["ci", "-C", str(project.path), "--no-cache", "--debug", *arguments], started=0)
        (line,) = [
            line for line in capsys.readouterr().err.splitlines() if line.startswith("antipasta-hook: executor: ")
        ]
        return line

    assert said("--executor", "in-process") == "antipasta-hook: executor: in-process: asked for"
    assert said("--executor", "processes", "--jobs", "3") == (
        "antipasta-hook: executor: processes, 3 at a time: asked for; --jobs 3"
    )
    assert "MB of source, about" in said()
    assert said("--jobs", "1").endswith("; --jobs 1")


@pytest.mark.parametrize("executor", ["somebody", "dask://", "dask://host", "dask://host:port", "dask://a b:1", ""])
def test_who_cannot_be_meant_is_refused(capsys: pytest.CaptureFixture[str], executor: str) -> None:
    assert cli.main(["ci", "--executor", executor], started=0) == 2
    assert "must be one of in-process, threads, processes, or dask://HOST:PORT" in capsys.readouterr().err


@pytest.mark.skipif(not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="this Python is free-threaded")
@pytest.mark.parametrize("command", ["ci", "run", "backtest"])
def test_threads_that_would_take_turns_are_refused(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert cli.main([command, "--executor", "threads"], started=0) == 2
    assert "this Python is not free-threaded" in capsys.readouterr().err


def test_a_cluster_that_does_not_answer_is_a_mistake_of_the_caller(project: Repo) -> None:
    pytest.importorskip("distributed")
    command = [sys.executable, "-P", "-m", "antipasta_hook", "ci", "-C", str(project.path), "--no-cache"]
    command += ["--executor", "dask://127.0.0.1:1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "antipasta-hook: no dask scheduler answers at 127.0.0.1:1 within 5 s\n"
        "antipasta-hook: start one: dask scheduler; or leave --executor out\n"
    )


LOADED = """
import sys
from antipasta_hook import cli
code = cli.main(["run", "-q", "-C", sys.argv[1]], started=0)
print(code, *sorted(name for name in sys.modules if name.startswith("antipasta_hook.")))
"""


def test_a_small_commit_loads_nothing_of_all_this(repo: Repo) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    repo.write("a.py", "x = 2\n")
    repo.stage()
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOADED, str(repo.path)], capture_output=True, text=True, check=True
    )
    code, *modules = done.stdout.split()
    assert code == "0"
    assert "antipasta_hook.analyse.crew" in modules
    unwanted = {"choice", "machine", "executor", "pool", "child", "threads", "cluster", "remote", "course", "guards"}
    if machine.is_free_threaded():  # threads may pay for very little, so they are worth a thought
        unwanted -= {"choice", "machine"}
    assert not {f"antipasta_hook.analyse.{name}" for name in unwanted}.intersection(modules)
    assert not {"antipasta_hook.cli.progress", "antipasta_hook.cli.executors"}.intersection(modules)
