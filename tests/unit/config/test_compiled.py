"""The bytes of compiled settings: what was kept comes back, and nothing else is believed."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.config.compiled import CHOICES, RUN_WIDE, Compiled, decode, encode, fits
from antipasta_hook.config.fault import Fault
from antipasta_hook.config.settings import DEFAULT_VALUES, LIMITS
from antipasta_hook.model import FILE_METRICS, Level

numbers = st.integers(0, 10**12) | st.floats(0, 1e12, allow_nan=False)
texts = st.text(max_size=20)
lists = st.lists(texts, max_size=3).map(tuple)
kinds: dict[str, st.SearchStrategy[Any]] = {
    **{f"{LIMITS}{metric}.limit": numbers for metric in FILE_METRICS},
    **{f"{LIMITS}{metric}.level": st.sampled_from([str(level) for level in Level]) for metric in FILE_METRICS},
    **{f"{LIMITS}{metric}.tolerance": st.none() | numbers for metric in FILE_METRICS},
    **{key: st.sampled_from(words) for key, words in CHOICES.items()},
    **dict.fromkeys(("include", "exclude", "critical.paths", "critical.functions"), lists),
    "tolerance": st.none() | numbers,
    "count_asserts": st.booleans(),
    "budget_ms": st.none() | numbers,
    "push_budget_ms": st.none() | numbers,
    "cache.directory": texts,
    "cache.size": st.integers(1, 10**12),
}
lines = st.integers(1, 10**6)
values = st.lists(st.sampled_from(sorted(kinds)), unique=True, max_size=6).flatmap(
    lambda keys: st.fixed_dictionaries({key: st.tuples(kinds[key], lines) for key in keys})
)
compiled_settings = st.builds(
    Compiled,
    values=values,
    overrides=st.lists(st.tuples(lists, values), max_size=3).map(tuple),
    unknown=st.lists(st.builds(Fault, lines, texts, texts), max_size=3).map(tuple),
    notices=lists,
)


@given(compiled_settings, texts)
def test_what_is_encoded_is_decoded(compiled: Compiled, key: str) -> None:
    assert decode(encode(compiled, key), key) == compiled


@given(compiled_settings)
def test_true_and_one_are_not_mixed_up(compiled: Compiled) -> None:
    again = decode(encode(compiled, "key"), "key")
    assert again is not None
    assert repr(again) == repr(compiled)


@given(st.binary(max_size=200), texts)
def test_no_bytes_raise(data: bytes, key: str) -> None:
    assert decode(data, key) is None


@given(compiled_settings, st.data())
def test_a_changed_byte_is_a_miss(compiled: Compiled, data: st.DataObject) -> None:
    kept = bytearray(encode(compiled, "key"))
    place = data.draw(st.integers(0, len(kept) - 1))
    kept[place] ^= data.draw(st.integers(1, 255))
    assert decode(bytes(kept), "key") is None


@given(compiled_settings, st.integers(1, 100))
def test_what_is_cut_or_kept_under_another_key_is_a_miss(compiled: Compiled, cut: int) -> None:
    kept = encode(compiled, "key")
    assert decode(kept[:-cut], "key") is None
    assert decode(kept, "other") is None
    assert decode(kept + b" ", "key") is None


def sealed(facts: object) -> bytes:
    """A value with a right checksum over whatever facts: what somebody writes who has read the code."""
    payload = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    return b"%08x\n%b" % (zlib.crc32(payload, zlib.crc32(b"key")), payload)


def test_the_forger_is_believed_where_the_shape_is_right() -> None:
    forged = sealed([{"gate": ["all", 1]}, [[["a"], {}]], [[1, "k", "r"]], ["n"]])
    assert decode(forged, "key") == Compiled({"gate": ("all", 1)}, ((("a",), {}),), (Fault(1, "k", "r"),), ("n",))


@pytest.mark.parametrize(
    "facts",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        None,
        1,
        "text",
        {},
        [],
        [{}, [], []],
        [{}, [], [], [], []],
        [[], [], [], []],
        [{}, {}, [], []],
        [{}, [], {}, []],
        [{}, [], [], {}],
        [{}, [], [], [1]],
        [{}, [], [], "text"],
        [{"gate": "all"}, [], [], []],
        [{"gate": ["all"]}, [], [], []],
        [{"gate": ["all", 1, 1]}, [], [], []],
        [{"gate": ["al", 1]}, [], [], []],
        [{"gate": [None, 1]}, [], [], []],
        [{"gate": [["all"], 1]}, [], [], []],
        [{"gate": ["all", 0]}, [], [], []],
        [{"gate": ["all", True]}, [], [], []],
        [{"gate": ["all", 1.0]}, [], [], []],
        [{"gate": ["all", "1"]}, [], [], []],
        [{"unheard_of": ["all", 1]}, [], [], []],
        [{"__class__": ["all", 1]}, [], [], []],
        [{"tolerance": [True, 1]}, [], [], []],
        [{"tolerance": [-1, 1]}, [], [], []],
        [{"tolerance": ["0", 1]}, [], [], []],
        b'[{"tolerance": [NaN, 1]}, [], [], []]',
        b'[{"tolerance": [Infinity, 1]}, [], [], []]',
        b'[{"budget_ms": [-Infinity, 1]}, [], [], []]',
        [{"count_asserts": [1, 1]}, [], [], []],
        [{"exclude": ["a", 1]}, [], [], []],
        [{"exclude": [[1], 1]}, [], [], []],
        [{"exclude": [[["a"]], 1]}, [], [], []],
        [{"cache.size": [0, 1]}, [], [], []],
        [{"cache.size": [1.5, 1]}, [], [], []],
        [{"cache.directory": [None, 1]}, [], [], []],
        [{"limits.cyclomatic_complexity": [1, 1]}, [], [], []],
        [{"limits.cyclomatic_complexity.limits": [1, 1]}, [], [], []],
        [{"limits.cyclomatic_complexity.limit.x": [1, 1]}, [], [], []],
        [{"limits.cyclomatic.limit": [1, 1]}, [], [], []],
        [{"limits.cyclomatic_complexity.limit": [None, 1]}, [], [], []],
        [{"limits.cyclomatic_complexity.level": ["offf", 1]}, [], [], []],
        [{"limits..": [1, 1]}, [], [], []],
        [{}, [[["a"]]], [], []],
        [{}, [["a", {}]], [], []],
        [{}, [[["a"], {"gate": ["al", 1]}]], [], []],
        [{}, [], [[1, "k"]], []],
        [{}, [], [["1", "k", "r"]], []],
        [{}, [], [[1, None, "r"]], []],
    ],
    ids=lambda facts: str(facts)[:50],
)
def test_a_forged_value_of_a_wrong_shape_is_a_miss(facts: object) -> None:
    assert decode(sealed(facts), "key") is None


def test_every_key_of_the_settings_can_be_compiled() -> None:
    assert set(DEFAULT_VALUES) <= set(kinds)
    assert {key for key in kinds if not key.startswith(LIMITS)} == {
        key for key in DEFAULT_VALUES if not key.startswith(LIMITS)
    }
    assert all(fits(key, value) for key, value in DEFAULT_VALUES.items() if value is not None)
    assert set(RUN_WIDE) <= set(DEFAULT_VALUES)
