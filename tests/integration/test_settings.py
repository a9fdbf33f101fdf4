"""Settings at work: which count for what, what a mistake in them does, and what a change in them is told."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from antipasta_hook import cli
from antipasta_hook.changes.libgit2 import Libgit2Reader
from tests.integration.repositories import Repo

COMMIT = {"GIT_INDEX_FILE": ".git/index"}
UNKNOWN = "limtis: {cyclomatic: 50}\n"
BROKEN = "limits: {cyclomatic: ten}\n"


def branches(number: int, name: str = "f") -> str:
    return f"def {name}(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(number))


def run(repo: Repo, *arguments: str, cwd: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", *(arguments or ("run",))],
        cwd=repo.path / cwd,
        env={**os.environ, **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def stage(repo: Repo, **files: str) -> None:
    """Stage files; ``__`` in a name is a slash, ``yaml`` is the root's settings file."""
    for name, text in files.items():
        path = ".antipasta.yaml" if name == "yaml" else name.replace("__", "/")
        repo.write(path if path.endswith("yaml") else f"{path}.py", text)
    repo.stage()


def findings(repo: Repo, *arguments: str, **environ: str) -> dict[str, Any]:
    """Path -> its finding on cyclomatic complexity."""
    document = json.loads(run(repo, "run", "--format", "json", *arguments, **environ).stdout)
    return {each["path"]: each for each in document["findings"] if each["metric"] == "cyclomatic_complexity"}


def problems(repo: Repo, *arguments: str, **environ: str) -> list[str]:
    document = json.loads(run(repo, *(arguments or ("run",)), "--format", "json", **environ).stdout)
    return [each["message"] for each in document["problems"]]


def test_the_staged_settings_count_and_those_on_disk_do_not(repo: Repo) -> None:
    stage(repo, a=branches(12), yaml="limits: {cyclomatic: 20}\n")
    repo.write(".antipasta.yaml", "limits: {cyclomatic: 1}\n")
    assert findings(repo) == {}
    repo.stage()
    assert findings(repo)["a.py"]["limit"] == 1


def test_the_nearest_file_wins_key_by_key_and_says_where_the_limit_is_set(repo: Repo) -> None:
    repo.write("pkg/.antipasta.yaml", "limits: {cyclomatic: 11}\n")
    repo.write("pkg/deep/.antipasta.yaml", "limits: {cognitive: 99}\n")
    repo.write("pyproject.toml", "[tool.antipasta-hook]\nlimits = { cyclomatic = 30 }\ngate = 'all'\n")
    stage(repo, a=branches(12), pkg__b=branches(12), pkg__deep__c=branches(12), yaml="limits: {cyclomatic: 12}\n")
    found = findings(repo)
    assert {path: (each["limit"], each["limit_origin"]) for path, each in found.items()} == {
        "a.py": (12, ".antipasta.yaml:1"),
        "pkg/b.py": (11, "pkg/.antipasta.yaml:1"),
        "pkg/deep/c.py": (11, "pkg/.antipasta.yaml:1"),
    }
    assert "limit 12, from .antipasta.yaml:1" in run(repo).stdout


def test_overrides_hold_for_their_paths(repo: Repo) -> None:
    overrides = "overrides:\n  - paths: [tests/, '!tests/strict/']\n    limits: {cyclomatic: off}\n"
    stage(repo, tests__a=branches(12), src__b=branches(12), yaml=overrides)
    assert list(findings(repo)) == ["src/b.py"]


def test_excluded_files_are_named_and_included_ones_come_back(repo: Repo) -> None:
    repo.commit_files({"old/a.py": branches(3), "vendor/b.py": branches(3), "c.py": branches(3)})
    settings = "exclude: [old/]\ninclude: [vendor/]\n"
    stage(repo, old__a=branches(12), vendor__b=branches(12), c=branches(12), yaml=settings)
    assert sorted(findings(repo)) == ["c.py", "vendor/b.py"]
    assert "this change takes the file out of sight: excluded by the settings" in problems(repo)


