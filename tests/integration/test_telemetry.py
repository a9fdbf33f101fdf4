"""What a run cost: the same truth in every form that was asked for, and nothing of it where nobody asked."""

import csv
import json
import os
import pstats
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from antipasta_hook.cache.runs import MOST, Runs
from antipasta_hook.cli import observing
from antipasta_hook.cli.appending import append
from antipasta_hook.model import Run
from tests.hostile_texts import GROUPS
from tests.integration.repositories import Repo
from tests.integration.test_run import branches, stage

ROOT = Path(__file__).parents[2]
STATS_SCHEMA = json.loads((ROOT / "docs" / "stats.schema.json").read_text("utf-8"))
PROMTOOL = shutil.which("promtool")
TEXTS = {
    name: text.replace("\0", "").replace("/", "")
    for group in GROUPS
    for name, text in group.items()
    if not any("\ud800" <= character <= "\udfff" and not "\udc80" <= character <= "\udcff" for character in text)
}
"""What may be in the name of a directory."""
WITHOUT_PROMTOOL = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here; Debian's prometheus has it")


def run(repo: Repo, *arguments: str, command: str = "run", **environ: str) -> "subprocess.CompletedProcess[str]":
    """As a commit's hook, unless it is another command."""
    at_commit = {"GIT_INDEX_FILE": str(repo.path / ".git" / "index")} if command == "run" else {}
    return subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", command, *arguments],
        cwd=repo.path,
        env={**os.environ, **at_commit, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def blocked(repo: Repo) -> Repo:
    """A commit that adds a function over its limit, and changes another one."""
    repo.commit_files({"a.py": branches(3), "b.py": branches(2)})
    stage(repo, {"a.py": branches(14), "b.py": branches(4)})
    return repo


def stats(repo: Repo, path: Path, *arguments: str, **how: str) -> dict[str, Any]:
    """What ``--stats`` writes as JSON, which is what the schema says."""
    run(repo, "--stats", str(path), *arguments, **how)
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    jsonschema.validate(found, STATS_SCHEMA)
    return found


# ------------------------------------------------------------------------------------------------ the record


def test_the_record_counts_what_the_report_says(blocked: Repo, tmp_path: Path) -> None:
    found = stats(blocked, tmp_path / "s.json", "--format", f"json:{tmp_path / 'r.json'}")
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert found["outcome"] == report["verdict"] == "fail"
    assert found["exit_code"] == 1
    assert found["blocking"] == sum(finding["blocking"] for finding in report["findings"]) > 0
    assert found["findings"] == {"introduced": len(report["findings"])}
    assert found["files"] == {"looked_at": 2, "analysed": 2}
    assert found["functions"] == 2
    assert found["cache"]["misses"] == report["cache"]["misses"] == 4
    assert found["measured"]["files"] == 4
    assert {each["path"] for each in found["measured"]["slowest"]} == {"a.py", "b.py"}
    assert found["significance"]["files"] == 2
    assert (found["command"], found["scope"]) == ("run", "staged")
    assert found["repository"] == blocked.path.name
    assert found["usage"]["peak_bytes"] > 10_000_000
    assert found["usage"]["cpu_ms"] > 0


def test_the_stages_are_parts_of_the_run(blocked: Repo, tmp_path: Path) -> None:
    found = stats(blocked, tmp_path / "s.json")
    assert {"changes", "settings", "analyse", "verdict", "blame"} <= set(found["stages_ms"])
    assert 0 < sum(found["stages_ms"].values()) < found["duration_ms"]
    assert sum(found["measured"]["busy_ms"].values()) <= found["stages_ms"]["analyse"] + 1


def test_a_census_counts_the_whole_tree_and_knows_the_paths(blocked: Repo, tmp_path: Path) -> None:
    blocked.git("commit", "-qm", "over")
    found = stats(blocked, tmp_path / "s.json", "--base", "HEAD~1", command="ci")
    assert found["files"]["looked_at"] == 2
    assert found["functions"] == 2
    assert all(each["path"] for each in found["measured"]["slowest"])
    assert found["cache"]["bytes_written"] > 0
    again = stats(blocked, tmp_path / "s.json", "--base", "HEAD~1", command="ci")
    assert again["cache"]["hits"] > 0
    assert again["cache"]["bytes_read"] > 0
    assert again["measured"]["files"] == 0


def test_what_there_was_no_time_for_is_counted(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"x.txt": "x\n"})
    stage(repo, {f"m{n}.py": branches(n % 30) * 200 for n in range(60)})
    found = stats(repo, tmp_path / "s.json", "--budget", "1ms")
    sampling = found["sampling"]
    assert sampling["ranked"] == 60
    assert sampling["deferred"] == found["files"]["deferred"] > 0
    assert found["budget_ms"] == 1


