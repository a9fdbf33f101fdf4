"""What is known of blobs during a replay: in hand, in the store, in memory, and never more of it than can be borne."""

from collections.abc import Iterable, Mapping
from typing import cast

import pytest

from antipasta_hook.cache import Store
from antipasta_hook.metrics import measure
from antipasta_hook.model import FileMetrics, Problem, Reading
from antipasta_hook.replay import archive
from antipasta_hook.replay.archive import Archive


class Kept:
    """A store that remembers, until it fails."""

    def __init__(self) -> None:
        self.problem: Problem | None = None
        self.values: dict[str, FileMetrics] = {}
        self.asked = 0

    def get_many(self, keys: Iterable[str]) -> dict[str, FileMetrics]:
        """See Store."""
        self.asked += 1
        return {key: self.values[key] for key in keys if key in self.values}

    def set_many(self, items: Mapping[str, FileMetrics]) -> None:
        """See Store."""
        if self.problem is None:
            self.values |= items


def oid(number: int) -> str:
    return f"{number + 1:040x}"


def metrics(number: int) -> FileMetrics:
    return measure(f"def f{number}(): pass\n".encode())


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "IN_HAND", 3)
    monkeypatch.setattr(archive, "_AT_ONCE", 4)


def filled(store: Kept | None, many: int = 10) -> Archive:
    found = Archive(cast("Store | None", store))
    for number in range(many):
        found.put(oid(number), metrics(number))
    return found


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("store", [Kept(), None], ids=["store", "memory"])
def test_nothing_is_forgotten_though_only_a_few_are_in_hand(store: Kept | None) -> None:
    found = filled(store)
    assert len(found._in_hand) == 3
    for number in [*range(10), *range(10)]:
        assert found.find([oid(number)]) == {oid(number): metrics(number)}
    assert found.find([oid(3), oid(10)]).keys() == {oid(3)}
    assert (len(found.measured), found.known) == (10, set())


@pytest.mark.usefixtures("few")
def test_what_the_store_has_needs_no_memory() -> None:
    store = Kept()
    found = filled(store)
    assert len(store.values) == 8
    found.keep()
    assert len(store.values) == 10
    assert not found._new
    assert not found._encoded


@pytest.mark.usefixtures("few")
def test_where_the_store_fails_nothing_is_lost() -> None:
    store = Kept()
    found = filled(store, 6)
    store.problem = Problem("cache", "full")
    for number in range(6, 10):
        found.put(oid(number), metrics(number))
    store.values.pop(next(key for key in store.values if key.startswith(oid(3))))
    found.keep()
    assert [number for number in range(10) if not found.find([oid(number)])] == [3]
    for number in range(4, 10):
        assert found.find([oid(number)]) == {oid(number): metrics(number)}


def test_what_was_measured_in_an_earlier_run_is_known() -> None:
    store = Kept()
    filled(store).keep()
    again = Archive(cast("Store", store))
    assert again.find([oid(1), oid(2), oid(99)]) == {oid(1): metrics(1), oid(2): metrics(2)}
    assert again.known == {oid(1), oid(2)}
    asked = store.asked
    again.find([oid(1), oid(2)])
    assert store.asked == asked


def test_what_is_too_deep_is_known_for_this_run_alone() -> None:
    store = Kept()
    found = Archive(cast("Store", store))
    deep = measure(b"x = " + b"(" * 500 + b")" * 500)
    assert deep.reading == Reading.DEEP
    found.put(oid(1), deep)
    found.keep()
    assert not store.values
    found._in_hand.clear()
    assert found.find([oid(1)]) == {oid(1): deep}
