"""The parts of a start, one after the other and each timed; run in a process of its own, which writes nothing else."""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Final

from antipasta_hook.model import Failure

_MODULES: Final = {
    "the pipeline's modules": ("antipasta_hook.cli.run", "antipasta_hook.optimizer"),
    "the analysers": ("antipasta_hook.metrics.engine", "antipasta_hook.metrics.cognitive"),
    "the cache's modules": ("antipasta_hook.cache.database",),
}


def main(first: float) -> None:
    """Print what each part took, in milliseconds. ``first``: when Python came to our first line, since 1970.

    The arguments are when the process was started, and the directory of a repository, empty for none.
    """
    begun, directory = float(sys.argv[1]), sys.argv[2]
    parts = [("Python itself", max(0.0, (first - begun) * 1000)), ("the command line", (time.time() - first) * 1000)]
    parts += [(name, _timed(partial(_imported, names))) for name, names in _MODULES.items()]
    parts.append(("libgit2", _timed(_libgit2)))
    from antipasta_hook.cache import health  # noqa: F401 - no part of a run

    if directory:
        parts.append(("the repository and its settings", _timed(partial(_opened, directory))))
    parts.append(("the cache's database", _timed(_cache)))
    sys.stdout.write(json.dumps(parts))


def _timed(part: Callable[[], object]) -> float:
    begun = time.perf_counter()
    part()
    return (time.perf_counter() - begun) * 1000


def _imported(names: tuple[str, ...]) -> None:
    for name in names:
        import_module(name)


def _libgit2() -> None:
    from antipasta_hook.changes.reader import Unreadable
    from antipasta_hook.changes.traits import libgit2_versions

    try:
        libgit2_versions()
    except Unreadable:
        return


def _opened(directory: str) -> None:
    from antipasta_hook.cache.memory import FileMemory
    from antipasta_hook.changes import open_repository
    from antipasta_hook.cli.settings_files import staged_settings

    try:
        with open_repository(directory, os.environ) as repository:
            repository.head()
            staged_settings(repository, "", FileMemory(None, os.environ, make=False))
    except Failure:
        return


def _cache() -> None:
    from antipasta_hook.cache.directory import Unfit
    from antipasta_hook.cache.health import examine

    try:
        examine(None, os.environ)
    except (Unfit, OSError, ValueError):
        return
