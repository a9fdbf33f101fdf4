"""What a gate would have done to a history: each commit of it, and all of them taken together."""

from typing import NamedTuple

from antipasta_hook.model.judgement import Finding, Outcome


class Question(NamedTuple):
    """Which commits: the ``last`` that touch Python files, or all such ``since`` a date (None: no matter).

    Merges are not among the number, but replayed with the others. ``own``: each by its own settings, not by today's.
    ``moment`` is what git makes of ``since``, in seconds since 1970; None until git was asked.
    """

    last: int | None = 500
    since: str | None = None
    own: bool = False
    moment: int | None = None


class LimitPair(NamedTuple):
    """A limit for each of the two metrics that block by default."""

    cyclomatic: float
    cognitive: float


class Replayed(NamedTuple):
    """One commit as it would have been judged; ``outcome`` None: not at all, for a ``reason``.

    ``reason`` is also why it was judged in part. ``time`` is when it was committed, in seconds since 1970;
    ``is_first``: its author had none before, None where that cannot be known. ``stops`` are the findings that block,
    ``stopped_by`` the pairs of limits that would have stopped it in place of those that were set.
    """

    oid: str
    subject: str
    time: int
    is_merge: bool
    is_first: bool | None
    outcome: Outcome | None
    reason: str = ""
    stops: tuple[Finding, ...] = ()
    stopped_by: frozenset[LimitPair] = frozenset()


class Share(NamedTuple):
    """Of some commits: how many were judged, were stopped, had something in them that could not be judged."""

    judged: int
    stopped: int
    incomplete: int


class Stopping(NamedTuple):
    """In how many commits a function or file stopped the commit with this status by this metric."""

    status: str
    metric: str
    commits: int


class Repeated(NamedTuple):
    """A function that stopped several commits; ``values`` are those of the newest one, by metric."""

    path: str
    symbol: str
    commits: int
    values: tuple[tuple[str, float], ...]


class LimitTable(NamedTuple):
    """How many commits each pair of limits would have stopped; ``in_force`` is what the settings say for the root.

    A metric that does not block is None in it; both are where the commits were judged by settings of their own.
    """

    cyclomatic: tuple[float, ...]
    cognitive: tuple[float, ...]
    stopped: tuple[tuple[int, ...], ...]
    """A row for each cyclomatic limit."""
    in_force: tuple[float | None, float | None]


class Blobs(NamedTuple):
    """How many distinct blobs were measured, and known from earlier runs; the rest could not be looked at, and why."""

    measured: int
    known: int
    lost: tuple[tuple[str, int], ...]


class Backtest(NamedTuple):
    """The whole answer. All but ``merges`` is about commits with at most one parent; lists begin with the newest.

    ``head`` is the commit from which the history was followed back, ``settings`` says by what was judged, ``complete``
    whether all that was asked for was replayed. ``firsts`` are the commits of authors who had none before, None where
    that cannot be known. By reason, merges among them, ``left_out`` counts those that could not be judged at all, and
    ``in_part`` those of which something could not be and nothing stopped them. ``problems`` are with the settings.
    """

    question: Question
    head: str
    settings: str
    complete: bool
    commits: Share
    merges: Share
    firsts: Share | None
    left_out: tuple[tuple[str, int], ...]
    in_part: tuple[tuple[str, int], ...]
    stops: tuple[Stopping, ...]
    functions: tuple[Repeated, ...]
    limits: LimitTable
    stopped: tuple[Replayed, ...]
    """Merges too."""
    problems: tuple[str, ...]
    blobs: Blobs
    seconds: float
