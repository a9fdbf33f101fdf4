"""A repository full of modules that leave a mark when they are run: nothing under analysis is imported or executed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.integration.commands import AS_MODULE, AS_SCRIPT, Call, all_below, carried_out, installing, judging, others
from tests.integration.repositories import Repo
from tests.integration.test_run import branches

START: Final = ("sitecustomize", "usercustomize", "conftest", "setup", "noxfile", "tasks", "hatch_build", "__main__")
"""What somebody runs without being asked to: Python, or a tool for tests and builds."""
OURS: Final = (
    "antipasta_hook/__init__", "antipasta_hook/__main__", "antipasta_hook/cli/__init__", "radon/__init__",
    "complexipy/__init__", "pygit2/__init__", "_cffi_backend", "diskcache/__init__", "platformdirs/__init__",
    "packaging/__init__", "packaging/version", "pydantic_core/__init__", "yaml/__init__", "rich/__init__",
    "rich/console", "distributed/__init__",
)  # fmt: skip
"""What this tool imports and has not loaded yet when its first line runs."""
LIBRARY: Final = (
    "argparse", "array", "ast", "bisect", "configparser", "copy", "datetime", "difflib", "gettext", "hashlib", "json",
    "queue", "random", "resource", "shlex", "signal", "sqlite3/__init__", "struct", "subprocess", "tempfile",
    "textwrap", "threading", "tomllib", "traceback", "unicodedata", "zlib", "xml/__init__", "decimal", "statistics",
)  # fmt: skip
"""The same of the standard library."""
FIRST: Final = ("typing", "re", "functools", "collections/__init__", "enum", "runpy", "pkgutil", "os", "encodings/x")
"""What Python itself needs for ``python -m``: only ``-P`` keeps it from a directory's own."""
BUILD: Final = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[tool.hatch.build.hooks.custom]
path = "hatch_build.py"
[tool.antipasta]
budget = "none"
"""


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """Where whatever runs leaves its name."""
    return tmp_path / "mark"


def _full_of_marks(repo: Repo, mark: Path, names: tuple[str, ...]) -> None:
    """Two commits and something staged; every module leaves a mark, and has a function to be measured."""
    leaves = f"import sys\nwith open({str(mark)!r}, 'a') as file:\n    file.write(__name__ + ' ')\n"
    files = {f"{name}.py": leaves + branches(3) for name in ("__init__", "backend", "evil", *START, *names)}
    files["complexipy-8.3.0.dist-info/METADATA"] = "Name: complexipy\nVersion: 8.3.0\n"
    files["evil.pth"] = f"import sys; open({str(mark)!r}, 'a').write('pth ')\n"
    files["pyproject.toml"] = BUILD
    files["setup.cfg"] = "[options]\npackages = find:\n"
    repo.commit_files({**files, "a.py": leaves + branches(3)}, "first")
    repo.commit_files({"a.py": leaves + branches(5)}, "second")
    repo.write("a.py", leaves + branches(14))
    repo.write("evil.py", leaves + branches(15) + "\n\nf(exec('x'))\n")
    repo.stage()


def _left(mark: Path) -> str:
    return mark.read_text() if mark.exists() else ""


def test_the_marks_work(repo: Repo, mark: Path) -> None:
    _full_of_marks(repo, mark, (*OURS, *LIBRARY))
    subprocess.run((sys.executable, "-c", "import radon, json, complexipy"), cwd=repo.path, check=True)
    assert {"radon", "json", "complexipy"} <= {*_left(mark).split()}


@pytest.mark.parametrize("program", [AS_SCRIPT, AS_MODULE], ids=["script", "module"])
def test_no_command_runs_what_it_judges(repo: Repo, mark: Path, program: tuple[str, ...]) -> None:
    """As our hooks start it, and as the installed script does."""
    _full_of_marks(repo, mark, (*OURS, *LIBRARY, *FIRST))
    before = all_below(repo.path)
    for call in (*judging(repo, "a.py"), *others("a.py")):
        done = carried_out(call, repo.path, os.environ, program)
        assert not _left(mark), (call.name, _left(mark))
        assert done.returncode in {0, 1}, (call.name, done.stderr.decode())
    assert all_below(repo.path) == before
    for call in installing():
        done = carried_out(call, repo.path, os.environ, program)
        assert not _left(mark), (call.name, _left(mark))
        assert done.returncode == 0, (call.name, done.stderr.decode())


def test_nor_from_the_directory_itself_once_our_first_line_has_run(repo: Repo, mark: Path) -> None:
    """``python -m antipasta_hook`` without ``-P``: what Python needs to come so far, nobody else can keep from it."""
    _full_of_marks(repo, mark, (*(name for name in OURS if not name.startswith("antipasta")), *LIBRARY))
    for call in (*judging(repo, "a.py"), *others("a.py")):
        done = carried_out(call, repo.path, os.environ, (sys.executable, "-m", "antipasta_hook"))
        assert not _left(mark), (call.name, _left(mark))
        assert done.returncode in {0, 1}, (call.name, done.stderr.decode())


def test_a_hook_that_git_starts_runs_nothing_of_it_either(repo: Repo, mark: Path) -> None:
    _full_of_marks(repo, mark, (*OURS, *LIBRARY, *FIRST))
    assert carried_out(Call(("install", "--warm")), repo.path, os.environ).returncode == 0
    done = subprocess.run(("git", "commit", "-m", "x"), cwd=repo.path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "harder to understand" in done.stdout + done.stderr
    assert not _left(mark)
