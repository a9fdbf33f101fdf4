"""Every settings file of a repository as people want to hear of it: what is wrong, and what does not count yet."""

import os
import stat
from collections.abc import Iterable
from typing import Final, NamedTuple

from antipasta_hook.changes import Repository
from antipasta_hook.config.compiled import Compiled
from antipasta_hook.config.document import LARGEST, too_large
from antipasta_hook.config.fault import Fault
from antipasta_hook.config.load import Memory, Outcome, is_settings_file, load, misplaced, outcome, remembered
from antipasta_hook.config.settings import PROJECT_FILE, SETTINGS_FILE, Loaded
from antipasta_hook.model import Blob, Failure, Severity
from antipasta_hook.report.words import printable

REGULAR: Final = frozenset({0o100644, 0o100755})
"""Modes of what is read; a symbolic link is not."""

_NOTHING: Final = Compiled({})


class Remark(NamedTuple):
    """One line about a settings file."""

    severity: Severity
    text: str


def checked(repository: Repository, memory: Memory | None = None, *, strict: bool) -> dict[str, list[Remark]]:
    """The settings files of the index and those that are only on disk, by path, with what is to be said of each.

    A pyproject.toml without settings is none of them. Raises Failure where there is no index, or where a settings
    file is unmerged in it.
    """
    found = {}
    for path, blob in sorted(_settings_files(repository).items()):
        remarks = _checked(repository, path, blob, memory, strict=strict)
        if remarks is not None:
            found[path] = remarks
    return found


def checked_on_disk(directory: str, name: str, *, strict: bool) -> list[Remark]:
    """What is to be said of a file on disk; ``name`` counts from the directory. Raises Failure where there is none."""
    source = _on_disk(os.path.join(directory, name))
    if source is None:
        raise Failure(
            f"{printable(name)} cannot be read, or is not a regular file",
            kind="no-file",
            recovery="name settings files, or none for those that are staged",
        )
    return _said(name, outcome(name, source), strict=strict, placed=False) or []


def settings_paths(paths: Iterable[str]) -> list[str]:
    """Where a settings file could stand that reaches one of these paths."""
    directories = {""}
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent not in directories:
            directories.add(parent)
            parent = parent.rpartition("/")[0]
    files = (f"{directory}/{SETTINGS_FILE}" if directory else SETTINGS_FILE for directory in sorted(directories))
    return [PROJECT_FILE, *files]


def staged_settings(repository: Repository, path: str, memory: Memory | None = None) -> Loaded:
    """The settings of the index that reach a path. Raises Failure where they cannot be used."""
    blobs = repository.index_blobs(settings_paths([path]))
    files = {name: blob.oid for name, blob in blobs.items() if blob.mode in REGULAR}
    return load(files, repository.read, memory)


def _settings_files(repository: Repository) -> dict[str, Blob | None]:
    """Every settings file of the index, and (None) those in its directories that are not staged."""
    staged = repository.staged(None)
    ours = [each for each in staged if is_settings_file(each.path)]
    _refuse_unmerged([each.path for each in ours if each.unmerged])
    found = _only_on_disk(repository.root(), settings_paths(each.path for each in staged))
    return found | {each.path: each.after for each in ours}


def _only_on_disk(root: str | None, paths: Iterable[str]) -> dict[str, Blob | None]:
    return {path: None for path in paths if root is not None and os.path.lexists(os.path.join(root, path))}


def _refuse_unmerged(paths: list[str]) -> None:
    if paths:
        raise Failure(
            f"unmerged in the index: {', '.join(printable(path) for path in paths[:5])}",
            kind="settings-unmerged",
            recovery="resolve the conflict and git add the file",
        )


def _checked(
    repository: Repository, path: str, blob: Blob | None, memory: Memory | None, *, strict: bool
) -> list[Remark] | None:
    """What is to be said of one file; None where it has no settings."""
    root = repository.root()
    on_disk = None if root is None else _on_disk(os.path.join(root, path))
    if blob is None:
        return _unstaged(path, on_disk or b"", strict=strict)
    if blob.mode not in REGULAR:
        return [_warning(path, "is a symbolic link, which is not read: make it a file")]
    if (repository.size(blob.oid) or 0) > LARGEST:
        return [Remark(Severity.ERROR, too_large().at(path))]
    staged = repository.read(blob.oid)
    remarks = _said(path, remembered(path, blob.oid, repository.read, memory), strict=strict)
    if root is None or not _differs(path, staged, on_disk):
        return remarks
    return [*(remarks or ()), _warning(path, "is different on disk; what is staged counts (git add)")]


def _unstaged(path: str, on_disk: bytes, *, strict: bool) -> list[Remark] | None:
    remarks = _said(path, outcome(path, on_disk), strict=strict)
    return None if remarks is None else [*remarks, _warning(path, "does not count yet: it is not staged (git add)")]


def _said(path: str, found: Outcome, *, strict: bool, placed: bool = True) -> list[Remark] | None:
    """What is to be said of one file; None where it is a pyproject.toml without settings.

    ``placed``: the path is one of a repository, and says which keys count there.
    """
    if path == PROJECT_FILE and found == _NOTHING:
        return None
    if not isinstance(found, Compiled):
        return [Remark(Severity.ERROR, fault.at(path)) for fault in found]
    unknown = (Remark(Severity.ERROR, each.at(path)) if strict else _warned(each, path) for each in found.unknown)
    idle = (_warned(fault, path) for fault in misplaced(found, path) if placed)
    return [*unknown, *idle, *(Remark(Severity.NOTICE, f"{path}: note: {notice}") for notice in found.notices)]


def _warned(fault: Fault, path: str) -> Remark:
    return Remark(Severity.WARNING, fault._replace(key=f"warning: {fault.key}").at(path))


def _warning(path: str, text: str) -> Remark:
    return Remark(Severity.WARNING, f"{path}: warning: {text}")


def _differs(path: str, staged: bytes, on_disk: bytes | None) -> bool:
    """Whether the file on disk says something else; line ends, which git may convert, say nothing."""
    if on_disk == staged:
        return False
    if path == PROJECT_FILE:
        return outcome(path, on_disk or b"") != outcome(path, staged)
    return on_disk is None or on_disk.replace(b"\r\n", b"\n") != staged.replace(b"\r\n", b"\n")


def _on_disk(path: str) -> bytes | None:
    """A file's first bytes, one more than may be read of settings; None for anything but a regular file."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except (OSError, ValueError):
        return None
