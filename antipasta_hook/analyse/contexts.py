"""What roll-ups are made from, and what each of them depends on besides the bytes of its tree."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from antipasta_hook.config.reach import Reach, above
from antipasta_hook.config.settings import Settings
from antipasta_hook.metrics import engine_fingerprint

if TYPE_CHECKING:
    from antipasta_hook.cache.rollup import Context
    from antipasta_hook.changes import BlobSource, Marks, Repository


class Ground(NamedTuple):
    """What roll-ups are made from: a repository, and by what its files are judged."""

    repository: "Repository"
    blobs: "BlobSource"
    marks: "Marks"
    settings: Settings
    shebang_of: Callable[[str], bool | None]


class Contexts:
    """What the roll-up of a directory depends on besides its tree."""

    def __init__(self, ground: Ground) -> None:
        self._reach = Reach(ground.settings)
        self._engine = engine_fingerprint()
        files = {path.rpartition("/")[0]: blob for path, blob in ground.marks.attributes.items()}
        self._attributes = {directory: f"{directory}:{blob.mode}:{blob.oid}" for directory, blob in files.items()}
        problems = ground.marks.problems
        # Where not all lines could be used, or not all files be read, each may depend on all of them.
        self._all = repr((problems, sorted(self._attributes.values()))) if problems else ""
        self._known: dict[str, Context] = {}

    def of(self, path: str) -> "Context":
        """Of the directory at a path."""
        from antipasta_hook.cache.rollup import Context

        if path not in self._known:
            outer = above(path.rpartition("/")[0]) if path else ()
            attributes = [self._attributes[each] for each in outer if each in self._attributes]
            self._known[path] = Context(path, self._reach.text(path), "\n".join((*attributes, self._all)), self._engine)
        return self._known[path]
