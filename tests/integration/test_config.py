"""``antipasta-hook config`` in real repositories: what is staged, what is only on disk, and what holds for a path."""

import json
import os
import time
from pathlib import Path

import pytest

from antipasta_hook.cli import main
from tests.integration.repositories import Repo

Output = pytest.CaptureFixture[str]


def config(*arguments: str) -> int:
    """Run the command as the command line does."""
    return main(["config", *arguments], started=time.perf_counter())


@pytest.fixture
def here(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """The repository, as the current directory."""
    monkeypatch.chdir(repo.path)
    return repo


def test_without_settings_the_defaults_hold(here: Repo, capsys: Output) -> None:
    here.commit_files({"a.py": "", "pyproject.toml": "[project]\nname = 'x'\n"})
    assert config("check") == 0
    assert capsys.readouterr().out == "no settings files: the defaults hold\n"


def test_all_is_well_in_one_line(here: Repo, capsys: Output) -> None:
    here.commit_files(
        {
            ".antipasta.yaml": "gate: all\n",
            "a/b/.antipasta.yaml": "tolerance: 0\n",
            "pyproject.toml": "[tool.antipasta-hook]\nbudget = '1s'\n",
            "a/pyproject.toml": "[tool.antipasta-hook]\nbudget = 'not read'\n",
        }
    )
    assert config("check", "--strict") == 0
    assert capsys.readouterr().out == "3 settings files, all valid\n"


def test_every_error_and_warning_of_every_file_is_told(here: Repo, capsys: Output) -> None:
    wrong = "".join(f"  {metric}: -1\n" for metric in ("cyclomatic", "cognitive", "loc", "lloc", "sloc", "blank"))
    here.commit_files(
        {
            ".antipasta.yaml": f"limits:\n{wrong}gaet: all\n",
            "pkg/.antipasta.yaml": "bugdet: 1s\nbudget: 1s\n",
            "pyproject.toml": "[tool.antipasta-hook]\ngate = 'al'\n",
            "old/.antipasta.yaml": "defaults: {max_cyclomatic_complexity: 9}\n",
        }
    )
    assert config("check") == 2
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        *(f".antipasta.yaml:{line}" for line in range(2, 9)),
        "old/.antipasta.yaml",
        "pkg/.antipasta.yaml:1",
        "pkg/.antipasta.yaml:2",
        "pyproject.toml:2",
        "4 settings files",
    ]
    assert lines[8] == "pkg/.antipasta.yaml:1: warning: bugdet: unknown key; did you mean budget?"
    assert lines[-1] == "4 settings files: 8 errors, 2 warnings"


def test_an_unknown_key_is_a_warning_and_with_strict_an_error(here: Repo, capsys: Output) -> None:
    here.commit_files({".antipasta.yaml": "gaet: all\n"})
    assert config("check") == 0
    assert capsys.readouterr().out == (
        ".antipasta.yaml:1: warning: gaet: unknown key; did you mean gate?\n1 settings file, valid, 1 warning\n"
    )
    assert config("check", "--strict") == 2
    assert capsys.readouterr().out == (
        ".antipasta.yaml:1: gaet: unknown key; did you mean gate?\n1 settings file: 1 error\n"
    )


def test_what_is_staged_is_checked_and_what_is_only_on_disk_is_named(here: Repo, capsys: Output) -> None:
    here.commit_files(
        {
            ".antipasta.yaml": "gate: al\n",
            "a/.antipasta.yaml": "gate: all\n",
            "b/.antipasta.yaml": "gate: all\n",
            "c/x.py": "",
            "d/.antipasta.yaml": "gate: all\n",
            "pyproject.toml": "[project]\n",
        }
    )
    here.write(".antipasta.yaml", "gate: all\n")
    here.write("b/.antipasta.yaml", "gate: all\r\n")
    here.write("c/.antipasta.yaml", "gate: alll\n")
    here.write("e/.antipasta.yaml", "in a directory of which nothing is staged\n")
    here.write("pyproject.toml", "[project]\n[tool.antipasta-hook]\ngate = 'all'\n")
    here.remove("d/.antipasta.yaml")
    assert config("check") == 2
    wrong = "must be one of introduced, touched, all, not"
    assert capsys.readouterr().out.splitlines() == [
        f".antipasta.yaml:1: gate: {wrong} 'al'; did you mean all?",
        ".antipasta.yaml: warning: is different on disk; what is staged counts (git add)",
        f"c/.antipasta.yaml:1: gate: {wrong} 'alll'; did you mean all?",
        "c/.antipasta.yaml: warning: does not count yet: it is not staged (git add)",
        "d/.antipasta.yaml: warning: is different on disk; what is staged counts (git add)",
        "pyproject.toml: warning: is different on disk; what is staged counts (git add)",
        "6 settings files: 2 errors, 4 warnings",
    ]


