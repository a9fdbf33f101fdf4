"""What ``run`` judges: decided from its arguments and the environment, the first rule that fits. Pure."""

import argparse
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from antipasta_hook.model import Ask, Asked, Failure
from antipasta_hook.report.words import printable

SWITCH: Final = "ANTIPASTA"
_WITHOUT_CI: Final = ("TF_BUILD", "JENKINS_URL")
"""What the services set that do not set ``CI``."""
_NO: Final = frozenset({"", "0", "false", "no", "off"})


class Switch(StrEnum):
    """``ANTIPASTA`` in the environment, for one command under every hook manager."""

    ON = "on"
    OFF = "off"
    """Do nothing."""
    WARN = "warn"
    """Judge and say, but never block."""
    PUSH = "push"
    """Nothing at a commit; the push is judged."""


def switch(environ: Mapping[str, str]) -> Switch:
    """What the environment asks for; raises Failure for a word that is none of these."""
    word = environ.get(SWITCH, "").strip().lower()
    try:
        return Switch(word or Switch.ON)
    except ValueError:
        raise Failure(
            f"{SWITCH}={printable(word)} is none of: off, warn, push",
            kind="switch",
            recovery=f"unset {SWITCH}, or set it to one of these for one command",
        ) from None


def is_commit(environ: Mapping[str, str]) -> bool:
    """Whether git is making a commit: it gives its hooks the index. Coding agents set CI there too, which is no CI."""
    return bool(environ.get("GIT_INDEX_FILE"))


def is_push(asked: Asked, environ: Mapping[str, str]) -> bool:
    """Whether git pushes: its own hook says so, or a hook manager's."""
    return asked.what == Ask.PUSH or "PRE_COMMIT_REMOTE_BRANCH" in environ


def on_ci(environ: Mapping[str, str]) -> bool:
    """Whether a CI service runs this: ``CI`` says so, or where nothing says of it, what Azure and Jenkins set."""
    marks = ("CI",) if "CI" in environ else _WITHOUT_CI
    return any(environ.get(mark, "").strip().lower() not in _NO for mark in marks)


def asked(arguments: argparse.Namespace, environ: Mapping[str, str], pushed: bytes) -> Asked:
    """What a call of ``run`` is to judge. ``pushed`` is standard input, which is read only for ``--pre-push``."""
    return _asked(arguments, environ, pushed)._replace(strict=on_ci(environ) and not _at_a_commit(arguments, environ))


def _at_a_commit(arguments: argparse.Namespace, environ: Mapping[str, str]) -> bool:
    return is_commit(environ) and not _names_a_range(arguments)


def _names_a_range(arguments: argparse.Namespace) -> bool:
    return bool(arguments.from_ref or arguments.to_ref or arguments.pre_push)


def _asked(arguments: argparse.Namespace, environ: Mapping[str, str], pushed: bytes) -> Asked:
    if arguments.pre_push:
        return Asked(Ask.PUSH, "--pre-push: what git is about to push", pushed=pushed)
    _require_names(arguments)
    if arguments.from_ref:
        return _range(arguments.from_ref, arguments.to_ref or "HEAD", "named on the command line")
    if is_commit(environ):
        return Asked(Ask.STAGED, "GIT_INDEX_FILE is set: a commit")
    if environ.get("PRE_COMMIT_TO_REF"):
        why = "PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF are set"
        return _range(environ.get("PRE_COMMIT_FROM_REF") or None, environ["PRE_COMMIT_TO_REF"], why)
    if on_ci(environ):
        return Asked(Ask.CI, "CI is set, and this is no commit")
    return _by_hand(arguments, environ)


def _require_names(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be meant: it would judge something else than was asked for, and pass."""
    if "" in {arguments.from_ref, arguments.to_ref}:
        raise Failure(
            "an empty name for a commit: a variable that was not set?",
            kind="range",
            recovery="name a branch, a tag or a commit",
        )
    if arguments.to_ref and not arguments.from_ref:
        raise Failure(
            "--to-ref names the end of a range, and nothing its beginning",
            kind="range",
            recovery="add --from-ref",
        )


def _range(from_ref: str | None, to_ref: str, why: str) -> Asked:
    return Asked(Ask.RANGE, why, from_ref=from_ref, to_ref=to_ref)


def _by_hand(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Asked:
    if arguments.all_files:
        return Asked(Ask.TREE, "--all-files")
    if "PRE_COMMIT_REMOTE_BRANCH" in environ:
        return _range(
            None, environ.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD", "a whole history is pushed for the first time"
        )
    inside = "PRE_COMMIT" in environ
    why = "started by a hook manager outside a commit" if inside else "nothing says otherwise"
    return Asked(Ask.STAGED, why, tree_if_empty=inside)
