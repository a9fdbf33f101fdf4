"""What is fuzzed: by name, the check that must hold, what inputs begin with, and the code whose coverage counts."""

import os
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from tests.fuzz import checks

HOSTILE: Final = os.path.join(os.path.dirname(__file__), "..", "..", "fixtures", "hostile")
"""What was found, and what was always feared: a folder for each check."""


class Guided(NamedTuple):
    """A check whose inputs coverage leads to (atheris), from these seeds on."""

    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    rooms: tuple[str, ...]
    """The modules that are watched."""
    also: Callable[[bytes], None] | None = None
    """Checked besides, without a look at what it costs."""


class Drawn(NamedTuple):
    """A check whose inputs hypothesis draws; ``strategy`` is the name of one in ``strategies``."""

    check: Callable[[bytes], None]
    strategy: str
    rooms: tuple[str, ...]
    also: Callable[[bytes], None] | None = None


_SUPPRESSED: Final = (
    b" antipasta: allow cognitive=19, cyclomatic=12.5 why", b" antipasta: ignore[cyclomatic, halstead_volume] why",
    b" type: ignore # noqa: E501,C901 # complexipy: ignore", b"antipasta:ignore",
)  # fmt: skip
_LINES: Final = (
    b"def f(a, # why\n  b={1: ')'}) -> int:\n    '''doc\n\n    more'''\n    return a; b\n",
    b"x = f\"{d['a']!r:>{w}}\" # c\nif a: pass ; b\n@d\nclass A: x = [1,\n 2]\n\\\n\n",
    b"s = '''a\\\n''' \"b\" rb'c' ;\r\n\x0c\ny = lambda: (yield) \\\n # end\n",
)
_YAML: Final = (
    b"gate: introduced\nlimits:\n  cyclomatic: 10\n  cognitive: {limit: 15, level: warning, tolerance: default}\n",
    b"overrides:\n- paths: ['docs/', \"*_x.py\"]\n  limits: {loc: off}\nexclude: [a/**, '!b']\nbudget: 1.5s\n",
    b"cache: &a {directory: ~/x, size: 1MiB}\ncritical: {paths: [a], functions: ['f*']}\nrequired-version: '>=0.1'\n",
    b"defaults:\n  metrics:\n    - type: cyclomatic_complexity\n      threshold: 10\nlanguages: {python: {}}\n",
)
_TOML: Final = (
    b'[tool.antipasta-hook]\ngate = "all"\ntolerance = 0\n[tool.antipasta-hook.limits]\ncyclomatic = 9\n',
    b'[[overrides]]\npaths = ["a/", \'b\']\nlimits.cognitive = {limit = 3, level = "off"}\n[cache]\nsize = "1MB"\n',
    b"include = [\n  '''x''', # why\n]\ncount-asserts = true\nbudget = \"250ms\"\n",
)
_MEASUREMENTS: Final = (
    b'["full",null,false,1,1,[1,2,3,4],[1,2,3,4,5,6,7],["f","g"],'
    b'[1,3,2,4,0,0,1,0,1,-1,-1,2,1,-1,2,-1,3,-1,4,-1],[[1,null,3,"noqa"]]]\n' + bytes(16) + b"body",
    b'["broken",["no",3],true,null,null,null,null,[],[],[]]\n',
)
_SEALS: Final = (
    b'[[3,7,120,[5,1,1,0,0,0],[6,1,0,0,0,0]],[["loc",9,"error","existing",0,"why",null,1]],[["a.py","%b"]],'
    b'[[0],[0],[3],[7],["C.f"],[12]],[["v.py","%b","ruled","vendored",null]],[["inner","%b"]]]'
    % (b"a" * 40, b"a" * 40, b"b" * 64),
    b'[1,[["a/.gitattributes","%b",33188]]]' % (b"a" * 40),
    b'[{"gate":["all",1],"limits.loc.limit":[9,2]},[[["a"],{"exclude":[["b"],3]}]],[[1,"k","r"]],["n"]]',
)

GUIDED: Final = {
    "lines": Guided(checks.lines, _LINES, ("metrics",), checks.unhurried_oracles),
    "suppressions": Guided(checks.suppressions, _SUPPRESSED, ("metrics.suppressions",)),
    "yaml": Guided(checks.yaml, _YAML, ("config",)),
    "toml": Guided(checks.toml, _TOML, ("config",)),
    "measurements": Guided(checks.measurements, _MEASUREMENTS, ("cache",)),
    "seals": Guided(checks.sealed_rows, _SEALS, ("cache", "config.compiled")),
}
DRAWN: Final = {
    "sources": Drawn(checks.sources, "sources", ("metrics",), checks.oracles),
    "noise": Drawn(checks.noise, "noise", ("metrics",)),
    "settings": Drawn(checks.either_settings, "settings", ("config",)),
    "rows": Drawn(checks.measurements, "measurements", ("cache",)),
    "rollups": Drawn(checks.seals, "rollups", ("cache",)),
    "kept": Drawn(checks.kept_settings, "kept_settings", ("config",)),
}
"""By name; ``git`` is one more (see ``repositories``), which is about damage and not about bytes."""


def named(name: str) -> Guided | Drawn:
    """A target."""
    return GUIDED[name] if name in GUIDED else DRAWN[name]


def check(name: str, data: bytes) -> None:
    """All that a target checks."""
    target = named(name)
    target.check(data)
    if target.also is not None:
        target.also(data)


def kept(name: str) -> Iterator[tuple[str, bytes]]:
    """What is kept in ``fixtures/hostile`` for a target: names and bytes."""
    folder = os.path.join(HOSTILE, name)
    for each in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        with open(os.path.join(folder, each), "rb") as stream:
            yield each, stream.read()
