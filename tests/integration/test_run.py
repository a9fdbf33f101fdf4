"""``antipasta-hook run`` as a process, on real repositories."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from antipasta_hook import __version__
from tests.integration.repositories import Repo

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def branches(number: int, name: str = "f") -> str:
    """A function with this many ``if`` statements: cyclomatic number + 1, cognitive number."""
    return f"def {name}(x):\n" + "".join(f"    if x == {n}:\n        print({n})\n" for n in range(number))


def stage(repo: Repo, files: Mapping[str, str]) -> None:
    """Write these files and stage everything."""
    for path, text in files.items():
        repo.write(path, text)
    repo.stage()


def run(repo: Repo, *arguments: str, cwd: Path | None = None, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as a person would."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", "run", *arguments],
        cwd=cwd or repo.path,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def report(repo: Repo, *arguments: str, **environ: str) -> dict[str, Any]:
    """The JSON report, checked against its schema."""
    done = run(repo, "--format", "json", *arguments, cwd=None, **environ)
    assert not done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    return document


def comparable(document: dict[str, Any]) -> dict[str, Any]:
    """What must be equal between two runs of one commit (DESIGN 9.1)."""
    rest = {name: value for name, value in document.items() if name not in {"timings_ms", "cache"}}
    rest["budget"] = {"limit_ms": document["budget"]["limit_ms"]}
    rest["files"] = [
        {**file, "status": "analysed" if file["status"] == "cached" else file["status"]} for file in document["files"]
    ]
    return rest


def test_a_bad_first_commit_is_blocked(repo: Repo) -> None:
    stage(repo, {"a.py": branches(12)})
    done = run(repo)
    assert done.returncode == 1
    assert "a.py:1 f\n    cyclomatic 13, new (limit 10)\n" in done.stdout


def test_a_good_commit_passes_in_one_line(repo: Repo) -> None:
    stage(repo, {"a.py": branches(3)})
    done = run(repo)
    assert done.returncode == 0
    assert done.stdout.startswith(f"antipasta-hook {__version__}: passed - 1 file checked")
    assert done.stdout.count("\n") == 1


def test_quiet_says_nothing_of_a_pass_and_all_of_a_failure(repo: Repo) -> None:
    stage(repo, {"a.py": branches(3)})
    assert run(repo, "-q").stdout == ""
    stage(repo, {"b.py": branches(12)})
    assert "b.py:1 f" in run(repo, "-q").stdout


def test_only_what_is_staged_counts_whatever_the_work_tree_says(repo: Repo) -> None:
    stage(repo, {"a.py": branches(12)})
    expected = comparable(report(repo))
    for path, text in {"a.py": "x = 1\n", "b.py": branches(40), ".gitattributes": "*.py linguist-generated\n"}.items():
        repo.write(path, text)
    assert comparable(report(repo)) == expected
    (repo.path / "a.py").unlink()
    assert comparable(report(repo)) == expected


def test_an_improvement_of_an_old_offender_passes(repo: Repo) -> None:
    repo.commit_files({"a.py": branches(30)})
    stage(repo, {"a.py": branches(20)})
    done = run(repo)
    assert done.returncode == 0
    assert "1 function was over a limit before" in done.stdout


def test_the_json_report_fits_its_schema_and_says_what_was_compared(repo: Repo) -> None:
    base = repo.commit_files({"a.py": branches(3)})
    stage(repo, {"a.py": branches(12), "b.py": "def f(:\n", "c.py": branches(2)})
    document = report(repo)
    assert document["verdict"] == "fail"
    assert document["scope"] == {"kind": "index", "base": base, "target": None}
    assert [(f["path"], f["metric"], f["status"], f["blocking"]) for f in document["findings"]] == [
        ("a.py", "cyclomatic_complexity", "introduced", True),
        ("b.py", "syntax", "introduced", True),
    ]
    assert [(f["path"], f["status"]) for f in document["files"]] == [
        ("a.py", "analysed"),
        ("b.py", "unreadable"),
        ("c.py", "analysed"),
    ]
    assert document["files"][0]["before_metrics"]["cyclomatic_complexity"] == 4


def test_the_cache_changes_the_cost_and_nothing_else(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({f"m{n}.py": branches(9) * 60 + f"x = {n}\n" for n in range(6)})
    stage(repo, {f"m{n}.py": branches(9) * 60 + branches(n * 4 + 1, "g") for n in range(6)})
    cache = str(tmp_path / "cache")
    cold, warm = (report(repo, "--budget", "none", ANTIPASTA_CACHE_DIR=cache) for _ in range(2))
    without = report(repo, "--budget", "none", "--no-cache", ANTIPASTA_CACHE_DIR=cache)
    assert cold["cache"] == {"hits": 0, "misses": 12, "problems": []}
    assert warm["cache"] == {"hits": 12, "misses": 0, "problems": []}
    assert {file["status"] for file in warm["files"]} == {"cached"}
    assert comparable(cold) == comparable(warm) == comparable(without)


def test_a_cache_that_cannot_be_used_is_no_reason_to_stop(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    stage(repo, {"a.py": branches(12) + "x = 1\n" * 12_000})
    done = run(repo, ANTIPASTA_CACHE_DIR=str(tmp_path / "file"))
    assert done.returncode == 1
    assert "cache" in done.stderr


def test_both_readers_say_the_same(repo: Repo) -> None:
    repo.commit_files({"a.py": branches(12), "b.py": branches(3)})
    stage(repo, {"a.py": branches(20), "c.py": branches(12, "g")})
    assert comparable(report(repo, "--reader", "git")) == comparable(report(repo, "--reader", "pygit2"))


def test_files_limit_what_is_reported_and_never_what_is_matched(repo: Repo) -> None:
    repo.commit_files({"a.py": branches(12), "pkg/x.py": "x = 1\n"})
    stage(repo, {"a.py": "y = 1\n", "pkg/b.py": branches(12), "pkg/x.py": branches(15, "g")})
    document = report(repo, "pkg/b.py")
    assert [(f["path"], f["status"]) for f in document["findings"]] == [("pkg/b.py", "existing")]
    assert [f["path"] for f in document["files"]] == ["pkg/b.py"]
    inside = json.loads(run(repo, "--format", "json", "b.py", cwd=repo.path / "pkg").stdout)
    assert comparable(inside) == comparable(document)
    assert run(repo, "pkg").returncode == 1
    assert run(repo, "-C", "pkg", "x.py", cwd=repo.path).returncode == 1


def test_a_sub_directory_as_cwd_changes_nothing(repo: Repo) -> None:
    stage(repo, {"a.py": branches(12), "pkg/b.py": branches(11)})
    from_below = json.loads(run(repo, "--format", "json", cwd=repo.path / "pkg").stdout)
    assert comparable(from_below) == comparable(report(repo))
    elsewhere = json.loads(run(repo, "--format", "json", "-C", str(repo.path), cwd=Path("/")).stdout)
    assert comparable(elsewhere) == comparable(report(repo))


def test_gates_differ_in_what_blocks(repo: Repo) -> None:
    repo.commit_files({"a.py": branches(12)})
    stage(repo, {"a.py": branches(12) + "    return x\n"})
    assert [run(repo, "--gate", gate).returncode for gate in ("introduced", "touched", "all")] == [0, 1, 1]


def test_several_formats_at_once_each_to_its_place(repo: Repo, tmp_path: Path) -> None:
    stage(repo, {"a.py": branches(12)})
    done = run(repo, "--format", "concise", "--format", f"json:{tmp_path / 'report.json'}")
    assert done.stdout.startswith("a.py:1: error: f: cyclomatic 13 (limit 10), introduced")
    jsonschema.validate(json.loads((tmp_path / "report.json").read_text()), SCHEMA)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "xml"], "no format 'xml'"),
        (["--gate", "some"], "invalid choice"),
        (["-C", "/no/such/place"], "/no/such/place is not a directory"),
        (["--format", "json:/dev/null/x.json"], "cannot write /dev/null/x.json"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_with_exit_code_2(repo: Repo, arguments: list[str], words: str) -> None:
    done = run(repo, *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_outside_a_repository_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", "run"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "not in a git repository" in done.stderr
    assert "Traceback" not in done.stderr


def test_at_a_commit_a_fault_of_ours_warns_and_lets_go_by(repo: Repo) -> None:
    stage(repo, {"a.py": branches(12)})
    done = run(repo, GIT_INDEX_FILE=str(repo.path / ".git" / "no-such-index"))
    assert done.returncode == 0
    assert "does not exist" in done.stderr
    assert "was not judged" in done.stderr


def test_a_reader_that_goes_away_does_not_change_the_verdict(repo: Repo) -> None:
    stage(repo, {"a.py": branches(12)})
    command = f"{sys.executable} -P -m antipasta_hook run; echo $? >code"
    subprocess.run(["bash", "-c", f"( {command} ) | true"], cwd=repo.path, check=True, capture_output=True)
    assert (repo.path / "code").read_text() == "1\n"


def test_nothing_in_the_repository_is_ever_imported(repo: Repo) -> None:
    trap = "open('trapped', 'w').close()\n"
    stage(repo, {f"{name}.py": trap for name in ("json", "ast", "sitecustomize", "antipasta_hook", "complexipy")})
    stage(repo, {"a.py": branches(12)})
    assert run(repo).returncode == 1
    assert not (repo.path / "trapped").exists()


MODULES = """
import json, sys
from antipasta_hook.__main__ import main
sys.argv = ["antipasta-hook", "run", "-q"]
code = main()
print(json.dumps([code, sorted(name for name in sys.modules if "." not in name)]))
"""


def _imported(repo: Repo) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-P", "-c", MODULES], cwd=repo.path, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stdout)
    return code, set(modules)


def test_a_passing_commit_imports_nothing_that_it_does_not_need(repo: Repo) -> None:
    repo.commit_files({"a.py": branches(3)})
    stage(repo, {"a.py": branches(4)})
    code, modules = _imported(repo)
    assert code == 0
    assert "complexipy" in modules
    assert modules.isdisjoint({"rich", "pydantic_core", "yaml", "radon", "pathspec", "platformdirs", "subprocess"})


def test_a_commit_without_python_does_not_import_the_analysers(repo: Repo) -> None:
    repo.commit_files({"a.py": branches(3)})
    stage(repo, {"notes.txt": "text\n"})
    repo.git("rm", "--quiet", "--cached", "a.py")
    code, modules = _imported(repo)
    assert code == 0
    assert modules.isdisjoint({"rich", "pydantic_core", "yaml", "radon", "complexipy", "diskcache", "pathspec"})


def test_a_commit_that_is_all_cached_does_not_import_complexipy(repo: Repo) -> None:
    stage(repo, {"a.py": branches(9) + "x = 1\n" * 12_000})
    assert "complexipy" in _imported(repo)[1]
    code, modules = _imported(repo)
    assert code == 0
    assert "diskcache" in modules
    assert modules.isdisjoint({"complexipy", "radon"})


STREAMS = [">&-", "2>&-", "<&-", ">&- 2>&- <&-", ">/dev/full", "2>/dev/full", ">/dev/full 2>&-", ">&- 2>/dev/full"]


@pytest.mark.parametrize("closed", STREAMS)
@pytest.mark.parametrize(("index", "code"), [("index", "1"), ("no-such-index", "0")])
def test_a_stream_that_is_closed_or_full_changes_nothing(
    repo: Repo, tmp_path: Path, closed: str, index: str, code: str
) -> None:
    """In a commit, with a cache that cannot be used: both have something to say on the streams."""
    (tmp_path / "file").touch()
    stage(repo, {"a.py": branches(12) + "x = 1\n" * 12_000})
    command = f"{sys.executable} -P -m antipasta_hook run {closed}; echo $? >code"
    environ = {"GIT_INDEX_FILE": str(repo.path / ".git" / index), "ANTIPASTA_CACHE_DIR": str(tmp_path / "file")}
    subprocess.run(
        ["bash", "-c", command], cwd=repo.path, check=True, capture_output=True, env={**os.environ, **environ}
    )
    assert (repo.path / "code").read_text() == f"{code}\n"


def test_a_full_disk_under_a_report_costs_no_commit(repo: Repo) -> None:
    stage(repo, {"a.py": branches(3)})
    done = run(repo, "--format", "json:/dev/full", "--format", "concise")
    assert done.returncode == 0
    assert "cannot write /dev/full" in done.stderr


def test_what_is_printed_all_arrives_in_a_file_and_in_a_pipe(repo: Repo) -> None:
    stage(repo, {f"m{n}.py": branches(11) for n in range(200)})
    piped = json.loads(run(repo, "--format", "json", "--detail", "full").stdout)
    with open(repo.path / "out", "w+b") as file:
        subprocess.run(
            [sys.executable, "-P", "-m", "antipasta_hook", "run", "--format", "json", "--detail", "full"],
            cwd=repo.path,
            stdout=file,
            check=False,
        )
        file.seek(0)
        assert comparable(json.load(file)) == comparable(piped)
