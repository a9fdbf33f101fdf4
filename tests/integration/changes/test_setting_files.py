"""Which settings files speak of a change, on either side, and which of them it edits."""

import os
from unittest import mock

import pytest

from antipasta_hook.changes import SettingFiles, open_repository, read_difference, staged
from antipasta_hook.changes.children import Git
from antipasta_hook.config.settings import DEFAULTS
from tests.integration.changes.spanning import NAMES, one
from tests.integration.repositories import Repo, function


@pytest.fixture
def repo(repo: Repo) -> Repo:
    repo.commit_files(
        {
            ".antipasta.yaml": "root",
            "pyproject.toml": "root",
            "p/.antipasta.yaml": "p",
            "p/pyproject.toml": "p",
            "p/q/a.py": function("a"),
            "r/.antipasta.yaml": "r",
            "r/b.py": function("b"),
        }
    )
    return repo


def files(repo: Repo) -> SettingFiles:
    return one(repo, staged).files


def test_those_above_a_changed_file_and_no_others(repo: Repo) -> None:
    repo.write("p/q/a.py", function("changed"))
    repo.stage()
    seen = files(repo)
    assert set(seen.now) == {".antipasta.yaml", "pyproject.toml", "p/.antipasta.yaml"}
    assert seen.now == seen.before
    assert seen.edited == frozenset()
    assert seen.now["p/.antipasta.yaml"].oid == repo.oid(":p/.antipasta.yaml")


def test_those_that_a_change_edits_wherever_they_are(repo: Repo) -> None:
    repo.write("r/.antipasta.yaml", "changed")
    repo.write("p/pyproject.toml", "changed")
    repo.write("s/.antipasta.yaml", "new")
    repo.remove(".antipasta.yaml")
    repo.stage()
    seen = files(repo)
    assert set(seen.now) == {"pyproject.toml", "r/.antipasta.yaml", "s/.antipasta.yaml"}
    assert set(seen.before) == {"pyproject.toml", ".antipasta.yaml", "r/.antipasta.yaml"}
    assert seen.edited == {".antipasta.yaml", "r/.antipasta.yaml", "s/.antipasta.yaml"}
    assert seen.before["r/.antipasta.yaml"].oid == repo.oid("HEAD:r/.antipasta.yaml")


def test_those_where_a_file_was(repo: Repo) -> None:
    repo.git("mv", "r/b.py", "b.py")
    repo.git("rm", "-q", "p/q/a.py")
    assert set(files(repo).now) == {".antipasta.yaml", "pyproject.toml", "p/.antipasta.yaml", "r/.antipasta.yaml"}


def test_other_permissions_are_no_edit_and_another_type_is_one(repo: Repo) -> None:
    repo.git("update-index", "--chmod=+x", ".antipasta.yaml")
    (repo.path / "pyproject.toml").unlink()
    (repo.path / "pyproject.toml").symlink_to("root")
    repo.git("add", "pyproject.toml")
    seen = files(repo)
    assert seen.edited == {"pyproject.toml"}
    assert seen.now["pyproject.toml"].mode == 0o120000


def test_what_a_merge_brings_as_it_is_is_no_edit(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "theirs")
    repo.commit_files({"p/.antipasta.yaml": "theirs", "r/.antipasta.yaml": "theirs"})
    repo.git("checkout", "-q", "main")
    repo.commit_files({"ours.py": function("ours")})
    repo.git("merge", "-q", "--no-commit", "theirs")
    repo.write("r/.antipasta.yaml", "edited while merging")
    repo.stage()
    seen = files(repo)
    assert {"p/.antipasta.yaml", "r/.antipasta.yaml"} <= set(seen.now)
    assert seen.edited == {"r/.antipasta.yaml"}


def test_git_is_asked_once_for_attributes_and_settings(repo: Repo) -> None:
    repo.write("p/q/a.py", function("changed"))
    repo.write("p/.gitattributes", "*.py linguist-generated\n")
    repo.stage()
    with (
        open_repository(str(repo.path), os.environ, reader="git") as repository,
        mock.patch.object(Git, "_start", autospec=True, side_effect=Git._start) as start,
    ):
        difference = read_difference(repository, staged(repository))
        difference.setting_files(NAMES)
        assert difference.changeset(DEFAULTS).comparisons[0].changes[0].skip
        commands = [call.args[1][0] for call in start.call_args_list]
    assert commands.count("ls-files") == 1
