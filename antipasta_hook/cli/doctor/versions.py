"""Which versions are at work: ours, Python's, git's, those of the libraries and of hook managers."""

import os
import re
import sys
from collections.abc import Iterator
from typing import Final

from antipasta_hook import __version__
from antipasta_hook.changes.reader import Unreadable
from antipasta_hook.changes.traits import libgit2_versions
from antipasta_hook.cli.doctor.subject import Subject
from antipasta_hook.metrics.fingerprint import RADON
from antipasta_hook.model.checkup import Row, State, shared

_LIBRARIES: Final = ("complexipy", "radon", "diskcache", "pydantic_core", "pyyaml", "rich", "distributed")
_OPTIONAL: Final = frozenset({"distributed"})
_REINSTALL: Final = "install antipasta-hook again, into an environment of its own"
_OF_A_LIBRARY: Final = re.compile(r"(.+)-([0-9][\w.!+]*)\.dist-info")


def rows(subject: Subject) -> Iterator[Row]:
    """One row for each."""
    yield shared("antipasta-hook", __version__)
    python = ".".join(map(str, sys.version_info[:3]))
    yield Row("Python", f"{python} ({sys.executable})", python)
    yield _git(subject)
    yield _libgit2()
    yield from _libraries()
    for name in ("pre-commit", "prek"):
        yield _manager(name, subject)


def _git(subject: Subject) -> Row:
    if subject.git_path is None:
        return shared("git", "not on PATH", State.WARNING, "install git, or put it on PATH")
    if subject.git is None:
        hint = f"see what it says: {subject.git_path} --version"
        return Row("git", f"{subject.git_path} does not say its version", "does not answer", State.WARNING, hint)
    version = ".".join(map(str, subject.git))
    return Row("git", f"{version} ({subject.git_path})", version)


def _libgit2() -> Row:
    try:
        pygit2, libgit2 = libgit2_versions()
    except Unreadable as error:
        return Row("libgit2", f"{error}; git reads instead", "cannot be imported", State.WARNING, _REINSTALL)
    return shared("libgit2", f"{libgit2}, by pygit2 {pygit2}")


def _libraries() -> Iterator[Row]:
    installed = _installed()
    for name in _LIBRARIES:
        version = installed.get(name)
        if version is None:
            if name not in _OPTIONAL:
                yield shared(name, "not installed", State.BROKEN, _REINSTALL)
        elif name == "radon" and version != RADON:
            yield shared(name, f"{version}; the numbers are those of {RADON}", State.WARNING, _REINSTALL)
        else:
            yield shared(name, version)


def _installed() -> dict[str, str]:
    """The versions of what an import finds, by the names of packages in small letters.

    ``importlib.metadata`` knows them too, but importing that takes longer than all of this.
    """
    found: dict[str, str] = {}
    for place in sys.path:
        try:
            names = os.listdir(place or os.curdir)
        except OSError:
            continue
        for match in filter(None, map(_OF_A_LIBRARY.fullmatch, names)):
            found.setdefault(match[1].lower().replace("-", "_"), match[2])
    return found


def _manager(name: str, subject: Subject) -> Row:
    asked = subject.programs[name]
    if asked.path is None:
        return shared(name, "not on PATH")
    version = asked.version
    if version is None:
        return Row(name, f"{asked.path} did not say its version in time", "found; did not answer in time")
    return Row(name, f"{version} ({asked.path})", version)
