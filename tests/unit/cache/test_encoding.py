import json
import struct
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antipasta_hook.cache import decode, encode
from antipasta_hook.cache.encoding import FORMAT, LARGEST
from antipasta_hook.model import FileMetrics, FunctionMetrics, Halstead, Suppression
from tests.unit.cache.forging import forged, sealed
from tests.unit.cache.samples import BROKEN, EMPTY, RICH, large
from tests.unit.cache.strategies import file_metrics


def facts(**changes: Any) -> list[Any]:
    """The facts of a file with two functions, in the order in which they are stored, with some replaced."""
    found: dict[str, Any] = {
        "reading": "full",
        "error": None,
        "generated": False,
        "cyclomatic_total": 1,
        "cognitive_total": 1,
        "halstead": [1, 2, 3, 4],
        "raw": [1, 2, 3, 4, 5, 6, 7],
        "symbols": ["f", "g"],
        "numbers": [],
        "suppressions": [[1, None, 3, "noqa"]],
    }
    numbers: dict[str, Any] = {
        "lines": [1, 3],
        "end_lines": [2, 4],
        "assertions": [0, 0],
        "bodies": [1, 0],
        "cyclomatic": [1, -1],
        "cognitive": [-1, 2],
        "h1": [1, -1],
        "h2": [2, -1],
        "N1": [3, -1],
        "N2": [4, -1],
    }
    assert not changes.keys() - found.keys() - numbers.keys()
    for name in numbers.keys() & changes.keys():
        numbers[name] = changes.pop(name)
    found["numbers"] = [number for column in numbers.values() for number in column]
    return list((found | changes).values())


TAIL = bytes(16) + b"body"


@pytest.mark.parametrize("metrics", [EMPTY, RICH, BROKEN, large(40), large(1000)])
def test_what_was_encoded_is_decoded(metrics: FileMetrics) -> None:
    assert decode(encode(metrics)) == metrics


@given(file_metrics, st.text(max_size=8))
def test_all_that_may_exist_survives_with_its_types(metrics: FileMetrics, key: str) -> None:
    found = decode(encode(metrics, key), key)
    assert found == metrics
    assert repr(found) == repr(metrics)


def test_the_same_metrics_are_the_same_bytes() -> None:
    assert encode(large(40)) == encode(large(40))


def test_a_value_is_not_believed_under_another_key() -> None:
    data = encode(RICH, "one")
    assert decode(data, "one") == RICH
    assert decode(data, "two") is None


def test_packing_pays_for_large_files_and_is_left_out_for_small_ones() -> None:
    assert encode(EMPTY)[3] == 0
    assert encode(large(40))[3] == 1
    assert len(encode(large(40))) < 40 * (8 + 80 + 40)


@settings(max_examples=300)
@given(st.data())
def test_one_changed_byte_is_a_miss(data: st.DataObject) -> None:
    whole = encode(RICH)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
    assert decode(whole[:place] + bytes([byte]) + whole[place + 1 :]) is None


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 400))
def test_a_mangled_value_is_a_miss_or_the_value_itself(junk: bytes, start: int, end: int) -> None:
    whole = encode(RICH)
    mangled = whole[:start] + junk + whole[end:]
    assert decode(mangled) in ({None, RICH} if mangled == whole else {None})


def test_a_truncated_value_is_a_miss() -> None:
    whole = encode(RICH)
    assert {decode(whole[:length]) for length in range(len(whole))} == {None}


def test_a_longer_value_is_a_miss() -> None:
    assert decode(encode(RICH) + b"\0") is None
    assert decode(forged(facts(), tail=TAIL + b"more")) is None


def test_the_forgery_that_changes_nothing_is_read() -> None:
    """Else the tests below would prove nothing."""
    found = decode(forged(facts(), tail=TAIL))
    assert found is not None
    assert found.functions == (
        FunctionMetrics("f", 1, 2, 1, 0, None, Halstead(1, 2, 3, 4), 0, b"body"),
        FunctionMetrics("g", 3, 4, None, 0, 2, None, 0, b"", (Suppression(None, 3, "noqa"),)),
    )
    assert found == decode(forged(facts(), tail=TAIL, packing=1))


