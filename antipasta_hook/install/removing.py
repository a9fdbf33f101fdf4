"""Uninstalling: only what we wrote and nobody changed goes, and what was there before gets its name back."""

import os
from collections.abc import Iterator, Mapping, Sequence

from antipasta_hook.install import configured, files
from antipasta_hook.install.place import Git, Place, find_place
from antipasta_hook.install.script import HOOKS, WARMING, made_its_directory
from antipasta_hook.install.seat import Seat, collision, find_seat, look, require_untouched
from antipasta_hook.install.steps import Deed, Step


def uninstall(cwd: str, environ: Mapping[str, str], hooks: Sequence[str] = (*HOOKS, *WARMING)) -> Iterator[Step]:
    """Take the hooks out of the repository around ``cwd``; each step is given when it is done, none where none is.

    Raises Failure before the first step where a hook of ours was edited, and where there is no repository.
    """
    git = Git(cwd, environ)
    place = find_place(git)
    for hook in hooks:
        configured.require_untouched(git, hook)
        for directory in place.searched:
            require_untouched(find_seat(directory, hook), "take out of it what is yours, or remove it by hand")
    for hook in hooks:
        if configured.deconfigure(git, hook):
            yield Step(Deed.DECONFIGURED, configured.section(hook))
        yield from take_out(place, hook)


def take_out(place: Place, hook: str) -> Iterator[Step]:
    """Remove one hook of ours from among the files, wherever in this repository it is."""
    for directory in place.searched:
        yield from _leave(find_seat(directory, hook))


def _leave(seat: Seat) -> Iterator[Step]:
    files.sweep(seat.path)
    before = look(seat.chained)
    if before.content is not None:
        yield _restore(seat, before)
    elif seat.ours:
        files.remove(seat)
        yield Step(Deed.REMOVED, seat.path)
        directory = os.path.dirname(seat.path)
        if made_its_directory(seat.content or b"") and files.remove_directory(directory):
            yield Step(Deed.REMOVED, directory)


def _restore(seat: Seat, before: Seat) -> Step:
    if not seat.ours and seat.content is not None and collision(seat):
        return Step(Deed.LEFT, before.path)
    files.put_back(seat)
    return Step(Deed.PUT_BACK, seat.path)
