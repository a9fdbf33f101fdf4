"""Starts our command with one call of it that fails: ``python failing.py LOG NUMBER VARIANT [ARGUMENT]...``.

Counted are the calls that leave the process: files, git, children and their pipes, threads, the cache's database, what
is printed. The call of that NUMBER fails, in the VARIANT-th way in which such a call may; all others are as they are.
NUMBER 0: none fails. LOG gets a line for each call: what it is, who asked for it, and how it was made to fail.
"""

import ast
import builtins
import ctypes
import errno
import fcntl
import gc
import importlib.util
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Self

Failing = Callable[[], Exception]


def system(code: int) -> Failing:
    """What the system says."""
    return lambda: OSError(code, os.strerror(code))


def database(kind: type[sqlite3.Error], code: int, text: str) -> Failing:
    """What SQLite says."""

    def fail() -> Exception:
        error = kind(text)
        error.sqlite_errorcode = code
        return error

    return fail


def libgit2() -> Exception:
    """What libgit2 says."""
    import pygit2

    return pygit2.GitError("an object could not be read")


READING = (system(errno.EIO), system(errno.EACCES), system(errno.EMFILE))
WRITING = (system(errno.ENOSPC), system(errno.EROFS), system(errno.EIO))
SAYING = (system(errno.EPIPE), system(errno.ENOSPC))
STARTING = (system(errno.EAGAIN), system(errno.ENOMEM), system(errno.EMFILE), system(errno.ENOENT))
ROWS = (
    database(sqlite3.OperationalError, sqlite3.SQLITE_BUSY, "database is locked"),
    database(sqlite3.OperationalError, sqlite3.SQLITE_FULL, "database or disk is full"),
    database(sqlite3.OperationalError, sqlite3.SQLITE_IOERR, "disk I/O error"),
    database(sqlite3.DatabaseError, sqlite3.SQLITE_CORRUPT, "database disk image is malformed"),
)
OBJECTS = (libgit2, lambda: KeyError("not here"), system(errno.EIO))
MEMORY = (MemoryError,)
DEAD = ["/bin/sh", "-c", "echo 'fatal: it broke' >&2; exit 128"]
THREAD = (lambda: RuntimeError("can't start new thread"),)

DISK: dict[str, tuple[Failing, ...]] = {
    "stat": READING,
    "lstat": READING,
    "fstat": READING[:1],
    "listdir": READING,
    "scandir": READING,
    "readlink": READING,
    "getcwd": (system(errno.ENOENT),),
    "mkdir": WRITING,
    "replace": WRITING,
    "rename": WRITING,
    "unlink": WRITING,
    "remove": WRITING,
    "chmod": WRITING,
    "open": (*READING, system(errno.ENOSPC)),
    "dup2": (system(errno.EMFILE),),
}
"""Functions of ``os``."""
PYGIT2: dict[str, dict[str, tuple[Failing, ...]]] = {
    "Repository": {"get": OBJECTS, "head": OBJECTS, "head_is_unborn": OBJECTS, "path": OBJECTS, "__init__": OBJECTS},
    "Index": {"__init__": OBJECTS},
    "Odb": {"read": OBJECTS, "read_header": OBJECTS},
    "Tree": {"diff_to_index": OBJECTS},
    "Object": {"peel": OBJECTS},
}


