"""Which files git knows or would take into a work tree, without letting it look at one: that could run filters."""

import os
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from antipasta_hook.changes.children import Git
from antipasta_hook.changes.place import Place
from antipasta_hook.changes.plumbing import explain
from antipasta_hook.changes.reader import blob, decode_path
from antipasta_hook.changes.repository import Repository
from antipasta_hook.model import Blob, Failure

_MORE: Final = re.compile(rb"(?:  [^\n]*\n)*")
_STAT: Final = re.compile(
    rb"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n"
    rb"  uid: (\d+)\tgid: (\d+)\n  size: (\d+)\t.*\n"
)


class Stat(NamedTuple):
    """What an index remembers of a file that was its blob, times as seconds and nanoseconds; all cut to 32 bits."""

    changed: tuple[int, int]
    modified: tuple[int, int]
    inode: int
    owner: int
    group: int
    size: int


class Entry(NamedTuple):
    """A tracked path. ``blob`` None: unmerged. ``stat`` None: nothing is known of the file.

    ``may_lack``: a sparse checkout leaves it out. ``unwatched``: git was told to take it for unchanged.
    """

    blob: Blob | None
    stat: Stat | None
    may_lack: bool
    unwatched: bool


class Listing(NamedTuple):
    """A work tree as git knows it. ``written`` is when the index was (nanoseconds): what is younger may be out of date.

    ``sha256``: which hash names the blobs. ``modes``, ``links``: whether the disk can tell permissions and symlinks.
    """

    root: str
    entries: dict[str, Entry]
    untracked: tuple[str, ...]
    written: int
    sha256: bool
    modes: bool
    links: bool


def list_work_tree(repository: Repository) -> Listing:
    """Ask git; raises Failure where there is no work tree."""
    root = repository.root()
    if root is None or not os.path.isdir(root):
        raise Failure(
            "there is no work tree here",
            kind="no-work-tree",
            recovery="run in a work tree, or name two commits with --from-ref and --to-ref",
        )
    index = repository.index_path()
    written = _written(index)
    place = repository.place
    environ = {**place.environ, **place.git_variables(), "GIT_DIR": repository.git_dir, "GIT_WORK_TREE": root}
    git = Git(Place(root, environ))
    git.use_index(index)
    entries = dict(_entries(_asked(git, "ls-files", "-v", "--stage", "--debug", "-z")))
    others = _asked(git, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0")[:-1]
    untracked = tuple(decode_path(path) for path in others if not path.endswith(b"/"))  # other repositories
    return Listing(
        root=root,
        entries=entries,
        untracked=untracked,
        written=written,
        sha256=_asked(git, "rev-parse", "--show-object-format").strip() == b"sha256",
        **_abilities(git),
    )


def _abilities(git: Git) -> dict[str, bool]:
    """What the repository's settings say of the disk; the last of several values counts."""
    told = git.ask("config", "-z", "--type=bool", "--get-regexp", r"^core\.(filemode|symlinks)$").out
    settings = dict(each.split(b"\n", 1) for each in told.split(b"\0")[:-1])
    return {
        "modes": settings.get(b"core.filemode") != b"false" and os.name != "nt",
        "links": settings.get(b"core.symlinks") != b"false",
    }


def _written(index: str) -> int:
    try:
        return os.stat(index).st_mtime_ns
    except FileNotFoundError:
        return 0


def _asked(git: Git, *arguments: str) -> bytes:
    answer = git.ask(*arguments)
    if answer.code:
        raise explain(answer, "the work tree")
    return answer.out


def _entries(out: bytes) -> Iterator[tuple[str, Entry]]:
    """``TAG mode oid stage TAB path NUL``, then lines that begin with two spaces; repeated."""
    head = b""
    for part in out.split(b"\0"):
        more = _MORE.match(part)
        told = more[0] if more else b""
        if head:
            fields, _, path = head.partition(b"\t")
            yield decode_path(path), _entry(fields.decode("ascii"), _stat(told))
        head = part[len(told) :]


def _entry(fields: str, stat: Stat | None) -> Entry:
    tag, mode, oid, stage = fields.split(" ")
    if stage != "0":
        return Entry(None, None, may_lack=False, unwatched=False)
    return Entry(blob(oid, int(mode, 8)), stat, may_lack=tag.upper() == "S", unwatched=tag.islower())


def _stat(told: bytes) -> Stat | None:
    """git may write this in another way one day: then every file is read."""
    found = _STAT.fullmatch(told)
    if found is None:
        return None
    changed, changed_ns, modified, modified_ns, inode, owner, group, size = map(int, found.groups())
    return Stat((changed, changed_ns), (modified, modified_ns), inode, owner, group, size)
