"""Signals that want this process to end: the first one ends it in good order, the next one at once."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

from antipasta_hook.cli.codes import EXIT_SIGNAL

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")
GRACE: Final = 5.0
"""Seconds for putting all in order; what takes longer has not heard that it should."""
_SHOW_CURSOR: Final = b"\x1b[?25h"


class Ending:
    """What was asked for while a command ran: ``code`` is the exit code for the first signal, None where none came.

    It is the handler of those signals.
    """

    code: int | None = None

    def __init__(self) -> None:
        self.hook = sys.unraisablehook

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Unwind, so that all that is open is closed; who asks twice does not wait for that."""
        if self.code is not None:
            _end_at_once(number)
        self.code = EXIT_SIGNAL + number
        self._remember(number)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(self.code)

    def _remember(self, number: int) -> None:
        """Where what is raised is lost on its way, as in the making of another error's message, it ends all the same.

        ``int("max")`` does that: to show what is no number Python looks for signals, and then raises ValueError.
        """
        if sys.platform != "win32":
            signal.signal(signal.SIGALRM, lambda *_: _end_at_once(number))
            signal.setitimer(signal.ITIMER_REAL, GRACE)

    def dropped(self, unraisable: "sys.UnraisableHookArgs") -> None:
        """Python cannot pass on what is raised in a callback, as importing has some: then it ends at once as well."""
        if self.code is not None and isinstance(unraisable.exc_value, KeyboardInterrupt | SystemExit):
            _end_at_once(self.code - EXIT_SIGNAL)
        self.hook(unraisable)


@contextmanager
def heeded() -> Iterator[Ending]:
    """Heed the signals until the end of a block; afterwards whoever heeded them before does so again."""
    ending, before = Ending(), {}
    sys.unraisablehook = ending.dropped
    try:
        with suppress(ValueError):  # not the main thread: whoever called us has its own signals
            for number, handler in _heard().items():
                signal.signal(number, ending)
                before[number] = handler
        yield ending
    finally:
        if ending.code is not None and sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = ending.hook


def _heard() -> dict[int, Any]:
    """The signals that are not to be ignored, as a shell's ``nohup`` and ``&`` want it, and who handles them now."""
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    return {number: handler for number, handler in handlers.items() if handler not in (signal.SIG_IGN, None)}


def _end_at_once(number: int) -> None:
    """End this process; its children end when their input does."""
    if "rich.live" in sys.modules:  # a bar may have hidden the cursor
        with suppress(OSError):
            if os.isatty(2):
                os.write(2, _SHOW_CURSOR)
    os._exit(EXIT_SIGNAL + number)
