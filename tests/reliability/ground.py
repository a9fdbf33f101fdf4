"""Where things are made to go wrong: a repository with a home and a cache of its own, as a hook or as CI sees it."""

import argparse
import copy
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final, NamedTuple

from tests.integration.repositories import Repo, function

ROOT: Final = Path(__file__).parents[2]
BAD: Final = "def bad(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(12)) + "    return x\n"
"""Over a limit, and new: it has to block."""
OURS: Final = ("-m", "antipasta_hook")
_GIT_CONFIG: Final = """\
[user]
    name = Tester
    email = tester@example.org
[init]
    defaultBranch = main
[gc]
    auto = 0
"""


def positive(text: str) -> int:
    """A number from 1 on, for ``argparse``."""
    if not text.isascii() or not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"must be a number from 1 on, not {text!r}")
    return int(text)


class Done(NamedTuple):
    """What became of a command: its exit code and all that it said; ``left`` is what it left behind."""

    code: int
    out: str
    err: str
    left: tuple[str, ...] = ()


class Ground:
    """A place below ``path``. Nothing in it knows the user's own git, settings or cache."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.home = path / "home"
        self.home.mkdir(parents=True)
        (self.home / ".gitconfig").write_text(_GIT_CONFIG)
        self.cache = path / "cache"
        self.environ = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(path),
            "ANTIPASTA_CACHE_DIR": str(self.cache),
            "LC_ALL": "C.UTF-8",
        }
        self.is_committed = False
        self.held: list[IO[str]] = []
        self.repo = Repo.create(path / "repo", "--initial-branch=main")
        for name, value in (("user.name", "Tester"), ("user.email", "tester@example.org"), ("gc.auto", "0")):
            self.repo.git("config", name, value)

    def fill(self, *, bad: bool = True, large: bool = False) -> None:
        """A commit, and on top of it on a branch of its own one that adds a function over a limit, which is staged too.

        Some objects are packed, some are loose; there are settings and attributes; a function moves, a file goes.
        """
        repo = self.repo
        long = BAD.replace("bad", "old")
        base = {f"pkg/m{n}.py": function(f"f{n}") for n in range(4)}
        repo.commit_files(base | {"pkg/old.py": long, "gone.py": function("gone"), "pkg/__init__.py": ""})
        repo.git("repack", "-a", "-d", "-q")
        repo.commit_files(
            {
                ".antipasta.yaml": "limits:\n  cyclomatic_complexity: 10\n",
                ".gitattributes": "*.gen linguist-generated\n",
            }
        )
        repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
        repo.git("checkout", "--quiet", "-b", "topic")
        repo.remove("gone.py")
        repo.remove("pkg/old.py")
        repo.write("pkg/new.py", long)
        repo.write("pkg/m1.py", function("f1") + function("more"))
        repo.write("pkg/bad.py", BAD if bad else function("good"))
        if large:
            repo.write("pkg/large.py", "".join(function(f"large_{n}") for n in range(1200)))
        repo.stage()

    def commit(self) -> None:
        """Commit what is staged, so that CI has something to judge."""
        self.repo.commit("change", "--no-verify")
        self.is_committed = True

    def renew(self) -> None:
        """Stage all there is on disk, and commit it in place of the last commit where it was committed."""
        self.repo.stage()
        if self.is_committed:
            self.repo.commit("change", "--no-verify", "--amend")

    def rebase(self, files: Mapping[str, str]) -> None:
        """As if these files had been in the base all along."""
        tree = self.repo.git("write-tree")
        self.repo.git("checkout", "--quiet", "--force", "--detach", "origin/main")
        base = self.repo.commit_files(files)
        self.repo.git("update-ref", "refs/remotes/origin/main", base)
        self.repo.git("checkout", "--quiet", "--force", "-B", "topic", base)
        self.repo.git("read-tree", tree)
        self.repo.git("checkout-index", "--force", "--all")
        for path, text in files.items():
            self.repo.write(path, text)
        self.repo.stage()
        if self.is_committed:
            self.repo.commit("change", "--no-verify")

    def copied(self, path: Path) -> "Ground":
        """The same, elsewhere."""
        shutil.copytree(self.path, path, symlinks=True)
        other = copy.copy(self)
        other.path, other.home, other.cache = path, path / "home", path / "cache"
        other.environ = {name: value.replace(str(self.path), str(path)) for name, value in self.environ.items()}
        other.repo = Repo(path / "repo")
        other.held = []
        return other

    @property
    def hook_environment(self) -> dict[str, str]:
        """What git gives a pre-commit hook."""
        return self.environ | {"GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": ""}

    @property
    def ci_environment(self) -> dict[str, str]:
        """What a service for CI has."""
        return self.environ | {"CI": "true"}

    def run(
        self,
        *arguments: str,
        env: Mapping[str, str],
        prelude: tuple[str, ...] = OURS,
        wait: float = 120,
        out: int | IO[bytes] = subprocess.PIPE,
    ) -> Done:
        """Our command in the repository, in a session of its own; waits for it, and for what it left running."""
        before = set(self._files())
        process = subprocess.Popen(
            [sys.executable, *prelude, *arguments],
            cwd=self.repo.path,
            env={**env, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            said, err = process.communicate(timeout=wait)
        except subprocess.TimeoutExpired:
            process.kill()
            said, err = process.communicate()
            return Done(-99, _text(said), _text(err), ("it hung",))
        left = [*self._processes(process.pid), *(name for name in self._files() if name not in before)]
        return Done(process.returncode, _text(said), _text(err), tuple(left))

    def _files(self) -> list[str]:
        """What should not be left: all in the repository, and what is unfinished in the cache."""
        of_the_repository = [str(path) for path in self.repo.path.rglob("*")]
        cached = [str(path) for path in self.cache.rglob("*") if "~" in path.name or path.name.endswith(".tmp")]
        return of_the_repository + cached

    def _processes(self, session: int) -> list[str]:
        """Who lives on in a session; Linux tells."""
        return [
            f"process {pid}" for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _session(pid) == session
        ]


def _text(said: bytes | None) -> str:
    return (said or b"").decode(errors="replace")


def _session(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return -1
    return -1 if fields[0] == "Z" else int(fields[3])
