"""Commands that a reader can copy into a shell, whatever the names in them."""

import re
from collections.abc import Callable
from typing import Final

from antipasta_hook.model import Scope, ScopeKind
from antipasta_hook.report.layout import ENDLESS, shown
from antipasta_hook.report.screen import Screen, Shell

_LONGEST: Final = 1_000  # characters
_SAFE: Final = re.compile(r"[\w+:./-]+", re.ASCII)
_ESCAPED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\'", "#": "\\043"}


def explain(scope: Scope, path: str, symbol: str | None, screen: Screen) -> str | None:
    """The command that shows a function line by line; None where nobody could copy it, or no shell write its name."""
    name = f"{path}::{symbol}" if symbol else path
    if len(name) > _LONGEST:
        return None
    argument = quoted(f"./{name}" if name.startswith("-") else name, screen)
    return None if argument is None else f"{screen.program} explain {_version(scope, screen)}{argument}"


def _version(scope: Scope, screen: Screen) -> str:
    """Which version of the file was judged, as ``explain`` is told: in a commit that whoever reads this has."""
    if (commit := scope.source or scope.target) is not None:
        return f"--rev {commit[:12]} "
    from_index = scope.kind in {ScopeKind.INDEX, ScopeKind.TREE} and screen.staged
    return "--staged " if from_index else ""


def only_once(scope: Scope, screen: Screen) -> str | None:
    """The command that goes on this time; None where nothing was stopped that could go on.

    What ``git commit -a`` took is not staged when it has failed: the same has to be typed again.
    """
    if screen.warn:
        return None
    if scope.kind == ScopeKind.INDEX:
        return _WARNING[screen.shell]("git commit" if screen.staged else "git commit ...")
    return _WARNING[screen.shell]("git push") if screen.push else None


_WARNING: Final[dict[Shell, Callable[[str], str]]] = {
    Shell.POSIX: "ANTIPASTA=warn {}".format,
    Shell.FISH: "ANTIPASTA=warn {}".format,
    Shell.POWERSHELL: "$env:ANTIPASTA='warn'; {}; $env:ANTIPASTA=$null".format,
    Shell.CMD: "set ANTIPASTA=warn&& {}& set ANTIPASTA=".format,
}


def quoted(text: str, screen: Screen) -> str | None:
    """One argument as this shell reads it back; None where it cannot be written so that the screen shows it."""
    if len(text) > ENDLESS:
        return None
    if _SAFE.fullmatch(text):
        return text
    if shown(text, screen) == text:
        return _QUOTED[screen.shell](text)
    return _spelled_out(text) if screen.shell == Shell.POSIX else None


def _posix(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _cmd(text: str) -> str | None:
    return None if '"' in text or "%" in text else f'"{text}"'


_QUOTED: Final[dict[Shell, Callable[[str], str | None]]] = {
    Shell.POSIX: _posix,
    Shell.FISH: _fish,
    Shell.POWERSHELL: _powershell,
    Shell.CMD: _cmd,
}


def _spelled_out(text: str) -> str | None:
    """``$'...'`` of POSIX 2024, bash and zsh: the bytes that are no printable ASCII in octal."""
    try:
        pieces = [_ESCAPED.get(c) or (c if c.isascii() and c.isprintable() else _octal(c)) for c in text]
    except UnicodeEncodeError:  # half a character: no file has such a name
        return None
    return "$'" + "".join(pieces) + "'"


def _octal(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
