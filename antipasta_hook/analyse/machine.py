"""What this process may use of the machine: processors and memory, as far as a container lets it, and its threads."""

import os
import sys
from collections.abc import Iterator
from typing import Final

from antipasta_hook.analyse.choice import Machine

_CGROUPS: Final = "sys/fs/cgroup"
_LIMITLESS: Final = 1 << 60
"""What cgroup v1 calls no limit is a number about as large as there are."""


def look(root: str = "/") -> Machine:
    """The machine as it is now; ``root`` is where its ``proc`` and ``sys`` are."""
    return Machine(processors(root), free_memory(root), is_free_threaded(), descriptors(root))


def processors(root: str = "/") -> int:
    """How many processors this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([usable, *_quotas(root)]))


def free_memory(root: str = "/") -> int | None:
    """Bytes that this process and its children may still take without driving others out; None where nobody says."""
    limits = [*_machines_memory(root), *_granted_memory(root)]
    return max(0, min(limits)) if limits else None


def descriptors(root: str = "/") -> int | None:
    """How many files this process may still open; None where nobody says."""
    if sys.platform == "win32":
        return None
    try:
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        held = len(os.listdir(os.path.join(root, "proc/self/fd")))
    except (ImportError, OSError, ValueError):
        return None
    return None if most == resource.RLIM_INFINITY else max(0, most - held)


def is_free_threaded() -> bool:
    """Whether threads run at the same time. An analyser that was not made for it brings the lock back."""
    if getattr(sys, "_is_gil_enabled", lambda: True)():
        return False
    from antipasta_hook.metrics import measure

    measure(b"x = 1\n")
    return not getattr(sys, "_is_gil_enabled", lambda: True)()


def _quotas(root: str) -> Iterator[int]:
    """The processors that a container is granted, by each group that has a say, rounded up."""
    for place in _groups(root, "cpu"):
        quota, _, period = _text(f"{place}/cpu.max").partition(" ")
        if not period:
            quota, period = (_text(f"{place}/cpu.cfs_{name}_us") for name in ("quota", "period"))
        granted, of = _number(quota), _number(period)
        if granted and of:
            yield -(-granted // of)


def _machines_memory(root: str) -> Iterator[int]:
    for line in _text(os.path.join(root, "proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:") and (available := _number("".join(line.split()[1:2]))) is not None:
            yield available * 1024


def _granted_memory(root: str) -> Iterator[int]:
    """What is left of the memory that each group may use; what it holds of files on disk it can give back."""
    for place in _groups(root, "memory"):
        for most, used, prefix in (
            ("memory.max", "memory.current", ""),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
        ):
            limit, held = _number(_text(f"{place}/{most}")), _number(_text(f"{place}/{used}"))
            if limit is not None and held is not None and limit < _LIMITLESS:
                files = _entries(_text(f"{place}/memory.stat"), f"{prefix}inactive_file", f"{prefix}active_file")
                yield limit - held + files


def _number(text: str) -> int | None:
    """A number; None for what is none, as where a file is not there, or says "max".

    It is not left to ``int`` to find that out: an error that it raises can swallow what a signal raises.
    """
    return int(text) if text.isdecimal() else None


def _entries(text: str, *names: str) -> int:
    """The sum of some lines that are a name and a number."""
    words = (line.split() for line in text.splitlines())
    return sum(_number(each[1]) or 0 for each in words if len(each) == 2 and each[0] in names)


def _groups(root: str, controller: str) -> Iterator[str]:
    """The directories of the control groups that this process is in, and of all above them, of either version.

    A container often sees its own group as the root, whatever its real name is: what is not there is passed over.
    """
    for line in _text(os.path.join(root, "proc/self/cgroup")).splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller in controllers.split(",") or (number == "0" and not controllers):
            mount = os.path.join(root, _CGROUPS, controllers and controller).rstrip("/")
            parts = [part for part in path.split("/") if part.strip(".")]
            yield from ("/".join([mount, *parts[:depth]]) for depth in range(len(parts), -1, -1))


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read(64 * 1024).strip()
    except OSError:
        return ""
