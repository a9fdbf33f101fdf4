"""git as a child process: started so that nothing steers it, ended whatever happens."""

import errno
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Final, NamedTuple

from antipasta_hook.changes.place import Place
from antipasta_hook.changes.steering import command, find_git, unsteered
from antipasta_hook.model import Failure

_RELIEF: Final = "see how many processes and open files there may be, and how much memory"
_OTHER: Final = "see whether what PATH names git is a program for this machine, and whether you may run it"
_SHORTAGE: Final = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})


class Answer(NamedTuple):
    """What a child said."""

    code: int
    out: bytes
    err: str


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold signals back for a moment: raised while a process is started, they would leave it to itself.

    Who asks twice does not wait.
    """
    caught: list[tuple[int, FrameType | None]] = []
    handlers = _handlers() if threading.current_thread() is threading.main_thread() else {}

    def note(number: int, frame: FrameType | None) -> None:
        caught.append((number, frame))
        if len(caught) > 1:
            with suppress(KeyboardInterrupt, SystemExit):
                handlers[signal.Signals(caught[0][0])](*caught[0])
            handlers[signal.Signals(number)](number, frame)

    try:
        for number in handlers:
            signal.signal(number, note)
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for caught_number, frame in caught:
        handlers[signal.Signals(caught_number)](caught_number, frame)


def _handlers() -> "dict[signal.Signals, Callable[[int, FrameType | None], object]]":
    """The signals that would raise something here, and what does."""
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    return {number: handler for number in numbers if callable(handler := signal.getsignal(number))}


@contextmanager
def _heard() -> Iterator[None]:
    """What the system says where git cannot be started or heard, as a Failure."""
    try:
        yield
    except OSError as error:
        raise Failure(
            f"git cannot be run: {error.strerror or error}",
            kind="git-unusable",
            recovery=_RELIEF if error.errno in _SHORTAGE else _OTHER,
        ) from error


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Kill a child, close its pipes and wait for it: it does not outlive us, and is no zombie."""
    child.kill()
    for pipe in (child.stdin, child.stdout, child.stderr):
        with suppress(OSError, ValueError):  # what a dead child has not read is still to be written
            if pipe is not None:
                pipe.close()
    child.wait()


class Git:
    """Runs git in one place. ``index`` is given once it is known; until then GIT_INDEX_FILE goes through as it came."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._program = find_git(place.environ)
        self._environ = unsteered(place.environ)
        self._running: list[subprocess.Popen[bytes]] = []

    def use_index(self, path: str) -> None:
        """Read this index from now on."""
        self._environ["GIT_INDEX_FILE"] = path

    def _start(
        self, arguments: tuple[str, ...], given: int, errors: int, index: str | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a child; it is known to ``close`` before anything can interrupt. Raises Failure."""
        with _uninterrupted(), _heard():
            child = subprocess.Popen(
                command(self._program, *arguments),
                cwd=self._place.cwd,
                env=self._environ | ({"GIT_INDEX_FILE": index} if index else {}),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            self._running.append(child)
        return child

    def ask(self, *arguments: str, given: bytes = b"", index: str | None = None) -> Answer:
        """Run one command to its end, whatever it answers. Raises Failure where it cannot be run, or is killed.

        ``given`` goes to its standard input; ``index`` is read by it instead of the one that is in use.
        """
        try:
            source = subprocess.PIPE if given else subprocess.DEVNULL
            child = self._start(arguments, source, subprocess.PIPE, index)
            with _heard():
                out, err = child.communicate(given or None)
            self.end(child)
        except BaseException:
            self.close()
            raise
        if child.returncode < 0:
            raise Failure(f"git was killed by signal {-child.returncode}", kind="git-unusable", recovery=_RELIEF)
        return Answer(child.returncode, out, err.decode("utf-8", "replace"))

    def converse(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a command that answers line by line on pipes; ``end`` ends it."""
        return self._start(arguments, subprocess.PIPE, subprocess.DEVNULL)

    def end(self, child: "subprocess.Popen[bytes]") -> None:
        """End a child, if it has not ended by itself."""
        with _uninterrupted():
            _end(child)
            with suppress(ValueError):  # ``close`` came before
                self._running.remove(child)

    def close(self) -> None:
        """End all children."""
        with _uninterrupted():
            while self._running:
                _end(self._running.pop())


class _Found(NamedTuple):
    """What ``git cat-file`` says of an object; ``content`` only with ``--batch``."""

    oid: bytes
    size: bytes
    content: bytes | None


class Objects:
    """A ``git cat-file`` child kept open: one question a line, one answer. A child that dies is replaced.

    Older gits die of an object that a partial clone lacks: they want to fetch it, which is not allowed here.
    So where a new child dies of its first question, the object is missing.
    """

    def __init__(self, git: Git, option: str) -> None:
        self._git = git
        self._option = option
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, oid: str) -> bytes | None:
        """The header's size (``--batch-check``) as digits, or the content (``--batch``); None where it is missing."""
        found = self._find(oid)
        return None if found is None else found.size if found.content is None else found.content

    def name(self, revision: str) -> str | None:
        """The id of the object that a revision without spaces names; None where it is missing."""
        found = self._find(revision)
        return None if found is None else found.oid.decode("ascii")

    def _find(self, revision: str) -> "_Found | None":
        fresh = False
        while not fresh:
            fresh = self._child is None
            try:
                return self._find_once(revision)
            except (OSError, EOFError):
                self.close()
            except BaseException:  # an answer that was not read to its end would be taken for the next one
                self._git.close()
                self._child = None
                raise
        return None

    def _find_once(self, revision: str) -> "_Found | None":
        if self._child is None:
            self._child = self._git.converse("cat-file", self._option)
        assert self._child.stdin is not None  # noqa: S101 - for the type checker
        if self._child.stdin.closed:  # all of this git's children were ended
            raise EOFError
        assert self._child.stdout is not None  # noqa: S101 - for the type checker
        self._child.stdin.write(revision.encode("ascii") + b"\n")
        self._child.stdin.flush()
        header = self._child.stdout.readline()
        if not header.endswith(b"\n"):
            raise EOFError
        fields = header.split()
        if len(fields) != 3:
            return None
        content = None if self._option == "--batch-check" else _exactly(self._child.stdout, int(fields[2]))
        return _Found(fields[0], fields[2], content)

    def close(self) -> None:
        """End the child; it is started again when asked again."""
        child, self._child = self._child, None
        if child is not None:
            self._git.end(child)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size + 1)
    if len(content) != size + 1:
        raise EOFError
    return content[:-1]
