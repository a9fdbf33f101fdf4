"""Measuring in child processes: quicker where there are several processors, and a child can be killed.

The children get source bytes and give numbers. They are started by their full path, with nothing of the environment
and in no directory of the repository, and import nothing but what this process does. None outlives its parent: each
ends when its input does. A child that dies costs the file that it was at, no other.
"""

import math
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Collection, Container, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Self, cast

from antipasta_hook.analyse.worker import READY, exactly, number, read_number
from antipasta_hook.cache.encoding import LARGEST, decode
from antipasta_hook.metrics import measure
from antipasta_hook.model import FileMetrics

HANGS_AFTER: Final = 120.0
"""Seconds for one source; the largest that are measured at all take three."""
_CODE: Final = "import sys; sys.path += sys.argv[1:]; from antipasta_hook.analyse.worker import main; main()"
_NEEDED: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""What an interpreter may need of the environment to start at all."""
_BATCH: Final = 48 * 1024
"""Bytes of source that are handed over at a time: some 15 ms of work."""
_STUCK: Final = 0.05
"""Seconds after which a source that nobody waits for any more is not worth waiting for its end."""
_STARTING: Final = 30.0
"""Seconds that a child may take longer to get ready than for a source: the machine may be busy."""
_LOOK: Final = 1.0


class Lost(NamedTuple):
    """Why a source has no measurement."""

    reason: str


class Task(NamedTuple):
    """A source to be measured; ``key`` is the caller's. ``again``: a child has died of it."""

    key: str
    source: bytes
    again: bool = False


class Answer(NamedTuple):
    """What became of a source."""

    key: str
    result: FileMetrics | Lost


CRASHED: Final = Lost("measuring it crashed, twice")
HANGS: Final = Lost(f"it was not measured within {HANGS_AFTER:.0f} s")
TOO_MUCH: Final = Lost("its measurements are too large to be handed over")


class NoWorkers(Exception):  # noqa: N818 - where no process can be started the work is done here
    """No child is left, and none could be started; ``waiting`` is what was not measured."""

    def __init__(self, waiting: list[Task]) -> None:
        super().__init__()
        self.waiting = waiting


def measured(blobs: Iterable[tuple[str, bytes]], workers: int) -> Iterator[tuple[str, FileMetrics | Lost]]:
    """Measure sources, each under a key of its own, in so many children; results come as they are ready.

    With fewer than two workers, or where none can be started, it is done in this process, in order. ``blobs`` is read
    in the caller's thread as the work goes on. Closing the iterator kills the children.
    """
    tasks = (Task(key, source) for key, source in blobs)
    waiting: list[Task] = []
    if workers > 1:
        try:
            with Pool(workers) as pool:
                yield from pool.each(tasks)
        except NoWorkers as none:
            waiting = none.waiting
    for task in (*waiting, *tasks):
        yield task.key, CRASHED if task.again else measure(task.source)


class Pool:
    """Children at work. For one thread: the one that made it. Close it, else they live as long as this process."""

    def __init__(self, workers: int) -> None:
        self._tasks: SimpleQueue[list[Task] | None] = SimpleQueue()
        self._answers: SimpleQueue[Answer | None] = SimpleQueue()
        self._waiting: dict[str, Task] = {}
        self._deadly: set[str] = set()
        self._workers = [_Worker(self._tasks, self._answers, self._waiting, self._deadly) for _ in range(workers)]
        self._left = workers
        for worker in self._workers:
            worker.start()

    @property
    def is_hungry(self) -> bool:
        """Whether a worker may soon have nothing to go on with."""
        return self._tasks.qsize() < self._left

    @property
    def waiting(self) -> int:
        """How many sources have no answer yet."""
        return len(self._waiting)

    def submit(self, batch: list[Task]) -> None:
        """Hand some tasks to the first worker that is free; each key once."""
        self._waiting.update((task.key, task) for task in batch)
        self._tasks.put(batch)

    def answer(self, timeout: float | None = None) -> Answer | None:
        """The next result; None where there is none within ``timeout`` seconds. Raises NoWorkers.

        Waiting is interruptible, and ends what hangs.
        """
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            try:
                found = self._answers.get(timeout=min(_LOOK, max(0.0, end - time.monotonic())))
            except Empty:
                if time.monotonic() >= end:
                    return None
                self._kill_after(HANGS_AFTER)
            else:
                if found is None:
                    self._one_less()
                elif self._waiting.pop(found.key, None) is not None:  # else nobody waits for it any more
                    return found

    def _one_less(self) -> None:
        """A worker has given up."""
        self._left -= 1
        if not self._left:
            raise NoWorkers([task._replace(again=task.key in self._deadly) for task in self._waiting.values()])

    def _kill_after(self, seconds: float) -> None:
        for worker in self._workers:
            worker.kill_after(seconds)

    def each(self, tasks: Iterator[Task]) -> Iterator[Answer]:
        """Measure all of these. Raises NoWorkers."""
        batches = _batches(tasks)
        ended = False
        while True:
            while self.is_hungry and not ended:
                batch = next(batches, None)
                ended = batch is None
                if batch is not None:
                    self.submit(batch)
            if ended and not self._waiting:
                return
            if found := self.answer():
                yield found

    def forget(self) -> None:
        """Nobody waits any more for what was submitted: what has not begun is dropped, who is stuck in it is killed."""
        if self._waiting:
            self._waiting.clear()
            self._kill_after(_STUCK)

    def close(self) -> None:
        """Kill the children."""
        for worker in self._workers:
            worker.end()
        for _ in self._workers:
            self._tasks.put(None)
        for worker in self._workers:
            worker.join(_LOOK)

    def __enter__(self) -> Self:
        """A pool is its own context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, whatever happened."""
        self.close()


