"""Fixtures of the git states."""

from pathlib import Path

import pytest

from tests.integration.changes.reading import HookedRepo, install
from tests.integration.repositories import Repo, function


@pytest.fixture
def hooked(repo: Repo, tmp_path: Path) -> HookedRepo:
    """A repository with one commit of a.py and b.py, whose hook records what is seen from inside it."""
    repo.commit_files({"a.py": function("a"), "b.py": function("b"), "notes.txt": "notes\n"})
    return install(repo, tmp_path / "seen.pickle")
