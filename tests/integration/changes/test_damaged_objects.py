"""An object that is damaged costs its own measurement and nothing else, with both readers alike."""

import os
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from antipasta_hook.changes import MissingBlob, UnreadableBlob, open_repository
from tests.integration.changes.reading import PROJECT, READERS, failures, read, summary
from tests.integration.repositories import Repo, function

BODY = b"#2\n" * 3000
WHOLE = zlib.compress(b"blob %d\0" % len(BODY) + BODY)
NOISE = random.Random(1).randbytes(9000)
DAMAGE = {
    "cut, hardly a header": WHOLE[: len(WHOLE) // 2],
    "cut": zlib.compress(b"blob 9000\0" + NOISE)[:4000],
    "no end": WHOLE[:-2],
    "no zlib": b"garbage here",
    "empty": b"",
    "no header": zlib.compress(b"x" * 100),
    "no type": zlib.compress(b"blub 5\0abcde"),
    "says less": zlib.compress(b"blob 5\0" + BODY),
    "says more": zlib.compress(b"blob 90000\0" + BODY),
    "says far too much": zlib.compress(b"blob %d\0abc" % 10**30),
    "more behind it": WHOLE + b"x",
}

READ = """
import os, sys
from antipasta_hook.changes import open_repository
from antipasta_hook.model import Failure
for reader in ("pygit2", "git"):
    with open_repository(sys.argv[1], os.environ, reader=reader) as opened:
        opened.size(sys.argv[2])
        try:
            print(len(opened.read(sys.argv[2])))
        except Failure as failure:
            print(failure.kind, "|", failure.reason)
"""

ANY = """
import os, sys
from antipasta_hook.changes import open_repository
from antipasta_hook.model import Failure
for reader in ("pygit2", "git", "auto"):
    try:
        with open_repository(sys.argv[1], os.environ, reader=reader) as opened:
            opened.size(sys.argv[2])
            print(len(opened.read(sys.argv[2])))
    except Failure as failure:
        print(failure.kind)
"""


def loose(repo: Repo, oid: str) -> Path:
    return repo.path / ".git/objects" / oid[:2] / oid[2:]


def put(repo: Repo, oid: str, content: bytes) -> None:
    path = loose(repo, oid)
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def outside(repo: Repo, oid: str) -> list[str]:
    """What both readers say of a blob, in a process that can be ended: libgit2 never came back."""
    command = [sys.executable, "-c", READ, str(repo.path), oid]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_blob_is_unreadable_and_no_reader_hangs(repo: Repo, how: str) -> None:
    repo.commit_files({"a.py": function("a")})
    put(repo, "1" * 40, DAMAGE[how])
    assert outside(repo, "1" * 40) == ["unreadable-blob | this version is damaged in the object database"] * 2


def test_a_blob_that_was_cut_after_it_was_staged(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    repo.write("a.py", BODY)
    repo.stage()
    oid = repo.oid(":a.py")
    put(repo, oid, loose(repo, oid).read_bytes()[:30])
    for reader in READERS:
        reading = read(reader, repo.path, os.environ)
        assert reading.changes is not None
        assert summary(reading.changes) == {"a.py": "modified"}
    for name in ("pygit2", "git"):
        with open_repository(str(repo.path), os.environ, reader=name) as opened:
            assert opened.size(oid) is None
            with pytest.raises(UnreadableBlob, match="is damaged in the object database"):
                opened.read(oid)
            assert opened.read(repo.oid("HEAD:a.py")) == function("a").encode()


def test_a_damaged_copy_of_a_packed_blob_is_not_looked_at(repo: Repo) -> None:
    repo.commit_files({"a.py": BODY})
    oid = repo.oid("HEAD:a.py")
    repo.git("repack", "-adq")
    assert not loose(repo, oid).exists()
    put(repo, oid, WHOLE[: len(WHOLE) // 2])
    for name in ("pygit2", "git"):
        with open_repository(str(repo.path), os.environ, reader=name) as opened:
            assert opened.size(oid) == len(BODY)
            assert opened.read(oid) == BODY


def damage_pack(repo: Repo) -> None:
    """Zeros in the middle of the only pack."""
    (pack,) = (repo.path / ".git/objects/pack").glob("*.pack")
    content = bytearray(pack.read_bytes())
    place = len(content) // 2
    content[place : place + 3000] = bytes(3000)
    pack.chmod(0o644)
    pack.write_bytes(content)


def test_a_damaged_pack(repo: Repo) -> None:
    repo.commit_files({"a.py": NOISE})
    oid = repo.oid("HEAD:a.py")
    repo.git("repack", "-adq")
    damage_pack(repo)
    assert outside(repo, oid) == ["unreadable-blob | this version is damaged in the object database"] * 2


def test_a_damaged_copy_of_a_blob_in_a_damaged_pack(repo: Repo) -> None:
    repo.commit_files({"a.py": NOISE})
    oid = repo.oid("HEAD:a.py")
    repo.git("repack", "-adq")
    damage_pack(repo)
    put(repo, oid, WHOLE[: len(WHOLE) // 2])
    assert outside(repo, oid) == ["unreadable-blob | this version is damaged in the object database"] * 2


@pytest.mark.parametrize("offset", [0, 13, 0x10000, 0x7FFFFFFF, 0x80000001])
def test_a_pack_index_that_points_elsewhere(repo: Repo, offset: int) -> None:
    repo.commit_files({"a.py": function("a")})
    oid = repo.oid("HEAD:a.py")
    repo.git("repack", "-adq")
    (index,) = (repo.path / ".git/objects/pack").glob("*.idx")
    content = bytearray(index.read_bytes())
    (count,) = struct.unpack_from(">I", content, 8 + 4 * 255)
    struct.pack_into(f">{count}I", content, 8 + 4 * 256 + 24 * count, *[offset] * count)
    index.chmod(0o644)
    index.write_bytes(content)
    command = [sys.executable, "-c", ANY, str(repo.path), oid]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60)
    refused = {"unreadable-blob", "missing-blob", "unreadable-repository"}
    assert [kind in refused for kind in done.stdout.splitlines()] == [True] * 3, done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a process held at most")
def test_an_index_that_states_more_entries_than_it_has_costs_no_memory(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    index = repo.path / ".git/index"
    content = bytearray(index.read_bytes())
    content[8] = 127
    index.write_bytes(content)
    script = (
        "import sys; from pathlib import Path; from tests.integration.changes.reading import failures;"
        "said = failures(Path(sys.argv[1]));"
        "lines = Path('/proc/self/status').read_text().splitlines();"  # the system counts what our parent held as ours
        "print(said, next(int(line.split()[1]) >> 10 for line in lines if line.startswith('VmHWM')))"
    )
    command = [sys.executable, "-c", script, str(repo.path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60)
    said, _, megabytes = done.stdout.rpartition(" ")
    assert said == str(dict.fromkeys(("pygit2", "git", "auto"), "corrupt-index"))
    assert int(megabytes) < 200


def test_an_object_that_is_a_pipe(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    put(repo, "1" * 40, b"")
    loose(repo, "1" * 40).unlink()
    os.mkfifo(loose(repo, "1" * 40))
    with open_repository(str(repo.path), os.environ, reader="pygit2") as opened, pytest.raises(UnreadableBlob):
        opened.read("1" * 40)


@pytest.mark.parametrize("name", ["HEAD", "HEAD^{tree}", "HEAD:d"])
def test_a_damaged_commit_or_tree_is_refused(repo: Repo, name: str) -> None:
    repo.commit_files({f"d/{place}.py": function("a") for place in range(1000)})
    repo.write("d/1.py", function("b"))
    repo.stage()
    repo.git("write-tree")
    oid = repo.oid(name)
    put(repo, oid, loose(repo, oid).read_bytes()[:40])
    script = (
        "import os, sys; from tests.integration.changes.reading import failures;"
        "print(failures(__import__('pathlib').Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", script, str(repo.path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60)
    assert "None" not in done.stdout
    assert "not-a-repository" not in done.stdout


def test_objects_of_an_alternate_and_of_a_linked_work_tree(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": function("a")})
    put(repo, "1" * 40, DAMAGE["cut"])
    repo.git("clone", "-q", "--shared", ".", str(tmp_path / "shared"))
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    for path in (tmp_path / "shared", tmp_path / "linked"):
        assert outside(Repo(path), "1" * 40) == ["unreadable-blob | this version is damaged in the object database"] * 2


def test_a_missing_blob_says_so(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    for name in ("pygit2", "git"):
        with open_repository(str(repo.path), os.environ, reader=name) as opened, pytest.raises(MissingBlob) as caught:
            opened.read("1" * 40)
        assert not isinstance(caught.value, UnreadableBlob)
        assert caught.value.reason == "this version is not in this clone"
    assert failures(repo) == dict.fromkeys(("pygit2", "git", "auto"))
