"""How large a store may grow and what goes first when it is full: the user's business, by the environment.

What a repository's settings say of it counts for the place that they name themselves, and there no further than the
default: a clone must neither empty the cache that all repositories share nor fill the disk.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

from antipasta_hook.cache.directory import is_users_own
from antipasta_hook.model import Problem, Severity

SIZE_VARIABLE: Final = "ANTIPASTA_CACHE_SIZE"
EVICTION_VARIABLE: Final = "ANTIPASTA_CACHE_EVICTION"
DEFAULT_SIZE: Final = 512 * 1024 * 1024
DEFAULT_EVICTION: Final = "least-recently-stored"
"""The only policy but ``none`` whose reads do not write."""

DEFAULT: Final = "the default"
FROM_SETTINGS: Final = "the settings"

_Value = TypeVar("_Value")


class Limits(NamedTuple):
    """``size`` in bytes, ``eviction`` in diskcache's words, and where each comes from.

    ``problem``: a variable of the environment that says nothing that can be used.
    """

    size: int = DEFAULT_SIZE
    eviction: str = DEFAULT_EVICTION
    size_origin: str = DEFAULT
    eviction_origin: str = DEFAULT
    problem: Problem | None = None


def limits_of(
    directory: str | None, environ: Mapping[str, str], size: int | None = None, eviction: str | None = None
) -> Limits:
    """What holds for the store in the place that ``directory`` and the environment name (see ``store_directory``).

    ``size`` and ``eviction`` are what the settings say that name ``directory``; None: nothing.
    """
    found = Limits()
    if (size is not None or eviction is not None) and not is_users_own(directory, environ):
        found = _asked_for(size, eviction)
    if environ.get(SIZE_VARIABLE):
        found = _with_size(found, environ)
    if environ.get(EVICTION_VARIABLE):
        found = _with_eviction(found, environ)
    return found


def _asked_for(size: int | None, eviction: str | None) -> Limits:
    found = Limits()
    if size is not None:
        found = found._replace(size=min(size, DEFAULT_SIZE), size_origin=FROM_SETTINGS)
    if eviction is not None:
        found = found._replace(eviction=eviction, eviction_origin=FROM_SETTINGS)
    return found


def _with_size(found: Limits, environ: Mapping[str, str]) -> Limits:
    from antipasta_hook.config import values

    size, problem = _said(values.size, SIZE_VARIABLE, environ)
    if size is None:
        return found._replace(problem=problem)
    return found._replace(size=size, size_origin=SIZE_VARIABLE)


def _with_eviction(found: Limits, environ: Mapping[str, str]) -> Limits:
    from antipasta_hook.config import values
    from antipasta_hook.config.compiled import CHOICES

    check = values.one_of(*CHOICES["cache.eviction"], "none")
    eviction, problem = _said(check, EVICTION_VARIABLE, environ)
    if eviction is None:
        return found._replace(problem=problem)
    return found._replace(eviction=eviction, eviction_origin=EVICTION_VARIABLE)


def _said(
    check: Callable[[object], _Value], variable: str, environ: Mapping[str, str]
) -> tuple[_Value | None, Problem | None]:
    try:
        return check(environ[variable]), None
    except ValueError as error:
        message = f"{variable} {error}"
        return None, Problem("cache", message, severity=Severity.WARNING, recovery="it is left out of account")
