"""A repository to install hooks into, on a machine whose git and interpreter are the test's own."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from antipasta_hook.install import HOOKS, Step, install, uninstall

VERSION_1 = Path(__file__).parents[2] / "fixtures" / "hooks" / "pre-commit-version-1.sh"
"""The script as `install` wrote it before it could chain and uninstall."""

BEFORE_CONFIGURED_HOOKS = "2.53.2"
WITH_CONFIGURED_HOOKS = "2.54.0"

PUSHED = "refs/heads/māin 1111 refs/heads/māin 2222\nHEAD~2\\n 3333 refs/tags/x 4444\n"
"""What git could tell a pre-push hook; the letters and the backslash are easily lost in a shell."""

OLD = 'echo "old: $*"\ncat\nexit "${OLD_STATUS:-0}"\n'
"""A hook that says how it was called, repeats what it was told and answers what the environment wants."""


def executable(path: Path, script: str, mode: int = 0o755) -> Path:
    """Write a script for /bin/sh, and the directories it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    path.chmod(mode)
    return path


def stand_in(path: Path) -> str:
    """A program that says how it was called and what it was told, and answers what the environment wants."""
    script = (
        f'echo "{path.name}: $*"\n'
        'case "$*" in\n'
        '*--version) exit "${VERSION_STATUS:-0}" ;;\n'
        "*--pre-push*) /bin/cat ;;\n"
        'esac\nexit "${RUN_STATUS:-0}"\n'
    )
    return str(executable(path, script))


def snapshot(directory: Path) -> dict[str, tuple[int, int, bytes | str]]:
    """Every name below, with mode, time and content; of a link where it leads."""
    found = {}
    for path in sorted(directory.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        content = os.readlink(path) if path.is_symlink() else path.read_bytes()
        status = path.lstat()
        found[str(path.relative_to(directory))] = (
            status.st_mode,
            0 if path.is_symlink() else status.st_mtime_ns,
            content,
        )
    return found


class Site:
    """One repository in ``place``, and the environment in which it is worked on."""

    def __init__(self, place: Path, environ: Mapping[str, str], interpreter: str) -> None:
        self.place = place
        self.environ = dict(environ)
        self.interpreter = interpreter

    @classmethod
    def create(cls, root: Path) -> Self:
        """Make one; its paths have a blank, a quote and letters outside ASCII. The global configuration is empty."""
        environ = {
            "PATH": f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(root / "home"),
            "GIT_CONFIG_GLOBAL": str(root / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": f"{who}@x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }
        made = cls(root / "it's ünser repo", environ, stand_in(root / "it's a $(venv) é \\n" / "python"))
        made.set_git_version(BEFORE_CONFIGURED_HOOKS)
        made.place.mkdir()
        made.git("init", "--quiet", "--initial-branch=main")
        return made

    def at(self, place: Path) -> Self:
        """The same machine, at another place."""
        return type(self)(place, self.environ, self.interpreter)

    def set_git_version(self, version: str) -> None:
        """Let git say that it is this old; it stays the git that it is."""
        real = shutil.which("git", path=os.environ["PATH"])
        script = (
            f'for last; do :; done\n[ "$last" = version ] && exec echo "git version {version}"\nexec "{real}" "$@"\n'
        )
        executable(Path(self.environ["PATH"].partition(os.pathsep)[0]) / "git", script)

    def git(self, *arguments: str) -> str:
        """Run git here."""
        done = subprocess.run(
            ("git", *arguments), cwd=self.place, env=self.environ, capture_output=True, text=True, check=True
        )
        return done.stdout

    @property
    def hooks(self) -> Path:
        """Where git's own hooks directory is."""
        return Path(self.git("rev-parse", "--path-format=absolute", "--git-common-dir").rstrip("\n")) / "hooks"

    @property
    def configuration(self) -> bytes:
        """The repository's configuration file."""
        return (self.hooks.parent / "config").read_bytes()

    def install(self, *hooks: str, interpreter: str = "") -> list[Step]:
        """Install and give what was done."""
        return list(install(str(self.place), self.environ, interpreter or self.interpreter, hooks or HOOKS))

    def uninstall(self, *hooks: str) -> list[Step]:
        """Uninstall and give what was done."""
        return list(uninstall(str(self.place), self.environ, hooks or HOOKS))

    def run(self, hook: str, told: str = PUSHED, **extra: str) -> "subprocess.CompletedProcess[str]":
        """Start the hook file as git would."""
        return self.start((str(self.hooks / hook),), told, environ=self.environ | extra)

    def start(
        self, command: Sequence[str], told: str = PUSHED, *, environ: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Start a command with what git tells a pre-push hook."""
        return subprocess.run(
            (*command, "origin", "ssh://x/y z"),
            cwd=self.place,
            env=self.environ if environ is None else environ,
            input=told,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
