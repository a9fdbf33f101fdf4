"""The settings of a scope: its settings files as layers, from memory where they were seen before.

On that way nothing heavy is imported. A file that cannot be used stops the run; it is never taken for an empty one.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, Protocol

from antipasta_hook import __version__
from antipasta_hook.config.compiled import RUN_WIDE, Compiled, decode, encode
from antipasta_hook.config.fault import Fault, Faulty, shown
from antipasta_hook.config.settings import PROJECT_FILE, SETTINGS_FILE, Layer, Loaded
from antipasta_hook.config.version import COMPILER_VERSION
from antipasta_hook.model import Failure, Problem, Severity

KIND: Final = "settings"
_SHOWN: Final = 5
_RECOVERY: Final = (
    "mend it and stage it; all that is wrong with the file on disk: antipasta-hook config check --strict {}"
)
_MARK: Final = b"antipasta-hook"


Outcome = Compiled | tuple[Fault, ...]


class Memory(Protocol):
    """Compiled settings of earlier runs. Neither method raises."""

    def get(self, key: str) -> bytes | None:
        """What is kept under a key; None where nothing is."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep a value, if that can be done."""
        ...


def load(
    files: Mapping[str, str],
    read: Callable[[str], bytes],
    memory: Memory | None,
    *,
    edited: Collection[str] = (),
    strict: bool = False,
) -> Loaded:
    """The layers of a scope's settings files, given by path with their blob ids.

    ``read`` gives the bytes of a blob; what it raises goes through. An unknown key is an error if ``strict`` or if its
    file is among ``edited``, else a warning. Raises Failure (kind ``settings``, a usage error) for a file that cannot
    be used.
    """
    found: dict[str, Compiled] = {}
    faults: list[str] = []
    broken: list[str] = []
    for path in sorted(files, key=_rank):
        each = remembered(path, files[path], read, memory)
        if isinstance(each, Compiled):
            found[path] = each
        wrong = _faults(path, each, stern=strict or path in edited)
        faults += wrong
        broken += [path] if wrong else []
    if faults:
        raise _failure(faults, broken[0])
    return Loaded(_layers(found), tuple(problem for path in found for problem in _problems(found[path], path)))


def outcome(path: str, source: bytes) -> Outcome:
    """The settings file at a path, compiled from its bytes, or all that is wrong with it."""
    try:
        return compile_source(path, source)
    except Faulty as faulty:
        return faulty.faults


def compile_source(path: str, source: bytes) -> Compiled:
    """The settings file at a path, compiled from its bytes; raises Faulty."""
    if _is_project(path):
        if _MARK not in source:
            return Compiled({})
        from antipasta_hook.config.compilation import compile_toml

        return compile_toml(source)
    from antipasta_hook.config.compilation import compile_yaml

    return compile_yaml(source)


def is_settings_file(path: str) -> bool:
    """Whether a path of a repository is read for settings."""
    return path == PROJECT_FILE or path.rpartition("/")[2] == SETTINGS_FILE


def misplaced(compiled: Compiled, path: str) -> list[Fault]:
    """The keys that have no effect where the file stands."""
    reason = f"has no effect here: it holds for the whole run, and belongs in the {SETTINGS_FILE} of the root"
    keys = [key for key in RUN_WIDE if "/" in path and key in compiled.values]
    return [Fault(compiled.values[key][1], key.removesuffix("_ms"), reason) for key in keys]


def _problems(compiled: Compiled, path: str) -> Iterator[Problem]:
    """What is to be said of a valid settings file where it stands."""
    yield from (_warning(fault, path) for fault in compiled.unknown)
    for notice in compiled.notices:
        yield Problem(KIND, f"{shown(path, longest=500)}: {notice}", path, Severity.NOTICE)
    yield from (_warning(fault, path) for fault in misplaced(compiled, path))


def _effective(compiled: Compiled, path: str) -> Layer:
    """What the file sets, without the keys that have no effect where it stands."""
    idle = frozenset(RUN_WIDE) if "/" in path else frozenset[str]()
    kept = {key: value for key, value in compiled.values.items() if key not in idle}
    return compiled._replace(values=kept).layer(path)


def _rank(path: str) -> tuple[bool, list[str]]:
    """pyproject.toml, then every directory before what is in it."""
    return path != PROJECT_FILE, path.split("/")[:-1]


def _is_project(path: str) -> bool:
    return path.endswith(".toml")


def _key(path: str, oid: str) -> str:
    return f"{'toml' if _is_project(path) else 'yaml'}-{oid}-{__version__}-{COMPILER_VERSION}"


def remembered(path: str, oid: str, read: Callable[[str], bytes], memory: Memory | None) -> Outcome:
    """The settings file at a path from memory, or else from its bytes; what is wrong is not remembered."""
    key = _key(path, oid)
    data = None if memory is None else memory.get(key)
    known = None if data is None else decode(data, key)
    if known is not None:
        return known
    found = outcome(path, read(oid))
    if memory is not None and isinstance(found, Compiled):
        memory.put(key, encode(found, key))
    return found


def _faults(path: str, found: Outcome, *, stern: bool) -> list[str]:
    """What stops the run; where all is ``stern`` an unknown key does too."""
    if isinstance(found, Compiled):
        return [fault.at(path) for fault in found.unknown if stern]
    return [fault.at(path) for fault in found]


def _layers(found: Mapping[str, Compiled]) -> tuple[Layer, ...]:
    """What the files set, those left out that set nothing."""
    layers = (_effective(compiled, path) for path, compiled in found.items())
    return tuple(layer for layer in layers if layer.values or layer.overrides)


def _warning(fault: Fault, path: str) -> Problem:
    return Problem(KIND, fault.at(path), path, Severity.WARNING)


def _failure(faults: list[str], path: str) -> Failure:
    more = [f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    return Failure("\n".join([*faults[:_SHOWN], *more]), kind=KIND, recovery=_RECOVERY.format(shown(path)))
