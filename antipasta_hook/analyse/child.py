"""One child process that measures, and the thread that talks to it.

The child gets source bytes and gives numbers. It is started by its full path, with nothing of the environment and in no
directory of the repository, and imports nothing but what this process does. It does not outlive its parent: it ends
when its input does. If it dies that costs the source that it was at, no other.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from queue import SimpleQueue
from typing import BinaryIO, Final, NamedTuple, cast

from antipasta_hook.analyse.executor import CRASHED, HANGS, KILLED, Lost, Result, Task
from antipasta_hook.analyse.guards import MOST_SECONDS, held
from antipasta_hook.analyse.worker import MOST_BYTES, READY, exactly, number, read_number
from antipasta_hook.cache.encoding import decode
from antipasta_hook.model import Clocked

_CODE: Final = "import sys; sys.path += sys.argv[1:]; from antipasta_hook.analyse.worker import main; main()"
_NEEDED: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""What an interpreter may need of the environment to start at all."""
_STARTING: Final = 30.0
"""Seconds that a child may take longer to get ready than for a source: the machine may be busy."""
_DYING: Final = 0.5
"""Seconds in which a child that says nothing more should have ended."""
MOST_SOURCES: Final = 5_000
"""Some seconds of work; after that a child makes room for a fresh one, so that none grows without end."""
MOST_HELD: Final = 256 * 1024 * 1024
"""Bytes that it may hold when it has measured what it was given: the next one begins with a sixth."""
TOO_LONG: Final = Lost(f"measuring it took more than {MOST_SECONDS} s of processor time, twice", "worker-slow")
_SIGNALS: Final = {"SIGXCPU": TOO_LONG, "SIGKILL": KILLED}


class Measured(NamedTuple):
    """What became of a source."""

    task: Task
    result: Result
    clocked: Clocked | None = None


class Suspect(NamedTuple):
    """A source at which a child came to grief, for the first time."""

    task: Task


