"""Standard output and standard error as they are in hooks: perhaps closed, full, or read by somebody who has gone.

What cannot be said must not change what is decided.
"""

import contextlib
import os
import sys

from antipasta_hook.report.words import printable


def prepare() -> None:
    """Never fail on a character that a terminal's or a pipe's encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # None: closed by whoever started us, or not a text file
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(message: str) -> None:
    """Tell a person something, on standard error, each line with our name."""
    lines = "".join(f"antipasta-hook: {printable(line)}\n" for line in message.rstrip("\n").split("\n") if message)
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(lines)
        sys.stderr.flush()


def put(text: str) -> bool:
    """Write a report to standard output; False where that failed, and not because nobody reads on."""
    if sys.stdout is None:
        return True
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_output()
    except (OSError, ValueError) as error:
        _give_up_output()
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        say(f"cannot write the report to standard output: {reason}")
        return False
    return True


def _give_up_output() -> None:
    """Python must not fail again when it flushes at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
