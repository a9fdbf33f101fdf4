"""Other programs on PATH, and what they say when they are asked for their version."""

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Final, Self

from antipasta_hook.changes.steering import on_path, unsteered
from antipasta_hook.changes.traits import version_of

_PATIENCE: Final = 0.7
"""Seconds from when it was started."""


class Asked:
    """A program that is asked, and need not be waited for until the answer is wanted. ``path`` is None for none."""

    def __init__(self, name: str, environ: Mapping[str, str]) -> None:
        self.path: Final = on_path(name, environ)
        self._environ = {**unsteered(environ), "PYTHONDONTWRITEBYTECODE": "1"}
        self._child: subprocess.Popen[bytes] | None = None
        self._until = 0.0

    def __enter__(self) -> Self:
        """Start it, far from any repository."""
        if self.path is not None:
            self._until = monotonic() + _PATIENCE
            with suppress(OSError):
                self._child = subprocess.Popen(
                    (self.path, "--version"),
                    cwd=os.path.abspath(os.sep),
                    env=self._environ,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, if it has not ended."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()

    @property
    def version(self) -> str | None:
        """What it says, in digits; None where it says nothing in time."""
        if self._child is None:
            return None
        try:
            said, _ = self._child.communicate(timeout=max(0.0, self._until - monotonic()))
        except subprocess.TimeoutExpired:
            return None
        found = version_of(said[:1000].decode("utf-8", "replace"))
        return ".".join(map(str, found)) if found else None
