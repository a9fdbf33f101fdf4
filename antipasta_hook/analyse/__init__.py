"""Carry out the plan: the cache first, then the metrics, here or by children, until the verdict needs nothing more.

Importing this package costs nothing: the children are started from a module of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antipasta_hook.analyse.run import Analysis, analyse

__all__ = ["Analysis", "analyse"]


def __getattr__(name: str) -> object:
    """The public names, when they are first wanted."""
    if name in __all__:
        from antipasta_hook.analyse import run

        return getattr(run, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
