"""Source bytes in, numbers out: what one blob measures, whatever its path, and never by running it.

The numbers are radon 6.0.1's and complexipy's; docs/development/differential.md says how that is checked, and lists
the few places where radon is wrong and we are not. Importing this package costs nothing; analysers load on first use.
"""

from typing import TYPE_CHECKING

from antipasta_hook.model import FileMetrics

if TYPE_CHECKING:
    from antipasta_hook.metrics.contributions import Anatomy

__all__ = ["anatomy", "engine_fingerprint", "explodes", "is_generated", "measure", "memory", "source_lines"]


def measure(source: bytes) -> FileMetrics:
    """All that one file measures. Never raises, whatever the bytes: what could not be read, ``reading`` tells."""
    from antipasta_hook.metrics import engine

    return engine.measure(source)


def anatomy(source: bytes) -> "Anatomy":
    """One source, read once to tell of each of its functions which lines add what. Never raises."""
    from antipasta_hook.metrics.contributions import Anatomy

    return Anatomy(source)


def source_lines(source: bytes) -> list[str]:
    """The physical lines of a source as Python counts them, readable or not."""
    from antipasta_hook.metrics import contributions

    return contributions.source_lines(source)


def is_generated(source: bytes) -> bool:
    """Whether a leading comment in the first five lines says "@generated" or "DO NOT EDIT"."""
    from antipasta_hook.metrics import source as source_bytes

    return source_bytes.is_generated(source)


def explodes(source: bytes) -> int | None:
    """About how many syntax nodes a source has that would take too much memory to parse; None if it may be parsed."""
    from antipasta_hook.metrics import source as source_bytes

    return source_bytes.explodes(source)


def memory(source: bytes) -> int:
    """Bytes of memory that measuring a source may take, at most."""
    from antipasta_hook.metrics import source as source_bytes

    return source_bytes.memory(source)


def engine_fingerprint() -> str:
    """What the numbers depend on besides the bytes: our version, Python's minor, radon's and complexipy's versions."""
    from antipasta_hook.metrics import fingerprint

    return fingerprint.engine_fingerprint()
