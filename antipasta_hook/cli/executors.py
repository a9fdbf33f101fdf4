"""What ``--executor`` may say."""

import argparse
import re
import sys
from typing import Final

_NAMES: Final = ("in-process", "threads", "processes")
_CLUSTER: Final = r"dask://(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}"


def executor(text: str) -> str:
    """The name of an executor, or the address of a cluster; raises ArgumentTypeError."""
    if text not in _NAMES and not re.fullmatch(_CLUSTER, text):
        raise argparse.ArgumentTypeError(f"must be one of {', '.join(_NAMES)}, or dask://HOST:PORT, not {text!r}")
    if text == "threads" and getattr(sys, "_is_gil_enabled", lambda: True)():
        raise argparse.ArgumentTypeError("threads would measure one after the other: this Python is not free-threaded")
    return text
