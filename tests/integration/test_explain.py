"""``antipasta-hook explain``, on disk, in the index and in commits."""

import time
from pathlib import Path

import pytest

from antipasta_hook import cli
from tests.integration.repositories import Repo
from tests.integration.test_run import branches

CLASS = """\
class Basket:
    @property
    def total(self):
        return self._total

    @total.setter
    def total(self, value):
        self._total = value if value else 0


def load(path):
    return path
"""


def explain(*arguments: str, cwd: Path, code: int = 0) -> None:
    """Run the command in this process, as from a directory."""
    assert cli.main(["explain", "-C", str(cwd), *arguments], started=time.perf_counter()) == code


def test_a_function_is_shown_with_what_each_line_adds(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write("a.py", "x = 1\n\n\ndef f(x):\n\tif x and x:\n\t\treturn 1\n")
    explain("a.py::f", cwd=repo.path)
    assert capsys.readouterr().out == (
        "a.py:4 f\n"
        "\n"
        " line cogn. cycl.\n"
        "    4          +1  def f(x):\n"
        "    5    +2    +2      if x and x:\n"
        "    6                      return 1\n"
        "  sum     2     3\n"
        "limit    15    10\n"
    )


def test_without_a_function_all_of_the_file_are_listed_the_worst_first(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.write("a.py", branches(3, "f") + branches(12, "g"))
    explain("a.py", cwd=repo.path)
    assert capsys.readouterr().out == (
        "a.py: 2 functions\n"
        "\n"
        "cogn. cycl.  line  function\n"
        "   12   13!     8  g\n"
        "    3     4     1  f\n"
        "   15    10 limit  (!: over it)\n"
    )


def test_disk_index_and_commits_are_told_apart(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    first = repo.commit_files({"a.py": branches(1)})
    repo.commit_files({"a.py": branches(2)})
    repo.write("a.py", branches(3))
    repo.stage()
    repo.write("a.py", branches(4))
    ways = ((), ("--staged",), ("--rev", "HEAD"), ("--rev", "main"), ("--rev", first), ("--rev", first[:12]))
    for way in ways:
        explain("a.py::f", *way, cwd=repo.path)
    sums = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("  sum")]
    assert sums == ["4", "3", "2", "2", "1", "1"]


@pytest.mark.parametrize("way", [(), ("--staged",), ("--rev", "HEAD")])
def test_paths_are_read_from_here_and_from_the_root(
    repo: Repo, way: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit_files({"a.py": branches(1), "pkg/b.py": branches(2), "pkg/sub/x.py": ""})
    for path in ("../b.py", "pkg/b.py", "./../b.py", "../../pkg/b.py", str(repo.path / "pkg" / "b.py")):
        explain(f"{path}::f", *way, cwd=repo.path / "pkg" / "sub")
        assert capsys.readouterr().out.startswith("pkg/b.py:1 f\n")
    explain("a.py", *way, cwd=repo.path / "pkg" / "sub")
    assert capsys.readouterr().out.startswith("a.py: 1 function\n")


@pytest.mark.parametrize("way", [(), ("--staged",), ("--rev", "HEAD")])
def test_a_path_may_hold_anything(repo: Repo, way: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    odd = ["-x.py", 'it\'s "a" file.py', "a::b.py", ":(top)a.py", "[a].py", "*.py", "caf\u00e9\n.py", "raw\udce9.py"]
    repo.commit_files({path: branches(2) for path in odd})
    for path in odd:
        explain(f"./{path}::f", *way, cwd=repo.path)
        assert "  sum     2     3\n" in capsys.readouterr().out
        explain(f"./{path}", *way, cwd=repo.path)
        assert "1 function\n" in capsys.readouterr().out


def test_all_functions_of_one_name_are_shown_or_the_one_at_a_line(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.write("a.py", CLASS)
    for name, lines in (("Basket.total", [3, 7]), ("total", [3, 7]), ("Basket.total@7", [7]), ("total@3", [3])):
        explain(f"a.py::{name}", cwd=repo.path)
        shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("a.py:")]
        assert shown == [f"a.py:{line} Basket.total" for line in lines]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("a.py::lod", "a.py has no function lod\nantipasta-hook: the nearest: load"),
        ("a.py::Basket.totals", "a.py has no function Basket.totals\nantipasta-hook: the nearest: Basket.total"),
        ("a.py::load@1", "a.py has no function load@1\nantipasta-hook: the nearest: load"),
        ("a.py::\x1b[31m", "a.py has no function \\x1b[31m\nantipasta-hook: a.py alone lists what it has"),
        ("b.py::f", "b.py is not a file that can be read\n"),
        (".::f", ". is not a file that can be read\n"),
        ("broken.py", "broken.py:2 cannot be read: "),
        ("broken.py::f", "broken.py:2 cannot be read: "),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(
    repo: Repo, target: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.write("a.py", CLASS)
    repo.write("broken.py", "x = 1\ndef f(:\n")
    explain(target, cwd=repo.path, code=2)
    assert capsys.readouterr().err.startswith(f"antipasta-hook: {said}")


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (("--staged",), "a.py is not in the index\n"),
        (("--rev", "HEAD"), "a.py is not in HEAD\n"),
        (("--rev", "no-such-branch"), "no-such-branch names no commit here"),
        (("--rev", "--output=x"), None),
    ],
)
def test_a_version_that_is_not_there_is_said(
    repo: Repo, way: tuple[str, ...], said: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit_files({"b.py": ""})
    repo.write("a.py", branches(1))
    explain("a.py::f", *way, cwd=repo.path, code=2)
    assert said is None or capsys.readouterr().err.startswith(f"antipasta-hook: {said}")


def test_outside_of_a_repository_files_on_disk_can_be_explained(
    repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_text(branches(2))
    explain("a.py::f", cwd=tmp_path)
    assert capsys.readouterr().out.startswith("a.py:1 f\n")
    explain(f"{tmp_path / 'a.py'}::f", cwd=repo.path)
    assert "  sum     2     3\n" in capsys.readouterr().out
    explain("a.py::f", "--staged", cwd=tmp_path, code=2)
    assert "is not in a git repository" in capsys.readouterr().err


def test_the_limits_are_those_of_the_settings_with_where_they_stand(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = "limits:\n  cyclomatic: 3\n"
    repo.commit_files({"a.py": branches(2), "pkg/a.py": branches(2), "pkg/.antipasta.yaml": limits})
    repo.write("pkg/.antipasta.yaml", "limits:\n  cyclomatic: 1\n")
    for way in ((), ("--staged",), ("--rev", "HEAD")):
        explain("pkg/a.py::f", *way, cwd=repo.path)
        assert "limit    15     3  from pkg/.antipasta.yaml:2\n" in capsys.readouterr().out
        explain("a.py::f", *way, cwd=repo.path)
        assert "limit    15    10\n" in capsys.readouterr().out


def test_names_and_code_cannot_reach_the_terminal_as_commands(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write("a\x1b[2J.py", "def f(x):\n    return '\x1b]8;;\x07'\n")
    explain("a\x1b[2J.py::f", cwd=repo.path)
    assert capsys.readouterr().out.replace("\n", "").isprintable()
