"""What a reader of repositories must answer, in nouns that know neither libgit2 nor git's output."""

from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from antipasta_hook.model import Blob, Failure

REGULAR: Final = 0o100644
EXECUTABLE: Final = 0o100755
TREE: Final = 0o040000
FILE_MODES: Final = frozenset({REGULAR, EXECUTABLE})

EMPTY_BLOBS: Final = frozenset(
    {
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    },
)


class RawChange(NamedTuple):
    """One path that differs, of whatever type: symlinks, submodules and unmerged paths too."""

    path: str
    before: Blob | None
    after: Blob | None
    unmerged: bool = False

    @property
    def only_mode(self) -> bool:
        """Whether it is the same regular file on both sides, with other permissions."""
        before, after = self.before, self.after
        return (
            before is not None
            and after is not None
            and before.oid == after.oid
            and {before.mode, after.mode} <= FILE_MODES
        )


class Entry(NamedTuple):
    """One name in a tree: a file, a link, a submodule, or a tree again (mode TREE)."""

    name: str
    blob: Blob


class Unreadable(Exception):  # noqa: N818 - a reader's limit, answered by the other reader
    """A reader cannot read this repository; another one may."""


class MissingBlob(Failure):
    """An object that is not in this clone (a partial clone has only the newest blobs). It is never fetched.

    ``reason`` says of a blob in a few words why it was not measured.
    """

    reason = "this version is not in this clone"

    def __init__(self, oid: str) -> None:
        super().__init__(
            f"git object {oid} is not in this clone",
            kind="missing-blob",
            recovery="fetch it, for instance with: git fetch --refetch --no-filter",
        )
        self.oid = oid


class UnreadableBlob(MissingBlob):
    """An object that is here and damaged: cut short, not what its header says, or not what it was compressed to."""

    reason = "this version is damaged in the object database"

    def __init__(self, oid: str) -> None:
        super().__init__(oid)
        self.args = (f"git object {oid} is damaged in the object database",)
        self.kind = "unreadable-blob"
        self.recovery = "see: git fsck"


class BlobSource(Protocol):
    """Where the bytes of blobs are had: a repository, or the files of its work tree before it."""

    def size(self, oid: str) -> int | None:
        """The size of a blob in bytes, without reading it; None where it is not here or cannot be read."""
        ...

    def read(self, oid: str) -> bytes:
        """The bytes of a blob; raises MissingBlob, or one of its kinds."""
        ...


class Reader(BlobSource, Protocol):
    """Reads one repository. Every method may raise Failure (expected) or Unreadable (try the other reader).

    ``git_dir`` is the absolute git directory of this work tree.
    """

    @property
    def name(self) -> str:
        """``pygit2`` or ``git``."""
        ...

    @property
    def git_dir(self) -> str:
        """The absolute path of the git directory (the linked work tree's own, where there is one)."""
        ...

    def root(self) -> str | None:
        """The absolute root of the work tree; None where there is none."""
        ...

    def head(self) -> str | None:
        """The commit that HEAD names; None where the branch has no commit yet."""
        ...

    def index_path(self) -> str:
        """The absolute path of the index; raises Failure where there is none (bare) or it is damaged."""
        ...

    def staged(self, commit: str | None) -> list[RawChange]:
        """All paths in which the index differs from a commit (None: the empty tree), in no particular order."""
        ...

    def difference(self, old: str | None, new: str | None) -> list[RawChange]:
        """All paths in which two commits differ (None: the empty tree), in no particular order."""
        ...

    def index_blobs(self, paths: Iterable[str]) -> dict[str, Blob]:
        """Those of the paths that the index holds, unmerged ones excepted."""
        ...

    def tree_blobs(self, commit: str, paths: Iterable[str]) -> dict[str, Blob]:
        """Those of the paths that a commit's tree holds as entries other than trees."""
        ...

    def root_tree(self, commit: str) -> str:
        """The tree that a commit holds."""
        ...

    def entries(self, tree: str) -> tuple[Entry, ...]:
        """What stands in a tree, by name."""
        ...

    def close(self) -> None:
        """Let go of files and processes."""
        ...


def blob(oid: str, mode: int) -> Blob:
    """A side of a change; early git's trees hold modes like 100664, which git reads as 100644."""
    if mode & 0o170000 == 0o100000:
        mode = EXECUTABLE if mode & 0o100 else REGULAR
    return Blob(oid, mode)


def decode_path(raw: bytes) -> str:
    """A path as the nouns hold it."""
    return raw.decode("utf-8", "surrogateescape")


def shown(path: str) -> str:
    """A path for a message: on one line, printable, undecodable bytes in hexadecimal."""
    return path if path.isprintable() else "".join(map(_seen, path))


def _seen(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
