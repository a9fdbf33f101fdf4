"""What is told while something takes long; the clock is made up, the terminal is real."""

import io
import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple, TextIO

import pytest

from antipasta_hook.analyse.course import Step
from antipasta_hook.cli.progress import At, Progress, commits, files, in_words
from antipasta_hook.replay.run import Step as Replayed

pty = pytest.importorskip("pty")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def ticking(seconds: float) -> Callable[[], float]:
    times = count(0, seconds)
    return lambda: next(times)


class Terminal(NamedTuple):
    """A real one: what is written to ``stream`` can be read back."""

    stream: TextIO
    descriptor: int

    def resize(self, columns: int, lines: int = 24) -> None:
        """What a person does with the mouse."""
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def written(self) -> str:
        """What was written since the last look."""
        self.stream.flush()
        os.set_blocking(self.descriptor, False)
        found = b""
        try:
            while piece := os.read(self.descriptor, 65536):
                found += piece
        except BlockingIOError:
            pass
        return found.decode()

    def lines(self) -> list[str]:
        """The lines that were drawn one over the other, without colours and movements."""
        return [line.rstrip() for line in re.split(r"[\r\n]+", ESCAPES.sub("", self.written())) if line.strip()]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    with open(theirs, "w", encoding="utf-8") as stream:
        made = Terminal(stream, ours)
        made.resize(100)
        yield made
    os.close(ours)


def test_in_a_log_a_line_is_told_every_few_seconds() -> None:
    stream = io.StringIO()
    progress = Progress(stream, {}, ticking(1))
    for number in range(1, 13):
        progress.tell(files(Step(number * 10, 1_200, number / 120)))
    progress.end()
    assert stream.getvalue() == (
        "antipasta-hook: 50 of 1,200 files, 10/s, 1 min 55 s left\n"
        "antipasta-hook: 100 of 1,200 files, 10/s, 1 min 50 s left\n"
    )


def test_what_is_told_of_a_replay() -> None:
    assert in_words(commits(Replayed(40, 3, 1_000), 500), 20) == (
        "40 of 500 commits, 2.0/s, 3 min 50 s left, 3 stopped, 1,000 file versions"
    )
    assert in_words(commits(Replayed(40, 3, 1_000), None), 20) == ("40 commits, 2.0/s, 3 stopped, 1,000 file versions")
    assert in_words(At(1, 10_000, "files", 1 / 10_000), 3) == "1 of 10,000 files, 0.3/s, 8 h 19 min left"


def test_on_a_terminal_a_bar_is_drawn_over_itself_and_goes_away(terminal: Terminal) -> None:
    with Progress(terminal.stream, {}, ticking(0.6)) as progress:
        progress.tell(files(Step(1, 40, 0.25)))
        assert terminal.written() == ""
        progress.tell(files(Step(10, 40, 0.25)))
        progress.tell(files(Step(30, 40, 0.75)))
        lines = terminal.lines()
    assert tuple(dict.fromkeys(lines)) == (
        "antipasta-hook ━━━━━╺━━━━━━━━━━━━━━ 10 of 40 files, 8.3/s, 4 s left",
        "antipasta-hook ━━━━━━━━━━━━━━━╺━━━━ 30 of 40 files, 17/s, 1 s left",
    )
    last = terminal.written()
    assert last.endswith("\x1b[2K")  # the line is empty
    assert "\x1b[?25h" in last  # and the cursor is there again


@pytest.mark.parametrize("columns", [120, 60, 40, 20])
def test_a_bar_is_never_wider_than_the_terminal_is_now(terminal: Terminal, columns: int) -> None:
    with Progress(terminal.stream, {"COLUMNS": "200"}, ticking(2)) as progress:
        progress.tell(commits(Replayed(40, 3, 1_000), 500))
        terminal.written()
        terminal.resize(columns)
        progress.tell(commits(Replayed(50, 3, 1_000), 500))
        lines = terminal.lines()
    assert lines
    assert max(map(len, lines)) <= columns


def test_it_does_not_matter_to_what_terminal_the_other_streams_lead(terminal: Terminal) -> None:
    code = (
        "import os, sys\n"
        "from antipasta_hook.cli.progress import At, Progress\n"
        "times = iter(range(100))\n"
        "progress = Progress(sys.stderr, {}, lambda: next(times))\n"
        "progress.tell(At(1, 2, 'files', .5, 'x' * 300))\n"
        "progress.tell(At(1, 2, 'files', .5, 'x' * 300))\n"
        "progress.end()\n"
        "print('rich' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=terminal.stream,
        check=True,
    )
    assert done.stdout == b"True\n"
    assert {len(line) for line in terminal.lines()} == {100}


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"CI": "true"}])
def test_where_nothing_can_be_drawn_or_a_log_is_kept_there_are_lines(
    terminal: Terminal, environ: dict[str, str]
) -> None:
    with Progress(terminal.stream, environ, ticking(6)) as progress:
        progress.tell(files(Step(1, 40, 0.25)))
    assert terminal.written() == "antipasta-hook: 1 of 40 files, 0.2/s, 18 s left\r\n"  # \r is the terminal's own


def test_a_terminal_without_a_size_is_one_that_nobody_sees(terminal: Terminal) -> None:
    terminal.resize(0, 0)
    with Progress(terminal.stream, {}, ticking(6)) as progress:
        progress.tell(files(Step(1, 40, 0.25)))
    assert "\x1b" not in terminal.written()


def test_what_is_quick_is_not_told(terminal: Terminal) -> None:
    with Progress(terminal.stream, {}, ticking(0.001)) as progress:
        for number in range(900):
            progress.tell(files(Step(number, 1_000, number / 1_000)))
    assert terminal.written() == ""


def test_rich_is_not_loaded_for_lines() -> None:
    code = (
        "import sys\n"
        "from antipasta_hook.cli.progress import At, Progress\n"
        "times = iter(range(0, 100, 6))\n"
        "Progress(sys.stderr, {}, lambda: next(times)).tell(At(1, 2, 'files', .5))\n"
        "print('rich' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("False\n", "antipasta-hook: 1 of 2 files, 0.2/s, 6 s left\n")


def test_nobody_need_listen() -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed):
        with Progress(stream, {}, ticking(6)) as progress:
            progress.tell(files(Step(1, 40, 0.25)))


def test_a_terminal_that_goes_away_in_the_middle_changes_nothing() -> None:
    ours, theirs = pty.openpty()
    stream = open(theirs, "w", encoding="utf-8")  # noqa: SIM115 - what is left in it cannot be written when it is closed
    terminal = Terminal(stream, ours)
    terminal.resize(100)
    with Progress(stream, {}, ticking(2)) as progress:
        progress.tell(files(Step(1, 40, 0.25)))
        assert "1 of 40" in terminal.written()
        os.close(ours)
        progress.tell(files(Step(2, 40, 0.25)))
        progress.tell(files(Step(3, 40, 0.25)))
    with pytest.raises(OSError, match="Input/output"):
        stream.close()