class Calls:
    """Counts them, and lets one fail."""

    def __init__(self, log: str, number: int, variant: int) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._number = number
        self._variant = variant
        self._count = 0
        self._lock = threading.Lock()
        self._inside = threading.local()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What is called in here is part of a call that is counted."""
        before = getattr(self._inside, "depth", 0)
        self._inside.depth = before + 1
        try:
            yield
        finally:
            self._inside.depth = before

    def turn(self, what: str, ways: int) -> int | None:
        """Count a call of ours; in which of so many ways it is to fail, None where it is not."""
        place = None if getattr(self._inside, "depth", 0) else _asking()
        if place is None:
            return None
        with self._lock:
            self._count += 1
            way = self._variant if self._count == self._number else None
        how = "" if way is None else f" fails {way % ways}"
        os.write(self._log, f"{what} {ways} {place}{how}\n".encode())
        return None if way is None else way % ways

    def meet(self, what: str, failing: tuple[Failing, ...]) -> None:
        """Count a call of ours; it raises where it is its turn."""
        way = self.turn(what, len(failing))
        if way is not None:
            raise failing[way]()  # noqa: RSE102 - called for what it gives

    def wrapped(self, what: str, function: Callable[..., Any], failing: tuple[Failing, ...]) -> Callable[..., Any]:
        """A function that may fail."""

        def call(*arguments: Any, **named: Any) -> Any:
            self.meet(what, failing)
            with self.inside():
                return function(*arguments, **named)

        return call


def _asking() -> str | None:
    """The place of ours that a call comes from; None where it comes from somebody else."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        top = name.partition(".")[0]
        if top == "antipasta_hook":
            return f"{name}:{frame.f_lineno}"
        if name != __name__ and top not in sys.stdlib_module_names:
            return None
        frame = frame.f_back  # type: ignore[assignment] # there is one: ours
    return None


