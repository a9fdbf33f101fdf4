"""Where a store may live: planted caches, shared places and work trees are refused, and said so."""

import os
import sys
from pathlib import Path

import pytest

from antipasta_hook.cache import open_store
from antipasta_hook.cache.directory import VARIABLE, Unfit, store_directory, user_cache_directory
from antipasta_hook.model import Severity
from tests.integration.cache.places import ITEMS, ROOT, filled, opened

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are POSIX")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there platformdirs itself is asked")
@pytest.mark.parametrize("base", [None, "", "/var/tmp/xdg", "  "])
def test_the_default_place_is_the_one_of_platformdirs(base: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    if base is None:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", base)
    expected = platformdirs.user_cache_dir("antipasta-hook", appauthor=False)
    assert user_cache_directory(os.environ) == expected


def test_the_variable_goes_before_the_settings_and_they_before_the_default(tmp_path: Path) -> None:
    environ = {VARIABLE: str(tmp_path / "variable"), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "xdg")}
    assert store_directory(str(tmp_path / "settings"), environ) == str(tmp_path / "variable" / "v1")
    assert store_directory(None, environ) == str(tmp_path / "variable" / "v1")
    del environ[VARIABLE]
    assert store_directory(str(tmp_path / "settings"), environ) == str(tmp_path / "settings" / "v1")
    if sys.platform not in ("win32", "darwin"):
        assert store_directory(None, environ) == str(tmp_path / "xdg" / "antipasta-hook" / "v1")
        environ["XDG_CACHE_HOME"] = "relative/is/ignored"
        assert store_directory(None, environ) == str(tmp_path / ".cache" / "antipasta-hook" / "v1")


def test_settings_may_name_a_place_below_the_home_of_whoever_reads_them(tmp_path: Path) -> None:
    assert store_directory("~/some/where", {"HOME": str(tmp_path)}) == str(tmp_path / "some" / "where" / "v1")


def test_the_settings_place_is_vetted_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    with pytest.raises(Unfit, match="work tree"):
        store_directory("~/clone/cache", {"HOME": str(tmp_path)})


def refused(directory: Path | str) -> str:
    with open_store(str(directory), {}) as store:
        store.set_many(ITEMS)
        assert store.get_many(ITEMS) == {}
        assert store.problem is not None
        assert store.problem.severity is Severity.WARNING
        assert store.problem.recovery
        return store.problem.message


@pytest.mark.parametrize("directory", ["relative", ".", "~user/cache", "~", "../x"])
def test_a_relative_path_is_refused(directory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "relative" in refused(directory)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("git", ["directory", "file", "dangling link"])
@pytest.mark.parametrize("inside", ["", "cache", "deep/down/cache"])
def test_a_place_inside_a_work_tree_is_refused(tmp_path: Path, git: str, inside: str) -> None:
    clone = tmp_path / "clone"
    filled(clone / inside)
    if git == "directory":
        (clone / ".git").mkdir()
    elif git == "file":
        (clone / ".git").write_text("gitdir: ../elsewhere")
    else:
        (clone / ".git").symlink_to(tmp_path / "nowhere")
    assert f"inside the work tree {clone}" in refused(clone / inside)


def test_a_link_into_a_work_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "clone")
    assert "work tree" in refused(tmp_path / "link" / "cache")


def test_the_inside_of_a_git_directory_is_no_part_of_the_work_tree(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    filled(tmp_path / ".git" / "antipasta")


@posix
@pytest.mark.parametrize("inner", ["", "v1"])
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_place_where_others_may_write_is_refused(tmp_path: Path, inner: str, mode: int) -> None:
    base = tmp_path / "cache"
    filled(base)
    (base / inner).chmod(mode)
    assert "others may write" in refused(base)


@posix
def test_a_place_under_one_that_everybody_may_rearrange_is_refused(tmp_path: Path) -> None:
    base = tmp_path / "open" / "cache"
    filled(base)
    base.parent.chmod(0o777)
    assert "everybody may write" in refused(base)
    base.parent.chmod(0o1777)
    with opened(base) as store:
        assert store.get_many(ITEMS) == ITEMS


@pytest.mark.skipif(not ROOT, reason="only root can give a directory away")
@posix
@pytest.mark.parametrize("inner", ["", "v1"])
def test_a_place_that_belongs_to_somebody_else_is_refused(tmp_path: Path, inner: str) -> None:
    base = tmp_path / "cache"
    filled(base)
    os.chown(base / inner, 65534, 65534)
    assert "another user" in refused(base)


@posix
def test_a_link_to_a_place_where_others_may_write_is_refused(tmp_path: Path) -> None:
    filled(tmp_path / "planted")
    (tmp_path / "planted").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "planted")
    assert "others may write" in refused(tmp_path / "link")


@posix
def test_a_store_that_is_a_link_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    filled(tmp_path / "planted")
    (tmp_path / "cache").mkdir(mode=0o700)
    (tmp_path / "cache" / "v1").symlink_to(tmp_path / "planted" / "v1")
    assert "not a directory" in refused(tmp_path / "cache")


@posix
def test_a_link_to_a_place_of_ones_own_is_fine(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    filled(tmp_path / "link")


def test_a_refusal_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(Unfit) as refusal:
        store_directory(str(tmp_path), {})
    assert VARIABLE in refusal.value.recovery
