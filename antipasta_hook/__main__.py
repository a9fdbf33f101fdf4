"""The way in: ``antipasta-hook`` and ``python -m antipasta_hook``."""

import _signal  # type: ignore[import-not-found] # signal without its enumerations, whose making an interrupt would hit
import gc
import os
import sys
import time

TYPE_CHECKING = False  # for type checkers it is true; typing takes longer to import than all that comes before main()

if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

STARTED = time.perf_counter() - time.process_time()
"""When this process started, on perf_counter's clock: what came before our first line is nearly all CPU time."""


def main() -> int:
    """Run one command; the result is the exit code."""
    _leave_out_this_directory()
    from antipasta_hook.cli import main as command

    return command(sys.argv[1:], started=STARTED)


def _leave_out_this_directory() -> None:
    """``python -m`` would take modules from the directory that is judged."""
    if __name__ != "__main__" or sys.flags.safe_path:
        return
    try:
        here = os.getcwd()
    except OSError:
        return
    if sys.path and sys.path[0] in {"", here}:
        del sys.path[0]


def main_and_exit() -> "NoReturn":
    """Run one command and end the process at once.

    Python would first take every module apart, which for pygit2's takes as long as measuring a file; all that needs
    closing (the store, the children) is closed where it was opened. Nor is anything collected on the way: what is kept
    is in no cycles, and looking for some takes a fifth of the time of a verdict.
    """
    gc.disable()
    _end_at_once_on_signals()
    code = main()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # nobody reads it any more: the verdict stands
    os._exit(code)


def _end_at_once_on_signals() -> None:
    """While nothing is open yet, or any more, there is nothing to put in order, and nothing to say."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(_signal, name, None)
        if number is not None and _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _end_at_once)


def _end_at_once(number: int, _frame: "FrameType | None") -> None:
    os._exit(128 + number)


if __name__ == "__main__":
    main_and_exit()
