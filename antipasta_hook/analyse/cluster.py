"""Measuring on other machines: sources go to a dask cluster as bytes, encoded measurements come back.

What comes back is decoded as if it had lain in the cache: it is data, or it is not believed. What somebody pickled is
refused before it is loaded. Nobody else knows distributed.
"""

import logging
import math
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, get_args

from antipasta_hook.analyse import remote
from antipasta_hook.analyse.executor import CRASHED, HANGS_AFTER, Answer, Lost, NoWorkers, Task, WorkerKind
from antipasta_hook.cache.encoding import decode
from antipasta_hook.model import Clocked, Failure, FileMetrics

if TYPE_CHECKING:
    from distributed import Client, Future

_Answer = TypeVar("_Answer")
_Found = tuple[FileMetrics | Lost | None, Clocked | None]

ANSWERS_WITHIN: Final = 5.0
_IMPORTED_WITHIN: Final = 20.0
"""Seconds for a scheduler to answer, and for a cluster to say what it runs: it may have to load that first."""
ABSENT_AFTER: Final = 20.0
"""Seconds that a cluster may be without workers, as when they are started anew, before it is given up."""
SILENT_AFTER: Final = 4 * HANGS_AFTER
_LOOK: Final = 1.0
_AHEAD: Final = 2
_DIGITS: Final = 12  # of microseconds: eleven days
"""Batches for each lane: one that is measured, and one on the way."""


class Cluster:
    """A dask cluster at work, as an Executor; ``most`` sources at a time, None for as many as its workers have threads.

    Raises Failure: no dask here, no answer, no workers, or another version of this program there.
    """

    batch: Final = 256 * 1024
    """Some 80 ms of work, so that a round trip does not count."""

    def __init__(self, address: str, most: int | None = None) -> None:
        self._address = address
        self._client = _connected(address)
        try:
            threads = self._checked()
        except BaseException:
            self._client.close(timeout=1)
            raise
        self.lanes: Final = min(most or threads, threads)
        self._done: SimpleQueue[Future] = SimpleQueue()
        self._batches: dict[str, tuple[Future, list[Task]]] = {}
        self._ready: list[Answer] = []
        self._waiting: dict[str, Task] = {}
        self._heard = self._seen = self._looked = time.monotonic()
        self._lanes: dict[bytes, int] = {}

    def _checked(self) -> int:
        """How many threads the workers have, all of which run what runs here."""
        threads: dict[str, int] = self._asked(self._client.nthreads)
        if not threads:
            raise _failure(f"the cluster at {self._address} has no workers", "start some: dask worker HOST:PORT")
        for worker, theirs in self._asked(lambda: self._client.run(remote.identity, on_error="return")).items():
            if isinstance(theirs, Exception):
                what = "has no antipasta-hook" if "No module named" in str(theirs) else f"fails: {_line(theirs)}"
                raise _failure(f"the worker {worker} {what}", _ALIKE)
            self._compare(theirs, f"the worker {worker}")
        self._asked(self._client.submit(remote.identity, pure=False).result)  # through the scheduler
        return sum(threads.values())

    def _asked(self, question: "Callable[[], _Answer]") -> "_Answer":
        """What a cluster says when it is asked something; raises Failure where it says nothing in time."""
        try:
            return _within(_IMPORTED_WITHIN, question)
        except Exception as error:
            raise _failure(f"the cluster at {self._address} cannot be used: {_line(error)}", _ALIKE) from error

    def _compare(self, theirs: object, who: str) -> None:
        ours = remote.identity()
        if theirs != ours:
            raise _failure(f"{who} runs {_line(theirs)}; here runs {ours}", _ALIKE)

    @property
    def is_hungry(self) -> bool:
        """See Executor."""
        return len(self._batches) < _AHEAD * self.lanes

    @property
    def waiting(self) -> int:
        """See Executor."""
        return len(self._waiting)

    def submit(self, batch: list[Task]) -> None:
        """See Executor."""
        self._waiting.update((task.key, task) for task in batch)
        self._send(batch)

    def _send(self, batch: list[Task]) -> None:
        future = self._client.submit(remote.measured, [task.source for task in batch], pure=False)
        self._batches[future.key] = future, batch  # what nobody holds dask drops
        future.add_done_callback(self._done.put)

    def answer(self, timeout: float | None = None) -> Answer | None:
        """See Executor."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        while not self._ready:
            self._look_after()
            try:
                future = self._done.get(timeout=min(_LOOK, max(0.0, end - time.monotonic())))
            except Empty:
                if time.monotonic() >= end:
                    return None
                continue
            if future.key in self._batches:  # else nobody waits for it any more
                self._take(*self._batches.pop(future.key))
        answer = self._ready.pop()
        del self._waiting[answer.key]
        return answer

    def _take(self, future: "Future", batch: list[Task]) -> None:
        """What became of a batch. Where it broke its worker, each source is tried once more, alone."""
        self._heard = time.monotonic()
        if future.status in {"cancelled", "lost"}:
            raise self._gone()
        results = self._results(future, len(batch))
        for task, (result, clocked) in zip(batch, results, strict=True):
            if result is None and not task.again:
                self._send([task._replace(again=True)])
            else:
                self._ready.append(Answer(task.key, result or CRASHED, clocked))

    def _results(self, future: "Future", count: int) -> list[_Found]:
        """A result for each source; None where there is none that can be believed."""
        nothing: list[_Found] = [(None, None)] * count
        if future.status != "finished":
            return nothing
        try:
            found = future.result(timeout=_IMPORTED_WITHIN)
        except Exception:  # noqa: BLE001 - dask raises whatever broke: the result is gone, or was not data
            return nothing
        if not isinstance(found, list) or not found or not all(isinstance(each, bytes) for each in found):
            return nothing
        self._compare(found[0].decode(errors="replace"), f"a worker of {self._address}")
        if len(found) != count + 2:
            return nothing
        return list(zip(map(_believed, found[2:]), self._clocked(found[1], count), strict=True))

    def _clocked(self, said: bytes, count: int) -> list[Clocked | None]:
        """What each source took, as if the last had been ready just now: a worker has a clock of its own."""
        worker, *words = said.split(b" ")
        if len(words) != count or not all(word.isdigit() and len(word) < _DIGITS for word in words):
            return [None] * count
        lane = self._lanes.setdefault(worker, len(self._lanes) + 1)
        took = [int(word) / 1_000_000 for word in words]
        begun = time.perf_counter() - sum(took)
        return [Clocked(begun + sum(took[:place]), each, lane) for place, each in enumerate(took)]

    def _look_after(self) -> None:
        """Now and then, ask whether there is still somebody; raises NoWorkers."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        if self._has_workers():
            self._seen = now
        if self._client.status not in {"running", "connecting"} or now - self._seen > ABSENT_AFTER:
            raise self._gone()
        if now - self._heard > SILENT_AFTER:
            raise self._gone()

    def _has_workers(self) -> bool:
        try:
            return bool(self._client.sync(self._client.scheduler.ncores, callback_timeout=ANSWERS_WITHIN))
        except Exception:  # noqa: BLE001 - whatever it is, nobody answers
            return False

    def _gone(self) -> NoWorkers:
        return NoWorkers(list(self._waiting.values()))

    def forget(self) -> None:
        """See Executor."""
        self._waiting.clear()
        self._batches.clear()
        self._ready.clear()

    def close(self) -> None:
        """See Executor: the workers are somebody else's, and stay."""
        self.forget()
        self._client.close(timeout=1)


