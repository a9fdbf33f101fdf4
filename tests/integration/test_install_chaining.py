"""`install` where a hook is already there, and `uninstall`: nothing is lost, and nothing of ours stays behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from antipasta_hook.install import HOOKS, Deed, Managed
from antipasta_hook.install.script import configured_command, hook_script
from antipasta_hook.model import Failure
from tests.integration.installation import OLD, PUSHED, VERSION_1, Site, executable, snapshot, stand_in


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A repository without our hooks."""
    return Site.create(tmp_path)


def deeds(site: Site, *hooks: str) -> list[Deed]:
    """What `install` does."""
    return [step.deed for step in site.install(*hooks)]


def test_both_hooks_are_written_and_nothing_else(site: Site) -> None:
    before = set(os.listdir(site.hooks))
    assert site.install() == [(Deed.WROTE, str(site.hooks / hook)) for hook in HOOKS]
    assert set(os.listdir(site.hooks)) - before == set(HOOKS)
    assert all(os.access(site.hooks / hook, os.X_OK) for hook in HOOKS)
    assert site.configuration.count(b"antipasta") == 0


@pytest.mark.parametrize("hook", HOOKS)
def test_one_hook_can_be_asked_for(site: Site, hook: str) -> None:
    site.install(hook)
    assert [name for name in HOOKS if (site.hooks / name).exists()] == [hook]
    site.install()
    site.uninstall(hook)
    assert [name for name in HOOKS if (site.hooks / name).exists()] == [name for name in HOOKS if name != hook]


def test_installing_again_changes_nothing(site: Site) -> None:
    executable(site.hooks / "pre-push", OLD)
    site.install()
    before = snapshot(site.hooks)
    assert deeds(site) == [Deed.UNCHANGED, Deed.UNCHANGED, Deed.CHAINED]
    assert snapshot(site.hooks) == before


def test_installing_from_another_environment_renews_the_hooks(site: Site, tmp_path: Path) -> None:
    executable(site.hooks / "pre-commit", OLD)
    site.install()
    other = stand_in(tmp_path / "elsewhere" / "other")
    assert [step.deed for step in site.install(interpreter=other)] == [Deed.RENEWED, Deed.CHAINED, Deed.RENEWED]
    assert site.run("pre-commit").stdout == f"old: origin ssh://x/y z\n{PUSHED}other: -E -P -m antipasta_hook run\n"


def test_a_hook_of_an_older_version_is_renewed(site: Site) -> None:
    old = site.hooks / "pre-commit"
    old.write_bytes(VERSION_1.read_bytes())
    old.chmod(0o755)
    assert deeds(site, "pre-commit") == [Deed.RENEWED]
    assert site.run("pre-commit").stdout == "python: -E -P -m antipasta_hook run\n"
    old.write_bytes(VERSION_1.read_bytes())
    assert site.uninstall() == [(Deed.REMOVED, str(old))]


def test_a_hook_that_lost_its_executable_bit_gets_it_back(site: Site) -> None:
    site.install()
    (site.hooks / "pre-push").chmod(0o644)
    assert deeds(site) == [Deed.UNCHANGED, Deed.RENEWED]
    assert os.access(site.hooks / "pre-push", os.X_OK)


def test_the_hook_that_was_there_runs_first_with_all_that_git_said(site: Site) -> None:
    for hook in HOOKS:
        executable(site.hooks / hook, OLD)
    site.install()
    old = f"old: origin ssh://x/y z\n{PUSHED}"
    assert site.run("pre-commit").stdout == f"{old}python: -E -P -m antipasta_hook run\n"
    ours = f"python: -E -P -m antipasta_hook run --pre-push -- origin ssh://x/y z\n{PUSHED}"
    assert site.run("pre-push").stdout == old + ours


@pytest.mark.parametrize("hook", HOOKS)
def test_what_the_hook_that_was_there_refuses_is_refused_and_not_judged(site: Site, hook: str) -> None:
    executable(site.hooks / hook, OLD)
    site.install()
    done = site.run(hook, OLD_STATUS="7")
    assert (done.returncode, "python: " in done.stdout) == (7, False)
    done = site.run(hook, RUN_STATUS="1")
    assert (done.returncode, "python: " in done.stdout) == (1, True)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_that_git_did_not_run_stays_asleep(site: Site, hook: str) -> None:
    executable(site.hooks / hook, OLD, 0o644)
    before = snapshot(site.hooks)
    assert deeds(site, hook) == [Deed.WROTE, Deed.SET_ASIDE]
    done = site.run(hook)
    assert (done.returncode, "old" in done.stdout) == (0, False)
    site.uninstall()
    assert snapshot(site.hooks) == before


def _plain(hook: Path, _: Path) -> None:
    executable(hook, OLD)


def _odd(hook: Path, _: Path) -> None:
    hook.write_bytes(b"#!/bin/sh\r\n\xff\xfe\0")
    hook.chmod(0o6751)


