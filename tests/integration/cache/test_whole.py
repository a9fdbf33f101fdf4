"""Files that are written whole or not at all."""

import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from antipasta_hook.cache import whole
from antipasta_hook.cache.whole import replace_whole

KINDS = ["nameless", "unknown to the file system", "without /proc", "unknown to the system"]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Systems with and without files that have no name."""
    opened = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & whole._NAMELESS == whole._NAMELESS:
            raise OSError(95, "Operation not supported")
        return opened(path, flags, mode)

    if request.param == KINDS[1]:
        monkeypatch.setattr(os, "open", refuse)
    elif request.param == KINDS[2]:
        monkeypatch.setattr(whole, "_OPEN_FILES", "/nowhere")
    elif request.param == KINDS[3]:
        monkeypatch.setattr(whole, "_NAMELESS", 0)
    return str(request.param)


@pytest.mark.usefixtures("kind")
def test_a_file_is_there_with_its_mode_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "report"
    replace_whole(str(place), b"one")
    assert (place.read_bytes(), stat.S_IMODE(place.stat().st_mode)) == (b"one", 0o600)
    replace_whole(str(place), b"two", mode=0o666, as_it_was=0o604)
    assert (place.read_bytes(), stat.S_IMODE(place.stat().st_mode)) == (b"two", 0o604)
    assert os.listdir(tmp_path) == ["report"]


@pytest.mark.usefixtures("kind")
def test_a_relative_place_is_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    replace_whole("report", b"one")
    assert os.listdir(tmp_path) == ["report"]


@pytest.mark.usefixtures("kind")
def test_what_cannot_be_put_there_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    with pytest.raises(OSError, match="report"):
        replace_whole(str(tmp_path / "report"), b"one")
    with pytest.raises(FileNotFoundError):
        replace_whole(str(tmp_path / "no" / "report"), b"one")
    assert os.listdir(tmp_path) == ["report"]


PROGRAM = """
import itertools, sys
from antipasta_hook.cache.whole import replace_whole
print("ready", flush=True)
for number in itertools.count():
    replace_whole(sys.argv[1], b"%d\\n" % number * 5_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs files without a name")
def test_a_killed_writer_leaves_nothing_that_the_next_one_does_not_clear_away(tmp_path: Path) -> None:
    chance, place = random.Random(11), tmp_path / "report"
    for _ in range(20):
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM, str(place)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
        assert len(list(tmp_path.iterdir())) <= 2
        if place.exists():
            assert len(set(place.read_bytes().splitlines())) == 1
            assert len(place.read_bytes().splitlines()) == 5_000
        replace_whole(str(place), b"0\n" * 5_000)
        assert os.listdir(tmp_path) == ["report"]


def test_many_writers_of_one_file_leave_one_of_their_files(tmp_path: Path) -> None:
    place = tmp_path / "report"
    program = PROGRAM.replace("itertools.count()", "range(300)")
    command = [sys.executable, "-P", "-c", program, str(place)]
    writers = [subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[3]) for _ in range(4)]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    assert len(set(place.read_bytes().splitlines())) == 1
    assert os.listdir(tmp_path) == ["report"]
