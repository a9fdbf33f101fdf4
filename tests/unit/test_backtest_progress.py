"""What is told of a backtest while it goes on."""

import io
import os
from itertools import count

import pytest

from antipasta_hook.cli.backtest import Progress
from antipasta_hook.replay import Step


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True

    def fileno(self) -> int:
        """Of nothing."""
        return 99


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((50, 24)))
    return Terminal()


def ticking(seconds: float) -> "count[float]":
    return count(0, seconds)


def test_elsewhere_a_line_is_told_every_few_seconds() -> None:
    stream, clock = io.StringIO(), ticking(1)
    progress = Progress(stream, {}, 500, lambda: next(clock))
    for number in range(12):
        progress.tell(Step(number, 1, 1_000 + number))
    progress.end()
    assert stream.getvalue() == (
        "antipasta-hook: 4 of 500 commits, 1 stopped; 1,004 file versions measured\n"
        "antipasta-hook: 9 of 500 commits, 1 stopped; 1,009 file versions measured\n"
    )


def test_on_a_terminal_one_line_changes_and_goes_away(terminal: Terminal) -> None:
    clock = ticking(0.2)
    progress = Progress(terminal, {}, None, lambda: next(clock))
    progress.tell(Step(7, 0, 2_000))
    progress.tell(Step(8, 1, 2))
    progress.end()
    first, second = "7 commits, 0 stopped; 2,000 file ", "8 commits, 1 stopped; 2 file vers"
    lines = ["", f"antipasta-hook: {first}", f"antipasta-hook: {second}", " " * 49, ""]
    assert terminal.getvalue().split("\r") == lines


def test_a_terminal_that_can_do_nothing_gets_lines(terminal: Terminal) -> None:
    clock = ticking(6)
    Progress(terminal, {"TERM": "dumb"}, None, lambda: next(clock)).tell(Step(1, 0, 0))
    assert "\r" not in terminal.getvalue()
    assert terminal.getvalue().endswith("0 file versions measured\n")


def test_a_terminal_without_a_size_is_one_that_nobody_sees(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((0, 0)))
    clock = ticking(6)
    Progress(terminal, {}, None, lambda: next(clock)).tell(Step(1, 0, 0))
    assert terminal.getvalue().endswith("\n")


def test_nothing_is_told_where_nobody_listens() -> None:
    clock = ticking(6)
    progress = Progress(None, {}, None, lambda: next(clock))
    progress.tell(Step(1, 0, 0))
    progress.end()
    closed = io.StringIO()
    closed.close()
    Progress(closed, {}, None, lambda: next(clock)).tell(Step(1, 0, 0))