def test_a_run_that_is_stopped_is_recorded(blocked: Repo, tmp_path: Path) -> None:
    (blocked.path / ".git" / "index").write_bytes(b"DIRC nonsense")
    found = stats(blocked, tmp_path / "s.json", "--log", str(tmp_path / "l"))
    assert (found["outcome"], found["exit_code"]) == ("error", 0)
    assert list(found["problems"]) == ["corrupt-index"]
    events = log(tmp_path / "l")
    assert [event["kind"] for event in events if event["event"] == "problem"] == ["corrupt-index"]
    assert [event["outcome"] for event in events if event["event"] == "run-ended"] == ["error"]


def test_the_workers_are_told_apart(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"x.txt": "x\n"})
    stage(repo, {f"m{n}.py": f"# {n}\n" + branches(n % 30) * 300 for n in range(12)})
    trace = tmp_path / "t.json"
    found = stats(
        repo, tmp_path / "s.json", "--executor", "processes", "--jobs", "2", "--trace", str(trace), "--budget", "none"
    )
    assert set(found["measured"]["busy_ms"]) == {"1", "2"}
    assert found["measured"]["executor"].startswith("processes, 2 at a time")
    events = json.loads(trace.read_text("utf-8"))["traceEvents"]
    names = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
    assert names == {0: "pipeline", 1: "worker 1", 2: "worker 2"}
    for lane in (1, 2):
        spans = sorted((event["ts"], event["ts"] + event["dur"]) for event in complete(events) if event["tid"] == lane)
        assert all(end <= begin + 1 for (_, end), (begin, _) in pairwise(spans))


# ---------------------------------------------------------------------------------------------------- the forms


def test_a_table_gets_a_row_each_run(blocked: Repo, tmp_path: Path) -> None:
    table = tmp_path / "runs.csv"
    for _ in range(3):
        assert run(blocked, "--stats", str(table)).returncode == 1
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["run_id"] for row in rows}) == 3
    assert [row["blocking"] for row in rows] == ["1"] * 3
    assert None not in rows[0]


def test_a_table_of_other_columns_is_left_as_it_is(blocked: Repo, tmp_path: Path) -> None:
    table = tmp_path / "runs.csv"
    table.write_text("name,age\nx,3\n")
    done = run(blocked, "--stats", str(table))
    assert done.returncode == 1
    assert "runs.csv has other columns" in done.stderr
    assert table.read_text() == "name,age\nx,3\n"


def test_hooks_that_write_at_once_write_one_table_and_one_log(blocked: Repo, tmp_path: Path) -> None:
    table, journal = tmp_path / "runs.csv", tmp_path / "log"

    def judge(_: int) -> int:
        return run(blocked, "--stats", str(table), "--log", str(journal), "--log-level", "debug").returncode

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(judge, range(8))) == {1}
    lines = table.read_text().splitlines()
    assert [line.startswith("run_id,") for line in lines] == [True, *[False] * 8]
    runs = {event["run_id"] for event in log(journal)}
    assert runs == {line.partition(",")[0] for line in lines[1:]}


