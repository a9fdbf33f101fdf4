"""The reader that reads everything: git's own plumbing, for what libgit2 cannot."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Final

from antipasta_hook.changes.children import Answer, Git, Objects
from antipasta_hook.changes.loose import Damaged, LooseObjects
from antipasta_hook.changes.place import (
    IndexFile,
    Place,
    corrupt_index,
    locate_index,
    not_a_repository,
    require_index,
    unreadable,
)
from antipasta_hook.changes.reader import Entry, MissingBlob, RawChange, UnreadableBlob, blob, decode_path, shown
from antipasta_hook.changes.treediff import entries, listed
from antipasta_hook.model import Blob, Failure

_FORM: Final = (
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--no-relative",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--ignore-submodules=none",
)
_DIFF_INDEX: Final = (
    "diff-index",
    "--cached",
    *_FORM,
    "--ita-visible-in-index",  # as libgit2 sees it; both drop such entries
)
_DIFF_TREE: Final = ("diff-tree", "-r", *_FORM)
_NO_INDEX: Final = "no such index"
_GLOB_SPECIAL: Final = "*?[\\"
_LISTED_ONE_BY_ONE: Final = 200
"""Paths; more are looked up in the list of the whole tree, which is quick, and fits no command line."""


class PlumbingReader:
    """Reads with ``git diff-index``, ``git ls-files`` and ``git cat-file``. Raises Failure with git's own words."""

    name: Final = "git"

    def __init__(self, place: Place) -> None:
        self._place = place
        self._git = Git(place)
        answer = self._git.ask("rev-parse", "--is-bare-repository", "--absolute-git-dir")
        if answer.code:
            raise explain(answer, place.cwd)
        bare, _, git_dir = answer.out.partition(b"\n")
        self._bare: Final = bare == b"true"
        self.git_dir: Final = os.path.abspath(os.fsdecode(git_dir.removesuffix(b"\n").removesuffix(b"\r")))
        self._loose: Final = LooseObjects(place, self.git_dir)
        self._headers: Final = Objects(self._git, "--batch-check")
        self._contents: Final = Objects(self._git, "--batch")

    @cached_property
    def _index(self) -> IndexFile:
        named = self._place.environ.get("GIT_INDEX_FILE", "")
        root = None if not named or os.path.isabs(named) else self.root()
        index = locate_index(self._place, git_dir=self.git_dir, root=root, bare=self._bare)
        require_index(index, unborn=self.head() is None, git_dir=self.git_dir)
        _require_checksum(index.path)
        self._git.use_index(index.path)
        return index

    def root(self) -> str | None:
        """See Reader."""
        answer = self._git.ask("rev-parse", "--show-toplevel")
        return None if answer.code else os.fsdecode(answer.out.removesuffix(b"\n"))

    def head(self) -> str | None:
        """See Reader."""
        answer = self._git.ask("rev-parse", "--verify", "--quiet", "HEAD")
        if answer.code == 0:
            return answer.out.decode("ascii").strip()
        branch = self._git.ask("symbolic-ref", "--quiet", "HEAD")
        known = self._git.ask("for-each-ref", "--", os.fsdecode(branch.out.strip())) if branch.out.strip() else branch
        if known.code or known.out or known.err:
            raise Failure(
                f"HEAD of {shown(self.git_dir)} names no commit: {known.err.strip() or 'it cannot be read'}",
                kind="broken-head",
                recovery="see: git fsck",
            )
        return None

    def index_path(self) -> str:
        """See Reader."""
        return self._index.path

    def staged(self, commit: str | None) -> list[RawChange]:
        """See Reader."""
        index = self._index
        answer = self._git.ask(*_DIFF_INDEX, commit or self._empty_tree, "--")
        if answer.code:
            raise explain(answer, index.path)
        return list(_raw_changes(answer.out))

    def difference(self, old: str | None, new: str | None) -> list[RawChange]:
        """See Reader. git would load the index for it, however large or damaged that is."""
        sides = (each or self._empty_tree for each in (old, new))
        answer = self._git.ask(*_DIFF_TREE, *sides, "--", index=os.path.join(self.git_dir, _NO_INDEX))
        if answer.code:
            raise explain(answer, self.git_dir)
        return list(_raw_changes(answer.out))

    @cached_property
    def _empty_tree(self) -> str:
        """The id of the tree without entries, in this repository's hash; nothing is written."""
        return self._checked("hash-object", "-t", "tree", "--stdin").decode("ascii").strip()

    def _checked(self, *arguments: str) -> bytes:
        answer = self._git.ask(*arguments)
        if answer.code:
            raise explain(answer, self.git_dir)
        return answer.out

    def index_blobs(self, paths: Iterable[str]) -> dict[str, Blob]:
        """See Reader. Asks for base names, which are few: each path as a pattern would cost a scan of the index."""
        wanted = set(paths)
        names = sorted({path.rpartition("/")[2] for path in wanted})
        if not names:
            return {}
        _ = self._index
        patterns = [":(top,glob)**/" + "".join("\\" * (c in _GLOB_SPECIAL) + c for c in name) for name in names]
        out = self._checked("ls-files", "--stage", "-z", "--full-name", "--", *patterns)
        return {
            path: blob(oid, int(mode, 8)) for mode, oid, stage, path in _listing(out) if stage == "0" and path in wanted
        }

    def tree_blobs(self, commit: str, paths: Iterable[str]) -> dict[str, Blob]:
        """See Reader."""
        wanted = set(paths)
        if not wanted:
            return {}
        which = ("-r", commit) if len(wanted) > _LISTED_ONE_BY_ONE else (commit, "--", *sorted(wanted))
        out = self._checked("--literal-pathspecs", "ls-tree", "-z", "--full-tree", *which)
        return {
            path: blob(oid, int(mode, 8))
            for mode, kind, oid, path in _listing(out)
            if kind != "tree" and path in wanted
        }

    def root_tree(self, commit: str) -> str:
        """See Reader."""
        return self._checked("rev-parse", "--verify", f"{commit}^{{tree}}").decode("ascii").strip()

    def entries(self, tree: str) -> tuple[Entry, ...]:
        """See Reader."""
        try:
            return listed(entries(self.read(tree), tree))
        except (ValueError, UnreadableBlob) as error:
            raise _unreadable(self.git_dir, f"tree {tree} is damaged") from error

    def size(self, oid: str) -> int | None:
        """See Reader."""
        with suppress(Damaged):  # git looks into its packs first
            if (size := self._loose.size(oid)) is not None:
                return size
        said = self._headers.ask(oid)
        return None if said is None else int(said)

    def read(self, oid: str) -> bytes:
        """See Reader."""
        try:
            content = self._loose.read(oid)
        except Damaged as error:
            return self._packed(oid, error)
        if content is None:
            content = self._contents.ask(oid)
        if content is not None:
            return content
        raise MissingBlob(oid) if self._headers.ask(oid) is None else UnreadableBlob(oid)

    def _packed(self, oid: str, damage: Damaged) -> bytes:
        """An object whose loose file is damaged: git reads a packed one first, but it believes the damaged one too."""
        from hashlib import sha1, sha256

        content = self._git.ask("cat-file", "blob", oid).out
        algorithm = sha1 if len(oid) == 40 else sha256
        if algorithm(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() != oid:
            raise UnreadableBlob(oid) from damage
        return content

    def close(self) -> None:
        """See Reader."""
        self._git.close()


def _require_checksum(path: str) -> None:
    """Refuse a damaged index; libgit2 does so too, but git believes what it finds (it wrote no checksum: all zero)."""
    from hashlib import sha1, sha256

    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable(path, error) from error
    for algorithm, size in ((sha1, 20), (sha256, 32)):
        trailer = data[-size:]
        if not any(trailer) or algorithm(data[:-size], usedforsecurity=False).digest() == trailer:
            return
    raise corrupt_index(path, "its checksum does not match")


def _raw_changes(out: bytes) -> Iterator[RawChange]:
    """``:old_mode new_mode old_id new_id status NUL path NUL``, repeated."""
    fields = iter(out.split(b"\0")[:-1])
    for header in fields:
        old_mode, new_mode, old_oid, new_oid, status = header[1:].decode("ascii").split(" ")
        yield RawChange(
            decode_path(next(fields)),
            _blob(old_oid, old_mode),
            _blob(new_oid, new_mode),
            unmerged=status == "U",
        )


def _blob(oid: str, mode: str) -> Blob | None:
    return None if mode == "000000" else blob(oid, int(mode, 8))


def _listing(out: bytes) -> Iterator[tuple[str, str, str, str]]:
    """``a b c TAB path NUL``, repeated: the form of ls-files and of ls-tree."""
    for line in out.split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        first, second, third = head.decode("ascii").split()
        yield first, second, third, decode_path(path)


def _sentence(text: str) -> str:
    """The first line that is an error, and the next one where it only leads to that."""
    lines = text.splitlines()
    errors = [line for line in lines if not line.startswith(("hint: ", "warning: "))]
    first, _, rest = "\n".join(errors or lines).partition("\n")
    return f"{first} {rest.strip().partition(chr(10))[0]}" if first.endswith(":") and rest else first


def explain(answer: Answer, where: str) -> Failure:
    """git's own words as a Failure."""
    text = answer.err.strip()
    said = shown(_sentence(text).removeprefix("fatal: ").removeprefix("error: "))
    if "not a git repository" in text:
        return not_a_repository(where)
    if "dubious ownership" in text:
        advice = [line.strip() for line in text.splitlines() if "safe.directory" in line]
        recovery = f"if you trust it: {advice[0]}" if advice else "see: git help config, safe.directory"
        return Failure(said, kind="wrong-owner", recovery=recovery)
    if "index file" in text or "index uses" in text:
        return corrupt_index(where, said)
    if "lazy fetching disabled" in text:
        return Failure(
            f"{shown(where)} is a partial clone, and lacks what is needed here",
            kind="missing-blob",
            recovery="clone without a filter, or fetch the rest: git fetch --refetch --no-filter",
        )
    return _unreadable(where, said or f"it ended with code {answer.code}")


def _unreadable(where: str, said: str) -> Failure:
    is_configured = "config" in said or "extension" in said
    return Failure(
        f"git cannot read {shown(where)}: {said}",
        kind="unreadable-repository",
        recovery="mend what it names" if is_configured else "see: git fsck",
    )
