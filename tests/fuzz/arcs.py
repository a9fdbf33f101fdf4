"""Which steps from line to line a call takes in some of our code: coverage where no fuzzer instruments it."""

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import antipasta_hook

Arc = tuple[str, int, int]
"""File, the line from which and the line to which it went (0: into the function)."""

_HOUSE = os.path.dirname(antipasta_hook.__file__)


def places(rooms: tuple[str, ...]) -> tuple[str, ...]:
    """How the file names of these modules and packages begin."""
    return tuple(os.path.join(_HOUSE, *room.split(".")) for room in rooms)


def traced(work: Callable[[], Any], rooms: tuple[str, ...], seen: set[Arc]) -> Any:
    """What a call gives; the arcs that it took in these rooms are added."""
    beginnings = places(rooms)

    def enter(frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        name = frame.f_code.co_filename
        if not name.startswith(beginnings):
            return None
        last = 0

        def step(frame: FrameType, _event: str, _argument: Any) -> Any:
            nonlocal last
            line = frame.f_lineno
            seen.add((name, last, line))
            last = line
            return step

        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        return work()
    finally:
        sys.settrace(before)