@pytest.mark.parametrize("environ", [{}, COMMIT], ids=["by hand", "commit"])
def test_a_broken_file_stops_with_its_line_and_key(repo: Repo, environ: dict[str, str]) -> None:
    stage(repo, a=branches(3), yaml="gate: all\n" + BROKEN)
    done = run(repo, **environ)
    assert done.returncode == 2
    assert ".antipasta.yaml:2: limits.cyclomatic: " in done.stderr
    assert done.stdout == ""


def test_a_broken_file_stops_later_commits_too_until_it_is_mended(repo: Repo) -> None:
    repo.commit_files({".antipasta.yaml": BROKEN, "a.py": "x = 1\n"})
    stage(repo, a="x = 2\n")
    assert run(repo, **COMMIT).returncode == 2
    stage(repo, yaml="limits: {cyclomatic: 10}\n")
    assert run(repo, **COMMIT).returncode == 0


def test_an_unknown_key_stops_the_commit_that_writes_it_and_ci_but_nobody_else(repo: Repo) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    stage(repo, yaml=UNKNOWN, a="x = 2\n")
    done = run(repo, **COMMIT)
    assert done.returncode == 2
    assert ".antipasta.yaml:1: limtis: " in done.stderr
    assert "limits" in done.stderr.replace("limtis", "")
    repo.commit("by force", "--no-verify")
    stage(repo, a="x = 3\n")
    done = run(repo, **COMMIT)
    assert done.returncode == 0
    assert "limtis" in done.stdout
    repo.commit()
    assert run(repo, CI="1").returncode == 2


def test_what_a_commit_loosens_it_is_told(repo: Repo) -> None:
    repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: 10}\ngate: all\n", "a.py": branches(3)})
    stage(repo, a=branches(12), yaml="limits: {cyclomatic: 15}\n")
    done = run(repo, **COMMIT)
    assert done.returncode == 0
    assert "limit of cyclomatic 10 -> 15" in done.stdout
    assert "gate all -> introduced" in done.stdout
    assert "a pull request will be judged by the settings of its base" in done.stdout.replace("\n", " ")


def test_first_settings_are_held_against_the_defaults(repo: Repo) -> None:
    repo.commit_files({"a.py": branches(3)})
    stage(repo, a=branches(12), yaml="limits: {cyclomatic: 15}\n")
    assert problems(repo) == ["looser than the defaults: limit of cyclomatic 10 -> 15 (.antipasta.yaml:1)"]
    stage(repo, yaml="limits: {cyclomatic: 8}\n")
    assert problems(repo) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pkg/.antipasta.yaml", "limits: {cyclomatic: 50}\n"),
        (".antipasta.yaml", "overrides:\n  - paths: [tests/**]\n    limits: {cyclomatic: 50}\n"),
        (".antipasta.yaml", "overrides:\n  - paths: ['*_test.py']\n    limits: {cyclomatic: 50}\n"),
        (".antipasta.yaml", "exclude: [src/]\n"),
    ],
)
def test_what_is_loosened_for_files_that_come_later_is_told_at_once(repo: Repo, path: str, text: str) -> None:
    repo.commit_files({"a.py": branches(3), ".antipasta.yaml": "gate: introduced\n"})
    repo.write(path, text)
    repo.stage()
    (said,) = problems(repo)
    assert said.startswith("looser than before: ")


def test_on_ci_a_branch_is_judged_by_the_settings_of_its_base(repo: Repo) -> None:
    base = repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: 10}\n", "a.py": branches(3)})
    repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: 15}\n", "a.py": branches(12)})
    assert run(repo, "run", "--from-ref", base).returncode == 0
    assert run(repo, "run", "--from-ref", base, CI="1").returncode == 1
    assert run(repo, "ci", "--base", base).returncode == 1
    assert any("limit of cyclomatic 10 -> 15" in each for each in problems(repo, "ci", "--base", base))


def test_on_ci_a_base_without_settings_leaves_it_to_the_branch(repo: Repo) -> None:
    base = repo.commit_files({"a.py": branches(3)})
    repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: 15}\n", "a.py": branches(12)})
    assert run(repo, "ci", "--base", base).returncode == 0


def test_on_ci_settings_anywhere_in_the_base_hold_a_branch_to_the_base(repo: Repo) -> None:
    base = repo.commit_files({"pkg/.antipasta.yaml": "gate: introduced\n", "other/a.py": branches(3)})
    repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: off, cognitive: off}\n", "other/a.py": branches(30)})
    assert run(repo, "run", "--from-ref", base, CI="1").returncode == 1
    assert run(repo, "ci", "--base", base).returncode == 1


