"""Where git looks for the hooks of a repository, and whether that is a place of this repository's own."""

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from typing import Final, NamedTuple

from antipasta_hook.changes.children import Answer as Said
from antipasta_hook.changes.pipes import require_files
from antipasta_hook.changes.place import place_of
from antipasta_hook.changes.plumbing import explain
from antipasta_hook.changes.steering import command, git_on_path, unsteered
from antipasta_hook.model import Failure
from antipasta_hook.report.words import printable

CONFIGURES_HOOKS: Final = (2, 54)
"""The first git that runs hooks named in its configuration; an older one ignores them without a word."""


class Answer(NamedTuple):
    """Exit code, standard output and the complaint of one git command."""

    code: int
    text: str
    complaint: str


class Git(NamedTuple):
    """git, as it answers in one directory."""

    cwd: str
    environ: Mapping[str, str]

    def ask(self, *arguments: str) -> Answer:
        """Run one command. Raises Failure only where there is no git to be run, or no such directory."""
        environ = unsteered(self.environ)
        program = git_on_path(environ)
        if program is None:
            raise _no_git(self.cwd, "it is not on PATH")
        line = command(program, *arguments, hooks=True)
        try:
            done = subprocess.run(line, cwd=self.cwd, env=environ, input=b"", capture_output=True, check=False)
        except OSError as error:
            raise _no_git(self.cwd, str(error.strerror)) from error
        return Answer(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr).strip())

    def path(self, *question: str) -> Answer:
        """Ask ``git rev-parse`` for a path; the answer is absolute, with every link resolved."""
        answer = self.ask("rev-parse", "--path-format=absolute", *question)
        return answer._replace(text=answer.text.removesuffix("\n"))


class Place(NamedTuple):
    """Where git looks, and what it can do.

    ``directory``: where git looks for hook files; absolute, links resolved. ``own``: where it looks as long as nobody
    says otherwise. ``obstacle``: why nothing is to be written into ``directory``. ``work_tree``: the root of the work
    tree where ``directory`` is part of it, and so perhaps of every clone; else "". ``configurable``: this git runs
    hooks of its configuration.
    """

    directory: str
    own: str
    obstacle: Failure | None
    work_tree: str
    configurable: bool

    @property
    def team_s(self) -> str:
        """Why a file in ``directory`` may end up with other people; "" where it stays here."""
        return f"the hooks directory {self.directory} is part of the work tree" if self.work_tree else ""

    @property
    def searched(self) -> tuple[str, ...]:
        """The directories of this repository's own in which a hook of ours may be."""
        directories = (self.own,) if self.obstacle else (self.directory, self.own)
        return tuple(dict.fromkeys(found for found in directories if not os.path.islink(found)))


def find_place(git: Git) -> Place:
    """Look around. Raises Failure where there is no repository, or a git that cannot tell."""
    require_files(place_of(git.cwd, git.environ))
    common = git.path("--git-common-dir")
    if common.code:
        raise _no_repository(git, common)
    if not os.path.isabs(common.text):
        raise Failure("this git is too old to say where hooks belong", kind="git", recovery="git 2.31 or newer does")
    own = os.path.join(common.text, "hooks")
    directory = git.path("--git-path", "hooks").text  # "" where core.hooksPath is set to nothing
    return Place(
        directory=directory,
        own=own,
        obstacle=_diverted(git, directory, own) or _linked(git, directory),
        work_tree=_work_tree(git, directory, common.text),
        configurable=configures_hooks(git.ask("version").text),
    )


def _no_repository(git: Git, answer: Answer) -> Failure:
    """Why git finds none."""
    if "not a git repository" not in answer.complaint:
        return explain(Said(answer.code, b"", answer.complaint), git.cwd)
    return Failure(
        f"git finds no repository here: {printable(answer.complaint.splitlines()[0])}",
        kind="repository",
        recovery="run it inside a repository (`git init` makes one)",
    )


def _no_git(cwd: str, why: str) -> Failure:
    recovery = "install git, or put it on PATH"
    return Failure(f"cannot start git in {printable(cwd)}: {why}", kind="git", recovery=recovery)


def configures_hooks(version: str) -> bool:
    """Whether a git with this answer to ``git version`` runs hooks of its configuration."""
    found = re.search(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= CONFIGURES_HOOKS


def _diverted(git: Git, directory: str, own: str) -> Failure | None:
    """A hooks directory set for this repository is honoured; one that many repositories share is not ours to fill."""
    scope, _, rest = git.ask("config", "--show-scope", "-z", "--get", "core.hooksPath").text.partition("\0")
    value = rest.removesuffix("\0")
    if scope and (not value or directory == os.devnull):
        return Failure(
            f"hooks are switched off: core.hooksPath is set to {printable(value) or 'nothing'} ({scope} configuration)",
            kind="hooks-off",
            recovery="unset it, and install again",
        )
    if scope in {"", "local", "worktree"} or os.path.realpath(directory) == os.path.realpath(own):
        return None
    return Failure(
        f"core.hooksPath is set for every repository ({scope} configuration) to {printable(value)}",
        kind="hooks-path",
        recovery="a hook there would run everywhere, and one in this repository nowhere: give this repository its own "
        f"(`git config --local core.hooksPath {printable(shlex.quote(own))}`) and install again, or call "
        "`antipasta-hook run` from the shared hook; git 2.54 and newer need neither",
    )


def _linked(git: Git, directory: str) -> Failure | None:
    unresolved = git.ask("rev-parse", "--git-path", "hooks").text.removesuffix("\n")
    if not os.path.islink(os.path.join(git.cwd, unresolved)):
        return None
    return Failure(
        f"the hooks directory is a symbolic link to {printable(directory)}; nothing is written through a link",
        kind="link",
        recovery="if the hook belongs there, run "
        f"`git config core.hooksPath {printable(shlex.quote(directory))}` first",
    )


def _work_tree(git: Git, directory: str, common: str) -> str:
    root = git.path("--show-toplevel")
    if root.code or not _inside(directory, root.text) or _inside(directory, common):
        return ""
    return root.text


def _inside(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")
