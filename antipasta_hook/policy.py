"""By which settings a difference is judged: those that the scope itself holds, and what this change loosens in them."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook import __version__
from antipasta_hook.changes import FILE_MODES, directories
from antipasta_hook.config.settings import BUDGET, PROJECT_FILE, SETTINGS_FILE, Loaded, Settings, Told
from antipasta_hook.model import Ask, Asked, Blob, Failure, Problem, ScopeKind, Severity
from antipasta_hook.report.words import printable

if TYPE_CHECKING:
    from antipasta_hook.changes import BlobSource, Difference
    from antipasta_hook.config.load import Memory

LOOSENED: Final = "settings-loosened"
_LARGEST_TEXT: Final = 16 << 20


class Policy(NamedTuple):
    """``settings`` judge; ``before`` are those of the old side, by which a file was looked at or skipped then."""

    settings: Settings
    before: Settings
    problems: tuple[Problem, ...]


def policy_of(difference: "Difference", told: Told, memory: "Memory | None", *, strict: bool) -> Policy:
    """Read the settings of both sides.

    Raises Failure where the settings that are to judge cannot be used. On CI a range is judged by the settings of its
    base where it has any: what a branch loosens, it does not loosen for itself. Where no base was named (a push to the
    branch that everything is held against) what was agreed on counts at once.
    """
    if told.config is not None:
        named = _named(told.config, strict=strict)
        settings = Settings([*named.layers, told.flags], strict=strict)
        return Policy(settings, settings, named.problems)
    files = difference.setting_files((SETTINGS_FILE, PROJECT_FILE))
    if not files.edited:
        now = _loaded(files.now, difference.source, memory, strict=strict)
        settings = Settings([*now.layers, told.flags], strict=strict)
        return Policy(settings, settings, (*now.problems, *_links(files.now)))
    before = _before(files.before, difference.source, memory, strict=strict)
    now = _loaded(files.now, difference.source, memory, edited=files.edited, strict=strict)
    new = Settings([*now.layers, told.flags], strict=strict)
    problems = (*now.problems, *_links(files.now))
    if before is None:
        return Policy(new, new, (*problems, _UNUSABLE))
    old = Settings([*before.layers, told.flags], strict=strict)
    has_any = bool(before.layers) or (strict and difference.base_holds(SETTINGS_FILE))
    by_base = strict and difference.scope.kind == ScopeKind.RANGE and has_any
    looser = _loosened(old, new, difference, by_base=by_base, first=not has_any)
    return Policy(old if by_base else new, old, (*problems, *looser))


def budget_of(asked: Asked, told: Told, settings: Settings, *, whole: bool) -> float | None:
    """The milliseconds that a run may take, None without limit; ``whole``: every file is looked at.

    What the command line says goes before all. There is none on CI and for a census, whose answers are final.
    """
    run = settings.run()
    if BUDGET in told.flags.values:
        return run.budget_ms
    if asked.strict or whole:
        return None
    return run.push_budget_ms if asked.what in {Ask.PUSH, Ask.RANGE} else run.budget_ms


def manager_remarks(
    difference: "Difference", place: str, environ: Mapping[str, str], memory: "Memory | None"
) -> tuple[Problem, ...]:
    """What the hook manager's configuration says that cannot reach us; once for each version of it that is seen.

    ``place`` is the directory the hook was started in, from the root: prek starts it where its configuration is.
    """
    if "PRE_COMMIT" not in environ:
        return ()
    from antipasta_hook.config.managers import CONFIG_FILES, without_effect

    path, oid = _nearest(difference, place, CONFIG_FILES)
    key = f"managers-{oid}-{__version__}"
    if oid is None or (memory is not None and memory.get(key) is not None):
        return ()
    try:
        said = without_effect(_bounded(oid, difference.source))
    except Failure:
        return ()
    if memory is not None:
        memory.put(key, b"told")
    return tuple(Problem("hook-manager", f"{path}: {sentence}", path) for sentence in said)


def _nearest(difference: "Difference", place: str, names: tuple[str, ...]) -> tuple[str, str | None]:
    """The nearest file of one of these names, in a directory or above it, and its blob's id."""
    above = [place, *directories(place)] if place else [""]
    candidates = [f"{directory}/{name}".lstrip("/") for directory in above for name in names]
    held = difference.held(candidates)
    return next(((path, held[path].oid) for path in candidates if path in held), ("", None))


