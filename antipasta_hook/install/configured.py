"""Hooks in git's own configuration (git 2.54 and newer): they run beside those of the hooks directory, wherever it is.

An older git ignores them without a word, so they are only written where the git at hand runs them.
"""

import os

from antipasta_hook.install.place import Git
from antipasta_hook.install.script import Origin, origin
from antipasta_hook.model import Failure
from antipasta_hook.report.words import printable


def friendly_name(hook: str) -> str:
    """What git calls our hook. It must not be the name of an event, and serves one event only."""
    return f"antipasta-{hook}"


def section(hook: str) -> str:
    """The section of the configuration that holds it."""
    return f"hook.{friendly_name(hook)}"


def command_in(git: Git, hook: str) -> bytes | None:
    """The command that this repository's configuration has under our name; None where it has none."""
    found = git.ask("config", "--local", "-z", "--get", f"{section(hook)}.command")
    return None if found.code else os.fsencode(found.text.removesuffix("\0"))


def require_untouched(git: Git, hook: str) -> None:
    """Raise Failure for a configured hook under our name that is not as we wrote it."""
    command = command_in(git, hook)
    if command is None or origin(command) is Origin.OURS:
        return
    raise Failure(
        f"{section(hook)}.command in this repository's git configuration was edited, or is newer; it is left as it was",
        kind="occupied",
        recovery=f"if it is not needed, run `git config --local --remove-section {section(hook)}`",
    )


def configure(git: Git, hook: str, command: bytes) -> bool:
    """Have git run the command; whether anything had to be written.

    The event comes last: with an event and no command git would refuse every commit.
    """
    written = command_in(git, hook) != command
    if written:
        _change(git, "--replace-all", f"{section(hook)}.command", os.fsdecode(command))
    if hook not in git.ask("config", "--local", "-z", "--get-all", f"{section(hook)}.event").text.split("\0"):
        _change(git, "--add", f"{section(hook)}.event", hook)
        return True
    return written


def deconfigure(git: Git, hook: str) -> bool:
    """Take our hook out of the configuration; whether there was one."""
    if git.ask("config", "--local", "--get-regexp", f"^{section(hook).replace('.', '[.]')}[.]").code:
        return False
    _change(git, "--remove-section", section(hook))
    return True


def switched_off_by(git: Git, hook: str) -> str:
    """The setting that keeps a git with hooks in its configuration from running ours; "" where there is none."""
    keys = (f"{section(hook)}.enabled", f"hook.{hook}.enabled")
    return next((key for key in keys if git.ask("config", "--type=bool", "--get", key).text == "false\n"), "")


def _change(git: Git, *arguments: str) -> None:
    answer = git.ask("config", "--local", *arguments)
    if answer.code:
        raise Failure(
            f"git cannot change this repository's configuration: {printable(answer.complaint)}",
            kind="unwritable",
            recovery="nothing is lost; once it can be written, the same command does the rest",
        )