def test_a_pyproject_that_is_edited_elsewhere_is_not_named(here: Repo, capsys: Output) -> None:
    here.commit_files({"pyproject.toml": "[tool.antipasta-hook]\ngate = 'all'\n"})
    here.write("pyproject.toml", "[tool.antipasta-hook]\ngate = 'all'\n[project]\nname = 'x'\n")
    assert config("check") == 0
    here.write("pyproject.toml", "[tool.antipasta-hook]\ngate = 'touched'\n")
    assert config("check") == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "1 settings file, valid",
        "pyproject.toml",
        "1 settings file, valid, 1 warning",
    ]


def test_before_the_first_commit_what_is_staged_counts(here: Repo, capsys: Output) -> None:
    here.write(".antipasta.yaml", "gate: al\n")
    here.stage()
    assert config("check") == 2
    assert capsys.readouterr().out.endswith("1 settings file: 1 error\n")


def test_a_symbolic_link_is_not_read(here: Repo, capsys: Output) -> None:
    here.commit_files({"real.yaml": "gate: al\n"})
    (here.path / ".antipasta.yaml").symlink_to("real.yaml")
    here.stage()
    assert config("check") == 0
    assert capsys.readouterr().out == (
        ".antipasta.yaml: warning: is a symbolic link, which is not read: make it a file\n"
        "1 settings file, valid, 1 warning\n"
    )


def test_a_huge_file_is_refused_by_its_size(here: Repo, capsys: Output) -> None:
    here.commit_files({".antipasta.yaml": "# " + "x" * 300_000})
    assert config("check") == 2
    assert capsys.readouterr().out.startswith(".antipasta.yaml:1: larger than 256 KiB")


def test_a_file_by_its_name_is_checked_as_it_is_on_disk(here: Repo, capsys: Output) -> None:
    here.commit_files({"pkg/.antipasta.yaml": "gate: al\nbudget: 1s\n"})
    here.write("pkg/.antipasta.yaml", "gate: all\nbudget: 1s\n")
    here.write("pkg/other.toml", "[tool.antipasta-hook]\nx = 1\n")
    assert config("check", "pkg/.antipasta.yaml") == 0
    assert capsys.readouterr().out == "1 settings file, valid\n"
    assert config("check", "-C", "pkg", ".antipasta.yaml", "other.toml", "--strict") == 2
    assert capsys.readouterr().out == "other.toml:2: x: unknown key\n2 settings files: 1 error\n"
    assert config("-C", "pkg", "check", ".antipasta.yaml", "other.toml") == 0


@pytest.mark.parametrize("name", ["missing.yaml", "directory", "pipe", "nul\0byte"])
def test_what_is_no_file_is_a_usage_error(name: str, here: Repo, capsys: Output) -> None:
    (here.path / "directory").mkdir()
    os.mkfifo(here.path / "pipe")
    assert config("check", name) == 2
    assert "cannot be read, or is not a regular file" in capsys.readouterr().err


def test_outside_a_repository_the_files_of_the_directory_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config("check") == 0
    (tmp_path / ".antipasta.yaml").write_text("gate: al\n")
    (tmp_path / "pyproject.toml").write_text("[tool.antipasta-hook]\ngate = 'all'\n")
    assert config("check") == 2
    assert capsys.readouterr().out.splitlines()[-1] == "2 settings files: 1 error"


def test_unmerged_settings_are_named(here: Repo, capsys: Output) -> None:
    here.commit_files({".antipasta.yaml": "gate: all\n"})
    here.git("switch", "--quiet", "--create", "other")
    here.commit_files({".antipasta.yaml": "gate: touched\n"})
    here.git("switch", "--quiet", "main")
    here.commit_files({".antipasta.yaml": "gate: introduced\n"})
    here.git("merge", "other", check=False)
    assert config("check") == 2
    assert "unmerged in the index: .antipasta.yaml" in capsys.readouterr().err


def test_an_unmerged_file_of_another_kind_is_no_hindrance(here: Repo, capsys: Output) -> None:
    here.commit_files({".antipasta.yaml": "gate: all\n", "a.py": "a\n"})
    here.git("switch", "--quiet", "--create", "other")
    here.commit_files({"a.py": "b\n"})
    here.git("switch", "--quiet", "main")
    here.commit_files({"a.py": "c\n"})
    here.git("merge", "other", check=False)
    assert config("check") == 0
    assert config("show", "a.py", "--origin") == 0
    assert "gate: all" in capsys.readouterr().out


def test_a_bare_repository_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    bare = Repo.create(tmp_path / "bare", "--bare")
    monkeypatch.chdir(bare.path)
    for action in ("check", "show"):
        assert config(action) == 2
        assert "is a bare repository" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "a\udcffb"])