@pytest.mark.parametrize(
    "changes",
    [
        {"reading": "perfect"},
        {"reading": 1},
        {"reading": ["full"]},
        {"error": "an error"},
        {"error": ["message"]},
        {"error": ["message", -1]},
        {"error": {"message": 1, "line": 2}},
        {"error": [1, 1]},
        {"generated": 1},
        {"generated": None},
        {"cyclomatic_total": True},
        {"cyclomatic_total": 1.0},
        {"cyclomatic_total": float("nan")},
        {"cognitive_total": float("inf")},
        {"cognitive_total": "1"},
        {"cognitive_total": -1},
        {"cognitive_total": 2**40},
        {"halstead": [1, 2, 3]},
        {"halstead": [1, 2, 3, 4, 5]},
        {"halstead": [1, 2, 3, None]},
        {"halstead": "1234"},
        {"raw": [1] * 6},
        {"raw": {"loc": 1}},
        {"raw": [1.5] * 7},
        {"symbols": None},
        {"symbols": "fg"},
        {"symbols": ["f"]},
        {"symbols": ["f", 1]},
        {"symbols": ["f", "g", "h"]},
        {"lines": [1]},
        {"lines": [1, None]},
        {"lines": [1, -1]},
        {"lines": [1, True]},
        {"lines": []},
        {"end_lines": [2, 10**300]},
        {"cyclomatic": ["1", "2"]},
        {"cyclomatic": [1, -2]},
        {"cyclomatic": [1, None]},
        {"assertions": [-1, -1]},
        {"cognitive": [1, 2, 3]},
        {"cognitive": [1, 2.0]},
        {"h1": [1, 1]},
        {"N2": [-1, -1]},
        {"h2": [[1], [2]]},
        {"numbers": None},
        {"numbers": "1" * 20},
        {"numbers": {}},
        {"bodies": [-1, 2]},
        {"bodies": [2**39, 2**39]},
        {"bodies": [0, 0]},
        {"suppressions": None},
        {"suppressions": [1]},
        {"suppressions": [[2, None, None, "text"]]},
        {"suppressions": [[-1, None, None, "text"]]},
        {"suppressions": [[True, None, None, "text"]]},
        {"suppressions": [[0, 1, None, "text"]]},
        {"suppressions": [[0, None, "1", "text"]]},
        {"suppressions": [[0, None, float("nan"), "text"]]},
        {"suppressions": [[0, None, True, "text"]]},
        {"suppressions": [[0, None, 10**400, "text"]]},
        {"suppressions": [[0, None, None, 1]]},
        {"suppressions": [[0, None, None]]},
    ],
    ids=str,
)
def test_a_wrong_shape_type_or_number_is_a_miss(changes: dict[str, Any]) -> None:
    assert decode(forged(facts(**changes), tail=TAIL)) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"{}",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe",
        b"9" * 10_000,
        json.dumps(facts()).encode() + b"x",
        json.dumps(facts()[:-1]).encode(),
        json.dumps([*facts(), 1]).encode(),
        json.dumps(facts()).replace("null", "1e999", 1).encode(),
    ],
    ids=range(11),
)
def test_a_text_that_is_not_the_facts_is_a_miss(text: bytes) -> None:
    assert decode(forged(text, tail=TAIL)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ah",
        sealed(b""),
        sealed(bytes(8), magic=b"AH"),
        sealed(struct.pack("<II", 4, 4) + b"null", version=FORMAT + 1),
        sealed(struct.pack("<II", 4, 4) + b"null", packing=2),
        sealed(struct.pack("<II", 2**32 - 1, 4) + b"null"),
        sealed(struct.pack("<II", 4, 2**32 - 1) + b"null", packing=1),
        sealed(struct.pack("<II", 4, 4) + b"null", packing=1),
        sealed(struct.pack("<II", 4, 5) + b"null"),
    ],
    ids=range(10),
)
def test_a_wrong_head_is_a_miss(data: bytes) -> None:
    assert decode(data) is None


def test_what_is_not_bytes_is_a_miss() -> None:
    assert decode(bytearray(encode(RICH))) is None  # type: ignore[arg-type] # what is not bytes
    assert decode(None) is None  # type: ignore[arg-type] # what is not bytes


@pytest.mark.parametrize("claimed", [16, LARGEST, LARGEST + 1])
def test_a_zip_bomb_is_cut_off_before_it_exists(claimed: int) -> None:
    packed = zlib.compress(bytes(16 * LARGEST), 9)
    bomb = sealed(struct.pack("<II", len(packed), claimed) + packed, packing=1)
    tracemalloc.start()
    try:
        assert decode(bomb) is None
        assert tracemalloc.get_traced_memory()[1] < 4 * LARGEST
    finally:
        tracemalloc.stop()


def test_a_value_larger_than_the_limit_is_a_miss() -> None:
    assert decode(forged(facts(symbols=["f", "g" * LARGEST]), tail=TAIL)) is None


@pytest.mark.parametrize(
    "function",
    [
        RICH.functions[0]._replace(body=b"12345"),
        RICH.functions[0]._replace(code_hash=2**64),
        RICH.functions[0]._replace(code_hash=-1),
        RICH.functions[0]._replace(suppressions=(Suppression(None, float("nan"), ""),)),
    ],
    ids=range(4),
)
def test_what_no_measurement_yields_is_not_encoded(function: FunctionMetrics) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several origins
        encode(RICH._replace(functions=(function,)))
