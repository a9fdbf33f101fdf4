"""Where the hooks go: git's own directory, one that was named instead of it, or git's configuration."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from antipasta_hook.install import HOOKS, Deed
from antipasta_hook.install.script import configured_command, hook_script
from antipasta_hook.model import Failure
from tests.integration.installation import WITH_CONFIGURED_HOOKS, Site, executable, snapshot

SECTIONS = [f"hook.antipasta-{hook}" for hook in HOOKS]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A repository without our hooks, under a git that has no hooks in its configuration."""
    return Site.create(tmp_path)


@pytest.fixture
def modern(site: Site) -> Site:
    """The same under a git that has."""
    site.set_git_version(WITH_CONFIGURED_HOOKS)
    return site


def written(site: Site) -> list[str]:
    """The files that `install` writes."""
    return [step.what for step in site.install() if step.deed is Deed.WROTE]


def in_directory(directory: Path) -> list[str]:
    """The paths of both hooks in a directory."""
    return [str(directory / hook) for hook in HOOKS]


def test_a_linked_work_tree_shares_the_hooks_of_its_repository(site: Site, tmp_path: Path) -> None:
    site.git("commit", "--quiet", "--allow-empty", "--message", "root")
    site.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = site.at(tmp_path / "linked")
    assert written(linked) == in_directory(site.place / ".git" / "hooks")
    assert [step.deed for step in site.install()] == [Deed.UNCHANGED, Deed.UNCHANGED]
    assert [step.deed for step in linked.uninstall()] == [Deed.REMOVED, Deed.REMOVED]


def test_a_sub_directory_installs_into_its_repository(site: Site) -> None:
    (site.place / "a" / "b").mkdir(parents=True)
    assert written(site.at(site.place / "a" / "b")) == in_directory(site.place / ".git" / "hooks")


def test_a_submodule_has_hooks_of_its_own(site: Site, tmp_path: Path) -> None:
    other = site.at(tmp_path / "other")
    site.git("init", "--quiet", str(other.place))
    other.git("commit", "--quiet", "--allow-empty", "--message", "root")
    site.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.place), "part")
    assert written(site.at(site.place / "part")) == in_directory(site.place / ".git" / "modules" / "part" / "hooks")


def test_a_git_directory_elsewhere_has_the_hooks(site: Site, tmp_path: Path) -> None:
    apart = site.at(tmp_path / "apart")
    site.git("init", "--quiet", f"--separate-git-dir={tmp_path / 'git dir'}", str(apart.place))
    assert written(apart) == in_directory(tmp_path / "git dir" / "hooks")
    apart.uninstall()
    assert not set(HOOKS) & set(os.listdir(tmp_path / "git dir" / "hooks"))


def test_hooks_path_of_this_repository_is_honoured(site: Site) -> None:
    site.git("config", "core.hooksPath", ".githooks/own")
    (site.place / "sub").mkdir()
    sub = site.at(site.place / "sub")
    own = site.place / ".githooks" / "own"
    steps = sub.install()
    assert [step.what for step in steps if step.deed is Deed.WROTE] == in_directory(own)
    assert steps[-1] == (Deed.IN_WORK_TREE, str(own))
    sub.uninstall()
    assert not own.exists()


def test_hooks_path_of_one_work_tree_is_honoured(site: Site, tmp_path: Path) -> None:
    site.git("config", "extensions.worktreeConfig", "true")
    site.git("config", "--worktree", "core.hooksPath", str(tmp_path / "hooks of one"))
    assert written(site) == in_directory(tmp_path / "hooks of one")


def test_a_hook_under_version_control_is_left_to_its_team(site: Site) -> None:
    site.git("config", "core.hooksPath", ":hooks [*]")
    hook = executable(site.place / ":hooks [*]" / "pre-commit", "exit 0\n")
    site.git("add", ".")
    before = hook.read_bytes()
    with pytest.raises(Failure, match="is under version control") as refusal:
        site.install()
    assert refusal.value.recovery == "add this line to it: antipasta-hook run || exit $?"
    assert hook.read_bytes() == before
    site.git("rm", "--cached", "--quiet", "-r", ".")
    assert (Deed.CHAINED, f"{hook}.antipasta-chained") in site.install()


