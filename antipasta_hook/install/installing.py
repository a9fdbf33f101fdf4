"""Installing: everything that could stop it is looked at first, then each hook gets its place."""

import contextlib
import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from antipasta_hook.install import configured, files
from antipasta_hook.install.place import CONFIGURES_HOOKS, Git, Place, find_place
from antipasta_hook.install.removing import take_out
from antipasta_hook.install.script import HOOKS, ISOLATED, WARMING, call, configured_command, hook_script
from antipasta_hook.install.seat import Seat, find_seat, look, objection, require_untouched, was_made
from antipasta_hook.install.steps import Deed, Step
from antipasta_hook.model import Failure
from antipasta_hook.report.words import printable

_CONFIGURATION_HELPS: Final = frozenset({"hooks-path", "link", "managed", "own-name", "tracked"})
"""Kinds of obstacles that a hook in git's configuration goes around without touching them."""


class _Plan(NamedTuple):
    """Where one hook goes: into this seat among the files or, for this reason, into git's configuration."""

    hook: str
    seat: Seat | None
    reason: str = ""


def install(cwd: str, environ: Mapping[str, str], interpreter: str, hooks: Sequence[str] = HOOKS) -> Iterator[Step]:
    """Have git run the tool in the repository around ``cwd``; each step is given when it is done.

    ``interpreter`` is the absolute path of the Python that the hooks are to run. Raises Failure for everything that
    has to be decided by a person, before the first step; and where a file cannot be written, after those before it.
    """
    _require_answer(interpreter, environ)
    git = Git(cwd, environ)
    place = find_place(git)
    plans = [_plan(hook, place, git, interpreter) for hook in hooks]
    made = was_made(place.directory, (*HOOKS, *WARMING))
    for plan in plans:
        if plan.seat is None:
            yield from _configure(plan, place, git, interpreter)
        else:
            yield from _occupy(plan.seat, hook_script(plan.hook, interpreter, made=made))
            if configured.deconfigure(git, plan.hook):
                yield Step(Deed.DECONFIGURED, configured.section(plan.hook))
    yield from _remarks(plans, place, git)


def _plan(hook: str, place: Place, git: Git, interpreter: str) -> _Plan:
    configured.require_untouched(git, hook)
    obstacle, seat = place.obstacle, None
    if obstacle is None:
        seat = find_seat(place.directory, hook)
        require_untouched(
            seat, f"move it away and install again, or add this line to it: {printable(call(interpreter, hook))}"
        )
        obstacle = objection(seat, place, git, interpreter)
    reason = str(obstacle or place.team_s)
    if place.configurable and reason and (obstacle is None or obstacle.kind in _CONFIGURATION_HELPS):
        return _Plan(hook, None, reason)
    if obstacle:
        raise obstacle
    return _Plan(hook, seat)


def _configure(plan: _Plan, place: Place, git: Git, interpreter: str) -> Iterator[Step]:
    written = configured.configure(git, plan.hook, configured_command(plan.hook, interpreter))
    if written:
        yield Step(Deed.AROUND, plan.reason)
    yield Step(Deed.CONFIGURED if written else Deed.UNCHANGED, configured.section(plan.hook))
    yield from take_out(place, plan.hook)


def _remarks(plans: Sequence[_Plan], place: Place, git: Git) -> Iterator[Step]:
    """What else a person has to know."""
    if any(plan.seat is None for plan in plans):
        yield Step(Deed.NEEDS_GIT, ".".join(map(str, CONFIGURES_HOOKS)))
    if place.work_tree and any(plan.seat for plan in plans):
        yield Step(Deed.IN_WORK_TREE, place.directory)
    switches = {configured.switched_off_by(git, plan.hook) for plan in plans if place.configurable} - {""}
    for setting in sorted(switches):
        yield Step(Deed.SWITCHED_OFF, setting)


def _occupy(seat: Seat, wanted: bytes) -> Iterator[Step]:
    files.sweep(seat.path)
    if seat.content is not None and not seat.ours:
        files.keep_aside(seat)
    if seat.content == wanted and seat.executable:
        yield Step(Deed.UNCHANGED, seat.path)
    else:
        files.write_script(seat.path, wanted)
        yield Step(Deed.RENEWED if seat.ours else Deed.WROTE, seat.path)
    before = look(seat.chained)
    if before.content is not None:
        yield Step(Deed.CHAINED if before.executable else Deed.SET_ASIDE, before.path)


def _require_answer(interpreter: str, environ: Mapping[str, str]) -> None:
    """What the hook will start must work now: a hook that cannot run would let everything through."""
    command = (interpreter, *ISOLATED, "--version")
    if os.path.isabs(interpreter):
        with contextlib.suppress(OSError):
            if subprocess.run(command, env=environ, capture_output=True, check=False).returncode == 0:
                return
    raise Failure(
        f"{printable(interpreter) or 'this Python'} cannot start antipasta-hook on its own: "
        f"{printable(shlex.join(command))}",
        kind="interpreter",
        recovery="install antipasta-hook into an environment of its own and run `antipasta-hook install` from there",
    )
