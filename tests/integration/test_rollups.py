"""A census from roll-ups is the census that looks at every file, whatever was edited and whatever the cache holds."""

import json
import os
import random
import sqlite3
from pathlib import Path
from typing import Any, Final

import pytest

from antipasta_hook.cache import Store
from antipasta_hook.cache.directory import LAYOUT
from antipasta_hook.changes import Repository
from antipasta_hook.config.settings import Told, told
from antipasta_hook.model import Ask, Asked, Failure, Gate
from antipasta_hook.model.base import Base, Meant, Way
from antipasta_hook.optimizer import PreCommitOptimizer
from antipasta_hook.report import renderer
from tests.integration.repositories import Repo
from tests.integration.test_run import comparable

DIRECTORIES: Final = ("", "a/", "a/b/", "a/b/c/", "d/", "d/vendor/", "e/f/")
NAMES: Final = ("m.py", "n.py", "o.pyi", "p_pb2.py", "tool", "plain.txt")
FEW_LIMITS: Final = (
    "limits: {cyclomatic: 4}\n",
    "limits: {cognitive: 3, cyclomatic: off}\n",
    "gate: all\n",
    "gate: touched\n",
)
SETTINGS: Final = (
    *FEW_LIMITS,
    "exclude: ['n.py', 'c/']\n",
    "include: ['*_pb2.py', 'vendor/', 'm.py']\n",
    "overrides:\n- paths: ['**/n.py', 'b/']\n  limits: {cyclomatic: 2, maintainability: 100}\n",
    "# nothing\nlimits: {maintainability: {limit: 99, level: error}, cyclomatic: 3}\n",
    "count_asserts: true\non_unreadable: warn\nlimits: {cyclomatic: 5, halstead_volume: 40}\n",
    "limits: {cyclomatic: many}\n",
    "unknown: 1\n",
    "",
)
ATTRIBUTES: Final = (
    "m.py linguist-generated\n",
    "*.pyi linguist-vendored\n",
    "[attr]gen linguist-generated\nb/** gen\n",
    "*_pb2.py -linguist-generated\n",
    "vendor/** -linguist-vendored\nn.py !linguist-generated\n",
    "",
)
HEADERS: Final = ("", "", "", "", "", "# @generated\n", "# DO NOT EDIT\n")
ODD: Final = (
    "",
    "def broken(:\n",
    "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "# @generated\ndef broken(:\n",
    "def new[T: (int, str) = int](x): return x\n",
    "x = " + "(" * 300 + ")" * 300 + "\n",
    "x = 1\n",
)


def function(chance: random.Random) -> str:
    """One function of any size, with one of a few names."""
    branches = chance.choice([0, 0, 1, 3, 4, 6, 11, 20])
    comment = chance.choice(["", "", "", "  # noqa: C901", "  # antipasta: allow cyclomatic=7 it is old"])
    body = "".join(f"    if p_{chance.randrange(3)} and {n}:\n        act({n})\n" for n in range(branches))
    return f"def {chance.choice('fgh')}(a):{comment}\n{body}    assert a\n    return {chance.randrange(3)}\n\n\n"


def source(chance: random.Random) -> str:
    """A file, now and then an odd one; there are few enough of them for twins."""
    if chance.random() < 0.2:
        return chance.choice(ODD)
    return chance.choice(HEADERS) + "".join(function(chance) for _ in range(chance.randrange(4)))


