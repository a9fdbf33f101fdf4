"""What sits in the place of a hook, and whether it may be replaced or moved aside."""

import os
import stat
from typing import Final, NamedTuple

from antipasta_hook.install import managers
from antipasta_hook.install.managers import Managed
from antipasta_hook.install.place import Git, Place
from antipasta_hook.install.script import (
    CHAINED,
    WARMING,
    Origin,
    call,
    made_its_directory,
    origin,
    plain_call,
    verdict_of,
)
from antipasta_hook.model import Failure, Refused
from antipasta_hook.report.words import printable

_LARGEST: Final = 16 << 20
"""Bytes of a hook."""


class Seat(NamedTuple):
    """One file name among the hooks, and what is there.

    ``content``: None where nothing is; of a link what it leads to, if anything. ``link``: where it leads.
    """

    path: str
    content: bytes | None
    link: str | None = None
    executable: bool = False

    @property
    def origin(self) -> Origin | None:
        """Who wrote what is there; None where nothing is."""
        return None if self.content is None else origin(self.content)

    @property
    def ours(self) -> bool:
        """Our own script, as we wrote it."""
        return self.link is None and self.origin is Origin.OURS

    @property
    def chained(self) -> str:
        """Where the hook that was here before is kept."""
        return os.path.join(os.path.dirname(self.path), hook_of(self.path) + CHAINED)


def look(path: str) -> Seat:
    """See what is there. Raises Failure for what is no file, and for what may not be read."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Seat(path, None)
    link = os.readlink(path) if stat.S_ISLNK(mode) else None
    if link is not None and not os.path.exists(path):
        return Seat(path, b"", link)
    if not os.path.isfile(path):
        raise Failure(
            f"{printable(path)} is not a file; it is left as it was",
            kind="occupied",
            recovery="move it away and install again",
        )
    if os.path.getsize(path) > _LARGEST:
        raise Failure(
            f"{printable(path)} is larger than any hook: {os.path.getsize(path):,} bytes; it is left as it was",
            kind="occupied",
            recovery="see what it is, move it away and install again",
        )
    try:
        with open(path, "rb") as file:
            return Seat(path, file.read(), link, os.access(path, os.X_OK))
    except OSError as error:
        raise Failure(f"cannot read {printable(path)}: {error.strerror}", kind="unreadable") from error


def find_seat(directory: str, hook: str) -> Seat:
    """Where our script is or belongs: under the hook's name, or where pre-commit or prek has moved it."""
    seat = look(os.path.join(directory, hook))
    if managers.keeps_legacy(managers.manager(seat.content or b"", directory)):
        moved = look(f"{seat.path}.legacy")
        if moved.ours:
            return moved
    return seat


def hook_of(path: str) -> str:
    """The name of the hook whose seat this is."""
    return os.path.basename(path).removesuffix(".legacy")


def was_made(directory: str, hooks: tuple[str, ...]) -> bool:
    """Whether the directory is there only because of us."""
    if not os.path.isdir(directory):
        return True
    seats = (find_seat(directory, hook) for hook in hooks)
    return any(seat.ours and made_its_directory(seat.content or b"") for seat in seats)


def require_untouched(seat: Seat, advice: str) -> None:
    """Raise Failure for a script of ours that somebody has made his own."""
    if seat.origin is None or seat.origin is Origin.FOREIGN or seat.ours:
        return
    what = (
        f"is a symbolic link to a hook of ours ({printable(seat.link)})"
        if seat.link
        else "is our hook, edited or newer"
    )
    raise Failure(f"{printable(seat.path)} {what}; it is left as it was", kind="occupied", recovery=advice)


def objection(seat: Seat, place: Place, git: Git, interpreter: str) -> Failure | None:
    """Why what is there can be neither replaced nor moved aside."""
    if seat.ours:
        return None
    found = managers.manager(seat.content or b"", os.path.dirname(seat.path))
    if found and hook_of(seat.path) in WARMING:
        return _kept(seat, f"belongs to {found.name}", "managed", f"let it run: {plain_call(hook_of(seat.path))}")
    if found:
        return Managed(seat.path, found)
    return None if seat.content is None else _claim(seat, place, git, interpreter)


def _claim(seat: Seat, place: Place, git: Git, interpreter: str) -> Failure | None:
    """The same for a hook that no manager looks after."""
    hook, content = hook_of(seat.path), seat.content or b""
    if managers.calls_us(content):
        return _kept(seat, "calls antipasta-hook already", "occupied", "take that out of it and install again")
    if managers.asks_for_its_name(content):
        advice = _add(call(interpreter, hook), hook)
        return _kept(seat, "asks for its own name, so it cannot be given another", "own-name", advice)
    if place.work_tree and git.ask("--literal-pathspecs", "ls-files", "--error-unmatch", "--", seat.path).code == 0:
        advice = _add(plain_call(hook) + verdict_of(hook), hook)
        return _kept(seat, "is under version control, and so everybody's", "tracked", advice)
    return collision(seat)


def collision(seat: Seat) -> Failure | None:
    """Why the hook that is there cannot get its second name: something else has it already."""
    if not os.path.lexists(seat.chained) or _same(seat, look(seat.chained)):
        return None
    return Failure(
        f"{printable(seat.path)} cannot be kept as {printable(seat.chained)}: "
        "that is there already, and is something else",
        kind="occupied",
        recovery="remove the one that is out of date, and install again",
    )


def _same(one: Seat, other: Seat) -> bool:
    """Whether two names are for one hook, to the last bit."""
    return one[1:] == other[1:] and os.lstat(one.path).st_mode == os.lstat(other.path).st_mode


def _kept(seat: Seat, what: str, kind: Refused, advice: str) -> Failure:
    return Failure(f"{printable(seat.path)} {what}; it is left as it was", kind=kind, recovery=advice)


def _add(line: str, hook: str) -> str:
    where = " before it reads its standard input, which both need" if hook == "pre-push" else ""
    return f"add this line to it{where}: {printable(line)}"