def _empty(hook: Path, _: Path) -> None:
    hook.touch(0o700)


def _link(hook: Path, elsewhere: Path) -> None:
    hook.symlink_to(os.path.relpath(executable(elsewhere / "shared", OLD), hook.parent))


def _dead_link(hook: Path, elsewhere: Path) -> None:
    hook.symlink_to(elsewhere / "nowhere")


@pytest.mark.parametrize("make", [_plain, _odd, _empty, _link, _dead_link])
def test_installing_and_uninstalling_leaves_everything_as_it_was(
    site: Site, tmp_path: Path, make: Callable[[Path, Path], None]
) -> None:
    make(site.hooks / "pre-commit", tmp_path / "elsewhere")
    before, configuration = snapshot(site.hooks.parent), site.configuration
    site.install()
    assert snapshot(site.hooks.parent) != before
    site.install()
    put_back = (Deed.PUT_BACK, str(site.hooks / "pre-commit"))
    assert site.uninstall() == [put_back, (Deed.REMOVED, str(site.hooks / "pre-push"))]
    assert (snapshot(site.hooks.parent), site.configuration) == (before, configuration)
    assert site.uninstall() == []
    assert snapshot(site.hooks.parent) == before


def test_a_link_is_moved_and_never_written_through(site: Site, tmp_path: Path) -> None:
    _link(site.hooks / "pre-push", tmp_path / "elsewhere")
    shared = snapshot(tmp_path / "elsewhere")
    site.install()
    assert not (site.hooks / "pre-push").is_symlink()
    assert site.run("pre-push").stdout.startswith(f"old: origin ssh://x/y z\n{PUSHED}python: ")
    site.uninstall()
    assert snapshot(tmp_path / "elsewhere") == shared