_ALIKE: Final = "the scheduler and all workers need the same antipasta-hook on the same Python: pip install"


_TERMS: Final[Mapping[str, Any]] = {
    "timeout": ANSWERS_WITHIN,
    "set_as_default": False,
    "name": "antipasta-hook",
    "serializers": ["dask", "pickle"],
    "deserializers": ["dask", "msgpack", "error"],
}
"""Functions go there pickled, by their names; what comes back is bytes."""


def _connected(address: str) -> "Client":
    """A client that loads no pickled results. Raises Failure."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import distributed
    except ImportError as error:
        raise _failure(
            f"--executor dask://{address} needs dask.distributed", "install it: pip install 'antipasta-hook[dask]'"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)  # what matters of it is said by us
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions of packages that nothing of ours depends on
            return _within(ANSWERS_WITHIN, partial(distributed.Client, f"tcp://{address}", **_TERMS))
    except (OSError, ValueError, TimeoutError) as error:
        raise _failure(
            f"no dask scheduler answers at {address} within {ANSWERS_WITHIN:.0f} s",
            "start one: dask scheduler; or leave --executor out",
        ) from error


def _within(seconds: float, question: "Callable[[], _Answer]") -> "_Answer":
    """What is answered in time, else TimeoutError: dask itself waits for ever for who accepts and says nothing."""
    said: SimpleQueue[Callable[[], _Answer]] = SimpleQueue()

    def raised(error: Exception) -> NoReturn:
        raise error

    def ask() -> None:
        try:
            answer = question()
        except Exception as error:  # noqa: BLE001 - raised again where it was asked
            said.put(partial(raised, error))
        else:
            said.put(lambda: answer)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answered = said.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer within {seconds:.0f} s") from None
    return answered()


def _believed(data: bytes) -> FileMetrics | Lost | None:
    kind, rest = data[:1], data[1:]
    if kind == remote.LOST:
        return _lost(*rest.decode(errors="replace").partition("\n")[::2])
    return decode(rest) if kind == remote.MEASURED else None


def _lost(kind: str, reason: str) -> Lost | None:
    known = next((each for each in get_args(WorkerKind) if each == kind), None)
    return None if known is None else Lost(reason, known)


def _line(what: object) -> str:
    """The first line of what others say."""
    return (str(what).splitlines() or [type(what).__name__])[0][:200]


def _failure(message: str, recovery: str) -> Failure:
    return Failure(message, kind="executor", recovery=recovery)