def test_what_was_agreed_on_counts_where_no_base_is_named(repo: Repo) -> None:
    """A push to the branch that all others are held against."""
    repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: 10}\n", "a.py": branches(3)})
    repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: 20}\n", "a.py": branches(14)})
    assert run(repo, CI="1").returncode == 0


@pytest.mark.parametrize("cache", ["--no-cache", "-v"], ids=["no cache", "cache"])
def test_on_ci_a_base_whose_settings_are_not_in_this_clone_is_not_guessed(
    repo: Repo, tmp_path: Path, cache: str
) -> None:
    base = repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: 10}\n", "a.py": branches(3)})
    repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: off, cognitive: off}\n", "a.py": branches(31)})
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "partial"))
    partial = Repo(tmp_path / "partial")
    done = run(partial, "run", "--from-ref", base, cache, CI="1")
    assert done.returncode == 3, done.stdout + done.stderr
    done = run(partial, "run", "--from-ref", base, cache)
    assert "the settings of the old side cannot be used" in done.stdout.replace("\n", " ")


def test_a_mistake_in_the_settings_does_not_block_where_nothing_is_to(repo: Repo) -> None:
    stage(repo, a=branches(3), yaml=BROKEN)
    done = run(repo, **COMMIT, ANTIPASTA="warn")
    assert done.returncode == 0
    assert ".antipasta.yaml:1: limits.cyclomatic" in done.stderr
    assert run(repo, "run", "--nonsense", **COMMIT, ANTIPASTA="warn").returncode == 2


