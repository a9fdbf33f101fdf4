"""Attribute files that were made to take long: what is done for them is bounded, and what is left out is said."""

from collections.abc import Iterator

import pytest

from antipasta_hook.changes.attributes import GENERATED, Attributes, Rule, _macros, parse
from antipasta_hook.changes.reader import REGULAR, RawChange
from antipasta_hook.changes.skips import AttributeReader, added_attributes
from antipasta_hook.model import Blob


def rules(count: int, pattern: str = "x{}.py linguist-generated") -> tuple[Rule, ...]:
    return parse("".join(pattern.format(place) + "\n" for place in range(count)).encode())


class Counted(tuple[tuple[str, bool | None], ...]):
    """A macro's states that count how often they are gone through."""

    __slots__ = ()
    looks = 0

    def __iter__(self) -> Iterator[tuple[str, bool | None]]:
        """One look more."""
        Counted.looks += 1
        return super().__iter__()


def test_a_chain_of_macros_is_gone_through_once() -> None:
    count = 20_000
    text = "".join(f"[attr]m{place} m{place - 1}\n" for place in reversed(range(1, count)))
    lines = parse(f"[attr]m0 linguist-generated\n{text}x.py m{count - 1}\n".encode())
    Counted.looks = 0
    counted = tuple(rule._replace(states=Counted(rule.states)) for rule in lines)
    assert len(_macros(counted)) == count
    assert Counted.looks == count
    assert Attributes({"": lines}).of("x.py")[GENERATED]


def test_macros_in_a_circle() -> None:
    text = b"[attr]a b\n[attr]b a linguist-generated\n[attr]c d\n[attr]d c\nx.py a\ny.py c\n"
    attributes = Attributes({"": parse(text)})
    assert attributes.of("x.py")[GENERATED]
    assert attributes.of("y.py")[GENERATED] is None


def counting(attributes: Attributes, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def matches(pattern: str, _path: str) -> bool:
        asked.append(pattern)
        return pattern == "*"

    monkeypatch.setattr(attributes, "_matches", matches)
    return asked


def test_a_path_is_held_against_the_nearest_rules_only(monkeypatch: pytest.MonkeyPatch) -> None:
    nested = ["/".join(["d"] * depth) for depth in range(1, 9)]
    attributes = Attributes({directory: rules(1000) for directory in nested})
    assert attributes.unused == [("d/d/d", "all but the nearest 2000 lines that reach down to it")]
    asked = counting(attributes, monkeypatch)
    attributes.of(f"{nested[-1]}/x.py")
    assert len(asked) == 2000
    asked.clear()
    attributes.of("d/x.py")
    assert len(asked) == 1000


def test_all_files_together_have_a_bound() -> None:
    attributes = Attributes({f"d{place}": rules(1000) for place in range(20)})
    assert attributes.unused == [("", "all but the first 10000 lines on linguist of all these files")]
    assert attributes.of("d0/x1.py")[GENERATED]
    assert attributes.of("d19/x1.py")[GENERATED] is None


def test_matching_ends_when_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    both = parse(b"* linguist-generated -linguist-vendored\n")
    attributes = Attributes({"": rules(500), "d": rules(500) + both})
    asked = counting(attributes, monkeypatch)
    assert attributes.of("d/x.py")[GENERATED]
    assert len(asked) == 1


def test_a_thousand_new_lines_are_told_as_twenty_and_a_number() -> None:
    text = "".join(f"x{place}.py linguist-generated\n" for place in range(1000)).encode()
    read: list[str] = []

    def source(oid: str) -> bytes:
        read.append(oid)
        return text

    reader = AttributeReader(source)
    for directory in "abc":
        problems = added_attributes(RawChange(f"{directory}/.gitattributes", None, Blob("1" * 40, REGULAR)), reader)
        assert len(problems) == 21
        assert problems[0].message.startswith(f"{directory}/.gitattributes now says 'x0.py linguist-generated'")
        assert problems[-1].message == f"{directory}/.gitattributes now says 980 more lines like these"
    assert read == ["1" * 40]
    assert len(reader._added) == 1
