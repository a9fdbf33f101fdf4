"""A developer at work: what is typed at a desk, and the hooks that answer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.repositories import Repo

Run = subprocess.CompletedProcess[str]


def function(name: str, branches: int) -> str:
    """Source of a function whose cyclomatic complexity is one more than its branches."""
    body = "".join(f"    if value == {number}:\n        return {number}\n" for number in range(branches))
    return f"def {name}(value):\n{body}    return None\n"


class Desk(Repo):
    """A repository whose commits go through hooks, and may be refused."""

    def run(self, *command: str, cwd: str = "", **environ: str) -> Run:
        """Run any command here, whatever its exit code."""
        return subprocess.run(
            command,
            cwd=self.path / cwd,
            env=os.environ | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
        )

    def install(self) -> Run:
        """``antipasta-hook install``."""
        return self.run(sys.executable, "-P", "-m", "antipasta_hook", "install")

    def add(self, path: str, text: str) -> None:
        """Write one file and put it into the index."""
        self.write(path, text)
        self.git("add", "--", path)

    def past(self, **modules: str) -> None:
        """Commit modules as they were before any hook looked."""
        for module, text in modules.items():
            self.add(f"{module}.py", text)
        self.git("commit", "--quiet", "--no-verify", "--message", "past")

    def try_commit(self, *arguments: str, cwd: str = "", **environ: str) -> Run:
        """``git commit``, as the hooks will have it."""
        return self.run("git", "commit", "--quiet", "--message", "work", *arguments, cwd=cwd, **environ)

    @property
    def head(self) -> str:
        """The commit that HEAD names."""
        return self.oid("HEAD")


def passed(done: Run) -> bool:
    """Whether a commit was made, and judged: nothing was said about a commit that goes on unjudged."""
    return done.returncode == 0 and "not judged" not in done.stdout + done.stderr


@pytest.fixture
def bare_desk(tmp_path: Path) -> Desk:
    """A repository with one commit and no hook; the path has a blank and a letter outside ASCII."""
    desk = Desk.create(tmp_path / "the dësk")
    desk.past(small=function("small", 2), big=function("big", 14))
    return desk


@pytest.fixture
def desk(bare_desk: Desk) -> Desk:
    """The same with the hook of plain git installed."""
    done = bare_desk.install()
    assert done.returncode == 0, done.stderr
    return bare_desk


@pytest.fixture
def only_git(tmp_path: Path) -> str:
    """A PATH on which there is git, the shell, and no Python."""
    place = tmp_path / "only git"
    place.mkdir()
    for name in ("git", "sh"):
        program = shutil.which(name)
        assert program
        (place / name).symlink_to(program)
    return str(place)