class Child(threading.Thread):
    """A child, or another one when it dies, and the thread that gives it tasks; none that nobody waits for any more.

    ``is_wanted`` says whether there is to be another one; None in ``answers`` says that there is none any more.
    ``lane`` is its number, from 1 on.
    """

    def __init__(
        self,
        tasks: "SimpleQueue[list[Task] | None]",
        answers: "SimpleQueue[Measured | Suspect | None]",
        waiting: Mapping[str, Task],
        is_wanted: Callable[[], bool],
        *,
        lane: int,
    ) -> None:
        super().__init__(daemon=True)
        self._lane = lane
        self._tasks = tasks
        self._answers = answers
        self._waited_for = waiting
        self._is_wanted = is_wanted
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._hangs = False
        self._since: float | None = None
        self._done = 0

    def run(self) -> None:
        """Take tasks as long as there are any, and a child to do them."""
        try:
            self._start()
            while (batch := self._tasks.get()) is not None:
                self._measure(batch)
        except (OSError, EOFError, ValueError):  # no child can be started, or none is wanted any more
            pass
        finally:
            self._bury()
            self._answers.put(None)

    def end(self) -> None:
        """Kill the child and start no other."""
        with self._lock:
            self._ended = True
            self._kill()

    def kill_after(self, seconds: float, *, hangs: bool) -> None:
        """Kill a child that has been at one source for so long; another one is started.

        ``hangs``: so long that the source will not be measured any more.
        """
        since = self._since
        if since is not None and time.monotonic() - since > seconds:
            with self._lock:
                self._hangs = hangs
                self._kill()

    def _kill(self) -> None:
        if self._process is not None:
            with suppress(OSError):
                self._process.kill()

    def _start(self) -> None:
        """A new child that is ready to measure; raises OSError or EOFError."""
        self._bury()
        with self._lock:
            if self._ended:
                raise EOFError
            self._hangs = False
            self._process = child = _launch()
        self._done = 0
        self._since = time.monotonic() + _STARTING
        if exactly(cast("BinaryIO", child.stdout), len(READY)) != READY:
            raise EOFError
        self._since = None

    def _fate(self) -> Lost:
        """What became of a child that gives no answer."""
        child = self._process
        if self._hangs or child is None:
            return HANGS
        try:
            code = child.wait(_DYING)
        except subprocess.TimeoutExpired:  # it lives, and does not speak our language
            return CRASHED
        return next((lost for name, lost in _SIGNALS.items() if code == -getattr(signal, name, 0)), CRASHED)

    def _bury(self) -> None:
        """Wait for the end of a child and close its pipes."""
        with self._lock:
            child, self._process = self._process, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError, ValueError):  # what a dead child has not read is still to be written
                if pipe is not None:
                    pipe.close()
        child.wait()

    def _measure(self, batch: list[Task]) -> None:
        """Have a batch measured; where the child dies, the source that it was at is suspect, and all others go on."""
        waiting = deque(filter(self._is_waited_for, batch))
        if not waiting:
            return
        self._freshen(batch)
        self._done += len(waiting)
        try:
            self._send(waiting)
            while waiting:
                self._since, begun = time.monotonic(), time.perf_counter()
                result = self._receive()
                clocked = Clocked(begun, time.perf_counter() - begun, self._lane)
                self._answers.put(Measured(waiting.popleft(), result, clocked))
        except (OSError, EOFError, ValueError):
            if self._ended:
                raise
            self._give_back(waiting, self._fate())
            if not self._is_wanted():
                raise
            self._start()
        finally:
            self._since = None

    def _freshen(self, batch: list[Task]) -> None:
        """Have a child that is worn replaced before it is given more; raises OSError or EOFError where none is left."""
        child = self._process
        if child is None or (self._done < MOST_SOURCES and held(child.pid) <= MOST_HELD):
            return
        try:
            self._start()
        except (OSError, EOFError):
            self._tasks.put(batch)
            raise

    def _is_waited_for(self, task: Task) -> bool:
        wanted = self._waited_for.get(task.key)
        return wanted is not None and wanted.turn == task.turn

    def _give_back(self, waiting: "deque[Task]", fate: Lost) -> None:
        culprit = waiting.popleft()
        self._answers.put(Measured(culprit, fate) if culprit.again else Suspect(culprit))
        if waiting:
            self._tasks.put(list(waiting))

    def _send(self, batch: Collection[Task]) -> None:
        sizes = b"".join(number(len(task.source)) for task in batch)
        requests = cast("BinaryIO", self._process and self._process.stdin)
        requests.write(number(len(batch)) + sizes)
        for task in batch:
            requests.write(task.source)
        requests.flush()

    def _receive(self) -> Result:
        answers = cast("BinaryIO", self._process and self._process.stdout)
        size = read_number(answers)
        metrics = decode(exactly(answers, size), most=MOST_BYTES) if 0 < size <= MOST_BYTES else None
        if metrics is None:
            raise EOFError  # it does not speak our language
        return metrics


def _launch() -> "subprocess.Popen[bytes]":
    """Isolated from the environment, the user's site directory and this directory; Ctrl-C is this process's to heed."""
    flags = ["-I", "-S", *(["-B"] if sys.dont_write_bytecode else [])]
    return subprocess.Popen(
        [sys.executable, *flags, "-c", _CODE, *_places()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=os.path.abspath(os.sep),
        env={name: os.environ[name] for name in _NEEDED if name in os.environ},
        process_group=0,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _places() -> list[str]:
    """Where a child finds what it imports besides the standard library: the analyser's directory, and ours.

    Raises OSError where the analyser is not found: a child without it would fail at every source.
    """
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for place in sys.path:
        if os.path.isabs(place) and _holds_analyser(place):
            return [place, ours]
    raise FileNotFoundError("the analyser is not found")


def _holds_analyser(place: str) -> bool:
    """Whether complexipy is installed there, which a directory of that name alone does not show."""
    try:
        names = os.listdir(place)
    except OSError:
        return False
    return "complexipy" in names and any(n.startswith("complexipy-") and n.endswith(".dist-info") for n in names)