class Edits:
    """Random edits of one repository's work tree."""

    def __init__(self, repo: Repo, seed: int) -> None:
        self.chance = random.Random(seed)
        self._repo = repo

    def commit(self) -> str:
        """A few edits, committed."""
        often = (self._write, self._write, self._write, self._copy, self._copy, self._judge, self._judge)
        kinds = (*often, self._move, self._remove, self._mode, self._link, self._hide, self._uproot)
        for _ in range(self.chance.choice([0, 1, 1, 2, 5, 9])):
            self.chance.choice(kinds)()
        self._repo.stage()
        return self._repo.commit()

    def _place(self) -> str:
        return self.chance.choice(DIRECTORIES) + self.chance.choice(NAMES)

    def _some(self) -> Path | None:
        """One of the files there are."""
        found = sorted(
            Path(place, name)
            for place, _, names in os.walk(self._repo.path)
            for name in names
            if ".git" not in Path(place).parts
        )
        return self.chance.choice(found) if found else None

    def _free(self, path: str) -> Path:
        """A place for a file, made free of whatever is in its way."""
        file = self._repo.path / path
        for parent in reversed(file.relative_to(self._repo.path).parents[:-1]):
            if (self._repo.path / parent).is_symlink() or (self._repo.path / parent).is_file():
                (self._repo.path / parent).unlink()
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink() or file.is_file():
            file.unlink()
        return file

    def _write(self) -> None:
        path = self._place()
        shebang = "#!/usr/bin/env python3\n" if path.endswith("tool") and self.chance.random() < 0.8 else ""
        self._free(path)
        self._repo.write(path, shebang + source(self.chance), executable=path.endswith("tool"))

    def _copy(self) -> None:
        file = self._some()
        if file is not None and not file.is_symlink():
            content = file.read_bytes()
            self._free(path := self._place())
            self._repo.write(path, content, executable=path.endswith("tool"))

    def _move(self) -> None:
        file = self._some()
        if file is not None:
            target = self._free(self._place())
            if file.exists():
                file.rename(target)

    def _remove(self) -> None:
        if file := self._some():
            file.unlink()

    def _mode(self) -> None:
        file = self._some()
        if file is not None and not file.is_symlink():
            file.chmod(self.chance.choice([0o644, 0o755]))

    def _link(self) -> None:
        self._free(self._place()).symlink_to(self.chance.choice(["m.py", "a", "nowhere"]))

    def _judge(self) -> None:
        path = self.chance.choice(DIRECTORIES) + ".antipasta.yaml"
        self._free(path).write_text(self.chance.choice(SETTINGS if self.chance.random() < 0.2 else SETTINGS[:-3]))

    def _hide(self) -> None:
        self._free(self.chance.choice(DIRECTORIES) + ".gitattributes").write_text(self.chance.choice(ATTRIBUTES))

    def _uproot(self) -> None:
        """A directory becomes another one, or a file."""
        directories = sorted(each for each in self._repo.path.iterdir() if each.is_dir() and each.name != ".git")
        if directories:
            directory = self.chance.choice(directories)
            target = self._repo.path / self.chance.choice(["a", "d", "e", "moved"])
            if not target.exists():
                directory.rename(target)


def judged(repo: Repo | Path, *, base: str | None, gate: Gate | None = None, **options: Any) -> Any:
    """The report as it has to be equal, and how much there is in all; or why there is none."""
    reader = options.pop("reader", "auto")
    beats = Told(told(reader=reader) if gate is None else told(reader=reader, gate=gate))
    meant = None if base is None else Meant((Base(Way.NAMED, "named", base),))
    asked = Asked(Ask.CI, meant=meant, strict=options.pop("strict", True))
    path = repo.path if isinstance(repo, Repo) else repo
    rolls_up = options.pop("rolls_up", True)
    optimizer = PreCommitOptimizer(str(path), asked=asked, told=beats, **options)
    optimizer.rolls_up = rolls_up
    try:
        report = optimizer.run()
    except Failure as failure:
        return failure.kind, str(failure)
    document = comparable(json.loads(renderer("json")(report)))
    text = renderer("text")(report._replace(cost=report.cost._replace(spent_ms=0, remarks=())))
    return json.dumps(document, indent=1), report.verdict.census, text


def spoil(chance: random.Random, *, evict: float, damage: float) -> None:
    """Take rows out of the store, where there is one, and put others in the place of some."""
    database = Path(os.environ["ANTIPASTA_CACHE_DIR"], LAYOUT, "cache.db")
    if not database.exists():
        return
    connection = sqlite3.connect(database, isolation_level=None)
    found = connection.execute("SELECT rowid, value FROM Cache").fetchall()
    for rowid, value in found:
        lot = chance.random()
        if lot < evict:
            connection.execute("DELETE FROM Cache WHERE rowid = ?", (rowid,))
        elif lot < evict + damage:
            other = chance.choice([chance.choice(found)[1], value[:-1], b"", chance.randbytes(40)])
            connection.execute("UPDATE Cache SET value = ? WHERE rowid = ?", (other, rowid))
    connection.close()


