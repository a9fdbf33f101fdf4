"""A git child that dies is replaced; one that cannot live means that the object is not here."""

import os

import pytest

from antipasta_hook.changes import MissingBlob, open_repository
from antipasta_hook.changes.children import Git, Objects
from antipasta_hook.changes.place import Place
from tests.integration.repositories import Repo, function

BINARY = bytes(range(256)) * 5000


def test_contents_come_whole_and_in_turn(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a"), "b.py": BINARY, "empty.py": ""})
    oids = {name: repo.oid(f"HEAD:{name}") for name in ("a.py", "b.py", "empty.py")}
    for reader in ("pygit2", "git"):
        with open_repository(str(repo.path), dict(os.environ), reader=reader) as opened:
            contents = dict(opened.read_many([*oids.values(), oids["a.py"]]))
            assert contents == {oids["a.py"]: function("a").encode(), oids["b.py"]: BINARY, oids["empty.py"]: b""}
            assert [opened.size(oid) for oid in oids.values()] == [len(function("a")), len(BINARY), 0]
            assert opened.size("1" * 40) is None
            with pytest.raises(MissingBlob, match="1111 is not in this clone"):
                opened.read("1" * 40)
            assert opened.read(oids["a.py"]) == function("a").encode()


def test_a_child_that_was_killed_is_replaced(repo: Repo) -> None:
    repo.commit_files({"a.py": function("a")})
    oid = repo.oid("HEAD:a.py")
    objects = Objects(Git(Place(str(repo.path), dict(os.environ))), "--batch")
    try:
        for _ in range(3):
            assert objects.ask(oid) == function("a").encode()
            assert objects._child is not None
            objects._child.kill()
            objects._child.wait()
    finally:
        objects.close()


def test_a_child_that_never_answers_means_missing(repo: Repo) -> None:
    objects = Objects(Git(Place(str(repo.path), dict(os.environ))), "--no-such-option")
    assert objects.ask("1" * 40) is None
