"""The history judged commit by commit: real repositories, made with the real git."""

import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from antipasta_hook import cli
from antipasta_hook.analyse import bench
from antipasta_hook.metrics import measure
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, Ask, Asked
from antipasta_hook.optimizer import PreCommitOptimizer
from antipasta_hook.replay import cases as replay_cases
from antipasta_hook.replay import measuring
from tests.integration.repositories import Repo, function

NOBODY = "\udcff\udcfe"


def branching(name: str, branches: int, *, doc: str = "") -> str:
    """A function of this cyclomatic complexity less one; ``doc`` makes its file another blob."""
    lines = "".join(f"    if a == {number}:\n        return b + {number}\n" for number in range(branches))
    return f'def {name}(a, b):\n    """{doc}"""\n{lines}    return a\n'


def backtest(repo: Repo, *arguments: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, Any]:
    """The document of one backtest."""
    capsys.readouterr()
    assert cli.main(["backtest", "-C", str(repo.path), "--format", "json", *arguments], started=0) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def history(repo: Repo) -> Repo:
    """Five commits: a root, a good one, one of documents alone, one that makes f too complex, one that mends it."""
    repo.commit_files({"a.py": branching("f", 3)}, "Begin")
    repo.commit_files({"a.py": branching("f", 8)}, "Go on")
    repo.commit_files({"README": "about f"}, "Explain")
    repo.commit_files({"a.py": branching("f", 12)}, "Make it worse")
    repo.commit_files({"a.py": branching("f", 4)}, "Mend it")
    return repo


