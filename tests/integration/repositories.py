"""Real repositories for tests, made with the real git."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self

FUNCTION = "def {name}(a, b):\n    if a:\n        return b\n    return a\n"
"""A small function; ``function("f")`` fills the name in."""


def function(name: str) -> str:
    """The source of a small function."""
    return FUNCTION.format(name=name)


class Repo:
    """A repository and its work tree: thin names for the git commands that tests need."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, *options: str) -> Self:
        """``git init`` a new directory, with further options."""
        path.mkdir(parents=True, exist_ok=True)
        made = cls(path)
        made.git("init", "--quiet", *options)
        return made

    def git(
        self,
        *arguments: str,
        check: bool = True,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        given: str | bytes = b"",
    ) -> str:
        """Run git at the root of the work tree (or in ``cwd`` below it) and give its output, stripped.

        ``env`` is added to the environment, ``given`` goes to standard input; a failure raises unless ``check`` is
        false.
        """
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path / (cwd or ""),
            env={**os.environ, **(env or {})},
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, path: str, text: str | bytes, *, executable: bool = False) -> Path:
        """Write a file in the work tree, its directories too."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)
        if executable:
            file.chmod(0o755)
        return file

    def remove(self, path: str) -> None:
        """Delete a file from the work tree."""
        (self.path / path).unlink()

    def stage(self, *paths: str) -> None:
        """``git add`` these paths, or everything."""
        self.git("add", "--all", "--", *(paths or (".",)))

    def commit(self, message: str = "change", *options: str) -> str:
        """Commit what is staged (``options`` go to git commit); gives the commit's id."""
        self.git("commit", "--quiet", "--allow-empty", "--message", message, *options)
        return self.oid("HEAD")

    def commit_files(self, files: Mapping[str, str | bytes], message: str = "change") -> str:
        """Write, stage and commit."""
        for path, text in files.items():
            self.write(path, text)
        self.stage()
        return self.commit(message)

    def oid(self, revision: str) -> str:
        """The object id of a revision, such as ``HEAD`` or ``HEAD:a.py`` or ``:a.py`` (the index)."""
        return self.git("rev-parse", "--verify", revision)

    def hook(self, name: str, script: str) -> Path:
        """Install a git hook."""
        directory = Path(self.git("rev-parse", "--path-format=absolute", "--git-path", "hooks"))
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / name
        file.write_text(script)
        file.chmod(0o755)
        return file
