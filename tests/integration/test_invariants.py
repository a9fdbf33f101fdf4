"""What must hold for every commit (DESIGN 9.1 to 9.3), over random histories in real repositories."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from antipasta_hook.config.settings import Told, told
from antipasta_hook.model import FileStatus, Gate
from antipasta_hook.optimizer import PreCommitOptimizer
from antipasta_hook.report import renderer
from tests.integration.repositories import Repo
from tests.integration.test_run import comparable

HEADER = "# @generated\n"
PATHS = ("a.py", "b.py", "pkg/c.py", "pkg/d.pyi", "vendor/e.py", "tool", "notes.txt")


def _function(random_: random.Random) -> str:
    """One function of any size, with a name that others may have too."""
    name = random_.choice("fghk")
    branches = random_.choice([0, 2, 5, 9, 10, 12, 18, 30])
    indent = random_.choice(["", "    "])
    head = f"class {name.upper()}:\n    def {name}(self):\n" if indent else f"def {name}():\n"
    noqa = random_.random() < 0.1
    if noqa:
        head = head.rstrip() + "  # noqa: C901\n"
    body = "".join(f"{indent}    if {random_.choice('pqr')}_{n}:\n{indent}        act({n})\n" for n in range(branches))
    return head + body + f"{indent}    return {random_.randrange(3)}\n\n\n"


def _source(random_: random.Random) -> str:
    if random_.random() < 0.08:
        return "def broken(:\n"
    if random_.random() < 0.2:
        return HEADER + _function(random_)
    return "".join(_function(random_) for _ in range(random_.randrange(5)))


RULES = {
    ".gitattributes": ["", "pkg/* linguist-generated\n", "*.pyi linguist-vendored\n"],
    ".antipasta.yaml": ["", "include: [a.py]\n", "include: [a.py]\n", "include: [pkg/]\n"],
}


def _edit(random_: random.Random, repo: Repo) -> None:
    """One random step: write, delete, move, copy, or change what is skipped; all of it staged."""
    path = random_.choice(PATHS)
    file = repo.path / path
    action = random_.random()
    if action < 0.15:
        rules = random_.choice(list(RULES))
        repo.write(rules, random_.choice(RULES[rules]))
    elif action < 0.55 and file.exists():
        _elsewhere(random_, repo, file)
    else:
        shebang = "#!/usr/bin/env python3\n" if path == "tool" else ""
        source = shebang + _source(random_)
        repo.write(path, source, executable=path == "tool")
        if source.startswith(HEADER):
            repo.write(random_.choice([path for path in PATHS if path.endswith(".py")]), source)
    repo.stage()


def _elsewhere(random_: random.Random, repo: Repo, file: Path) -> None:
    """Delete, move or copy a file."""
    action = random_.random()
    if action < 0.25:
        file.unlink()
    elif action < 0.5:
        file.rename(repo.path / f"moved_{random_.randrange(3)}.py")
    else:
        repo.write(random_.choice([path for path in PATHS if path.endswith(".py")]), file.read_bytes())


def _judged(repo: Repo, *, gate: Gate, reader: str, cache: bool) -> dict[str, Any]:
    beats = Told(told(gate=gate, reader=reader))
    report = PreCommitOptimizer(str(repo.path), told=beats, use_cache=cache).run()
    _nothing_is_left_unsaid(report.verdict.files)
    _each_is_hidden_by_itself(repo, report.verdict.files)
    document: dict[str, Any] = json.loads(renderer("json")(report, full=True))
    return comparable(document)


def _nothing_is_left_unsaid(files: Any) -> None:
    """A file is either measured, or named with the reason why it is not."""
    for file in files:
        measured = file.metrics is not None
        assert measured or file.reason or file.status == FileStatus.DELETED, file
        assert file.status not in {FileStatus.ANALYSED, FileStatus.CACHED} or measured, file


def _each_is_hidden_by_itself(repo: Repo, files: Any) -> None:
    """What is said of a file depends on it and on the settings alone, whatever stands elsewhere with its content."""
    settings = repo.path / ".antipasta.yaml"
    included = settings.read_text().partition("[")[2].partition("]")[0] if settings.exists() else ""
    for file in files:
        hidden = (file.reason or "").startswith("generated: it says so")
        if file.blob is None or (file.status == FileStatus.SKIPPED and not hidden):
            continue
        says_so = HEADER in repo.git("show", f":{file.path}") + "\n"
        assert hidden == (says_so and not (included and file.path.startswith(included))), file


@pytest.mark.parametrize("seed", range(48))
def test_reader_cache_and_work_tree_change_nothing(repo: Repo, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antipasta_hook.analyse.bench.STORE_PAYS_FROM", 0)
    random_ = random.Random(seed)
    repo.write(".antipasta.yaml", random_.choice(RULES[".antipasta.yaml"]))
    for _ in range(5):
        for _ in range(random_.randrange(1, 5)):
            _edit(random_, repo)
        gate = random_.choice(list(Gate))
        expected = _judged(repo, gate=gate, reader="pygit2", cache=False)
        assert _judged(repo, gate=gate, reader="git", cache=True) == expected
        repo.write("a.py", "def unstaged(:\n")
        repo.write(".gitattributes", "* linguist-generated\n")
        assert _judged(repo, gate=gate, reader="auto", cache=True) == expected
        repo.git("checkout-index", "--all", "--force")
        repo.commit()


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_written_outside_the_cache(repo: Repo, tmp_path: Path, seed: int) -> None:
    random_ = random.Random(seed)
    for _ in range(6):
        _edit(random_, repo)
    before = _listing(tmp_path)
    PreCommitOptimizer(str(repo.path)).run()
    assert _listing(tmp_path) == before


def _listing(directory: Path) -> dict[str, tuple[int, int]]:
    listing = {}
    for place, _, names in os.walk(directory):
        for name in names:
            status = os.lstat(os.path.join(place, name))
            listing[os.path.join(place, name)] = (status.st_size, status.st_mtime_ns)
    return listing