def test_it_says_which_commit_would_have_been_stopped_and_why(
    history: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    found = backtest(history, capsys=capsys)
    assert found["head"] == history.oid("HEAD")
    assert found["complete"]
    assert found["settings"] == "the default settings"
    assert found["commits"] == {"judged": 4, "stopped": 1, "incomplete": 0}
    (stopped,) = found["stopped"]
    assert (stopped["commit"], stopped["subject"]) == (history.oid("HEAD~1"), "Make it worse")
    assert stopped["time"] == "2024-01-01T12:00:00Z"
    (finding,) = stopped["findings"]
    assert (finding["path"], finding["symbol"], finding["metric"]) == ("a.py", "f", CYCLOMATIC)
    assert (finding["before"], finding["value"], finding["status"]) == (9, 13, "introduced")
    assert found["functions"] == [{"path": "a.py", "symbol": "f", "commits": 1, "values": {CYCLOMATIC: 13}}]
    assert found["limits"]["stopped"][1] == [1, 1, 1, 1]
    assert found["limits"]["stopped"][3] == [1, 0, 0, 0]


def test_nothing_is_checked_out_and_nothing_is_changed(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    history.write("a.py", "not what is staged")
    (history.path / "README").unlink()
    before = {path: path.read_bytes() for path in history.path.rglob("*") if path.is_file()}
    backtest(history, capsys=capsys)
    assert {path: path.read_bytes() for path in history.path.rglob("*") if path.is_file()} == before


def test_a_commit_is_judged_as_the_hook_judges_it(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [
        {"a.py": branching("f", 3) + branching("g", 9), "b.py": branching("h", 14)},
        {"a.py": branching("f", 11) + branching("g", 9)},
        {"a.py": branching("f", 11, doc="more"), "c.py": branching("g", 9) + branching("k", 11)},
        {"b.py": branching("h", 16), "c.py": "def broken(:\n"},
        {"b.py": branching("h", 24), "c.py": branching("f", 11)},
        {"vendor/d.py": branching("x", 30), "e.py": "# @generated\n" + branching("y", 30)},
        {f"many/{number}.py": branching(f"f{number}", 11 if number == 7 else 2) for number in range(60)},
        {f"many/{number}.py": branching(f"f{number}", 13 if number == 9 else 3) for number in range(60)},
        {"moved.py": branching("f9", 13), "many/9.py": "x = 1\n"},
    ]
    commits = [repo.commit_files(files) for files in texts]
    stopped = {each["commit"]: each["findings"] for each in backtest(repo, capsys=capsys)["stopped"]}
    assert len(stopped) >= 5
    for before, commit in pairwise(commits):
        asked = Asked(Ask.RANGE, from_ref=before, to_ref=commit)
        verdict = PreCommitOptimizer(str(repo.path), asked=asked).run().verdict
        expected = [(f.path, f.line, f.metric, f.status) for f in verdict.findings if f.blocking]
        found = [(f["path"], f["line"], f["metric"], f["status"]) for f in stopped.get(commit, [])]
        assert found == expected


def test_a_merge_is_not_blamed_for_the_other_side_and_is_counted_apart(
    history: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    history.git("checkout", "-q", "-b", "side", "HEAD~1")
    history.commit_files({"b.py": branching("g", 20)}, "On the side")
    history.git("checkout", "-q", "main")
    history.git("merge", "-q", "--no-ff", "--no-edit", "side")
    found = backtest(history, capsys=capsys)
    assert found["merges"] == {"judged": 1, "stopped": 0, "incomplete": 0}
    assert found["commits"] == {"judged": 5, "stopped": 2, "incomplete": 0}


def test_what_a_merge_adds_of_its_own_stops_it_and_is_in_no_table(
    history: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    history.git("checkout", "-q", "-b", "side", "HEAD~3")
    history.commit_files({"b.py": branching("g", 2)})
    history.git("checkout", "-q", "main")
    history.git("merge", "-q", "--no-ff", "--no-commit", "side")
    history.commit_files({"c.py": branching("evil", 20)}, "Merge, and more")
    found = backtest(history, capsys=capsys)
    assert found["merges"] == {"judged": 1, "stopped": 1, "incomplete": 0}
    assert [(each["subject"], each["merge"]) for each in found["stopped"]] == [
        ("Merge, and more", True),
        ("Make it worse", False),
    ]
    assert [each["symbol"] for each in found["functions"]] == ["f"]


def test_the_last_commits_are_counted_without_merges_and_without_those_that_touch_no_python(
    history: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    history.git("checkout", "-q", "-b", "side", "HEAD~1")
    history.commit_files({"b.py": function("g")})
    history.git("checkout", "-q", "main")
    history.git("merge", "-q", "--no-ff", "--no-edit", "side")
    found = backtest(history, "--last", "3", capsys=capsys)
    assert (found["commits"]["judged"], found["merges"]["judged"]) == (3, 1)
    assert found["question"] == {"last": 3, "since": None, "moment": None, "own": False}
    assert backtest(history, "--last", "2", capsys=capsys)["commits"]["judged"] == 2


def test_a_script_without_a_suffix_is_python_too(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write("tool", "#!/usr/bin/env python3\n" + branching("f", 12), executable=True)
    repo.stage()
    repo.commit()
    assert backtest(repo, capsys=capsys)["commits"] == {"judged": 1, "stopped": 1, "incomplete": 0}


def test_since_takes_a_date_as_git_does(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for year in (2020, 2022, 2024):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{year}-06-01T12:00:00Z")
        repo.commit_files({"a.py": branching("f", year - 2015)})
    assert backtest(repo, "--since", "2021-01-01", capsys=capsys)["commits"]["judged"] == 2
    assert cli.main(["backtest", "-C", str(repo.path), "--since", "2025-01-01"], started=0) == 2
    assert "there are none of the commits since 2025-01-01 (2025-01-01)" in capsys.readouterr().err


@pytest.mark.parametrize("date", ["nonsense", "", "yesteryear"])
def test_a_date_that_git_does_not_understand_is_not_now(
    history: Repo, date: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["backtest", "-C", str(history.path), "--since", date], started=0) == 2
    assert f"{date!r} is no date that git understands" in capsys.readouterr().err


def test_what_git_makes_of_a_date_is_said(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["backtest", "-C", str(history.path), "--since", "31.12.1999"], started=0) == 0
    assert "the commits since 31.12.1999 (1999-12-31)" in capsys.readouterr().out


def test_the_gate_is_said_and_settings_of_their_own_have_no_place_in_the_table(
    history: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    found = backtest(history, "--gate", "all", "--settings", "own", capsys=capsys)
    assert found["settings"] == "the settings of each commit, gate all"
    assert found["limits"]["in_force"] == [None, None]


def test_a_report_that_cannot_be_written_is_a_failure(history: Repo) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-P", "-m", "antipasta_hook", "backtest", "-q"]
        done = subprocess.run(command, cwd=history.path, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 3
    assert b"cannot write the report" in done.stderr


@pytest.mark.parametrize("arguments", [["--last", "0"], ["--last", "x"], ["--last", "3", "--since", "now"],
                                       ["--config", "f", "--settings", "own"]])  # fmt: skip
def test_a_call_that_makes_no_sense_is_usage(
    history: Repo, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["backtest", "-C", str(history.path), *arguments], started=0) == 2
    assert "usage:" in capsys.readouterr().err


def test_without_a_commit_there_is_nothing_to_replay(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["backtest", "-C", str(repo.path)], started=0) == 2
    assert "there is no commit here yet" in capsys.readouterr().err


def test_the_first_commit_of_an_author_is_told_by_the_whole_history(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def commit(email: str, files: dict[str, str]) -> None:
        monkeypatch.setenv("GIT_AUTHOR_EMAIL", email)
        repo.commit_files(files)

    commit("old@example.org", {"README": "docs"})
    commit("OLD@Example.org", {"a.py": branching("f", 12)})
    commit("new@example.org", {"a.py": branching("f", 20)})
    commit("New@example.org", {"a.py": branching("f", 30)})
    commit("", {"b.py": function("g")})
    found = backtest(repo, capsys=capsys)
    assert found["commits"]["stopped"] == 3
    assert found["firsts"] == {"judged": 2, "stopped": 1, "incomplete": 0}
    assert [each["first"] for each in found["stopped"]] == [False, True, False]


SETTINGS = "limits: {cyclomatic: 20}\n"


def test_today_s_settings_judge_all_commits(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    history.write(".antipasta.yaml", SETTINGS)
    history.stage()
    found = backtest(history, capsys=capsys)
    assert found["commits"]["stopped"] == 0
    assert found["settings"] == "today's settings"
    assert found["limits"]["in_force"] == [20, 15]
    assert found["limits"]["stopped"][1][1] == 1


def test_each_commit_can_be_judged_by_its_own_settings(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    history.commit_files({".antipasta.yaml": SETTINGS}, "Loosen")
    history.commit_files({"a.py": branching("f", 15)}, "Use it")
    history.commit_files({".antipasta.yaml": "limits: [", "a.py": branching("f", 30)}, "Break the settings")
    history.commit_files({".antipasta.yaml": SETTINGS, "a.py": function("f")}, "Mend them")
    found = backtest(history, "--settings", "own", capsys=capsys)
    assert found["settings"] == "the settings of each commit"
    assert [each["subject"] for each in found["stopped"]] == ["Make it worse"]
    assert found["left_out"] == [{"reason": "its settings cannot be used", "commits": 1}]
    assert found["commits"]["judged"] == 6


def test_a_named_file_stands_for_all_settings(
    history: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history.commit_files({".antipasta.yaml": SETTINGS})
    file = tmp_path / "strict.yaml"
    file.write_text("limits: {cyclomatic: 3}\n")
    found = backtest(history, "--config", str(file), capsys=capsys)
    assert found["settings"] == f"the settings in {file}"
    assert found["commits"]["stopped"] == 3
    file.write_text("limits: {cyclomatic: no number}\n")
    assert cli.main(["backtest", "-C", str(history.path), "--config", str(file)], started=0) == 2


def test_another_gate_stops_for_other_things(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    history.commit_files({"a.py": branching("f", 14)})
    history.commit_files({"a.py": branching("f", 14) + function("g")})
    assert backtest(history, capsys=capsys)["commits"]["stopped"] == 2
    assert backtest(history, "--gate", "all", capsys=capsys)["commits"]["stopped"] == 3


def test_what_is_said_of_the_settings_is_told(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    history.commit_files({".antipasta.yaml": "limitz: 3\n"})
    (problem,) = backtest(history, capsys=capsys)["problems"]
    assert problem.startswith(".antipasta.yaml:1")


def test_in_a_shallow_clone_the_oldest_commit_is_left_out(
    history: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history.git("clone", "-q", "--depth", "2", history.path.as_uri(), str(tmp_path / "shallow"))
    found = backtest(Repo(tmp_path / "shallow"), capsys=capsys)
    assert found["left_out"] == [{"reason": "its parent is not in this clone", "commits": 1}]
    assert found["commits"]["judged"] == 1
    assert found["firsts"] is None


def test_a_version_that_is_not_here_is_named_and_stops_nothing(
    history: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = history.oid("HEAD~3:a.py")
    (history.path / ".git/objects" / lost[:2] / lost[2:]).unlink()
    found = backtest(history, capsys=capsys)
    assert found["blobs"]["lost"] == {"this version is not in this clone": 1}
    assert found["commits"] == {"judged": 4, "stopped": 0, "incomplete": 2}


def test_a_damaged_version_is_named(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    lost = history.oid("HEAD~3:a.py")
    file = history.path / ".git/objects" / lost[:2] / lost[2:]
    file.chmod(0o644)
    file.write_bytes(b"no object")
    lost_reasons = backtest(history, capsys=capsys)["blobs"]["lost"]
    assert list(lost_reasons.values()) == [1]


@pytest.mark.parametrize("reader", ["pygit2", "git"])
@pytest.mark.parametrize("what", ["HEAD~2", "HEAD~2^{tree}"])
def test_a_damaged_commit_costs_that_commit_and_its_child(
    repo: Repo, what: str, reader: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """git walks no further than to a commit that it cannot read; what else is known of the history is judged."""
    repo.commit_files({"a.py": branching("f", 1)}, "Begin")
    repo.git("checkout", "-q", "-b", "side")
    side = [repo.commit_files({"b.py": branching("g", 11 + n)}, f"Aside {n}") for n in range(3)]
    repo.git("checkout", "-q", "main")
    for number in range(3):
        repo.commit_files({"a.py": branching("f", 2 + number)}, f"Go on {number}")
    repo.git("merge", "-q", "--no-edit", "side")
    repo.commit_files({"a.py": branching("f", 9)}, "Last")
    lost = repo.oid("HEAD~2" if what == "HEAD~2" else "HEAD~2^{tree}")
    file = repo.path / ".git/objects" / lost[:2] / lost[2:]
    file.chmod(0o644)
    file.write_bytes(b"no object")
    found = backtest(repo, "--reader", reader, "--no-cache", capsys=capsys)
    assert found["left_out"] == [{"reason": "it cannot be read", "commits": 2}]
    assert side[0] in {stop["commit"] for stop in found["stopped"]}


def test_what_came_out_of_a_file_that_nobody_could_read_is_stopped_by_no_limit(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit_files({"a.py": branching("f", 8) + "def broken(:\n"})
    repo.remove("a.py")
    repo.commit_files({"b.py": branching("f", 8)})
    limits = backtest(repo, "--last", "1", capsys=capsys)["limits"]
    assert (limits["cyclomatic"][0], limits["stopped"][0]) == (8, [0, 0, 0, 0])


def test_a_long_history_is_asked_for_bit_by_bit(
    history: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = comparable(backtest(history, capsys=capsys))
    monkeypatch.setattr(replay_cases, "_FIRST_ASKED", 1)
    assert comparable(backtest(history, capsys=capsys)) == expected


def test_a_bare_repository_has_a_history_too(history: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history.git("clone", "-q", "--bare", str(history.path), str(tmp_path / "bare"))
    assert backtest(Repo(tmp_path / "bare"), capsys=capsys)["commits"]["stopped"] == 1


def comparable(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in {"seconds", "blobs"}}


def test_each_version_is_measured_once_and_known_the_next_time(
    history: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured: list[bytes] = []

    def counting(source: bytes) -> object:
        measured.append(source)
        return measure(source)

    for module in (measuring, bench):
        monkeypatch.setattr(module, "measure", counting)
    first = backtest(history, capsys=capsys)
    assert len(measured) == len(set(measured)) == 4
    assert first["blobs"] == {"measured": 4, "known": 0, "lost": {}}
    second = backtest(history, capsys=capsys)
    assert len(measured) == 4
    assert second["blobs"] == {"measured": 0, "known": 4, "lost": {}}
    assert comparable(second) == comparable(first)


def test_without_the_cache_nothing_is_used_and_nothing_is_left(
    history: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    first = backtest(history, "--no-cache", capsys=capsys)
    assert first["blobs"]["measured"] == 4
    assert not Path(os.environ["ANTIPASTA_CACHE_DIR"]).exists()
    assert comparable(first) == comparable(backtest(history, capsys=capsys))


@pytest.mark.parametrize("reader", ["pygit2", "git"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_neither_the_reader_nor_the_processes_change_the_answer(
    history: Repo, reader: str, jobs: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(25):
        history.commit_files({"a.py": branching("f", number), "b.py": branching("g", 25 - number)})
    expected = backtest(history, "--no-cache", "--jobs", "1", capsys=capsys)
    monkeypatch.setattr("antipasta_hook.plan.POOL_PAYS_FROM_MS", 0)
    found = backtest(history, "--no-cache", "--reader", reader, "--jobs", jobs, capsys=capsys)
    assert comparable(found) == comparable(expected)
    assert found["blobs"] == expected["blobs"]


def test_names_that_no_encoding_knows_are_told_and_forge_nothing(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"{NOBODY}\x1b[31m.py"
    repo.commit_files({path: branching("f", 12)}, "seen")
    repo.git("commit", "-q", "--amend", "-F", "-", given=b"\xff\x1b[2J forged\n")
    assert cli.main(["backtest", "-C", str(repo.path)], started=0) == 0
    out = capsys.readouterr().out
    assert "\\xff\\xfe\\x1b[31m.py:1 f  cyclomatic 13" in out
    assert "\\x1b[2J forged" in out
    assert "\x1b" not in out
    found = backtest(repo, capsys=capsys)
    assert found["stopped"][0]["subject"].endswith("\x1b[2J forged")


def test_a_configured_git_log_changes_nothing(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    expected = comparable(backtest(history, capsys=capsys))
    for name, value in {"log.showSignature": "true", "log.date": "relative", "color.ui": "always", "log.follow": "true",
                        "i18n.logOutputEncoding": "latin-1", "format.pretty": "oneline"}.items():  # fmt: skip
        history.git("config", name, value)
    assert comparable(backtest(history, capsys=capsys)) == expected


def test_a_cache_that_cannot_be_used_costs_time_alone(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    expected = comparable(backtest(history, capsys=capsys))
    place = Path(os.environ["ANTIPASTA_CACHE_DIR"])
    shutil.rmtree(place)
    place.write_text("a file")
    found = backtest(history, capsys=capsys)
    assert comparable(found) == expected
    assert found["blobs"]["measured"] == 4


def test_the_table_says_of_limits_what_a_run_under_them_says(
    repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fillers = {f"m{n:02}.py": function(f"g{n}") for n in range(60)}
    repo.commit_files({**fillers, "old.py": branching("moved", 8), "w.py": branching("w", 11)})
    repo.remove("old.py")
    changed = {path: f"{text}x = 1\n" for path, text in fillers.items()}
    repo.commit_files({**changed, "new.py": branching("moved", 8), "w.py": branching("w", 12)})
    found = backtest(repo, "--last", "1", capsys=capsys)
    eight = found["limits"]["stopped"][found["limits"]["cyclomatic"].index(8)]
    file = tmp_path / "eight.yaml"
    file.write_text("limits: {cyclomatic: 8}\n")
    under = backtest(repo, "--last", "1", "--config", str(file), capsys=capsys)
    assert eight[found["limits"]["cognitive"].index(15)] == under["commits"]["stopped"] == 0


def test_what_git_merged_by_itself_in_one_file_is_nobody_s_doing(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    base = [branching("f", 3), *("x = 1\n" for _ in range(9)), branching("g", 3)]
    repo.commit_files({"a.py": "".join(base)})
    repo.git("checkout", "-q", "-b", "other")
    repo.commit_files({"a.py": "".join([*base[:-1], branching("g", 14)])})
    repo.git("checkout", "-q", "-")
    repo.commit_files({"a.py": "".join([branching("f", 2), *base[1:]])})
    repo.git("merge", "-q", "--no-edit", "other")
    found = backtest(repo, capsys=capsys)
    assert found["merges"] == {"judged": 1, "stopped": 0, "incomplete": 0}
    assert found["commits"]["stopped"] == 1


def test_the_text_and_the_tables_say_the_same(history: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    said = []
    for name in ("text", "markdown"):
        assert cli.main(["backtest", "-C", str(history.path), "--format", name], started=0) == 0
        said.append(capsys.readouterr().out)
    for text in said:
        assert "all 4 commits that touch Python files" in text
        assert "25.0 %" in text
        assert "cyclomatic 9 -> 13" in text
        assert COGNITIVE not in text
