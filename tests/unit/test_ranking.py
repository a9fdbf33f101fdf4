"""The order of a change: what comes first, what comes last, and what it must not depend on."""

import random
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antipasta_hook.analyse import ranking
from antipasta_hook.analyse.ranking import MOST_READ, MOST_SIZED, Ranked, estimate_ms, ranked
from antipasta_hook.changes import MissingBlob
from antipasta_hook.config.settings import DEFAULTS, Layer, Settings, Value
from antipasta_hook.metrics import explodes, measure
from antipasta_hook.model import Blob, Change, ChangeSet, Comparison, Reading, Scope, ScopeKind
from antipasta_hook.plan import GIANT_MS

PLAIN = b"def f(x):\n    return x\n"
BRANCHES = b"def f(x):\n" + b"".join(b"    if a%d:\n        b(%d)\n" % (n, n) for n in range(11))
LINES = PLAIN + b"".join(b"a%d = b(%d)\n" % (n, n) for n in range(150))
GIANT = b"".join(b"x%d = f(a, b)[%d].g(c)\n" % (n, n) for n in range(40_000))
CRITICAL = Settings([Layer("", {"critical.paths": Value(("core/",))})])

Sides = tuple[bytes | None, bytes | None]


class Blobs:
    """A repository of these changes; it counts what it is asked."""

    def __init__(self, files: Mapping[str, Sides], missing: Iterable[bytes] = ()) -> None:
        self._contents: dict[str, bytes] = {}
        self._missing = {self._oid(each) for each in missing}
        self.sized: list[str] = []
        self.read_oids: list[str] = []
        self.changes = [Change(path, self._blob(old), self._blob(new)) for path, (old, new) in sorted(files.items())]

    def _oid(self, source: bytes) -> str:
        return f"{random.Random(source).getrandbits(160):040x}"

    def _blob(self, source: bytes | None) -> Blob | None:
        if source is None:
            return None
        self._contents[self._oid(source)] = source
        return Blob(self._oid(source), 0o100644)

    def size(self, oid: str) -> int | None:
        """See BlobSource."""
        self.sized.append(oid)
        return None if oid in self._missing else len(self._contents[oid])

    def read(self, oid: str) -> bytes:
        """See BlobSource."""
        self.read_oids.append(oid)
        if oid in self._missing:
            raise MissingBlob(oid)
        return self._contents[oid]


def order(blobs: Blobs, chosen: Settings = DEFAULTS, changes: Iterable[Change] | None = None) -> tuple[Ranked, ...]:
    found = tuple(blobs.changes if changes is None else changes)
    return ranked(ChangeSet(Scope(ScopeKind.INDEX, None), (Comparison(None, found),)), blobs, chosen)


def paths(found: Iterable[Ranked]) -> list[str]:
    return [entry.change.path for entry in found]


def test_branches_come_before_lines_and_lines_before_comments() -> None:
    blobs = Blobs({"a.py": (PLAIN, PLAIN + b"# x\n"), "b.py": (PLAIN, LINES), "c.py": (PLAIN, BRANCHES)})
    assert paths(order(blobs)) == ["c.py", "b.py", "a.py"]


def test_critical_paths_come_first() -> None:
    blobs = Blobs({"a.py": (PLAIN, BRANCHES), "core/b.py": (PLAIN, LINES), "core/c.py": (PLAIN, PLAIN + b"# x\n")})
    found = order(blobs, CRITICAL)
    assert paths(found) == ["core/b.py", "core/c.py", "a.py"]
    assert [entry.critical for entry in found] == [True, True, False]


def test_a_giant_comes_last_even_a_critical_one() -> None:
    blobs = Blobs({"core/giant.py": (None, GIANT), "z.py": (PLAIN, None), "giant.py": (None, GIANT)})
    found = order(blobs, CRITICAL)
    assert paths(found) == ["z.py", "core/giant.py", "giant.py"]
    assert [entry.estimate_ms > GIANT_MS for entry in found] == [False, True, True]


def test_of_two_that_matter_alike_the_cheaper_one_comes_first() -> None:
    ballast = b"".join(b"x%d = f(a, b)[%d]\n" % (n, n) for n in range(5_000))
    blobs = Blobs({"a.py": (ballast + PLAIN, ballast + BRANCHES), "b.py": (PLAIN, BRANCHES)})
    assert paths(order(blobs)) == ["b.py", "a.py"]


def test_skipped_files_have_no_place() -> None:
    blobs = Blobs({"a.py": (PLAIN, BRANCHES), "b.py": (PLAIN, LINES)})
    changes = [blobs.changes[0], blobs.changes[1]._replace(skip="vendored")]
    assert paths(order(blobs, changes=changes)) == ["a.py"]


def test_an_unchanged_file_is_proved_and_not_read() -> None:
    blobs = Blobs({"a.py": (PLAIN, PLAIN)})
    (found,) = order(blobs)
    assert found.significance.score == 0
    assert found.estimate_ms > 0
    assert blobs.read_oids == []


def test_what_only_a_formatter_did_is_proved() -> None:
    (found,) = order(Blobs({"a.py": (PLAIN, b"def f(x) :\n  return x\n")}))
    assert found.significance.score == 0
    assert "(proved)" in found.significance.reasons[0]


