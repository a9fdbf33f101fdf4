"""How the store of measurements is. None of it costs a verdict: without a store all is measured anew."""

from collections.abc import Iterator
from typing import Final

from antipasta_hook.cache.directory import VARIABLE, Unfit
from antipasta_hook.cache.health import Health, Soundness, examine
from antipasta_hook.cache.limits import Limits, limits_of
from antipasta_hook.cli.doctor.subject import Subject
from antipasta_hook.config.settings import Loaded, Settings
from antipasta_hook.model.checkup import Row, State, shared

_ROOM: Final = 1_000_000
"""Bytes; with less of them nothing can be kept."""
_ELSEWHERE: Final = f"set {VARIABLE} to a directory of your own, outside any repository"
_STATES: Final = {
    Soundness.DAMAGED: (State.WARNING, "antipasta-hook cache clear"),
    Soundness.LOCKED_OUT: (State.WARNING, _ELSEWHERE),
}


def rows(subject: Subject) -> Iterator[Row]:
    """Where it is, what it holds and what it may."""
    wanted, limits = _as_set(subject)
    try:
        found = examine(wanted, subject.environ)
    except Unfit as unfit:
        yield Row("store", f"not used: {unfit}", "not used: the place is not fit", State.WARNING, unfit.recovery)
        return
    except (OSError, ValueError) as error:
        yield Row("store", f"not used: {error}", f"not used: {type(error).__name__}", State.WARNING, _ELSEWHERE)
        return
    yield Row("directory", f"{found.directory} ({_whose(wanted, subject)})", _whose(wanted, subject))
    yield shared("mode", f"{found.mode:04o}" if found.mode is not None else "not made yet")
    yield shared("database", found.soundness, *_STATES.get(found.soundness, (State.WELL, "")))
    yield _size(found.size, limits)
    yield _writable(found)


def _as_set(subject: Subject) -> tuple[str | None, Limits]:
    """The directory that the settings want, and how large what is in it may grow."""
    if not isinstance(subject.settings, Loaded):
        return None, limits_of(None, subject.environ)
    run = Settings(subject.settings.layers).run()
    return run.cache_directory, limits_of(run.cache_directory, subject.environ, run.cache_size, run.cache_eviction)


def _whose(wanted: str | None, subject: Subject) -> str:
    if subject.environ.get(VARIABLE):
        return VARIABLE
    return "the settings" if wanted is not None else "the platform's place"


def _size(size: int, limits: Limits) -> Row:
    said = f"{size / 1e6:,.1f} MB of {limits.size / 1e6:,.0f} MB; when it is full goes what was {limits.eviction}"
    said = said.replace("goes what was none", "nothing more is kept").replace("least-", "least ").replace("ly-", "ly ")
    if limits.problem is not None:
        return shared("size", said, State.WARNING, limits.problem.message)
    return shared("size", said)


def _writable(found: Health) -> Row:
    if not found.writable:
        return shared("writable", "no: nothing new is kept", State.WARNING, _ELSEWHERE)
    if found.free < _ROOM:
        return shared("writable", "no: its disk is full, and nothing new is kept", State.WARNING, "make room on it")
    return shared("writable", f"yes, {found.free / 1e9:,.1f} GB free")
