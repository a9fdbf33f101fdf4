"""What is set at the root, where it is set, and what is wrong with any settings file."""

import re
from collections.abc import Iterator
from typing import Final

from antipasta_hook.cache.memory import FileMemory
from antipasta_hook.changes import Repository
from antipasta_hook.cli.doctor.subject import Subject
from antipasta_hook.cli.settings_files import checked
from antipasta_hook.config.settings import Loaded, Settings
from antipasta_hook.config.written import listed
from antipasta_hook.model import Failure, Severity
from antipasta_hook.model.checkup import Row, State, shared
from antipasta_hook.report.words import count

_AT_ROOT: Final = re.compile(r"(?:\.antipasta\.yaml|pyproject\.toml):\d+")
_HARMLESS_VALUE: Final = re.compile(r"[a-z]+|[0-9.]+(?:s|ms|[kKMG]i?B|B)?|\[\]")
"""Words that are choices, numbers, times and sizes: nothing that somebody made up."""
_CHECK: Final = "antipasta-hook config check"


def rows(subject: Subject) -> Iterator[Row]:
    """The files and what is wrong with them, then every value with its origin."""
    opened = subject.opened
    if isinstance(opened, Failure) or subject.failure is not None:
        yield shared("files", "not looked at: what is staged cannot be read here")
        return
    yield from _files(opened, subject.memory)
    if isinstance(subject.settings, Loaded):
        for key, text, origin in listed(Settings(subject.settings.layers), ""):
            yield _value(key, text, origin)


def _files(opened: Repository, memory: FileMemory) -> Iterator[Row]:
    """Raises Failure where one is unmerged."""
    found = checked(opened, memory, strict=False)
    yield shared("files", count(len(found), "file") if found else "none: the defaults hold")
    staged = opened.index_blobs(found)
    for path, remarks in found.items():
        for remark in remarks:
            yield Row(
                remark.severity, remark.text, "said of a file", _state(remark.severity, counts=path in staged), _CHECK
            )


def _state(severity: Severity, *, counts: bool) -> State:
    """A file with an error that counts refuses every commit that it reaches."""
    if severity == Severity.ERROR and counts:
        return State.BROKEN
    return State.WELL if severity == Severity.NOTICE else State.WARNING


def _value(key: str, text: str, origin: str | None) -> Row:
    value = text if _HARMLESS_VALUE.fullmatch(text) else "set"
    place = "default" if origin is None else origin if _AT_ROOT.fullmatch(origin) else "elsewhere"
    return Row(key, text if text == "default" else f"{text}  ({origin or 'default'})", f"{value}  ({place})")
