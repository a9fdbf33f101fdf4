"""The system and the environment, as far as they change what is judged."""

import os
import platform
import sys
from collections.abc import Iterator
from typing import Final

from antipasta_hook.cli.doctor.subject import Subject
from antipasta_hook.cli.modes import SWITCH, Switch, on_ci, switch
from antipasta_hook.model.checkup import Row, State, shared

_VARIABLES: Final = (
    "ANTIPASTA_CACHE_DIR", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CEILING_DIRECTORIES", "GIT_COMMON_DIR",
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM", "GIT_DIR", "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "HUSKY", "LEFTHOOK", "PRE_COMMIT", "PYTHONHOME", "PYTHONPATH", "SKIP",
    "VIRTUAL_ENV", "XDG_CACHE_HOME",
)  # fmt: skip
"""What is told of them is whether they are set: values may be private."""


def rows(subject: Subject) -> Iterator[Row]:
    """The system, the switch, and which variables are set. Raises Failure for a word that is no switch."""
    yield shared("system", f"{sys.platform}, {platform.machine()}")
    output = getattr(sys.stdout, "encoding", None) or "none"
    yield shared("encodings", f"{sys.getfilesystemencoding()} for names, {output} for output")
    yield _variables(subject)
    yield shared("CI service", "yes: no budget, and what cannot be judged fails" if on_ci(subject.environ) else "no")
    yield _switch(switch(subject.environ))


def _variables(subject: Subject) -> Row:
    names = [name for name in _VARIABLES if name in subject.environ]
    values = ", ".join(f"{name}={subject.environ[name]}" for name in names)
    return Row("variables", values or "none that matters", ", ".join(names) or "none that matters")


def _switch(word: Switch) -> Row:
    if word == Switch.ON:
        return shared(SWITCH, "not set: all is judged")
    said = {
        Switch.OFF: "nothing is judged",
        Switch.PUSH: "commits are not judged, pushes are",
        Switch.WARN: "nothing is stopped",
    }
    unset = f"Remove-Item Env:{SWITCH}" if os.name == "nt" else f"unset {SWITCH}"
    return shared(SWITCH, f"{word}: {said[word]}", State.WARNING, f"{unset} (it is meant for one command)")
