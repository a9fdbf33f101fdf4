"""Which hooks git runs here, whose they are, and whether they have a commit and a push judged."""

import os
import shlex
import sys
from collections.abc import Iterator
from typing import Final

from antipasta_hook.changes.steering import on_path
from antipasta_hook.cli.doctor.subject import Subject
from antipasta_hook.install import HOOKS, WARMING
from antipasta_hook.install.managers import MANAGERS
from antipasta_hook.install.place import CONFIGURES_HOOKS, Git, Place
from antipasta_hook.install.script import Origin
from antipasta_hook.install.seat import find_seat
from antipasta_hook.install.standing import Arrangement, Standing, arrangement, standing
from antipasta_hook.model import Failure
from antipasta_hook.model.checkup import Row, State, shared

_JUDGED: Final = {"pre-commit": "commit", "pre-push": "push"}
_NO_GIT: Final = "install git, or put it on PATH"
_NEWER: Final = ".".join(map(str, CONFIGURES_HOOKS))


def rows(subject: Subject) -> Iterator[Row]:
    """Where git looks for hooks, and each that matters. Raises Failure where a hook cannot be read."""
    why_not = _why_not(subject)
    if why_not:
        yield shared("hooks", f"not looked at: {why_not}")
        return
    git = Git(subject.directory, subject.environ)
    try:
        found = arrangement(git)
    except Failure as failure:
        yield Row("hooks", str(failure), failure.kind, State.WARNING, failure.recovery or _NO_GIT)
        return
    yield _hooks_path(found)
    yield _directory(found)
    judging = [standing(git, found.place, hook) for hook in HOOKS]
    for each in judging:
        yield from _judging(each, found.place, judging)
    yield from _measuring(found.place)


def _why_not(subject: Subject) -> str:
    if isinstance(subject.opened, Failure):
        return "there is no repository that can be read"
    is_bare = subject.failure is not None and subject.failure.kind == "bare"
    return "in a bare repository nothing is committed" if is_bare else ""


def _measuring(place: Place) -> Iterator[Row]:
    for hook in WARMING if place.directory else ():
        if find_seat(place.directory, hook).ours:
            yield shared(hook, "ours: it measures in the background")


def _hooks_path(found: Arrangement) -> Row:
    if not found.scope:
        return shared("core.hooksPath", "not set")
    return Row("core.hooksPath", f"{found.hooks_path or 'nothing'} ({found.scope})", f"set ({found.scope})")


def _directory(found: Arrangement) -> Row:
    place, obstacle = found.place, found.place.obstacle
    is_own = os.path.realpath(place.directory) == os.path.realpath(place.own)
    kind = "its own" if is_own else "another"
    if obstacle is None:
        return Row("directory", place.directory, kind)
    said = Row("directory", str(obstacle), f"{kind}: {obstacle.kind}")
    if obstacle.kind != "hooks-off":
        return said
    hint = "see GIT_CONFIG_COUNT" if found.scope == "command" else f"git config --{found.scope} --unset core.hooksPath"
    return said._replace(state=State.BROKEN, next=hint)


def _judging(each: Standing, place: Place, standings: list[Standing]) -> Iterator[Row]:
    """One hook that is to judge: in git's configuration, in the hooks directory, or both."""
    if each.configured:
        yield _configured(each, place)
    seat = each.seat
    if seat.content is None:
        if not each.configured:
            yield _missing(each, place, standings)
    elif not seat.executable and os.name != "nt":
        yield _not_executable(each)
    elif each.manager:
        yield _managed(each)
    elif seat.origin is Origin.FOREIGN:
        yield _another(each)
    else:
        yield _ours(each)


def _configured(each: Standing, place: Place) -> Row:
    key = each.hook
    if each.off:
        hint = f"git config --unset {each.off}"
        return Row(key, f"ours, in git's configuration, and switched off by {each.off}", "off", State.BROKEN, hint)
    if not place.configurable:
        said = f"ours, in git's configuration, which git runs from {_NEWER} on"
        return shared(key, said, State.BROKEN, f"antipasta-hook install --hook {key}, or use a newer git")
    return _started(each, "ours, in git's configuration")