@pytest.fixture(params=["as it is", "small rows"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that leave most to others, and batches of a few files."""
    if request.param == "small rows":
        monkeypatch.setattr("antipasta_hook.analyse.rollups.LARGEST_ROW", 60)
        monkeypatch.setattr("antipasta_hook.analyse.counting.MEASURED_AT_A_TIME", 3)


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize("seed", range(8))
def test_roll_ups_change_no_verdict(repo: Repo, seed: int) -> None:
    edits = Edits(repo, seed)
    chance = edits.chance
    commits = [edits.commit() for _ in range(2)]
    for _ in range(6):
        commits.append(edits.commit())
        for base in dict.fromkeys((None, commits[-2], chance.choice(commits))):
            how: dict[str, Any] = {
                "base": base,
                "gate": chance.choice([None, None, *Gate]),
                "strict": chance.random() < 0.8,
            }
            expected = judged(repo, **how, rolls_up=False, use_cache=chance.random() < 0.5)
            assert (
                judged(repo, **how, use_cache=chance.random() < 0.8, reader=chance.choice(["pygit2", "git"]))
                == expected
            )
            spoil(chance, evict=chance.choice([0, 0, 0.3]), damage=chance.choice([0, 0, 0.2]))
            assert judged(repo, **how, reader=chance.choice(["pygit2", "git"])) == expected


def small_tree(repo: Repo) -> None:
    """Two commits: a tree of two levels with something over a limit in each, and a text file more."""
    over = "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(12))
    repo.commit_files({f"{place}{name}.py": over for place in ("", "a/", "a/b/", "d/e/f/") for name in "xy"})
    repo.commit_files({"notes.txt": "notes\n"})


class Watched:
    """What a run asks the store and the repository for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.keys: list[str] = []
        self.trees: list[str] = []
        self.written: list[str] = []
        read, write, entries = Store.read, Store.write, Repository.entries

        def watched_read(store: Store, keys: Any, decode: Any) -> Any:
            asked = list(keys)
            self.keys += asked
            return read(store, asked, decode)

        def watched_write(store: Store, found: Any) -> None:
            self.written += found
            write(store, found)

        def watched_entries(repository: Repository, tree: str) -> Any:
            self.trees.append(tree)
            return entries(repository, tree)

        monkeypatch.setattr(Store, "read", watched_read)
        monkeypatch.setattr(Store, "write", watched_write)
        monkeypatch.setattr(Repository, "entries", watched_entries)

    def forget(self) -> None:
        """Begin anew."""
        for found in (self.keys, self.trees, self.written):
            found.clear()


def test_a_tree_in_which_nothing_changed_is_two_look_ups(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree(repo)
    watched = Watched(monkeypatch)
    expected = judged(repo, base=None)
    assert watched.written
    watched.forget()
    assert judged(repo, base=None) == expected
    assert [key.partition(":")[0] for key in watched.keys] == [repo.oid("HEAD^{tree}")] * 2
    assert not watched.trees
    assert not watched.written


def test_only_the_way_to_what_changed_is_entered(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree(repo)
    judged(repo, base=None)
    repo.commit_files({"a/b/x.py": function(random.Random(1))})
    watched = Watched(monkeypatch)
    assert judged(repo, base=None)[1].files == 8
    ways = ("^{tree}", ":a", ":a/b")
    assert set(watched.trees) == {repo.oid(f"{commit}{way}") for commit in ("HEAD", "HEAD^") for way in ways}
    changed = {repo.oid("HEAD^:a/b/x.py"), repo.oid("HEAD:a/b/x.py")}
    assert {key.partition(":")[0] for key in watched.keys if ":metrics" in key} == changed


def test_what_is_not_known_of_the_base_is_looked_up_file_by_file(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree(repo)
    judged(repo, base=None)
    repo.commit_files({"a/b/x.py": function(random.Random(1)), ".gitattributes": "d/** linguist-vendored\n"})
    watched = Watched(monkeypatch)
    assert judged(repo, base=None)[1].files == 6
    blobs = {key.partition(":")[0] for key in watched.keys if ":metrics" in key}
    assert {repo.oid(f"HEAD:{path}") for path in ("x.py", "a/y.py", "a/b/x.py", "a/b/y.py")} <= blobs


@pytest.mark.parametrize("readers", [("pygit2", "git"), ("git", "pygit2")])
def test_both_readers_and_a_bare_clone_share_rows(
    repo: Repo, tmp_path: Path, readers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_tree(repo)
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    expected = judged(repo, base=None, reader=readers[0])
    watched = Watched(monkeypatch)
    assert judged(tmp_path / "bare.git", base=None, reader=readers[1]) == expected
    assert not watched.written
    assert judged(tmp_path / "bare.git", base=None, rolls_up=False, use_cache=False) == expected


def test_a_repository_of_the_other_hash_is_rolled_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo.create(tmp_path / "sha256", "--object-format=sha256")
    small_tree(repo)
    expected = judged(repo, base=None, rolls_up=False)
    assert judged(repo, base=None) == expected
    watched = Watched(monkeypatch)
    assert judged(repo, base=None) == expected
    assert not watched.trees


def test_settings_beside_a_new_and_empty_file_count_either_way(repo: Repo) -> None:
    small_tree(repo)
    repo.commit_files({"new/empty.py": "", "new/.antipasta.yaml": "unknown: 1\n"})
    expected = judged(repo, base=None, rolls_up=False)
    assert expected[0] == "settings"
    assert judged(repo, base=None) == expected
    repo.commit_files({"new/.antipasta.yaml": "", "new/.gitattributes": "* linguist-generated\n"})
    assert judged(repo, base="HEAD~2") == judged(repo, base="HEAD~2", rolls_up=False)


def test_an_empty_tree_has_nothing_in_it(repo: Repo) -> None:
    repo.commit()
    assert judged(repo, base=None) == judged(repo, base=None, rolls_up=False)
    assert judged(repo, base=None)[1].files == 0


def test_what_is_not_in_this_clone_is_not_kept(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree(repo)
    repo.commit_files({"d/e/z.py": "x = 1\n", "d/tool": "#!/bin/sh\n"})
    (repo.path / "d/tool").chmod(0o755)
    repo.stage()
    repo.commit()
    repo.commit_files({"notes.txt": "other notes\n"})
    for path in ("d/e/z.py", "d/tool"):
        lost = repo.oid(f"HEAD:{path}")
        (repo.path / ".git/objects" / lost[:2] / lost[2:]).rename(tmp_path / lost)
    expected = judged(repo, base=None, rolls_up=False, use_cache=False)
    assert "this version is not in this clone" in expected[0]
    watched = Watched(monkeypatch)
    assert judged(repo, base=None) == expected
    kept = {key.partition(":")[0] for key in watched.written if ":rollup" in key}
    assert {repo.oid("HEAD:a"), repo.oid("HEAD:d/e/f")} <= kept
    assert kept.isdisjoint(repo.oid(f"HEAD{path}") for path in ("^{tree}", ":d", ":d/e"))
    assert judged(repo, base=None) == expected
    for path in ("d/e/z.py", "d/tool"):
        lost = repo.oid(f"HEAD:{path}")
        (tmp_path / lost).rename(repo.path / ".git/objects" / lost[:2] / lost[2:])
    assert judged(repo, base=None) == judged(repo, base=None, rolls_up=False, use_cache=False) != expected


def test_what_is_too_deep_is_measured_anew(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree(repo)
    repo.commit_files({"d/deep.py": "x = " + "(" * 300 + ")" * 300 + "\n"})
    repo.commit_files({"notes.txt": "other notes\n"})
    expected = judged(repo, base=None, rolls_up=False, use_cache=False)
    watched = Watched(monkeypatch)
    assert judged(repo, base=None) == judged(repo, base=None) == expected
    kept = {key.partition(":")[0] for key in watched.written if ":rollup" in key}
    assert repo.oid("HEAD:d/e") in kept
    assert kept.isdisjoint({repo.oid("HEAD:d"), repo.oid("HEAD^{tree}")})


def test_the_store_that_the_settings_name_holds_the_roll_ups(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTIPASTA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "default"))
    repo.commit_files({".antipasta.yaml": f"cache: {{directory: {tmp_path}/named, size: 1MB}}\n"})
    small_tree(repo)
    expected = judged(repo, base=None, rolls_up=False)
    assert judged(repo, base=None) == expected
    watched = Watched(monkeypatch)
    assert judged(repo, base=None) == expected
    assert not watched.trees
    for place, kind in (("default/antipasta-hook", "%:layout%"), ("named", "%:rollup%")):
        connection = sqlite3.connect(tmp_path / place / LAYOUT / "cache.db")
        assert connection.execute("SELECT count(*) FROM Cache WHERE key LIKE ?", (kind,)).fetchone() > (0,)
        connection.close()


def test_a_budget_or_named_files_are_no_matter_of_roll_ups(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree(repo)
    watched = Watched(monkeypatch)
    judged(repo, base=None, files=["a"])
    PreCommitOptimizer(str(repo.path), asked=Asked(Ask.CI), told=Told(told(budget_ms=60_000))).run()
    assert not watched.trees
    PreCommitOptimizer(str(repo.path), asked=Asked(Ask.CI), told=Told(told(budget_ms=None))).run()
    assert watched.trees
