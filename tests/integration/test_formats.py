"""``--format FORMAT:FILE``: where reports go, and what is left if they cannot get there."""

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from antipasta_hook.cli.outputs import require_places, save
from antipasta_hook.model import Failure
from antipasta_hook.report import FORMATS
from tests.integration.repositories import Repo
from tests.integration.test_run import MODULES, branches, run, stage

NOT_FOR_PEOPLE = [name for name in FORMATS if name not in {"text", "concise"}]


def test_all_formats_at_once_each_to_its_file(repo: Repo, tmp_path: Path) -> None:
    stage(repo, {"a.py": branches(12)})
    (tmp_path / "reports").mkdir()
    places = {name: tmp_path / "reports" / name for name in FORMATS}
    done = run(repo, *(word for name, file in places.items() for word in ("--format", f"{name}:{file}")))
    assert done.returncode == 1
    assert done.stdout == ""
    text = {name: file.read_text("utf-8") for name, file in places.items()}
    assert all("cyclomatic" in each for each in text.values())
    assert json.loads(text["sarif"])["runs"][0]["results"][0]["baselineState"] == "new"
    assert json.loads(text["gitlab"])[0]["location"] == {"path": "a.py", "lines": {"begin": 1, "end": 25}}
    assert ET.fromstring(text["junit"]).find("testsuite/testcase/failure") is not None
    assert text["github"].startswith("::error file=a.py,line=1,endLine=25,title=antipasta-hook%3A f::")
    assert sorted((tmp_path / "reports").iterdir()) == sorted(places.values())


def test_paths_are_those_of_the_repository_wherever_it_is_called(repo: Repo) -> None:
    stage(repo, {"sub/a.py": branches(12)})
    for name in ("sarif", "github", "gitlab"):
        assert "sub/a.py" in run(repo, "--format", name).stdout
        assert run(repo, "--format", name, cwd=repo.path / "sub").stdout == run(repo, "--format", name).stdout


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("no/such/place.json", "there is no directory"),
        ("here", "it is a directory"),
        ("/dev/null/x.json", "there is no directory /dev/null"),
    ],
)
def test_a_place_that_cannot_be_is_refused_before_anything_is_judged(tmp_path: Path, file: str, why: str) -> None:
    """Outside a repository: there is nothing that could be judged, and it is not what is complained of."""
    (tmp_path / "here").mkdir()
    command = [sys.executable, "-P", "-m", "antipasta_hook", "run", "--format", f"sarif:{file}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"cannot write {file}: {why}" in done.stderr
    assert "repository" not in done.stderr


def test_two_formats_cannot_go_to_one_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("report")
    with pytest.raises(Failure, match=f"another format goes to {tmp_path}/report"):
        require_places([str(tmp_path / "report"), str(tmp_path / "link")])
    require_places([os.devnull, os.devnull])


def test_what_was_there_stays_until_all_of_the_new_report_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    report.write_text("old", "utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("antipasta_hook.cache.whole._fill", full)
        save("new", str(report))
    assert f"cannot write {report}: No space left on device" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert report.read_text("utf-8") == "old"
    save("new", str(report))
    assert report.read_text("utf-8") == "new"


def test_an_interruption_leaves_no_half_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str, __: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save("new", str(tmp_path / "report.json"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_keeps_its_mode_and_a_new_one_has_that_of_any_new_file(tmp_path: Path) -> None:
    old, new, other = tmp_path / "old", tmp_path / "new", tmp_path / "other"
    old.touch()
    old.chmod(0o640)
    other.touch()
    save("x", str(old))
    save("x", str(new))
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == other.stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old", "utf-8")
    (tmp_path / "link").symlink_to("target")
    save("new", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text("utf-8") == "new"


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    save("new", str(pipe))
    reader.join(60)
    assert read == ["new"]
    assert pipe.is_fifo()


def test_a_device_is_never_replaced(repo: Repo) -> None:
    stage(repo, {"a.py": branches(12)})
    assert run(repo, "--format", f"json:{os.devnull}").returncode == 1
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    done = run(repo, "--format", "concise:/dev/stdout")
    assert done.stdout.startswith("a.py:1: error: f")


def test_a_run_that_prints_text_loads_no_other_format(repo: Repo) -> None:
    stage(repo, {"a.py": branches(12)})
    code = MODULES.replace('if "." not in name', "").replace('"-q"', '"-v"')
    done = subprocess.run((sys.executable, "-P", "-c", code), cwd=repo.path, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1])[1])
    assert "antipasta_hook.report.text" in loaded
    ours = {f"antipasta_hook.report.{FORMATS[name]}" for name in NOT_FOR_PEOPLE}
    ours |= {"antipasta_hook.report.rules", "antipasta_hook.report.markup", "antipasta_hook.cli.outputs"}
    assert loaded & {*ours, "xml.etree.ElementTree"} == set()