class Stream:
    """A file, a pipe or a standard stream that may fail at each thing that is asked of it."""

    def __init__(self, calls: Calls, what: str, stream: Any, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.__dict__.update(_calls=calls, _what=what, _stream=stream, _process=process)

    def __getattr__(self, name: str) -> Any:
        """As the stream has it, but for what may fail."""
        found = getattr(self._stream, name)
        if name in {"read", "readline", "write", "flush"}:
            return lambda *arguments: self._ask(name, found, arguments)
        return found

    def _ask(self, name: str, asked: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        failing = READING[:1] if name.startswith("read") else SAYING if "std" in self._what else WRITING
        ways = len(failing) if self._process is None else 3
        way = self._calls.turn(f"{self._what}.{name}", ways)
        if way is not None and self._process is not None:
            return self._end(way, name, arguments)
        if way is not None:
            raise failing[way]()  # noqa: RSE102 - called for what it gives
        with self._calls.inside():
            return asked(*arguments)

    def _end(self, way: int, name: str, arguments: tuple[Any, ...]) -> Any:
        """A child that is killed, a pipe that breaks, an answer that ends too early."""
        if way == 0:
            self._process.kill()
            self._process.wait()
        elif way == 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        found = getattr(self._stream, name)(*arguments)
        return found[: len(found) // 2] if isinstance(found, bytes) else found

    def __enter__(self) -> Self:
        """As the stream does."""
        self._stream.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """As the stream does."""
        self._stream.__exit__(*error)

    def __iter__(self) -> Iterator[Any]:
        """As the stream does."""
        return iter(self._stream)


def fail_disk(calls: Calls) -> None:
    """Functions of ``os``, files, locks."""
    for name, failing in DISK.items():
        setattr(os, name, calls.wrapped(f"os.{name}", getattr(os, name), failing))
    real = builtins.open

    def open_(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        failing = READING if mode.startswith("r") else WRITING
        if not isinstance(file, int):
            calls.meet("open", failing)
        with calls.inside():
            opened = real(file, mode, *arguments, **named)
        return opened if _asking() is None else Stream(calls, "file", opened)

    builtins.open = open_
    fcntl.flock = calls.wrapped("flock", fcntl.flock, (system(errno.ENOLCK), system(errno.EIO)))


def fail_streams(calls: Calls) -> None:
    """What is said."""
    for name in ("stdout", "stderr"):
        setattr(sys, name, Stream(calls, name, getattr(sys, name)))


class Popen(subprocess.Popen):  # type: ignore[type-arg] # as the real one is
    """git or a worker, which cannot be started, ends at once, is killed, or is not heard."""

    calls: Calls

    def __init__(self, command: list[str], **named: Any) -> None:
        what = "git" if Path(command[0]).name == "git" else "worker"
        way = self.calls.turn(f"{what}.start", len(STARTING) + 1)
        if way is not None and way < len(STARTING):
            raise STARTING[way]()  # noqa: RSE102 - the table holds what makes one
        with self.calls.inside():
            super().__init__(command if way is None else DEAD, **named)
        for name in ("stdin", "stdout"):
            if getattr(self, name) is not None:
                setattr(self, name, Stream(self.calls, f"{what}.{name}", getattr(self, name), self))

    def communicate(self, *arguments: Any, **named: Any) -> Any:
        """What it says, all or not."""
        way = self.calls.turn("git.communicate", 3)
        if way == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if way == 1:
            self.kill()
        for name in ("stdin", "stdout"):
            setattr(self, name, getattr(getattr(self, name), "_stream", None))
        with self.calls.inside():
            out, err = super().communicate(*arguments, **named)
        if way == 2:
            self.returncode = -9
            out = out[: len(out) // 2]
        return out, err

    def wait(self, *arguments: Any, **named: Any) -> int:
        """As ever."""
        with self.calls.inside():
            return super().wait(*arguments, **named)

    def kill(self) -> None:
        """As ever."""
        with self.calls.inside():
            super().kill()


def fail_children(calls: Calls) -> None:
    """git, the workers, and the threads that talk to them."""
    Popen.calls = calls
    setattr(subprocess, "Popen", Popen)  # noqa: B010 - for the type checker
    setattr(threading.Thread, "start", _method(calls, "thread.start", threading.Thread.start, THREAD))  # noqa: B010 - an attribute of another module


def fail_cache(calls: Calls) -> None:
    """SQLite, whoever asks it: only the cache does."""

    class Connection(sqlite3.Connection):
        def execute(self, *arguments: Any) -> Any:
            calls.meet("sqlite.execute", ROWS)
            with calls.inside():
                return super().execute(*arguments)

        def close(self) -> None:
            with calls.inside():
                super().close()

    real = sqlite3.connect

    def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
        calls.meet("sqlite.connect", ROWS)
        with calls.inside():
            return real(*arguments, factory=Connection, **named)

    sqlite3.connect = connect  # type: ignore[assignment] # that is what this is for


def fail_memory(calls: Calls) -> None:
    """Where most of it is wanted."""
    ast.parse = calls.wrapped("ast.parse", ast.parse, MEMORY)


def fail_pygit2(calls: Calls) -> None:
    """libgit2, once it is loaded; its classes are written in C, and let nothing be set."""
    import pygit2

    for name, methods in PYGIT2.items():
        kind = getattr(pygit2, name)
        for method, failing in methods.items():
            owner = next((each for each in kind.__mro__ if method in vars(each)), None)
            if owner is not None:
                found = vars(owner)[method]
                replaced = _asked(calls, f"pygit2.{name}.{method}", found, failing)
                gc.get_referents(vars(owner))[0][method] = replaced
                ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))


def _asked(calls: Calls, what: str, found: Any, failing: tuple[Failing, ...]) -> Any:
    """A method or property of a class."""
    if hasattr(found, "__set__"):

        def get(self: Any) -> Any:
            calls.meet(what, failing)
            with calls.inside():
                return found.__get__(self, type(self))

        return property(get)
    return _method(calls, what, found, failing)


def _method(calls: Calls, what: str, found: Any, failing: tuple[Failing, ...]) -> Any:
    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        calls.meet(what, failing)
        with calls.inside():
            return found(self, *arguments, **named)

    return call


class Finder:
    """Sees pygit2 come."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002 - importlib's signature
        """As others find it; its methods are replaced as soon as it is loaded."""
        if name != "pygit2":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None
        loader: Any = spec.loader
        load = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            self._calls.meet("pygit2.import", (lambda: ImportError("a library is missing"), system(errno.EMFILE)))
            with self._calls.inside():
                load(module)
            fail_pygit2(self._calls)

        loader.exec_module = exec_module
        return spec


def main() -> None:
    """Arm everything, then be our command."""
    log, number, variant, *arguments = sys.argv[1:]
    calls = Calls(log, int(number), int(variant))
    sys.argv[1:] = arguments
    sys.meta_path.insert(0, Finder(calls))
    for arm in (fail_disk, fail_streams, fail_children, fail_cache, fail_memory):
        arm(calls)
    from antipasta_hook.__main__ import main_and_exit

    main_and_exit()


if __name__ == "__main__":
    main()
