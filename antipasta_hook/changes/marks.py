"""Which of the changes are skipped, and for which of them that is new. Pure but for the attribute blobs."""

from collections.abc import Mapping, Sequence

from antipasta_hook.changes.reader import RawChange
from antipasta_hook.changes.skips import (
    SAME_AS_MERGED,
    AttributeReader,
    Rules,
    added_attributes,
    before_blobs,
    is_attribute_file,
)
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Blob, Change, Problem


class Marks:
    """The rules of the new side and those of each base, where they are others (``are_new``).

    ``settings`` are those of the new side and of the old one, ``differences`` those from each base, ``attributes`` the
    new side's attribute files. ``whole``: what a merge brought is looked at, too.
    """

    def __init__(
        self,
        settings: tuple[Settings, Settings],
        differences: Sequence[Sequence[RawChange]],
        attributes: Mapping[str, Blob],
        reader: AttributeReader,
        *,
        whole: bool,
    ) -> None:
        self._whole = whole
        self.attributes = attributes
        self._differences = differences
        self._reader = reader
        now, before = settings
        attributes_now = reader.attributes(attributes)
        self._now = Rules(attributes_now, now)
        unchanged = self._now if before is now else Rules(attributes_now, before)
        self._then = [
            Rules(reader.attributes(before_blobs(attributes, raw)), before)
            if any(is_attribute_file(change.path) for change in raw)
            else unchanged
            for raw in differences
        ]
        self.are_new = self._then != [self._now]
        self._unlike = [{change.path for change in raw if not change.only_mode} for raw in differences[1:]]

    def mark(self, change: Change) -> Change:
        """The change with its skip: the rules' reason before the merge's."""
        if reason := self._now.skip(change.path):
            return change._replace(skip=reason, newly_skipped=self._is_new(change))
        if not self._whole and change.after is not None and self._is_merged(change.path):
            return change._replace(skip=SAME_AS_MERGED)
        old_path = change.old_path or change.path
        return change._replace(
            included=self._now.includes(change.path),
            was_included=change.before is not None and all(rules.includes(old_path) for rules in self._then),
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is to be said of attribute files that could not be used in full, as far as they were looked at."""
        return tuple(self._reader.problems)

    def skip(self, path: str) -> str | None:
        """Why a path of the new side is not to be measured; None where it is."""
        return self._now.skip(path)

    def _is_new(self, change: Change) -> bool:
        """Neither the base's rules nor a merge head's skipped it, or would have if it had been there."""
        if change.after is None:
            return False
        return all(rules.skip(change.old_path or change.path) is None for rules in self._then)

    def _is_merged(self, path: str) -> bool:
        """Some merge head has this very blob at this path: its difference from the target does not name the path."""
        return any(path not in unlike for unlike in self._unlike)

    def notices(self) -> list[Problem]:
        """What changed attribute files newly take out of judgement, unless a merge brought it."""
        changed = [raw for raw in self._differences[0] if is_attribute_file(raw.path) and not self._is_merged(raw.path)]
        return [notice for raw in sorted(changed) for notice in added_attributes(raw, self._reader)]
