"""Every command there is, in every way that makes it read a repository, run as people run it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.integration.repositories import Repo

READERS: Final = ("pygit2", "git")
ZERO: Final = "0" * 40
AS_MODULE: Final = (sys.executable, "-P", "-m", "antipasta_hook")
AS_SCRIPT: Final = (os.path.join(os.path.dirname(sys.executable), "antipasta-hook"),)


class Call(NamedTuple):
    """One command line without the program; ``given`` goes to its standard input."""

    arguments: tuple[str, ...]
    given: str = ""
    environ: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        """For a message."""
        return " ".join(self.arguments)


def judging(repo: Repo, path: str) -> Iterator[Call]:
    """The ways to have something judged; HEAD has a parent, and ``path`` is a Python file of HEAD."""
    head, before = repo.oid("HEAD"), repo.oid("HEAD~1")
    for reader in READERS:
        by = ("--reader", reader)
        yield Call(("run", *by, "-v"))
        yield Call(("run", *by, "--from-ref", before, "--to-ref", head))
        yield Call(("run", *by, "--all-files"))
        yield Call(("run", *by, "--executor", "processes", "--jobs", "2", "--no-cache"))
        yield Call(("run", *by, "--pre-push"), f"refs/heads/main {head} refs/heads/main {before}\n")
        yield Call(("run", *by, "--pre-push"), f"refs/heads/new {head} refs/heads/new {ZERO}\n")
        yield Call(("check", *by))
        yield Call(("check", *by, "--", path))
        yield Call(("ci", *by, "--base", before))
        yield Call(("ci", *by, "--base", "HEAD~1", "--detail", "full", "--no-cache"), environ={"CI": "true"})
        yield Call(("backtest", *by, "--last", "5"))
        yield Call(("backtest", *by, "--since", "2001-01-01", "--settings", "own", "--no-cache"))


def others(path: str) -> Iterator[Call]:
    """All other commands but those that install."""
    yield Call(("explain", path))
    yield Call(("explain", "--staged", path))
    yield Call(("explain", "--rev", "HEAD", path))
    yield Call(("config", "check"))
    yield Call(("config", "check", "--strict"))
    yield Call(("config", "show"))
    yield Call(("config", "show", "--origin", path))
    yield Call(("cache", "warm"))
    yield Call(("last",))
    yield Call(("doctor",))
    yield Call(("doctor", "--format", "json"))
    yield Call(("doctor", "--report"))


def installing() -> Iterator[Call]:
    """What writes into a repository, because it was asked to."""
    yield Call(("install", "--warm"))
    yield Call(("install",))
    yield Call(("uninstall",))


def carried_out(
    call: Call, cwd: Path, environ: Mapping[str, str], program: Sequence[str] = AS_MODULE
) -> "subprocess.CompletedProcess[bytes]":
    """Run it to its end."""
    return subprocess.run(
        (*program, *call.arguments),
        cwd=cwd,
        env={**environ, **call.environ},
        input=call.given.encode(),
        capture_output=True,
        check=False,
    )


def all_below(*roots: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below some directories, with its mode and its bytes."""
    found = {}
    for root in roots:
        for directory, _, names in os.walk(os.fsencode(root)):
            for name in names:
                path = os.path.join(directory, name)
                status = os.lstat(path)
                content = os.readlink(path) if os.path.islink(path) else Path(os.fsdecode(path)).read_bytes()
                found[os.fsdecode(path)] = (status.st_mode, content)
    return found