def test_hooks_path_of_the_user_is_refused_with_advice(site: Site, tmp_path: Path) -> None:
    site.git("config", "--global", "core.hooksPath", str(tmp_path / "everywhere"))
    with pytest.raises(Failure, match=r"for every repository .global configuration. to .*everywhere") as refusal:
        site.install()
    assert "git config --local core.hooksPath" in refusal.value.recovery
    assert not (tmp_path / "everywhere").exists()
    site.git("config", "--local", "core.hooksPath", ".git/hooks")
    assert written(site) == in_directory(site.place / ".git" / "hooks")


def test_hooks_path_of_the_user_may_say_what_git_would_do_anyway(site: Site) -> None:
    site.git("config", "--global", "core.hooksPath", ".git/hooks")
    assert written(site) == in_directory(site.place / ".git" / "hooks")


@pytest.mark.parametrize("scope", ["--local", "--global"])
@pytest.mark.parametrize("value", ["", os.devnull])
@pytest.mark.parametrize("version", ["2.53.0", WITH_CONFIGURED_HOOKS])
def test_hooks_that_are_switched_off_stay_off(site: Site, scope: str, value: str, version: str) -> None:
    site.set_git_version(version)
    site.git("config", scope, "core.hooksPath", value)
    before = site.configuration
    with pytest.raises(Failure, match=r"hooks are switched off: core.hooksPath is set to"):
        site.install()
    assert site.configuration == before
    assert site.uninstall() == []


def test_a_hooks_directory_that_is_a_link_is_refused(site: Site, tmp_path: Path) -> None:
    site.hooks.rename(tmp_path / "hooks")
    site.hooks.symlink_to(tmp_path / "hooks")
    (tmp_path / "hooks" / "pre-commit").write_bytes(hook_script("pre-commit", "/python"))
    before = snapshot(tmp_path / "hooks")
    with pytest.raises(Failure, match="symbolic link") as refusal:
        site.install()
    assert "git config core.hooksPath" in refusal.value.recovery
    assert site.uninstall() == []
    assert snapshot(tmp_path / "hooks") == before


def test_uninstalling_finds_hooks_that_a_later_hooks_path_has_put_out_of_use(site: Site) -> None:
    before = snapshot(site.hooks)
    site.install()
    site.git("config", "core.hooksPath", ".husky/_")
    assert [step.what for step in site.uninstall()] == in_directory(site.hooks)
    assert snapshot(site.hooks) == before


def test_a_hooks_directory_shared_by_many_repositories_is_not_searched(site: Site, tmp_path: Path) -> None:
    shared = tmp_path / "everywhere"
    shared.mkdir()
    (shared / "pre-commit").write_bytes(hook_script("pre-commit", "/python"))
    site.git("config", "--global", "core.hooksPath", str(shared))
    assert site.uninstall() == []
    assert (shared / "pre-commit").exists()


@pytest.mark.parametrize("attempt", ["install", "uninstall"])
def test_outside_a_repository_it_says_so(site: Site, tmp_path: Path, attempt: str) -> None:
    with pytest.raises(Failure, match="git finds no repository here") as refusal:
        getattr(site.at(tmp_path), attempt)()
    assert refusal.value.usage


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a repository away")
@pytest.mark.parametrize("attempt", ["install", "uninstall"])
def test_in_a_repository_of_somebody_else_it_says_so(site: Site, attempt: str) -> None:
    root = Path(site.git("rev-parse", "--show-toplevel").removesuffix("\n"))
    for path in (root, root / ".git", root / ".git/config"):
        os.chown(path, 12345, 12345)
    with pytest.raises(Failure) as refusal:
        getattr(site, attempt)()
    assert refusal.value.kind == "wrong-owner"
    assert "dubious ownership" in str(refusal.value)
    assert "\\t" not in f"{refusal.value} {refusal.value.recovery}"
    assert refusal.value.recovery.startswith("if you trust it: git config --global --add safe.directory ")


@pytest.mark.parametrize("attempt", ["install", "uninstall"])
def test_without_git_or_directory_it_says_so(site: Site, tmp_path: Path, attempt: str) -> None:
    with pytest.raises(Failure, match="is not a directory"):
        getattr(site.at(tmp_path / "nowhere"), attempt)()
    site.environ["PATH"] = str(tmp_path)
    with pytest.raises(Failure, match="cannot start git"):
        getattr(site, attempt)()