def test_a_name_cannot_forge_a_line_of_output(name: str, here: Repo, capsys: Output) -> None:
    try:
        here.commit_files({f"{name}/.antipasta.yaml": "gate: al\nlimits: {cognitive: 3}\n"})
    except OSError:
        pytest.skip("this file system has no such names")
    assert config("check") == 2
    here.commit_files({f"{name}/.antipasta.yaml": "limits: {cognitive: 3}\nexclude: [x]\n"})
    assert config("show", f"{name}/x.py", "--origin") == 0
    said = capsys.readouterr()
    assert all(line.isprintable() for line in (said.out + said.err).splitlines())


SETTINGS = {
    ".antipasta.yaml": "gate: all\nlimits:\n  cognitive: 20\n",
    "pkg/.antipasta.yaml": "tolerance: 0\nexclude: [gen/]\nbudget: 1s\noverrides: [{paths: [x.py], gate: touched}]\n",
    "pkg/inner/x.py": "",
}


@pytest.mark.parametrize(
    ("directory", "arguments", "expected"),
    [
        (".", [], {"gate": "all", "tolerance": "default", "exclude": "[]"}),
        (".", ["."], {"gate": "all", "tolerance": "default", "exclude": "[]"}),
        (".", ["pkg/y.py"], {"gate": "all", "tolerance": "0", "exclude": ""}),
        (".", ["pkg/x.py"], {"gate": "touched", "tolerance": "0", "exclude": ""}),
        (".", ["pkg"], {"gate": "all", "tolerance": "0", "exclude": ""}),
        (".", ["pkg/inner/"], {"gate": "all", "tolerance": "0", "exclude": ""}),
        (".", ["pkg/not/on/disk/"], {"gate": "all", "tolerance": "0", "exclude": ""}),
        ("pkg/inner", ["x.py"], {"gate": "touched", "tolerance": "0", "exclude": ""}),
        ("pkg/inner", ["../../a.py"], {"gate": "all", "tolerance": "default", "exclude": "[]"}),
        ("pkg/inner", [], {"gate": "all", "tolerance": "default", "exclude": "[]"}),
        ("pkg", ["not/there.py"], {"gate": "all", "tolerance": "0", "exclude": ""}),
    ],
)
def test_the_settings_of_a_path_are_shown_from_wherever_one_is(
    directory: str, arguments: list[str], expected: dict[str, str], here: Repo, capsys: Output
) -> None:
    here.commit_files(SETTINGS)
    assert config("show", "-C", directory, *arguments) == 0
    shown = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines() if line.count(":") == 1)
    assert {key: shown[key].strip() for key in expected} == expected


def test_with_origin_each_value_says_where_it_is_set(here: Repo, capsys: Output) -> None:
    here.commit_files(SETTINGS)
    here.write(".antipasta.yaml", "gate: not staged\n")
    assert config("show", "--origin", "pkg/x.py") == 0
    said = capsys.readouterr()
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    for line in (
        "limit: 10 # default",
        "limit: 20 # .antipasta.yaml:3",
        "gate: touched # pkg/.antipasta.yaml:4",
        "tolerance: 0 # pkg/.antipasta.yaml:1",
        '- "/pkg/**/gen/" # pkg/.antipasta.yaml:2',
        "budget: 2s # default",
    ):
        assert line in lines
    assert "pkg/.antipasta.yaml:3: budget: has no effect here" in said.err


def test_what_is_shown_can_be_pasted_back(here: Repo, capsys: Output) -> None:
    here.commit_files(SETTINGS)
    assert config("show", "pkg/y.py") == 0
    first = capsys.readouterr().out
    here.remove("pkg/.antipasta.yaml")
    here.commit_files({".antipasta.yaml": first})
    assert config("check", "--strict") == 0
    assert capsys.readouterr().out == "1 settings file, valid\n"
    assert config("show", "elsewhere/y.py") == 0
    assert capsys.readouterr().out == first


def test_settings_that_cannot_be_used_are_not_shown(here: Repo, capsys: Output) -> None:
    here.commit_files({".antipasta.yaml": "gate: al\n"})
    assert config("show") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert ".antipasta.yaml:1: gate: must be one of" in said.err


def test_a_path_outside_is_a_usage_error(here: Repo, capsys: Output) -> None:
    here.commit_files({"a.py": ""})
    assert config("show", "../x.py") == 2
    assert "outside" in capsys.readouterr().err


def test_outside_a_repository_nothing_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.chdir(tmp_path)
    assert config("show") == 2
    assert "not in a git repository" in capsys.readouterr().err


def test_the_schema_is_written_for_editors(capsys: Output) -> None:
    assert config("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Settings of antipasta-hook"


@pytest.mark.parametrize("arguments", [[], ["chekc"], ["show", "a", "b"], ["schema", "x"]])
def test_a_command_that_is_none_is_a_usage_error(arguments: list[str], capsys: Output) -> None:
    assert config(*arguments) == 2
    assert "usage: antipasta-hook" in capsys.readouterr().err