def _ours(each: Standing) -> Row:
    whose = "ours" if each.seat.origin is Origin.OURS else "ours, edited or newer"
    return _started(each, whose) if each.interpreter or each.seat.ours else shared(each.hook, whose)


def _started(each: Standing, whose: str) -> Row:
    """Whether the Python that our hook starts is there. It is not asked: what a repository names is never run."""
    python, again = each.interpreter, f"antipasta-hook install --hook {each.hook}"
    if not (os.path.isfile(python) and os.access(python, os.X_OK)):
        gone, instead = f"{whose}, but its Python is gone", on_path("antipasta-hook", os.environ)
        if instead is None:
            return Row(each.hook, f"{gone}: {python}", gone, State.BROKEN, again)
        said = f"{gone}: {python}; what is on PATH judges: {instead}"
        return Row(each.hook, said, f"{gone}; what is on PATH judges", State.WARNING, again)
    if os.path.normcase(python) != os.path.normcase(sys.executable):
        said = f"{whose}, with another Python than this: {python}"
        return Row(each.hook, said, f"{whose}, with another Python than this")
    return shared(each.hook, whose)


def _not_executable(each: Standing) -> Row:
    said = f"not executable, so git does not run it: {each.seat.path}"
    state = State.BROKEN if each.seat.ours or each.manager or each.calls else State.WARNING
    return Row(each.hook, said, "not executable", state, f"chmod +x {shlex.quote(each.seat.path)}")


def _managed(each: Standing) -> Row:
    name = each.manager
    if each.moved and each.calls:
        said = f"{name}'s, which runs ours as {each.hook}.legacy and has it in its configuration: judged twice"
        return shared(each.hook, said, State.WARNING, f"antipasta-hook uninstall --hook {each.hook}")
    if each.moved:
        return _started(each, f"{name}'s, which runs ours as {each.hook}.legacy")
    if each.calls or each.configured:
        return shared(each.hook, f"{name}'s" + (", whose configuration names us" if each.calls else ""))
    (manager,) = (known for known in MANAGERS if known.name == name)
    hint = f"add to {manager.settings}:\n{manager.lines}"
    said = f"{name}'s, whose configuration does not name us: no {_JUDGED[each.hook]} is judged"
    return shared(each.hook, said, State.WARNING, hint)


def _another(each: Standing) -> Row:
    if each.calls:
        return Row(each.hook, f"another program's, which calls us: {each.seat.path}", "another program's, calls us")
    if each.configured:
        return Row(each.hook, f"another program's, besides: {each.seat.path}", "another program's, besides")
    said = f"another program's, which does not call us: no {_JUDGED[each.hook]} is judged: {each.seat.path}"
    hint = f"antipasta-hook install --hook {each.hook} (it keeps that hook, and runs it first)"
    return Row(each.hook, said, "another program's, does not call us", State.WARNING, hint)


def _missing(each: Standing, place: Place, standings: list[Standing]) -> Row:
    said = f"missing: no {_JUDGED[each.hook]} is judged"
    manager = next((other.manager for other in standings if other.manager), "")
    if manager in {"pre-commit", "prek"}:
        hint = f"{manager} install --hook-type {each.hook}"
    elif manager:
        (known,) = (known for known in MANAGERS if known.name == manager)
        hint = f"add to {known.settings}:\n{known.lines}"
    else:
        hint = _installing(each.hook, place)
    return shared(each.hook, said, State.WARNING, hint)


def _installing(hook: str, place: Place) -> str:
    obstacle, command = place.obstacle, f"antipasta-hook install --hook {hook}"
    if obstacle is None or (place.configurable and obstacle.kind != "hooks-off"):
        return command
    return f"{command}, after that" if obstacle.kind == "hooks-off" else obstacle.recovery
