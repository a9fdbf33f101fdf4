"""Which lines of what blocks add most, and which of them this change wrote: read again, for the message alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from antipasta_hook.analyse.deadline import NO_DEADLINE, Deadline
from antipasta_hook.analyse.room import too_large_for_now
from antipasta_hook.config.settings import Settings
from antipasta_hook.metrics import anatomy, source_lines
from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    SYNTAX,
    Ancestor,
    Contribution,
    Failure,
    FileOutcome,
    Finding,
    Status,
    Verdict,
)
from antipasta_hook.plan import ALWAYS_MEASURED, MOST_PER_BYTE_MS

if TYPE_CHECKING:
    from antipasta_hook.changes import BlobSource
    from antipasta_hook.metrics.contributions import Anatomy

MOST_FUNCTIONS: Final = 20
MOST_LINES: Final = 50
MOST_BYTES: Final = 4_000_000
"""Of functions, of lines of each, and of source: what a message can use, and what can be read in the time it has."""
_PRINTING_MS: Final = 50
_PRINTING_A_FILE_MS: Final = 0.1
_MOST_TEXT: Final = 200  # characters
_MOST_COMPARED: Final = 250_000
_MOST_COMPARED_IN_ALL: Final = 1_000_000
"""Pairs of lines; an alignment of lines that all repeat takes the cube of their number."""


def blamed(verdict: Verdict, blobs: "BlobSource", settings: Settings, deadline: Deadline = NO_DEADLINE) -> Verdict:
    """The verdict with the ``lines`` of the findings that block: of the first functions, as far as they can be read.

    Nothing more is read when the rest of the time is needed to print what is known.
    """
    blocking = [finding for finding in verdict.findings if finding.blocking]
    functions = list(dict.fromkeys((f.path, f.line, f.symbol) for f in blocking))
    told = set(functions[:MOST_FUNCTIONS])
    if not told:
        return verdict
    blame = _Blame(blobs, verdict.files, settings, deadline)
    findings = [
        finding._replace(lines=blame.lines(finding))
        if finding.blocking and (finding.path, finding.line, finding.symbol) in told
        else finding
        for finding in verdict.findings
    ]
    return verdict._replace(findings=tuple(findings))


class _Blame:
    """One verdict's blobs, each read once."""

    def __init__(
        self, blobs: "BlobSource", files: Sequence[FileOutcome], settings: Settings, deadline: Deadline
    ) -> None:
        self._blobs = blobs
        self._deadline = deadline
        self._printing_ms = _PRINTING_MS + _PRINTING_A_FILE_MS * len(files)
        self._free_of_time = ALWAYS_MEASURED
        self._files = {file.path: file for file in files}
        self._settings = settings
        self._read: dict[str, bytes | None] = {}
        self._anatomies: dict[str, Anatomy] = {}
        self._altered: dict[tuple[str, int], set[int]] = {}
        self._bytes = MOST_BYTES
        self._compared = _MOST_COMPARED_IN_ALL

    def lines(self, finding: Finding) -> tuple[Contribution, ...]:
        """What the lines add to a finding's value, most first; nothing where a blob cannot be read."""
        file = self._files.get(finding.path)
        source = self._source(file.blob) if file else None
        if file is None or source is None:
            return ()
        if finding.metric == SYNTAX:
            return self._broken_line(finding, file, source)
        if finding.metric not in {CYCLOMATIC, COGNITIVE} or finding.symbol is None:
            return ()
        own = self._own(finding, source)
        return () if own is None else self._contributions(finding, self._anatomy(file.blob or "", source), own)

    def _contributions(self, finding: Finding, read: "Anatomy", own: set[int]) -> tuple[Contribution, ...]:
        count_asserts = self._settings.criteria(finding.path).count_asserts
        function = read.function(finding.line, count_asserts=count_asserts)
        adding = function and (function.cyclomatic if finding.metric == CYCLOMATIC else function.cognitive)
        most = sorted(adding or (), key=lambda entry: (-entry[1], entry[0]))[:MOST_LINES]
        found = []
        for line, adds in most:
            statement = read.statement(line)
            text = " ".join(filter(None, map(str.strip, read.lines[line - 1 : statement.stop - 1])))
            found.append(Contribution(line, adds, text[:_MOST_TEXT], not own.isdisjoint(statement)))
        return tuple(found)

    def _broken_line(self, finding: Finding, file: FileOutcome, source: bytes) -> tuple[Contribution, ...]:
        """The line that a parser stumbled over."""
        lines = source_lines(source)
        before = b"" if file.before_blob is None else self._source(file.before_blob)
        if before is None or finding.line > len(lines):
            return ()
        text = lines[finding.line - 1].strip()
        own = text not in map(str.strip, source_lines(before))
        return (Contribution(finding.line, 0, text[:_MOST_TEXT], own),)

    def _own(self, finding: Finding, source: bytes) -> set[int] | None:
        """The lines of a function that this change wrote or altered; None where that cannot be told."""
        place = finding.path, finding.line
        if place not in self._altered:
            lines = range(finding.line, finding.end_line + 1)
            if finding.ancestor is None:
                is_new = finding.status == Status.INTRODUCED and finding.before is None
                self._altered[place] = set(lines) if is_new else set()
            elif (old := self._body(finding.ancestor)) is None:
                return None
            else:
                new = _stripped(source, finding.line, finding.end_line)
                self._altered[place] = {finding.line + index for index in self._differing(old, new)}
        return self._altered[place]

    def _body(self, ancestor: Ancestor) -> list[str] | None:
        source = self._source(ancestor.blob)
        return None if source is None else _stripped(source, ancestor.line, ancestor.end_line)

    def _differing(self, old: list[str], new: list[str]) -> Iterator[int]:
        pairs = len(old) * len(new)
        if pairs > min(self._compared, _MOST_COMPARED):
            return _surplus(old, new)
        self._compared -= pairs
        return _unaligned(old, new)

    def _source(self, oid: str | None) -> bytes | None:
        """The bytes of a blob; None where they cannot be had, or would be more than there is time for."""
        if oid is None:
            return None
        if oid not in self._read:
            self._read[oid] = self._fetched(oid)
        return self._read[oid]

    def _fetched(self, oid: str) -> bytes | None:
        try:
            size = self._blobs.size(oid)
            if size is None or size > self._bytes or not self._is_in_time(size):
                return None
            self._bytes -= size
            source = self._blobs.read(oid)
            return None if too_large_for_now(source) else source
        except Failure:
            return None

    def _is_in_time(self, size: int) -> bool:
        if size * MOST_PER_BYTE_MS <= self._deadline.left_ms - self._printing_ms:
            return True
        self._free_of_time -= size
        return self._free_of_time >= 0

    def _anatomy(self, oid: str, source: bytes) -> "Anatomy":
        if oid not in self._anatomies:
            self._anatomies[oid] = anatomy(source)
        return self._anatomies[oid]


def _stripped(source: bytes, line: int, end_line: int) -> list[str]:
    return [text.strip() for text in source_lines(source)[line - 1 : end_line]]


def _unaligned(old: list[str], new: list[str]) -> Iterator[int]:
    """Indices of the new lines that have no counterpart where two functions are laid side by side."""
    from difflib import SequenceMatcher

    for kind, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from range(start, end)


def _surplus(old: list[str], new: list[str]) -> Iterator[int]:
    """Indices of the new lines of which there are more than there were, in the order in which they stand."""
    left = Counter(old)
    for index, text in enumerate(new):
        if left[text] > 0:
            left[text] -= 1
        else:
            yield index