def test_a_git_that_cannot_say_where_hooks_belong_is_too_old(site: Site, tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "git", "echo --path-format=absolute; echo .git\n")
    with pytest.raises(Failure, match="too old") as refusal:
        site.install()
    assert refusal.value.usage


@pytest.mark.parametrize("given", ["python3", "/nowhere/python"])
def test_an_interpreter_that_cannot_start_the_tool_is_refused(site: Site, given: str) -> None:
    with pytest.raises(Failure, match="cannot start antipasta-hook") as refusal:
        site.install(interpreter=given)
    assert "environment of its own" in refusal.value.recovery
    assert not (site.hooks / "pre-commit").exists()


# Hooks in git's configuration.


def test_a_modern_git_gets_files_all_the_same(modern: Site) -> None:
    before = modern.configuration
    assert written(modern) == in_directory(modern.hooks)
    assert modern.configuration == before


def _hooks_path_of_the_user(site: Site, elsewhere: Path) -> None:
    site.git("config", "--global", "core.hooksPath", str(elsewhere))


def _linked_directory(site: Site, elsewhere: Path) -> None:
    site.hooks.rename(elsewhere)
    site.hooks.symlink_to(elsewhere)


def _hook_manager(site: Site, _: Path) -> None:
    for hook in HOOKS:
        executable(site.hooks / hook, "# File generated by pre-commit: https://pre-commit.com\n")


def _hook_that_goes_by_its_name(site: Site, _: Path) -> None:
    for hook in HOOKS:
        executable(site.hooks / hook, 'exec run-all "$(basename "$0")"\n')


def _directory_of_the_team(site: Site, _: Path) -> None:
    site.git("config", "core.hooksPath", ".githooks")
    executable(site.place / ".githooks" / "pre-commit", "exit 0\n")
    site.git("add", ".githooks")


def _husky(site: Site, _: Path) -> None:
    site.git("config", "core.hooksPath", ".husky/_")


@pytest.mark.parametrize(
    "situation",
    [
        _hooks_path_of_the_user,
        _linked_directory,
        _hook_manager,
        _hook_that_goes_by_its_name,
        _directory_of_the_team,
        _husky,
    ],
)
def test_where_a_file_would_be_in_the_way_a_modern_git_is_configured(
    modern: Site, tmp_path: Path, situation: Callable[[Site, Path], None]
) -> None:
    situation(modern, tmp_path / "elsewhere")
    before, place = modern.configuration, snapshot(tmp_path)
    steps = modern.install()
    assert [step.what for step in steps if step.deed is Deed.CONFIGURED] == SECTIONS
    assert steps[0].deed is Deed.AROUND
    assert steps[-1] == (Deed.NEEDS_GIT, "2.54")
    for hook, section in zip(HOOKS, SECTIONS, strict=True):
        assert modern.git("config", "--local", "--get-all", f"{section}.event") == f"{hook}\n"
        command = modern.git("config", "--local", "-z", "--get", f"{section}.command").removesuffix("\0")
        assert os.fsencode(command) == configured_command(hook, modern.interpreter)
    assert [step.deed for step in modern.install()] == [Deed.UNCHANGED, Deed.UNCHANGED, Deed.NEEDS_GIT]
    assert modern.uninstall() == [(Deed.DECONFIGURED, section) for section in SECTIONS]
    assert modern.configuration == before
    assert _without_times(snapshot(tmp_path)) == _without_times(place)
    assert modern.uninstall() == []


def _without_times(found: dict[str, tuple[int, int, bytes | str]]) -> dict[str, tuple[int, bytes | str]]:
    return {name: (mode, content) for name, (mode, _, content) in found.items()}


