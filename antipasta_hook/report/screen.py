"""Where a message will be read, as far as it changes how the message is written. Pure: cli/screen.py finds it out."""

from enum import StrEnum
from typing import Final, NamedTuple


class Shell(StrEnum):
    """What a person types commands into; each quotes in its own way."""

    POSIX = "posix"
    FISH = "fish"
    POWERSHELL = "powershell"
    CMD = "cmd"


class Screen(NamedTuple):
    """``width`` in columns; ``unicode``: arrows can be seen; ``encoding``: what else can be written."""

    width: int = 80
    unicode: bool = False
    encoding: str = "utf-8"
    shell: Shell = Shell.POSIX
    push: bool = False
    """Whether the reader typed ``git push``."""
    warn: bool = False
    """Whether the reader asked that nothing blocks this time."""
    staged: bool = True
    """Whether what was judged as the index is still staged when the reader reads: not after ``git commit -a``."""
    committing: bool = False
    """Whether a commit is being made: what passes is committed, and staged no more, when the reader reads."""
    stops_late: str | None = None
    """Where it is set that what there was no time for stops a commit or push; None where it does not."""
    program: str = "antipasta-hook"
    """What the reader types to start this program, ready for the shell."""


PLAIN: Final = Screen()
"""A file or a pipe."""
