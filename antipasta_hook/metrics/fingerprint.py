"""What the numbers depend on besides the source. Found in about a millisecond, without importing any analyser."""

import functools
import os
import sys
from typing import Final

from antipasta_hook.metrics.version import METRICS_VERSION

RADON: Final = "6.0.1"
"""The radon whose numbers ours equal; it is an oracle for the tests, never part of a measurement."""


@functools.cache
def engine_fingerprint() -> str:
    """For example ``metrics1-python3.11-radon6.0.1-complexipy8.3.0``."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"metrics{METRICS_VERSION}-python{python}-radon{RADON}-complexipy{_complexipy_version()}"


def _complexipy_version() -> str:
    """The version in the name of the ``.dist-info`` beside the package that an import would find.

    ``importlib.metadata`` knows it too, but importing that costs 50 ms.
    """
    for entry in sys.path:
        if os.path.isdir(os.path.join(entry, "complexipy")):
            versions = _dist_infos(entry)
            if len(versions) == 1:
                return versions[0]
            break
    return _version_from_metadata()


def _dist_infos(folder: str) -> list[str]:
    start, end = "complexipy-", ".dist-info"
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return [name[len(start) : -len(end)] for name in names if name.startswith(start) and name.endswith(end)]


def _version_from_metadata() -> str:
    from importlib import metadata

    try:
        return metadata.version("complexipy")
    except metadata.PackageNotFoundError:
        return "none"
