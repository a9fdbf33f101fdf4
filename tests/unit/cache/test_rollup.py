import copy
import json
import random
from typing import Any

import pytest

from antipasta_hook.cache.rollup import (
    Context,
    Row,
    decode_layout,
    decode_row,
    encode_layout,
    encode_row,
    joined,
    layout_key,
    roll_up_key,
    spilled,
)
from antipasta_hook.cache.sealing import opened, sealed
from antipasta_hook.model import (
    Ancestor,
    Aside,
    AsideKind,
    Blob,
    Contribution,
    RollUp,
    Tally,
)
from tests.unit.cache.rolled import OID, ROW, TREE, existing

CONTEXT = Context("a/b", "settings", "attributes", "engine")


def test_a_row_is_read_back_with_its_types() -> None:
    found = decode_row(encode_row(ROW, "key"), "key")
    assert found == ROW
    assert repr(found) == repr(ROW)
    assert decode_row(encode_row(Row(RollUp()), "key"), "key") == Row(RollUp())


def test_a_layout_is_read_back() -> None:
    files = ((".gitattributes", Blob(OID, 0o100644)), ("d/\udcff/.antipasta.yaml", Blob(TREE, 0o120000)))
    assert decode_layout(encode_layout(files, "key", python=True), "key") == (True, files)
    assert decode_layout(encode_layout((), "key", python=False), "key") == (False, ())


@pytest.mark.parametrize("data", [encode_row(ROW, "key"), encode_layout((("a", Blob(OID, 1)),), "key", python=True)])
def test_nothing_is_believed_under_another_key_or_altered(data: bytes) -> None:
    chance = random.Random(1)
    for decode in (decode_row, decode_layout):
        assert decode(data, "other") is None
        assert decode(data[:-1], "key") is None
        assert decode(data + b"\0", "key") is None
        assert decode(b"", "key") is None
        for _ in range(200):
            place = chance.randrange(len(data))
            altered = data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]
            assert decode(altered, "key") is None


WRONG: tuple[Any, ...] = (None, True, -1, 2**50, 1.5, "", "x", [], [[]], {}, [None], [1, 2], 10**6)


def _places(facts: Any, path: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    inner = (
        [place for n, each in enumerate(facts) for place in _places(each, (*path, n))] if type(facts) is list else []
    )
    return [path, *inner] if path else inner


def _with(facts: Any, place: tuple[int, ...], value: Any) -> Any:
    found = copy.deepcopy(facts)
    around = found
    for step in place[:-1]:
        around = around[step]
    around[place[-1]] = value
    return found


def test_forged_facts_are_refused_or_well_formed() -> None:
    facts = opened(encode_row(ROW, "key"), "key")
    refused = 0
    for place in _places(facts):
        for value in WRONG:
            found = decode_row(sealed(_with(facts, place, value), "key"), "key")
            refused += found is None
            if found is not None:  # a reason or a symbol may be any text, a number any number
                assert decode_row(encode_row(found, "key"), "key") == found
    assert refused > 800


@pytest.mark.parametrize("facts", [[], [[]], [1], [2, []], [True, []], [0, [["a", OID, 0]]], [1, [["a", "a", 1]]]])
def test_a_forged_layout_is_refused(facts: Any) -> None:
    assert decode_layout(sealed(facts, "key"), "key") is None


def test_a_bomb_is_not_unpacked() -> None:
    assert opened(sealed(["x" * (9 << 20)], "key"), "key") is None


@pytest.mark.parametrize(
    "rollup",
    [
        RollUp(asides=(Aside("a.py", OID, AsideKind.UNSETTLED),)),
        RollUp(findings=(existing(before=11),)),
        RollUp(findings=(existing(ancestor=Ancestor(OID, 1, 2)),)),
        RollUp(findings=(existing(lines=(Contribution(1, 1, "if x:", own=True),)),)),
    ],
)
def test_what_depends_on_the_day_or_on_a_base_is_not_kept(rollup: RollUp) -> None:
    with pytest.raises(ValueError, match=r"is not kept|as it was"):
        encode_row(Row(rollup), "key")


def test_a_key_depends_on_everything() -> None:
    keys = [roll_up_key(OID, CONTEXT), roll_up_key(TREE, CONTEXT), layout_key(OID), layout_key(TREE)]
    keys += [roll_up_key(OID, CONTEXT._replace(**{name: "other"})) for name in Context._fields]
    keys.append(roll_up_key(OID, Context("a", "b/settings", "attributes", "engine")))
    keys.append(roll_up_key(OID, Context("a/\udcff", "settings", "attributes", "engine")))
    assert len(set(keys)) == len(keys)


def test_the_heaviest_trees_have_rows_of_their_own_where_there_is_much() -> None:
    light, heavy = RollUp(Tally(files=1), (existing(),)), RollUp(Tally(files=9), (existing(),) * 9)
    inner = [("heavy", OID, heavy), ("light", TREE, light), ("none", TREE, RollUp(Tally(files=4)))]
    assert spilled(light, inner, 10_000) == Row(joined([light, RollUp(Tally(files=4)), light, heavy]))
    row = spilled(light, inner, 60)
    assert row == Row(joined([light, RollUp(Tally(files=4)), light]), (("heavy", OID),))
    assert spilled(heavy, inner, 60).apart == (("heavy", OID), ("light", TREE))


def test_a_row_of_many_findings_is_small() -> None:
    many = RollUp(findings=tuple(existing(f"package/module_{n}.py", n) for n in range(1000)))
    data = encode_row(Row(many), "key")
    assert len(data) < 30 * len(many.findings)
    assert len(json.dumps(opened(data, "key"))) < 120 * len(many.findings)