def test_a_link_to_a_hook_of_ours_is_refused(site: Site, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.write_bytes(hook_script("pre-commit", "/python"))
    (site.hooks / "pre-commit").symlink_to(shared)
    with pytest.raises(Failure, match="symbolic link to a hook of ours"):
        site.install()
    assert (site.hooks / "pre-commit").is_symlink()
    assert not (site.hooks / "pre-push").exists()


def test_a_file_system_without_hard_links_is_good_enough(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    executable(site.hooks / "pre-commit", OLD, 0o750)
    before = snapshot(site.hooks)
    monkeypatch.setattr(os, "link", refused)
    site.install()
    assert site.run("pre-commit").stdout.startswith("old: ")
    site.uninstall()
    assert snapshot(site.hooks) == before


def test_a_hooks_directory_that_was_made_goes_again(site: Site, tmp_path: Path) -> None:
    bare_bones = site.at(tmp_path / "bare bones")
    site.git("init", "--quiet", "--template=", str(bare_bones.place))
    bare_bones.install("pre-commit")
    bare_bones.install("pre-push")
    assert bare_bones.run("pre-push").returncode == 0
    bare_bones.uninstall("pre-commit")
    assert bare_bones.hooks.is_dir()
    assert (Deed.REMOVED, str(bare_bones.hooks)) in bare_bones.uninstall()
    assert not bare_bones.hooks.exists()


def test_a_hooks_directory_that_was_there_or_is_in_use_stays(site: Site, tmp_path: Path) -> None:
    bare_bones = site.at(tmp_path / "bare bones")
    site.git("init", "--quiet", "--template=", str(bare_bones.place))
    bare_bones.hooks.mkdir()
    bare_bones.install()
    bare_bones.uninstall()
    bare_bones.hooks.rmdir()
    bare_bones.install()
    executable(bare_bones.hooks / "commit-msg", OLD)
    bare_bones.uninstall()
    assert os.listdir(bare_bones.hooks) == ["commit-msg"]


@pytest.mark.parametrize(
    ("content", "says", "advises"),
    [
        (hook_script("pre-push", "/python") + b"make lint\n", "is our hook, edited or newer", "move it away"),
        (hook_script("pre-push", "/python").replace(b"sion 2,", b"sion 3,"), "our hook, edited or newer", "move it"),
        (b"#!/bin/sh\n/v/python -m antipasta_hook run || exit 1\n", "calls antipasta-hook already", "take that out"),
        (
            b'#!/bin/sh\nexec all "$(basename "$0")"\n',
            "asks for its own name",
            'antipasta_hook run --pre-push -- "$@" || exit',
        ),
    ],
)
def test_a_hook_that_cannot_be_combined_is_refused_before_anything_is_done(
    site: Site, content: bytes, says: str, advises: str
) -> None:
    hook = site.hooks / "pre-push"
    hook.write_bytes(content)
    before = snapshot(site.hooks)
    with pytest.raises(Failure, match=says) as refusal:
        site.install()
    assert refusal.value.usage
    assert advises in refusal.value.recovery
    assert snapshot(site.hooks) == before


@pytest.mark.parametrize(
    ("content", "settings", "line"),
    [
        (
            b"# File generated by pre-commit: https://pre-commit.com\n",
            ".pre-commit-config.yaml",
            "      - id: antipasta\n",
        ),
        (
            b"# File generated by prek: https://github.com/j178/prek\n",
            ".pre-commit-config.yaml",
            "      - id: antipasta\n",
        ),
        (b'call_lefthook run "pre-push" "$@"\n', "lefthook.yml", "      use_stdin: true\n"),
        (b'. "$(dirname "$0")/_/husky.sh"\n', "its files", 'antipasta-hook run --pre-push -- "$@"\n'),
    ],
)
def test_a_hook_manager_is_left_in_charge_and_told_what_to_call(
    site: Site, content: bytes, settings: str, line: str
) -> None:
    (site.hooks / "pre-push").write_bytes(b"#!/bin/sh\n" + content)
    before = snapshot(site.hooks)
    with pytest.raises(Managed, match="pre-push belongs to") as refusal:
        site.install()
    assert refusal.value.usage
    assert settings in refusal.value.recovery
    assert line in refusal.value.lines
    assert snapshot(site.hooks) == before
    assert site.install("pre-commit") == [(Deed.WROTE, str(site.hooks / "pre-commit"))]


@pytest.mark.parametrize("manager", ["pre-commit", "prek"])
def test_a_hook_that_a_manager_runs_as_its_legacy_one_is_still_ours(site: Site, manager: str) -> None:
    executable(site.hooks / "pre-push", OLD)
    site.install()
    hook, legacy = site.hooks / "pre-push", site.hooks / "pre-push.legacy"
    hook.rename(legacy)
    theirs = executable(hook, f"# File generated by {manager}: https://example.org\n").read_bytes()
    assert site.run("pre-push.legacy").stdout.startswith(f"old: origin ssh://x/y z\n{PUSHED}python: ")
    assert (Deed.UNCHANGED, str(legacy)) in site.install()
    assert (Deed.PUT_BACK, str(legacy)) in site.uninstall()
    assert hook.read_bytes() == theirs
    assert legacy.read_text("utf-8") == f"#!/bin/sh\n{OLD}"
    assert site.uninstall() == []


def test_what_is_kept_already_is_not_overwritten(site: Site) -> None:
    executable(site.hooks / "pre-push", OLD)
    executable(site.hooks / "pre-push.antipasta-chained", "echo older\n")
    before = snapshot(site.hooks)
    with pytest.raises(Failure, match=r"cannot be kept as .*is there already") as refusal:
        site.install()
    assert "out of date" in refusal.value.recovery
    assert site.uninstall() == [(Deed.LEFT, str(site.hooks / "pre-push.antipasta-chained"))]
    assert snapshot(site.hooks) == before


def test_a_hook_of_ours_that_was_lost_is_written_again_before_the_one_that_is_kept(site: Site) -> None:
    executable(site.hooks / "pre-push", OLD)
    before = snapshot(site.hooks)
    site.install()
    (site.hooks / "pre-push").unlink()
    assert (Deed.CHAINED, str(site.hooks / "pre-push.antipasta-chained")) in site.install()
    assert site.run("pre-push").stdout.startswith("old: ")
    (site.hooks / "pre-push").unlink()
    site.uninstall()
    assert snapshot(site.hooks) == before


def test_an_edited_hook_of_ours_is_not_uninstalled(site: Site) -> None:
    site.install()
    hook = site.hooks / "pre-push"
    hook.write_bytes(hook.read_bytes() + b"make lint\n")
    before = snapshot(site.hooks)
    with pytest.raises(Failure, match="is our hook, edited or newer") as refusal:
        site.uninstall()
    assert refusal.value.usage
    assert snapshot(site.hooks) == before
    assert site.uninstall("pre-commit") == [(Deed.REMOVED, str(site.hooks / "pre-commit"))]


def test_a_hook_of_others_is_not_uninstalled(site: Site) -> None:
    executable(site.hooks / "pre-push", OLD)
    before = snapshot(site.hooks)
    assert site.uninstall() == []
    assert snapshot(site.hooks) == before


def test_a_directory_in_the_place_of_a_hook_is_refused(site: Site) -> None:
    (site.hooks / "pre-push").mkdir()
    for attempt in (site.install, site.uninstall):
        with pytest.raises(Failure, match="is not a file"):
            attempt()


def test_the_chained_hook_that_is_a_copy_of_ours_does_not_call_itself(site: Site) -> None:
    site.install()
    chained = site.hooks / "pre-push.antipasta-chained"
    chained.write_bytes((site.hooks / "pre-push").read_bytes())
    chained.chmod(0o755)
    assert site.run("pre-push").stdout.count("python: ") == 2


def test_a_configured_command_in_a_file_is_ours_too(site: Site) -> None:
    hook = site.hooks / "pre-commit"
    hook.write_bytes(configured_command("pre-commit", "/python"))
    assert site.uninstall() == [(Deed.REMOVED, str(hook))]
