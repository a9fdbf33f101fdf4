"""Who answers when git runs a hook, and whether he lets the tool judge. Nothing is written, and nothing is run."""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from antipasta_hook.config.managers import CONFIG_FILES
from antipasta_hook.install import configured, managers
from antipasta_hook.install.place import Git, Place, find_place
from antipasta_hook.install.script import Origin, interpreter_of
from antipasta_hook.install.seat import Seat, find_seat, look

_LARGEST: Final = 256 * 1024
_LEFTHOOK_FILES: Final = tuple(
    f"{dot}lefthook.{ending}" for dot in ("", ".") for ending in ("yml", "yaml", "toml", "json")
)


class Standing(NamedTuple):
    """One hook as it stands.

    ``seat`` is what git finds in its hooks directory, perhaps nothing, ``manager`` the name of the hook manager whose
    it is ("" for none). ``moved``: the manager keeps ours under another name, and runs it. ``calls``: whoever has the
    seat calls us, as far as his own words tell; of a manager those of its configuration. ``configured``: git's
    configuration has a hook of ours too, and ``off`` is the setting that keeps git from running it ("" for none).
    ``interpreter`` is the Python that our hook starts, "" where none is named.
    """

    hook: str
    seat: Seat
    manager: str = ""
    moved: bool = False
    calls: bool = False
    configured: bool = False
    off: str = ""
    interpreter: str = ""


class Arrangement(NamedTuple):
    """Where git looks for hooks, and the value and the scope of core.hooksPath, "" where it is not set."""

    place: Place
    hooks_path: str
    scope: str


def arrangement(git: Git) -> Arrangement:
    """Look around. Raises Failure where there is no repository, or a git that cannot tell."""
    place = find_place(git)
    scope, _, rest = git.ask("config", "--show-scope", "-z", "--get", "core.hooksPath").text.partition("\0")
    return Arrangement(place, rest.removesuffix("\0"), scope)


def standing(git: Git, place: Place, hook: str) -> Standing:
    """How one hook stands. Raises Failure where what is in its place cannot be read."""
    directory = place.directory or os.devnull  # switched off: nothing is found there
    seat, ours = look(os.path.join(directory, hook)), find_seat(directory, hook)
    found = managers.manager(seat.content or b"", directory) if seat.content is not None else None
    command = configured.command_in(git, hook)
    return Standing(
        hook,
        seat,
        manager=found.name if found else "",
        moved=ours.path != seat.path and ours.ours,
        calls=_names_us(found, git, seat),
        configured=command is not None,
        off="" if command is None else configured.switched_off_by(git, hook),
        interpreter=_interpreter(command, ours),
    )


def _interpreter(command: bytes | None, ours: Seat) -> str:
    texts = [command or b"", b"" if ours.origin is Origin.FOREIGN else ours.content or b""]
    return next(filter(None, map(interpreter_of, texts)), "")


def _names_us(found: managers.Manager | None, git: Git, seat: Seat) -> bool:
    """Whether a hook, or the configuration of the manager whose it is, speaks of us."""
    if managers.calls_us(seat.content or b""):
        return True
    return found is not None and any(b"antipasta" in text for text in _texts(found.name, git, seat))


def _texts(manager: str, git: Git, seat: Seat) -> Iterator[bytes]:
    root = git.path("--show-toplevel").text
    names = {"lefthook": _LEFTHOOK_FILES, "husky": (os.path.join(".husky", os.path.basename(seat.path)),)}
    for name in names.get(manager, CONFIG_FILES) if root else ():
        yield _text(os.path.join(root, name))


def _text(path: str) -> bytes:
    try:
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return file.read(_LARGEST)
    except OSError:
        pass
    return b""