def log(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


LEVELS = [
    ("debug", {"run-started", "stage", "decision", "finding", "run-ended"}),
    ("info", {"run-started", "finding", "run-ended"}),
    ("warning", {"finding"}),
    ("error", set[str]()),
]


@pytest.mark.parametrize(("level", "events"), LEVELS, ids=[level for level, _ in LEVELS])
def test_the_log_says_what_matters_as_much_as_was_asked(
    blocked: Repo, tmp_path: Path, level: str, events: set[str]
) -> None:
    journal = tmp_path / "log"
    run(blocked, "--log", str(journal), "--log-level", level)
    found = log(journal) if journal.exists() else []
    assert {event["event"] for event in found} == events
    assert len({event["run_id"] for event in found}) <= 1
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]) for event in found)


def test_a_log_that_grows_too_large_is_put_aside(tmp_path: Path) -> None:
    journal = tmp_path / "log"
    for number in range(10):
        append(str(journal), f'{{"time": "{number}{" " * 30}"}}\n', largest=100)
    kept = {path.name: path.read_text().splitlines() for path in tmp_path.iterdir()}
    assert {name: [line[10] for line in lines] for name, lines in kept.items()} == {
        "log": ["8", "9"],
        "log.1": ["6", "7"],
        "log.2": ["4", "5"],
        "log.3": ["2", "3"],
    }


def test_nothing_is_lost_when_many_put_a_log_aside(tmp_path: Path) -> None:
    journal = tmp_path / "log"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: append(str(journal), f'{{"time": {n:03}\n', largest=400), range(100)))
    lines = [line for path in tmp_path.iterdir() for line in path.read_text().splitlines()]
    assert sorted(lines) == [f'{{"time": {number:03}' for number in range(100)]


