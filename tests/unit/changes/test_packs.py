"""A pack index that points behind its pack is named before libgit2 follows it."""

import os
import random
import struct
from pathlib import Path

import pytest

from antipasta_hook.changes import packs
from antipasta_hook.changes.packs import _any_from, misleading
from tests.integration.repositories import Repo, function

SIZE = 5000


def index(places: list[int], *, version: int = 2, longs: tuple[int, ...] = ()) -> bytes:
    """A pack index of these places, its ids and checksums empty."""
    count = len(places)
    fanout = bytes(4 * 255) + struct.pack(">I", count)
    if version == 1:
        return fanout + b"".join(struct.pack(">I", place) + bytes(20) for place in places) + bytes(40)
    table = struct.pack(f">{count}I", *places) + struct.pack(f">{len(longs)}Q", *longs)
    return b"\xfftOc\0\0\0\2" + fanout + bytes(24 * count) + table + bytes(40)


def found(folder: Path, content: bytes, *, size: int = SIZE) -> str | None:
    pack = folder / "pack"
    pack.mkdir()
    (pack / "pack-1.idx").write_bytes(content)
    with (pack / "pack-1.pack").open("wb") as stream:
        stream.truncate(size)
    named = misleading([str(folder / "none"), str(folder)])
    assert named in {None, str(pack / "pack-1.idx")}
    return named


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("places", [[], [12], [12, SIZE - 21, 300]])
def test_places_in_the_pack(tmp_path: Path, version: int, places: list[int]) -> None:
    assert found(tmp_path, index(places, version=version)) is None


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("place", [SIZE - 20, SIZE, 1 << 16, 1 << 24, (1 << 31) - 1, 1 << 31])
def test_places_behind_it(tmp_path: Path, version: int, place: int) -> None:
    assert found(tmp_path, index([12, place, 300], version=version)) is not None


@pytest.mark.parametrize(
    ("longs", "misleads"), [((3 << 30, 12), False), ((12, (4 << 30) - 20), True), ((1 << 62,), True)]
)
def test_long_places(tmp_path: Path, longs: tuple[int, ...], misleads: bool) -> None:  # noqa: FBT001 - a column of the table
    places = [12, *((1 << 31) + number for number in range(len(longs))), (1 << 31) - 1]
    assert (found(tmp_path, index(places, longs=longs), size=4 << 30) is not None) == misleads


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xfftOc\0\0\0\2",
        bytes(1020) + b"\xff" * 4,
        b"\xfftOc\0\0\0\2" + b"\xff" * 1024,
        index([12])[:1000],
        index([12])[:1032],
        index([12])[:-44],
    ],
)
def test_what_is_no_index_is_left_to_libgit2(tmp_path: Path, content: bytes) -> None:
    assert found(tmp_path, content) is None


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    assert found(tmp_path, b"") is None
    os.mkfifo(tmp_path / "pack" / "pack-0.idx")
    assert misleading([str(tmp_path)]) is None


def test_any_number_and_any_end() -> None:
    chance = random.Random(1)
    for _ in range(300):
        most = 1 << chance.choice((8, 16, 24, 25, 30, 32))
        numbers = [chance.randrange(most) for _ in range(chance.randrange(20))]
        end = chance.choice((max(numbers, default=0), max(numbers, default=0) + 1, chance.randrange(most)))
        end = min(end, (1 << 32) - 1)
        assert _any_from(struct.pack(f">{len(numbers)}I", *numbers), end) == any(number >= end for number in numbers)


def test_gits_own_index_points_into_its_pack(repo: Repo) -> None:
    repo.commit_files({f"{number}.py": function(f"f{number}") for number in range(300)})
    repo.git("repack", "-adq")
    assert misleading([str(repo.path / ".git" / "objects")]) is None


@pytest.fixture
def several(repo: Repo) -> Path:
    """Git's own index of two packs."""
    repo.commit_files({"a.py": function("a")})
    repo.git("repack", "-adq")
    repo.commit_files({f"{number}.py": function(f"f{number}") for number in range(50)})
    repo.git("repack", "-dq")
    repo.git("multi-pack-index", "write")
    return repo.path / ".git" / "objects"


def moved(objects: Path, row: int, place: int) -> None:
    """Let one object be elsewhere."""
    index = objects / "pack" / "multi-pack-index"
    content = bytearray(index.read_bytes())
    start = int.from_bytes(content[content.index(b"OOFF") + 4 :][:8], "big")
    struct.pack_into(">I", content, start + 8 * row + 4, place)
    index.unlink()
    index.write_bytes(content)


def test_an_index_of_several_packs(several: Path) -> None:
    assert misleading([str(several)]) is None


@pytest.mark.parametrize("most", [1000, 1], ids=["each against its own", "all against the largest"])
@pytest.mark.parametrize("row", [0, 5, 20])
def test_an_index_of_several_packs_that_misleads(
    several: Path, row: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "_MOST_ROWS", most)
    assert misleading([str(several)]) is None
    moved(several, row, max(pack.stat().st_size for pack in (several / "pack").glob("*.pack")) - 20)
    assert misleading([str(several)]) == str(several / "pack" / "multi-pack-index")


@pytest.mark.parametrize("length", [0, 5, 12, 100, 1300])
def test_a_part_of_an_index_of_several_packs_is_left_to_libgit2(several: Path, length: int) -> None:
    index = several / "pack" / "multi-pack-index"
    content = index.read_bytes()[:length]
    index.unlink()
    index.write_bytes(content)
    assert misleading([str(several)]) is None
