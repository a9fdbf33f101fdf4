"""A complexity gate for Python commits: it judges what is staged and blocks only what the commit makes worse.

The public names are resolved when they are first asked for: importing the package costs nothing.
"""

TYPE_CHECKING = False  # for type checkers it is true; typing itself would have to be imported

if TYPE_CHECKING:
    from antipasta_hook.config.settings import Told, told
    from antipasta_hook.model import (
        Ask,
        Asked,
        Failure,
        FileMetrics,
        FileOutcome,
        FileStatus,
        Finding,
        FunctionMetrics,
        Gate,
        Level,
        Outcome,
        Problem,
        Report,
        Status,
        Verdict,
    )
    from antipasta_hook.optimizer import PreCommitOptimizer
    from antipasta_hook.report import renderer

__version__ = "0.1.0"

__all__ = [
    "Ask",
    "Asked",
    "Failure",
    "FileMetrics",
    "FileOutcome",
    "FileStatus",
    "Finding",
    "FunctionMetrics",
    "Gate",
    "Level",
    "Outcome",
    "PreCommitOptimizer",
    "Problem",
    "Report",
    "Status",
    "Told",
    "Verdict",
    "__version__",
    "renderer",
    "told",
]

_ELSEWHERE = {
    "PreCommitOptimizer": "antipasta_hook.optimizer",
    "Told": "antipasta_hook.config.settings",
    "renderer": "antipasta_hook.report",
    "told": "antipasta_hook.config.settings",
}
"""The module of each public name that is not a noun of the model."""


def __getattr__(name: str) -> object:
    """A public name, when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_ELSEWHERE.get(name, "antipasta_hook.model")), name)


def __dir__() -> list[str]:
    """What there is, asked for or not."""
    return sorted(__all__)
