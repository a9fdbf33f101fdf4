"""The ways in which hooks are run: plain git, pre-commit and prek, behind the same few words."""

import shlex
import sys
from typing import Final, NamedTuple

from tests.e2e.conftest import Desk, Run

ENTRY: Final = (sys.executable, "-E", "-P", "-m", "antipasta_hook")
CONFIG: Final = """\
default_install_hook_types: [pre-commit, pre-push]
default_stages: [pre-commit]
repos:
  - repo: local
    hooks:
      - id: antipasta
        name: antipasta
        language: system
        entry: {entry} run
        types_or: [python, pyi]
        pass_filenames: false
        require_serial: true
        stages: [pre-commit, pre-push, manual]
{more}"""


class Manager(NamedTuple):
    """One of them; ``command`` is empty for plain git."""

    name: str
    command: tuple[str, ...] = ()

    def configure(self, desk: Desk, more: str = "", *, place: str = "") -> None:
        """Commit a configuration that runs this checkout's tool; ``more`` are further lines of the hook."""
        if self.command:
            text = CONFIG.format(entry=shlex.join(ENTRY), more=more)
            desk.add(f"{place}.pre-commit-config.yaml", text)
            desk.git("commit", "--quiet", "--no-verify", "--message", "configure")

    def install(self, desk: Desk) -> None:
        """Install the hooks for commit and push."""
        done = desk.run(*(self.command or ENTRY), "install")
        assert done.returncode == 0, done.stdout + done.stderr

    def run(self, desk: Desk, *arguments: str, cwd: str = "", **environ: str) -> Run:
        """Run the hook by hand."""
        return desk.run(*(self.command or ENTRY), "run", *arguments, cwd=cwd, **environ)


GIT: Final = Manager("git")
PRE_COMMIT: Final = Manager("pre-commit", (sys.executable, "-P", "-m", "pre_commit"))
PREK: Final = Manager("prek", (sys.executable, "-P", "-m", "prek"))
MANAGERS: Final = (GIT, PRE_COMMIT, PREK)


def said(done: Run) -> str:
    """All that a run printed."""
    return done.stdout + done.stderr
