"""Who measures, and how many at a time: chosen by the work, the machine and what it costs to begin. Pure."""

from typing import Final, NamedTuple

from antipasta_hook.plan import MS_PER_BYTE, pays_for_children

IN_PROCESS: Final = "in-process"
THREADS: Final = "threads"
PROCESSES: Final = "processes"
CLUSTER: Final = "dask://"
"""How an address of a cluster begins."""
_THREADS_PAY_FROM_MS: Final = 30
_MS_A_WORKER: Final = 150
"""Work; one worker more is not worth its start for less."""
_MEGABYTE: Final = 1024 * 1024
BYTES_A_WORKER: Final = 256 * _MEGABYTE
"""Free memory for each child: it takes 45 MB, 95 for a file of 10,000 lines, 600 for the largest of all."""


BYTES_A_TOLD_WORKER: Final = 96 * _MEGABYTE
"""The same where somebody says how many there are to be: what files take that people wrote."""
_DESCRIPTORS_A_WORKER: Final = 8
_DESCRIPTORS_KEPT: Final = 32
_FEW_DESCRIPTORS: Final = 4_096
"""Files that this process must still be able to open, and what one child takes while it is started; two, later on."""


class Machine(NamedTuple):
    """``memory`` is in bytes, what is free of it, ``descriptors`` files that may be opened; None: nobody knows."""

    processors: int
    memory: int | None = None
    free_threaded: bool = False
    descriptors: int | None = None


class Wish(NamedTuple):
    """What the caller asks for; None: whatever is best. ``jobs`` 0: nobody but this process."""

    executor: str | None = None
    jobs: int | None = None


class Choice(NamedTuple):
    """``executor`` is one of the names above, or an address of a cluster; ``why`` is for people."""

    executor: str
    workers: int
    why: str


def choose(size: int, machine: Machine, wish: Wish) -> Choice:
    """Who is to measure sources of so many bytes."""
    if wish.executor == IN_PROCESS or wish.jobs == 0:
        return Choice(IN_PROCESS, 1, "asked for")
    if wish.executor is not None and wish.executor.startswith(CLUSTER):
        return Choice(wish.executor, wish.jobs or 0, "asked for")
    most, bound = _most(machine, wish)
    if wish.executor is not None:
        return Choice(wish.executor, most, f"asked for; {bound}")
    return _best(size, f"{_in_words(size)}; {bound}", machine, most)


def stoppable(machine: Machine, wish: Wish, why: str) -> Choice:
    """Who is to measure what this process could not stop in time."""
    if wish.executor is not None and wish.executor != IN_PROCESS:
        return choose(0, machine, wish)
    most, bound = _most(machine, wish)
    return Choice(PROCESSES, most, f"{why}; {bound}")


def _best(size: int, why: str, machine: Machine, most: int) -> Choice:
    """Threads where children would not be ready in time; else children, of which each can die for a file alone."""
    work_ms = size * MS_PER_BYTE
    if most > 1 and pays_for_children(size):
        return Choice(PROCESSES, min(most, max(2, int(work_ms // _MS_A_WORKER))), why)
    if most > 1 and machine.free_threaded and work_ms >= _THREADS_PAY_FROM_MS:
        return Choice(THREADS, most, why)
    return Choice(IN_PROCESS, 1, why if most == 1 else f"{why}; too little for others to be begun with")


def _most(machine: Machine, wish: Wish) -> tuple[int, str]:
    """How many may measure at a time, and what bounds that."""
    if wish.jobs is not None:
        bearable = _bearable(machine, BYTES_A_TOLD_WORKER, wish.jobs)
        fewer = f", of which {bearable} can be borne: {_room(machine)}" if bearable < wish.jobs else ""
        return bearable, f"--jobs {wish.jobs}{fewer}"
    bound = "1 processor" if machine.processors == 1 else f"{machine.processors} processors"
    return _bearable(machine, BYTES_A_WORKER, machine.processors), f"{bound}, {_room(machine)}"


def _bearable(machine: Machine, memory_each: int, wanted: int) -> int:
    """As many as are wanted, unless memory or files that may be opened are short; at least this process."""
    room = [wanted]
    if machine.memory is not None:
        room.append(machine.memory // memory_each)
    if machine.descriptors is not None:
        room.append((machine.descriptors - _DESCRIPTORS_KEPT) // _DESCRIPTORS_A_WORKER)
    return max(1, min(room))


def _room(machine: Machine) -> str:
    memory = "free memory unknown" if machine.memory is None else f"{machine.memory // _MEGABYTE:,} MB of memory free"
    few = machine.descriptors is not None and machine.descriptors < _FEW_DESCRIPTORS
    return f"{memory}, {max(0, machine.descriptors or 0):,} files may be opened" if few else memory


def _in_words(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB of source, about {size * MS_PER_BYTE / 1000:.1f} s of work"