def test_from_files_to_configuration_and_back_there_is_always_one_of_each(modern: Site, tmp_path: Path) -> None:
    executable(modern.hooks / "pre-push", "echo old\n")
    configuration, hooks = modern.configuration, snapshot(modern.hooks)
    modern.install()
    modern.git("config", "--global", "core.hooksPath", str(tmp_path / "elsewhere"))
    modern.install()
    assert snapshot(modern.hooks) == hooks
    assert modern.configuration.count(b"event = ") == 2
    modern.git("config", "--global", "--unset", "core.hooksPath")
    assert [step.what for step in modern.install() if step.deed is Deed.DECONFIGURED] == SECTIONS
    assert modern.configuration == configuration
    assert modern.run("pre-push").stdout.startswith("old\npython: ")


def test_a_configured_hook_is_renewed_and_completed(modern: Site, tmp_path: Path) -> None:
    _hooks_path_of_the_user(modern, tmp_path)
    modern.install()
    whole = modern.configuration
    modern.git("config", f"{SECTIONS[0]}.command", os.fsdecode(configured_command("pre-commit", "/old/python")))
    modern.git("config", "--unset", f"{SECTIONS[1]}.event")
    assert [step.what for step in modern.install() if step.deed is Deed.CONFIGURED] == SECTIONS
    assert modern.configuration == whole


def test_a_second_event_that_somebody_added_is_kept(modern: Site, tmp_path: Path) -> None:
    _hooks_path_of_the_user(modern, tmp_path)
    modern.install()
    modern.git("config", "--add", f"{SECTIONS[0]}.event", "pre-merge-commit")
    before = modern.configuration
    assert [step.deed for step in modern.install()] == [Deed.UNCHANGED, Deed.UNCHANGED, Deed.NEEDS_GIT]
    assert modern.configuration == before


@pytest.mark.parametrize("attempt", ["install", "uninstall"])
def test_an_edited_configured_hook_is_left_alone(modern: Site, tmp_path: Path, attempt: str) -> None:
    _hooks_path_of_the_user(modern, tmp_path)
    modern.install()
    modern.git("config", f"{SECTIONS[1]}.command", "true")
    before = modern.configuration
    with pytest.raises(Failure, match=r"antipasta-pre-push.command .* was edited") as refusal:
        getattr(modern, attempt)()
    assert f"git config --local --remove-section {SECTIONS[1]}" in refusal.value.recovery
    assert modern.configuration == before


def test_a_configuration_that_is_locked_is_named(modern: Site, tmp_path: Path) -> None:
    _hooks_path_of_the_user(modern, tmp_path)
    (modern.hooks.parent / "config.lock").touch()
    with pytest.raises(Failure, match=r"git cannot change this repository's configuration: .*lock") as refusal:
        modern.install()
    assert refusal.value.usage


@pytest.mark.parametrize("setting", ["hook.antipasta-pre-push.enabled", "hook.pre-push.enabled"])
def test_a_hook_that_is_switched_off_is_not_called_installed(modern: Site, tmp_path: Path, setting: str) -> None:
    _hooks_path_of_the_user(modern, tmp_path)
    modern.git("config", "--global", setting, "no")
    assert modern.install()[-1] == (Deed.SWITCHED_OFF, setting)


def test_an_older_git_can_still_take_configured_hooks_out(modern: Site, tmp_path: Path) -> None:
    before = modern.configuration
    _hooks_path_of_the_user(modern, tmp_path)
    modern.install()
    modern.set_git_version("2.53.9")
    with pytest.raises(Failure, match=r"core.hooksPath is set for every repository"):
        modern.install()
    modern.uninstall()
    assert modern.configuration == before


def test_from_a_linked_work_tree_all_work_trees_are_configured(modern: Site, tmp_path: Path) -> None:
    _hooks_path_of_the_user(modern, tmp_path)
    modern.git("config", "extensions.worktreeConfig", "true")
    modern.git("commit", "--quiet", "--allow-empty", "--message", "root")
    modern.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    modern.at(tmp_path / "linked").install()
    assert modern.configuration.count(b"event = ") == 2


def test_the_command_works_from_where_the_configuration_keeps_it(modern: Site, tmp_path: Path) -> None:
    _hooks_path_of_the_user(modern, tmp_path)
    modern.install()
    command = modern.git("config", "-z", "--get", f"{SECTIONS[0]}.command").removesuffix("\0")
    done = subprocess.run(("sh", "-c", command), env=modern.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "python: -E -P -m antipasta_hook run\n")