def test_a_strict_fault_does_not_pass_because_a_commit_is_being_made(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": branches(3)})
    repo.commit_files({"a.py": branches(4)})
    repo.git("clone", "-q", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    shallow = Repo(tmp_path / "shallow")
    assert run(shallow, "ci", **COMMIT, CI="1").returncode == 3
    assert run(shallow, "explain", "--staged", "nowhere.py", **COMMIT).returncode == 2


def test_a_reader_that_is_asked_for_reads_everything(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit_files({"a.py": branches(3)})
    stage(repo, a=branches(4))
    monkeypatch.setattr(Libgit2Reader, "staged", _broken)
    monkeypatch.chdir(repo.path)
    assert cli.main(["run", "--reader", "git"], started=time.perf_counter()) == 0
    assert cli.main(["run", "--reader", "pygit2"], started=time.perf_counter()) == 3


def test_the_cache_is_no_way_to_write_elsewhere(repo: Repo) -> None:
    for place in ("~/../elsewhere", "//host/share", "/tmp/../etc"):
        stage(repo, a=branches(3), yaml=f"cache: {{directory: {place}}}\n")
        assert run(repo, **COMMIT).returncode == 2


def test_a_file_named_on_the_command_line_stands_for_all(repo: Repo) -> None:
    stage(repo, a=branches(12), yaml=BROKEN)
    repo.write("other.yaml", "limits: {cyclomatic: 20}\n")
    assert run(repo, "run", "--config", "other.yaml").returncode == 0
    repo.write("other.yaml", "limits: {cyclomatic: 3}\n")
    assert findings(repo, "--config", "other.yaml")["a.py"]["limit"] == 3
    assert run(repo, "run", "--config", "nowhere.yaml").returncode == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_settings_are_not_waited_for(repo: Repo) -> None:
    stage(repo, a=branches(3))
    os.mkfifo(repo.path / "pipe.yaml")
    done = run(repo, "run", "--config", "pipe.yaml")
    assert done.returncode == 2
    assert "cannot read pipe.yaml: it is no regular file" in done.stderr
    assert run(repo, "run", "--config", "/dev/zero").returncode == 2
    assert run(repo, "run", "--config", os.devnull).returncode == 0


def test_the_command_line_beats_every_file(repo: Repo) -> None:
    repo.commit_files({"a.py": branches(12), ".antipasta.yaml": "gate: all\n"})
    stage(repo, a=branches(12) + "    return x\n")
    assert run(repo).returncode == 1
    assert run(repo, "run", "--gate", "introduced").returncode == 0


def test_on_unreadable_warn_lets_a_syntax_error_through_and_says_so(repo: Repo) -> None:
    repo.commit_files({".antipasta.yaml": "on_unreadable: warn\n"})
    stage(repo, a="def f(:\n")
    done = run(repo, **COMMIT)
    assert done.returncode == 0
    assert "a.py" in done.stdout


def _broken(*_: object, **__: object) -> None:
    raise LookupError("a bug")


@pytest.mark.parametrize(("on_error", "code"), [("warn", 0), ("fail", 3)])
def test_on_error_decides_what_a_fault_of_the_tool_costs(
    repo: Repo, on_error: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit_files({".antipasta.yaml": f"on_error: {on_error}\n", "a.py": branches(3)})
    stage(repo, a=branches(4))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / ".git" / "index"))
    monkeypatch.setattr("antipasta_hook.optimizer.analyse", _broken)
    assert cli.main(["run", "-C", str(repo.path)], started=time.perf_counter()) == code
    said = capsys.readouterr().err
    assert ("the commit was not judged and goes on" in said) == (code == 0)
    capsys.readouterr()
    assert cli.main(["last", "-C", str(repo.path)], started=time.perf_counter()) == 0
    assert ("internal error: LookupError: a bug" in capsys.readouterr().out) == (code == 0)


def test_the_reader_of_the_settings_reads(repo: Repo) -> None:
    repo.commit_files({".antipasta.yaml": "reader: git\n", "a.py": branches(3)})
    stage(repo, a=branches(4))
    assert "read by git" in run(repo, "run", "-v").stderr


def test_settings_seen_before_cost_no_heavy_import(repo: Repo) -> None:
    repo.commit_files({".antipasta.yaml": "limits: {cyclomatic: 12}\n", "a.py": branches(3)})
    stage(repo, a=branches(4))
    probe = (
        "import sys; from antipasta_hook.cli import main; main(['run'], started=0.0);"
        "print('loaded:', *sorted({'pydantic_core', 'yaml', 'packaging', 'rich', 'radon', 'tomllib'} & {*sys.modules}))"
    )
    seen = [
        subprocess.run(
            [sys.executable, "-P", "-c", probe], cwd=repo.path, capture_output=True, text=True, check=True
        ).stdout.partition("loaded:")[2]
        for _ in range(2)
    ]
    assert seen[0].strip() == "pydantic_core yaml"
    assert seen[1].strip() == ""


def test_a_link_in_place_of_settings_is_not_followed(repo: Repo) -> None:
    repo.write("elsewhere.yaml", "limits: {cyclomatic: 50}\n")
    (repo.path / ".antipasta.yaml").symlink_to("elsewhere.yaml")
    stage(repo, a=branches(12))
    assert run(repo).returncode == 1
    assert ".antipasta.yaml is no regular file" in run(repo).stdout


def test_settings_that_are_too_large_stop(repo: Repo) -> None:
    stage(repo, a=branches(3), yaml="# " + "x" * 300_000 + "\ngate: all\n")
    assert run(repo, **COMMIT).returncode == 2


def test_the_settings_of_a_merge_s_other_side_are_not_this_commit_s_doing(repo: Repo) -> None:
    repo.commit_files({".antipasta.yaml": "gate: all\n", "a.py": branches(3), "b.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "other")
    repo.commit_files({".antipasta.yaml": UNKNOWN, "b.py": "x = 2\n"})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"b.py": "x = 3\n"})
    repo.git("merge", "-q", "other", check=False)
    stage(repo, b="x = 4\n")
    done = run(repo, **COMMIT)
    assert done.returncode == 0, done.stderr
    assert "limtis" in done.stdout


@pytest.mark.parametrize("number", ["9" * 400, "0x" + "f" * 400, "inf", "nan"])
def test_no_number_opens_the_gate(repo: Repo, number: str) -> None:
    repo.write("pyproject.toml", f"[tool.antipasta-hook.limits]\ncyclomatic = {number}\n")
    stage(repo, a=branches(12))
    done = run(repo, **COMMIT)
    assert done.returncode == 2
    assert "pyproject.toml:2: limits.cyclomatic" in done.stderr