def test_proofs_are_bounded_by_what_they_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []

    def prove(_: bytes, after: bytes) -> bool:
        tried.append(after)
        return True

    monkeypatch.setattr(ranking, "is_proved_equal", prove)
    source = b"".join(b"x%d = f(a, b)\n" % n for n in range(1000))
    blobs = Blobs({f"{n}.py": (b"#%d\n" % n + source, b"#%d\n\n" % n + source) for n in range(30)})
    order(blobs)
    assert 0 < len(tried) < 10


def test_a_generated_file_costs_nothing_unless_it_is_asked_for() -> None:
    source = b"# @generated\n" + GIANT
    blobs = Blobs({"a.py": (None, source)})
    assert order(blobs)[0].estimate_ms < 1
    assert order(blobs, changes=[blobs.changes[0]._replace(included=True)])[0].estimate_ms > GIANT_MS


def test_a_version_that_is_not_at_hand_stops_nothing() -> None:
    blobs = Blobs({"a.py": (PLAIN, BRANCHES), "b.py": (LINES, PLAIN), "c.py": (PLAIN, LINES)}, missing=[BRANCHES])
    assert sorted(paths(order(blobs))) == ["a.py", "b.py", "c.py"]


def test_a_blob_that_has_a_size_and_no_content_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs({"a.py": (PLAIN, BRANCHES)}, missing=[BRANCHES])
    monkeypatch.setattr(blobs, "size", lambda _: 100)
    assert 0 < order(blobs)[0].significance.score < 1


def test_what_is_too_large_is_not_read() -> None:
    large = b"x" * 9_000_000
    blobs = Blobs({"a.py": (PLAIN, large), "b.py": (large + b"y", PLAIN)})
    found = order(blobs)
    assert sorted(paths(found)) == ["a.py", "b.py"]
    assert all(entry.estimate_ms > GIANT_MS for entry in found)
    assert blobs.read_oids == []


def test_what_is_too_large_to_be_measured_costs_nothing() -> None:
    blobs = Blobs({"a.py": (None, b"x" * (17 << 20))})
    assert order(blobs)[0].estimate_ms < 1


def test_a_very_large_change_is_looked_into_as_far_as_counts_allow() -> None:
    files: dict[str, Sides] = {f"{n:04}.py": (b"a = %d\n" % n, b"a = %d\nb\n" % n) for n in range(MOST_SIZED + 500)}
    files["core/a.py"] = (b"if a: b", b"if a: c")
    blobs = Blobs(files)
    found = order(blobs, CRITICAL)
    assert len(found) == len(files)
    assert len(blobs.sized) <= 2 * MOST_SIZED
    assert len(blobs.read_oids) <= 2 * MOST_READ
    assert found[0].change.path == "core/a.py"
    assert all(entry.estimate_ms > 0 for entry in found)


def test_many_changed_lines_end_the_comparing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_LINES", 1000)
    blobs = Blobs({f"{n}.py": (PLAIN, LINES + b"x%d\n" % n) for n in range(50)})
    found = order(blobs)
    assert len(found) == 50
    assert len(blobs.read_oids) < 20


def test_large_files_are_compared_after_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_LINES", 1000)
    large = b"".join(b"call(%d)\n" % n for n in range(10_000))
    found = order(Blobs({"a.py": (PLAIN, PLAIN + large), "b.py": (PLAIN, BRANCHES), "c.py": (PLAIN, LINES)}))
    reasons = {entry.change.path: entry.significance.reasons for entry in found}
    assert reasons["b.py"][0] == "11 branches added"
    assert reasons["c.py"][0] == "150 lines added"


_sides = st.sampled_from([None, PLAIN, BRANCHES, LINES, b"", PLAIN + b"#\n", b"if a and b:\n  c\n"])
_files = st.dictionaries(
    st.sampled_from([f"{folder}{n}.py" for folder in ("", "core/", "tests/") for n in range(6)]),
    st.tuples(_sides, _sides).filter(lambda sides: sides != (None, None)),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(_files, st.randoms(use_true_random=False))
def test_the_order_is_one_whatever_the_changes_came_in(files: dict[str, Sides], chance: random.Random) -> None:
    blobs = Blobs(files)
    found = order(blobs, CRITICAL)
    shuffled = list(blobs.changes)
    chance.shuffle(shuffled)
    assert order(Blobs(files), CRITICAL, shuffled) == found
    assert sorted(paths(found)) == sorted(files)


@pytest.mark.parametrize(
    "source", [b"", b"\n", b"\xff\x00", PLAIN, GIANT], ids=["empty", "line", "bytes", "code", "giant"]
)
def test_every_source_has_an_estimate(source: bytes) -> None:
    assert estimate_ms(source) > 0


def test_an_estimate_follows_what_is_in_the_bytes() -> None:
    text = b'"""' + b"lorem ipsum dolor sit amet " * 4_000 + b'"""\n'
    calls = b"f(a, b)\n" * (len(text) // 8)
    assert estimate_ms(calls) > 5 * estimate_ms(text)
    assert estimate_ms(calls * 2) == pytest.approx(2 * estimate_ms(calls), rel=0.01)


def test_what_is_refused_unparsed_costs_next_to_nothing() -> None:
    source = b"x = " + b"+".join([b"1"] * 450_000)
    assert explodes(source) is not None
    assert measure(source).reading is Reading.DEEP
    assert estimate_ms(source) < estimate_ms(source[:300_000]) / 5