def complete(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (event for event in events if event["ph"] == "X")


def test_the_trace_is_nested_as_the_pipeline_is(blocked: Repo, tmp_path: Path) -> None:
    trace = tmp_path / "t.json"
    run(blocked, "--trace", str(trace))
    events = list(complete(json.loads(trace.read_text("utf-8"))["traceEvents"]))
    (whole,) = (event for event in events if event["cat"] == "run")
    stages = [event for event in events if event["cat"] == "stage"]
    assert all(lies_in(stage, whole) for stage in stages)
    assert [stage["name"] for stage in stages][:2] == ["start", "changes"]
    measured = [event for event in events if event["cat"] == "measure"]
    assert {event["name"] for event in measured} == {"a.py", "b.py"}
    for event in measured:
        assert [stage["name"] for stage in stages if lies_in(event, stage)] == ["analyse"]


def lies_in(inner: dict[str, Any], outer: dict[str, Any]) -> bool:
    begun, ended = inner["ts"] + 0.2, inner["ts"] + inner["dur"] - 0.2  # rounded to a tenth of a microsecond
    return bool(outer["ts"] <= begun and ended <= outer["ts"] + outer["dur"])


def test_the_profile_is_one_that_python_reads(blocked: Repo, tmp_path: Path) -> None:
    profile = tmp_path / "p"
    assert run(blocked, "--profile", str(profile)).returncode == 1
    names = {name for _, _, name in pstats.Stats(str(profile)).stats}  # type: ignore[attr-defined] # typeshed has none
    assert {"judge", "measure"} <= names


@WITHOUT_PROMTOOL
@pytest.mark.parametrize("name", ["plain", *list(TEXTS)[::4]])
def test_prometheus_takes_what_it_is_given(tmp_path: Path, name: str) -> None:
    repo = Repo.create(tmp_path / f"r{TEXTS.get(name, '')}")
    stage(repo, {"a.py": branches(14)})
    page = tmp_path / "antipasta.prom"
    assert run(repo, "--stats", str(page)).returncode == 1
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=page.read_bytes(), capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
    blocking = r'^antipasta_hook_blocking_findings\{repository=".*",scope="staged"\} 1\.0$'
    assert re.search(blocking, page.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", list(TEXTS)[::2])
def test_a_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    repo = Repo.create(tmp_path / f"={TEXTS[name]}")
    stage(repo, {"a.py": branches(14)})
    table, journal = tmp_path / "t.csv", tmp_path / "log"
    done = run(repo, "--stats", str(table), "--log", str(journal), "--log-level", "debug", "-vv", "--debug")
    assert done.returncode == 1
    with table.open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["repository"].startswith("'=")
    assert len(table.read_text("utf-8").split("\n")) == 3
    assert {event["run_id"] for event in log(journal)} == {row["run_id"]}


# ------------------------------------------------------------------------------------------ nobody is in the way

PLACES = [("--stats", "s.json"), ("--stats", "s.csv"), ("--stats", "s.prom"), ("--log", "l"), ("--trace", "t")]
PLACES += [("--profile", "p")]


@pytest.mark.parametrize(("option", "name"), PLACES)
@pytest.mark.parametrize("where", ["nowhere", "a directory", "full"])
def test_what_cannot_be_written_changes_nothing(
    blocked: Repo, tmp_path: Path, option: str, name: str, where: str
) -> None:
    place = {"nowhere": tmp_path / "no" / name, "a directory": tmp_path / name, "full": tmp_path / name}[where]
    if where == "a directory":
        place.mkdir()
    elif where == "full":
        place.symlink_to("/dev/full")
    done = run(blocked, option, str(place))
    assert done.returncode == 1
    assert done.stderr.count("cannot write") == 1
    assert "Traceback" not in done.stderr
    assert "blocked" in done.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(("option", "name"), [*PLACES, ("--format", "json:r")])
def test_a_pipe_from_which_nobody_reads_is_not_waited_for(
    blocked: Repo, tmp_path: Path, option: str, name: str
) -> None:
    kind, _, file = name.rpartition(":")
    os.mkfifo(tmp_path / file)
    place = f"{kind}:{tmp_path / file}" if kind else str(tmp_path / file)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", "run", option, place],
        cwd=blocked.path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == (2 if option == "--format" else 1)
    assert "Traceback" not in done.stderr


def test_what_goes_wrong_in_telling_is_no_fault_of_the_run(blocked: Repo) -> None:
    """A library that cannot be imported, an export that fails as nobody foresaw, a profiler that is none."""
    code = """
import sys
sys.modules["prometheus_client"] = None
sys.modules["cProfile"] = None
from antipasta_hook.telemetry import trace
def fail(*arguments):
    raise KeyError("unforeseen")
trace.render = fail
from antipasta_hook.cli import observing
observing.decisions = fail
from antipasta_hook.__main__ import main
sys.argv = ["antipasta-hook", *sys.argv[1:]]
sys.exit(main())
"""
    for options in (["--stats", "s.prom"], ["--trace", "t"], ["--profile", "p"], ["--debug"]):
        for settings, expected in (("", 1), ("nonsense: [", 2)):
            blocked.write(".antipasta.yaml", settings)
            blocked.git("add", ".antipasta.yaml")
            done = subprocess.run(
                [sys.executable, "-P", "-c", code, "run", *options],
                cwd=blocked.path, capture_output=True, text=True, check=False,
                env={**os.environ, "GIT_INDEX_FILE": ".git/index"},
            )  # fmt: skip
            assert (done.returncode, "Traceback" in done.stderr) == (expected, False), done.stderr


def test_the_metrics_are_nobody_elses(blocked: Repo, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    assert run(blocked, "--stats", str(tmp_path / "s.prom"), PROMETHEUS_MULTIPROC_DIR=str(shared)).returncode == 1
    assert list(shared.iterdir()) == []
    assert "antipasta_hook_files{" in (tmp_path / "s.prom").read_text("utf-8")


def test_only_a_log_of_ours_is_put_aside(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("x" * 90 + "\n")
    append(str(foreign), '{"time": 1}\n', largest=60)
    assert [path.name for path in tmp_path.iterdir()] == ["foreign"]
    ours, link = tmp_path / "ours", tmp_path / "link"
    ours.write_text('{"time": 0}\n' * 5)
    link.symlink_to("ours")
    append(str(link), '{"time": 1}\n', largest=60)
    assert link.is_symlink()
    assert ours.read_text() == '{"time": 1}\n'
    assert (tmp_path / "ours.1").read_text() == '{"time": 0}\n' * 5


def test_two_outputs_that_go_to_one_file_do_not_meet(blocked: Repo, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    done = run(blocked, "--format", f"json:{file}", "--stats", str(file), "--log", str(file), "--trace", str(file))
    assert done.returncode == 1
    assert json.loads(file.read_text("utf-8"))["verdict"] == "fail"
    assert done.stderr.count("is left out: something else goes to that file") == 3


def test_a_row_begins_on_a_line_of_its_own(blocked: Repo, tmp_path: Path) -> None:
    table = tmp_path / "s.csv"
    run(blocked, "--stats", str(table))
    table.write_bytes(table.read_bytes().rstrip(b"\n"))
    run(blocked, "--stats", str(table))
    with table.open(newline="") as file:
        assert [row["blocking"] for row in csv.DictReader(file)] == ["1", "1"]


def test_stats_have_to_say_in_which_form(blocked: Repo) -> None:
    done = run(blocked, "--stats", "stats.xml")
    assert done.returncode == 2
    assert "must end with one of .json, .csv, .prom" in done.stderr


def test_the_verdict_is_the_same_with_all_of_it(blocked: Repo, tmp_path: Path) -> None:
    everything = [
        "--stats",
        f"{tmp_path}/s.prom",
        "--log",
        f"{tmp_path}/l",
        "--trace",
        f"{tmp_path}/t",
        "-vv",
        "--debug",
    ]
    reports = []
    for more in ([], everything):
        done = run(blocked, "--format", "json", *more)
        assert done.returncode == 1
        reports.append(json.loads(done.stdout))
    for report in reports:
        for key in ("timings_ms", "cache"):
            del report[key]
        del report["budget"]["spent_ms"]
    assert reports[0] == reports[1]


IMPORTED = """
import sys
from antipasta_hook.__main__ import main
sys.argv = ["antipasta-hook", *sys.argv[1:]]
main()
print("\\n" + " ".join(sys.modules))
"""
TOLD = {
    "antipasta_hook.cli.observing",
    "antipasta_hook.cli.appending",
    "prometheus_client",
    "csv",
    "cProfile",
    "resource",
}


@pytest.mark.parametrize("command", ["run", "ci", "check"])
def test_where_nobody_asks_nothing_of_it_is_imported(blocked: Repo, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", IMPORTED, command], cwd=blocked.path, capture_output=True, text=True, check=False
    )
    modules = set(done.stdout.splitlines()[-1].split())
    assert "antipasta_hook.optimizer" in modules
    assert not {name for name in modules if name.startswith("antipasta_hook.telemetry")}
    assert modules.isdisjoint(TOLD)


def test_only_prometheus_needs_its_client(blocked: Repo, tmp_path: Path) -> None:
    files = [f"--stats={tmp_path}/s.json", f"--stats={tmp_path}/s.csv", f"--log={tmp_path}/l", f"--trace={tmp_path}/t"]
    done = subprocess.run(
        [sys.executable, "-P", "-c", IMPORTED, "run", *files],
        cwd=blocked.path,
        capture_output=True,
        text=True,
        check=False,
    )
    modules = set(done.stdout.splitlines()[-1].split())
    assert "antipasta_hook.telemetry.trace" in modules
    assert "prometheus_client" not in modules


def test_every_decision_is_explained(blocked: Repo) -> None:
    blocked.write(".antipasta.yaml", "budget: 3s\n")
    blocked.git("add", ".antipasta.yaml")
    said = run(blocked, "--debug").stderr
    for sentence in (
        "scope: staged: GIT_INDEX_FILE is set: a commit",
        "base: HEAD, ",
        "reader: pygit2: ",
        "settings: budget_ms is 3000.0 (.antipasta.yaml:1)",
        "significance: time enough for all",
        "a.py: ",
        "plan: 3,000 ms from the process's start; 0 files deferred",
        "a key is a blob's id and metrics",
        "executor: in-process: ",
        "verdict: fail: ",
    ):
        assert sentence in said


def test_twice_v_says_where_the_time_went(blocked: Repo) -> None:
    said = run(blocked, "-vv").stderr
    for word in ("stages, ms: start ", "cache: 0 hits, 4 misses", "slowest, ms: ", "memory: "):
        assert word in said
    assert "stages" not in run(blocked, "-v").stderr


# --------------------------------------------------------------------------------------------------------- the runs


def runs(repo: Repo) -> list[Run]:
    return Runs(str(repo.path / ".git"), os.environ).all()


def test_every_run_is_kept_in_a_line(blocked: Repo) -> None:
    run(blocked)
    run(blocked, ANTIPASTA="warn")
    run(blocked, "--no-cache")
    run(blocked, ANTIPASTA="off")
    blocked.git("commit", "-qm", "over")
    run(blocked, "--base", "HEAD~1", command="ci")
    (blocked.path / ".git" / "index").write_bytes(b"DIRC nonsense")
    run(blocked)
    kept = runs(blocked)
    assert [(each.scope, each.outcome, each.code) for each in kept] == [
        ("staged", "fail", 1),
        ("staged", "fail", 0),
        ("ci", "fail", 1),
        ("staged", "error", 0),
    ]
    assert len({each.run_id for each in kept}) == 4
    first = kept[0]
    assert (first.files, first.blocking, first.misses, first.limit_ms) == (2, 1, 4, 2000)
    assert first.took_ms > 0


def test_the_runs_are_bounded_and_the_latest_stay(tmp_path: Path) -> None:
    kept = Runs(str(tmp_path), os.environ)
    for number in range(3 * MOST):
        kept.add(Run(f"{number:016x}", 1.8e9 + number, "staged", "pass", 0, took_ms=number / 7))
    found = kept.all()
    assert MOST // 2 <= len(found) <= MOST
    assert found[-1].run_id == f"{3 * MOST - 1:016x}"
    assert found[-1].took_ms == pytest.approx((3 * MOST - 1) / 7, abs=0.001)
    assert [each.when for each in found] == sorted(each.when for each in found)


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\xff", b"[]", b"1", b"null", b"{}", b'{"run_id": "a"}', b"[" * 100_000,
        b'{"run_id": "\\u001b[31m", "when": 1, "scope": "staged", "outcome": "pass", "code": 0}',
        b'{"run_id": "a", "when": NaN, "scope": "staged", "outcome": "pass", "code": 0}',
        b'{"run_id": "a", "when": 1e999, "scope": "staged", "outcome": "pass", "code": 0}',
        b'{"run_id": "a", "when": -1, "scope": "staged", "outcome": "pass", "code": 0}',
        b'{"run_id": "a", "when": 300000000000, "scope": "staged", "outcome": "pass", "code": 0}',
        b'{"run_id": "a", "when": true, "scope": "staged", "outcome": "pass", "code": 0}',
        b'{"run_id": ["a"], "when": 1, "scope": "staged", "outcome": "pass", "code": 0}',
    ],
)  # fmt: skip
def test_what_is_no_run_is_left_out(tmp_path: Path, line: bytes) -> None:
    kept = Runs(str(tmp_path), os.environ)
    kept.add(Run("a1", 1, "staged", "pass", 0))
    (file,) = Path(os.environ["ANTIPASTA_CACHE_DIR"]).rglob("runs/*.jsonl")
    with file.open("ab") as end:
        end.write(line + b"\n")
    kept.add(Run("a2", 2, "push", "fail", 1))
    assert [each.run_id for each in kept.all()] == ["a1", "a2"]


def test_no_name_is_in_what_is_kept(blocked: Repo) -> None:
    run(blocked)
    (file,) = Path(os.environ["ANTIPASTA_CACHE_DIR"]).rglob("runs/*.jsonl")
    assert not re.search(r"a\.py|b\.py|main|master", file.read_text())


@pytest.mark.parametrize(
    ("directory", "name"),
    [("repo/.git", "repo"), ("repo/.git/worktrees/x", "repo"), ("bare.git", "bare"), ("plain", "plain")],
)
def test_a_repository_is_called_what_people_call_it(tmp_path: Path, directory: str, name: str) -> None:
    assert observing._name(str(tmp_path / directory)) == name
