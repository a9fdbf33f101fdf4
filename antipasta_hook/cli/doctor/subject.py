"""What is looked at: a directory with an environment, and what several sections want to know of it."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import Final, Self

from antipasta_hook.cache.memory import FileMemory
from antipasta_hook.changes import Repository, open_repository
from antipasta_hook.changes.steering import git_on_path
from antipasta_hook.changes.traits import version_of
from antipasta_hook.cli.doctor.programs import Asked
from antipasta_hook.cli.settings_files import staged_settings
from antipasta_hook.config.settings import Loaded, Settings
from antipasta_hook.model import Failure
from antipasta_hook.model.checkup import Row, State

_HARMLESS: Final = frozenset({"not-a-repository", "bare"})
"""Kinds of failures where there is nothing to judge, and so nothing broken."""


class Subject:
    """Use it as a context: what was opened and started for it is closed and ended.

    What an attribute says is found out when it is first asked for.
    """

    def __init__(self, directory: str, environ: Mapping[str, str]) -> None:
        self.directory: Final = directory
        self.environ: Final = environ
        self.programs: Final[dict[str, Asked]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Ask other programs for their versions: they take their time."""
        for name in ("git", "pre-commit", "prek"):
            self.programs[name] = self._stack.enter_context(Asked(name, self.environ))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of everything."""
        self._stack.close()

    @cached_property
    def git(self) -> tuple[int, ...] | None:
        """The version of git; None where there is none that answers."""
        return version_of(self.programs["git"].version or "")

    @property
    def git_path(self) -> str | None:
        """The git that is on PATH."""
        return git_on_path(self.environ)

    @cached_property
    def opened(self) -> Repository | Failure:
        """The repository, or why it cannot be opened. Raises Failure where there is no such directory."""
        try:
            return self._stack.enter_context(open_repository(self.directory, self.environ))
        except Failure as failure:
            if failure.kind == "no-directory":
                raise
            return failure

    @cached_property
    def failure(self) -> Failure | None:
        """Why what is staged cannot be read; None where it can."""
        if isinstance(self.opened, Failure):
            return self.opened
        try:
            _read(self.opened)
            if isinstance(self.settings, Loaded) and self.opened.use(Settings(self.settings.layers).run().reader):
                _read(self.opened)
        except Failure as failure:
            return failure
        return None

    @cached_property
    def settings(self) -> Loaded | Failure:
        """What the staged settings files say at the root, or why they cannot be used."""
        if isinstance(self.opened, Failure):
            return self.opened
        try:
            return staged_settings(self.opened, "", self.memory)
        except Failure as failure:
            return failure

    @cached_property
    def memory(self) -> FileMemory:
        """What runs have kept of settings; nothing is added."""
        return FileMemory(None, self.environ, make=False)

    @cached_property
    def root(self) -> str:
        """The root of the work tree; empty where there is none."""
        return "" if isinstance(self.opened, Failure) else os.path.abspath(self.opened.root() or "")


def _read(repository: Repository) -> None:
    """Read all that a commit reads of the index, and HEAD."""
    repository.staged(repository.head())


def faulty(failure: Failure, public: str | None = None) -> Row:
    """A row for what could not be looked at."""
    is_harmless = failure.kind in _HARMLESS
    key, state = ("found", State.WELL) if is_harmless else ("problem", State.BROKEN)
    return Row(key, str(failure), public or failure.kind, state, failure.recovery)