def _loaded(
    blobs: Mapping[str, Blob],
    source: "BlobSource",
    memory: "Memory | None",
    *,
    edited: frozenset[str] = frozenset(),
    strict: bool = False,
) -> Loaded:
    """The settings in these blobs; a link is not followed, and nothing is loaded where there are none."""
    ids = {path: blob.oid for path, blob in blobs.items() if blob.mode in FILE_MODES}
    if not ids:
        return Loaded()
    from antipasta_hook.config.load import load

    return load(ids, lambda oid: _bounded(oid, source), memory, edited=edited, strict=strict)


def _bounded(oid: str, source: "BlobSource") -> bytes:
    """A blob that can be a text; what is too large for settings is refused later, with its name."""
    size = source.size(oid)
    if size is not None and size > _LARGEST_TEXT:
        raise Failure(f"a settings file of {size:,} bytes is not read", kind="settings")
    return source.read(oid)


def _named(path: str, *, strict: bool) -> Loaded:
    """The settings of a file on disk, which hold for everything; raises Failure where it cannot be used."""
    from antipasta_hook.config.document import LARGEST
    from antipasta_hook.config.load import load

    try:
        content = _content(path, LARGEST + 1)
    except OSError as error:
        raise Failure(
            f"cannot read {printable(path)}: {error.strerror or error}",
            kind="settings",
            recovery="give --config a settings file, from the directory in which this is started",
        ) from error
    name = os.path.basename(path)
    return load({name: name}, lambda _: content, None, edited=[name], strict=strict)


def _content(path: str, most: int) -> bytes:
    """So many bytes of a file; OSError for what may have no end, or wait for somebody to write."""
    if os.path.exists(path) and not os.path.isfile(path) and os.path.abspath(path) != os.devnull:
        raise OSError("it is no regular file")
    with open(path, "rb") as file:
        return file.read(most)


def _links(blobs: Mapping[str, Blob]) -> tuple[Problem, ...]:
    links = (path for path, blob in sorted(blobs.items()) if blob.mode not in FILE_MODES)
    return tuple(
        Problem("settings", f"{path} is no regular file, and is not read", path, recovery="make it a file")
        for path in links
    )


def _before(blobs: Mapping[str, Blob], source: "BlobSource", memory: "Memory | None", *, strict: bool) -> Loaded | None:
    """The settings of the old side; None where they cannot be used: this change may be what mends them.

    On CI they may be what judges: that they are not in this clone must not go unnoticed, and is raised.
    """
    try:
        return _loaded(blobs, source, memory)
    except Failure as failure:
        if strict and failure.kind != "settings":
            raise
        return None


_UNUSABLE: Final = Problem(
    LOOSENED,
    "the settings of the old side cannot be used: what this change loosens in them is not known",
    recovery="judged by the settings of the new side",
)


def _loosened(
    old: Settings, new: Settings, difference: "Difference", *, by_base: bool, first: bool
) -> tuple[Problem, ...]:
    """What the change loosens, as problems. Only a commit is told what CI will do: elsewhere it is done already.

    ``first``: there were no settings before; the defaults held, and what a branch says then holds on CI, too.
    """
    from antipasta_hook.config.compare import loosened

    if by_base:
        severity, recovery = Severity.NOTICE, "judged by the settings of the base"
    elif difference.scope.kind == ScopeKind.INDEX and not first:
        severity, recovery = Severity.WARNING, "a pull request will be judged by the settings of its base"
    else:
        severity, recovery = Severity.NOTICE, "listed for the reviewer"
    said = loosened(old, new, difference.paths)
    what = "looser than the defaults" if first else "looser than before"
    return tuple(Problem(LOOSENED, f"{what}: {each}", None, severity, recovery) for each in said)
