"""Files of a work tree, read as they are: no filter runs, no link is followed, nothing but a regular file is opened."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import FileIO
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.changes.reader import EXECUTABLE, REGULAR, BlobSource, MissingBlob, shown
from antipasta_hook.model import Blob

if TYPE_CHECKING:
    from hashlib import _Hash

LARGEST_KEPT: Final = 16 * 1024 * 1024
_LARGEST_HASHED: Final = 1024 * 1024 * 1024
_PIECE: Final = 1024 * 1024
_LINK: Final = 0o120000
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class UnreadFile(MissingBlob):
    """A file of the work tree that was not read, or not kept."""

    def __init__(self, oid: str, path: str, why: str) -> None:
        super().__init__(oid)
        self.args = (f"{shown(path)}: {why}",)
        self.kind = "unread-file"
        self.recovery = ""
        self.reason = why


class OnDisk(NamedTuple):
    """A file as a blob; ``unix`` is the id that it has with LF line ends, where it has CRLF."""

    blob: Blob
    unix: str | None = None


class _Kept(NamedTuple):
    """What is known of a blob; ``content`` None: it was not kept, and ``why`` says why."""

    path: str
    size: int | None
    content: bytes | None
    why: str = ""


class Disk:
    """The files under a root. What is read is kept, by its id, unless it is known already."""

    def __init__(self, root: str, *, sha256: bool) -> None:
        self._root = os.fsencode(root)
        algorithm = hashlib.sha256 if sha256 else hashlib.sha1
        self._algorithm: Callable[[], _Hash] = lambda: algorithm(usedforsecurity=False)
        self._directories: dict[str, bool] = {"": True}
        self._kept: dict[str, _Kept] = {}

    def status(self, path: str) -> os.stat_result | None:
        """What stands at a path, not followed; None where there is nothing, or a link above it. Raises OSError."""
        parent = path.rpartition("/")[0]
        try:
            return os.lstat(self._place(path)) if self._is_directory(parent) else None
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _place(self, path: str) -> bytes:
        return os.path.join(self._root, path.encode("utf-8", "surrogateescape"))

    def _is_directory(self, path: str) -> bool:
        """Whether a path is a directory, and all above it are: a link could lead out of the work tree."""
        missing = []
        while path not in self._directories:
            missing.append(path)
            path = path.rpartition("/")[0]
        good = self._directories[path]
        for each in reversed(missing):
            good = self._directories[each] = good and _is_directory(self._place(each))
        return good

    def link(self, path: str) -> OnDisk | None:
        """A symlink: its blob is the name of what it points to."""
        try:
            target = os.readlink(self._place(path))
        except OSError:
            return None
        return OnDisk(Blob(self._id(target), _LINK))

    def file(self, path: str, *, executable: bool, known: str | None) -> OnDisk | None:
        """A regular file; None where it is gone. One that cannot be read stands for itself, under an id of its own.

        What is the blob ``known``, or would be it with LF line ends, is not kept.
        """
        mode = EXECUTABLE if executable else REGULAR
        try:
            content = self._read(path)
        except (FileNotFoundError, NotADirectoryError, _Vanished):
            return None
        except OSError as error:
            return self.unread(path, None, f"it cannot be read: {error.strerror}", executable=executable)
        if isinstance(content, str):
            return OnDisk(Blob(content, mode))
        oid = self._id(content)
        unix = self._id(content.replace(b"\r\n", b"\n")) if b"\r\n" in content else None
        if known is not None and known in {oid, unix}:
            return OnDisk(Blob(known, mode))
        self._kept[oid] = _Kept(path, len(content), content)
        return OnDisk(Blob(oid, mode), unix)

    def unread(self, path: str, size: int | None, why: str, *, executable: bool) -> OnDisk:
        """A file under an id that is no blob's: its contents are not looked at."""
        oid = self._id(b"not read: " + path.encode("utf-8", "surrogateescape"))
        self._kept[oid] = _Kept(path, size, None, why)
        return OnDisk(Blob(oid, EXECUTABLE if executable else REGULAR))

    def _read(self, path: str) -> bytes | str:
        """The bytes of a file, or an id where they are too many to keep. Raises OSError."""
        with open(os.open(self._place(path), _FLAGS), "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _Vanished
            if status.st_size > LARGEST_KEPT:
                return self._large(path, _pieces(file, status.st_size), status.st_size)
            content = b"".join(_pieces(file, LARGEST_KEPT + 1))
        return content if len(content) <= LARGEST_KEPT else self._large(path, (), len(content))

    def _large(self, path: str, pieces: Iterable[bytes], size: int) -> str:
        """The id of what is not kept; what nobody could hash in a moment, or what grows, gets one of its own."""
        why = f"too large: {size:,} bytes"
        if size > _LARGEST_HASHED or not pieces:
            return self.unread(path, size, why, executable=False).blob.oid
        found = self._algorithm()
        found.update(b"blob %d\0" % size)
        for piece in pieces:
            found.update(piece)
        self._kept[found.hexdigest()] = _Kept(path, size, None, why)
        return found.hexdigest()

    def _id(self, content: bytes) -> str:
        found = self._algorithm()
        found.update(b"blob %d\0" % len(content))
        found.update(content)
        return found.hexdigest()

    def before(self, behind: BlobSource) -> BlobSource:
        """A source that knows the contents of these files, and else what another one knows."""
        return _Before(self._kept, behind)


class _Before:
    """Kept contents before those of another source."""

    def __init__(self, kept: Mapping[str, _Kept], behind: BlobSource) -> None:
        self._kept = kept
        self._behind = behind

    def size(self, oid: str) -> int | None:
        """See BlobSource."""
        kept = self._kept.get(oid)
        return self._behind.size(oid) if kept is None else kept.size

    def read(self, oid: str) -> bytes:
        """See BlobSource; raises UnreadFile too."""
        kept = self._kept.get(oid)
        if kept is None:
            return self._behind.read(oid)
        if kept.content is None:
            raise UnreadFile(oid, kept.path, kept.why)
        return kept.content


class _Vanished(Exception):  # noqa: N818 - what became of a file
    """It is not a regular file any more."""


def _pieces(file: FileIO, most: int) -> Iterator[bytes]:
    """The first bytes of a file, as many as there are."""
    while most > 0 and (piece := file.read(min(most, _PIECE))):
        most -= len(piece)
        yield piece


def _is_directory(place: bytes) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(place).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