def _batches(tasks: Iterator[Task]) -> Iterator[list[Task]]:
    batch: list[Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += len(task.source)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Worker(threading.Thread):
    """A thread that talks to a child, and starts another one when it dies; it wants nothing that nobody waits for."""

    def __init__(
        self,
        tasks: "SimpleQueue[list[Task] | None]",
        answers: "SimpleQueue[Answer | None]",
        waiting: Container[str],
        deadly: set[str],
    ) -> None:
        super().__init__(daemon=True)
        self._tasks = tasks
        self._answers = answers
        self._waited_for = waiting
        self._deadly = deadly
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._hangs = False
        self._since: float | None = None

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

    def kill_after(self, seconds: float) -> None:
        """Kill a child that has been at one source for so long; another one is started."""
        since = self._since
        if since is not None and time.monotonic() - since > seconds:
            with self._lock:
                self._hangs = True
                self._kill()

    def _kill(self) -> None:
        if self._child is not None:
            with suppress(OSError):
                self._child.kill()

    def _start(self) -> None:
        """A new child that is ready to measure; raises OSError or EOFError."""
        self._bury()
        with self._lock:
            if self._ended:
                raise EOFError
            self._hangs = False
            self._child = child = _child()
        self._since = time.monotonic() + _STARTING
        if exactly(cast("BinaryIO", child.stdout), len(READY)) != READY:
            raise EOFError
        self._since = None

    def _bury(self) -> None:
        """Wait for the end of a child and close its pipes."""
        with self._lock:
            child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError, ValueError):  # what a dead child has not read is still to be written
                if pipe is not None:
                    pipe.close()
        child.wait()

    def _measure(self, batch: list[Task]) -> None:
        """Have a batch measured; where the child dies, the source that it was at is tried once more, alone."""
        waiting = deque(task for task in batch if task.key in self._waited_for)
        if not waiting:
            return
        try:
            self._send(waiting)
            while waiting:
                self._since = time.monotonic()
                result = self._receive()
                self._answers.put(Answer(waiting.popleft().key, result))
        except (OSError, EOFError, ValueError):
            if self._ended:
                raise
            self._give_back(waiting)
            self._start()
        finally:
            self._since = None

    def _give_back(self, waiting: "deque[Task]") -> None:
        culprit = waiting.popleft()
        if self._hangs or culprit.again:
            self._answers.put(Answer(culprit.key, HANGS if self._hangs else CRASHED))
        else:
            self._deadly.add(culprit.key)
            self._tasks.put([culprit._replace(again=True)])
        if waiting:
            self._tasks.put(list(waiting))

    def _send(self, batch: Collection[Task]) -> None:
        sizes = b"".join(number(len(task.source)) for task in batch)
        requests = cast("BinaryIO", self._child and self._child.stdin)
        requests.write(number(len(batch)) + sizes)
        for task in batch:
            requests.write(task.source)
        requests.flush()

    def _receive(self) -> FileMetrics | Lost:
        answers = cast("BinaryIO", self._child and self._child.stdout)
        size = read_number(answers)
        if not size:
            return TOO_MUCH
        metrics = decode(exactly(answers, size)) if size <= LARGEST else None
        if metrics is None:
            raise EOFError  # it does not speak our language
        return metrics


def _child() -> "subprocess.Popen[bytes]":
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
    """Where a child finds what it imports besides the standard library: the analyser's directory, and ours."""
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    analyser = (place for place in sys.path if os.path.isabs(place) and _holds_analyser(place))
    return [*([found] if (found := next(analyser, None)) else []), ours]


def _holds_analyser(place: str) -> bool:
    """Whether complexipy is installed there, which a directory of that name alone does not show."""
    try:
        names = os.listdir(place)
    except OSError:
        return False
    return "complexipy" in names and any(n.startswith("complexipy-") and n.endswith(".dist-info") for n in names)
