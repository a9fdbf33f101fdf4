"""All that a commit holds, without listing it: what did not change is known from roll-ups, as far as there are any."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from antipasta_hook.analyse.contexts import Ground
from antipasta_hook.analyse.layouts import layout
from antipasta_hook.analyse.reading import Means
from antipasta_hook.analyse.rollups import RollUps
from antipasta_hook.analyse.run import Analysis
from antipasta_hook.changes import SmallBlobs
from antipasta_hook.config.settings import RunSettings, Settings
from antipasta_hook.model import Tally
from antipasta_hook.verdict.standing import Standing, standing

if TYPE_CHECKING:
    from antipasta_hook.cache import Store
    from antipasta_hook.changes import Difference, Layout, Marks, Repository

    OpenStore = Callable[[RunSettings | None], Store]


class Census:
    """One commit of a repository. ``open_store`` opens the store that settings want, None: the user's own.

    ``store`` is the one that is in use, open until this is closed; ``analysis`` says how the cache did.
    """

    def __init__(self, repository: "Repository", commit: str, open_store: "OpenStore | None") -> None:
        self.analysis = Analysis({}, 0, 0, None)
        self._repository = repository
        self._tree: Final = repository.root_tree(commit)
        self._open_store = open_store
        self._shebang_of = SmallBlobs(repository).has_python_shebang
        # Layouts are wanted before any settings are known: they are where the user's store is by default.
        self.store = None if open_store is None else open_store(None)

    @cached_property
    def layout(self) -> "Layout":
        """Where the files stand that say how the others are judged."""
        return layout(self._repository, self._tree, self._shebang_of, self.store)

    def standing(self, difference: "Difference", marks: "Marks", settings: Settings, means: Means) -> Standing:
        """What is to be said of all that the difference does not name."""
        self._settle(settings.run())
        ground = Ground(self._repository, difference.source, marks, settings, self._shebang_of)
        rollups = RollUps(ground, self.store, means)
        base = difference.scope.base
        rollup = rollups.of(self._tree, self._repository.root_tree(base) if base else None)
        found, problem = rollups.counting, self.store.problem if self.store else None
        counts = (rollups.hits + found.hits, found.misses)
        self.analysis = Analysis({}, *counts, problem, clocked=tuple(found.clocked), paths=found.paths)
        known = standing(rollup, difference.brought, marks.mark, found.unsettled, rules_are_new=marks.are_new)
        empty = sum(marks.skip(path) is None for path in difference.empty)
        return known._replace(tally=known.tally.plus(Tally(files=-empty)))

    def _settle(self, run: RunSettings) -> None:
        """Go on with the store that the settings name."""
        if self._open_store is not None and self.store is not None and run.cache_directory is not None:
            self.store.close()
            self.store = self._open_store(run)

    def close(self) -> None:
        """Let go of the store."""
        if self.store is not None:
            self.store.close()
