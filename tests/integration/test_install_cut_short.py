"""`install` and `uninstall` that cannot go on: stopped in the middle, or not allowed to write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from antipasta_hook.model import Failure
from tests.integration.installation import OLD, Site, executable, snapshot


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A repository without our hooks."""
    return Site.create(tmp_path)


# Ends the process at its n-th step in the file system, before it or right after it, as a power cut would.
CUT_SHORT = """
import os, shutil, sys
left, after, links = int(sys.argv.pop(1)), sys.argv.pop(1) == "after", sys.argv.pop(1) == "links"
def cut(step):
    def stepping(*arguments, **options):
        global left
        left -= 1
        if left == 0 and not after:
            os._exit(9)
        try:
            return step(*arguments, **options)
        finally:
            if left == 0:
                os._exit(9)
    return stepping
def refused(*_):
    raise PermissionError
if not links:
    os.link = refused
for module, name in (
    (os, "link"), (os, "open"), (os, "replace"), (os, "unlink"), (os, "rmdir"), (os, "makedirs"), (shutil, "copy2")
):
    setattr(module, name, cut(getattr(module, name)))
from antipasta_hook.install import install, uninstall
list(install(sys.argv[2], os.environ, sys.argv[3]) if sys.argv[1] == "install" else uninstall(sys.argv[2], os.environ))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("command", "links"), [("install", "links"), ("install", "copies"), ("uninstall", "links")])
def test_cut_short_anywhere_no_hook_is_lost_and_the_next_run_finishes_the_job(
    site: Site, command: str, links: str, when: str
) -> None:
    executable(site.hooks / "pre-commit", OLD)
    before = snapshot(site.hooks)
    site.install()
    installed = {name: content for name, (_, _, content) in snapshot(site.hooks).items()}
    if command == "install":
        site.uninstall()
    steps = 0
    while _cut_short(site, command, steps + 1, when, links):
        steps += 1
        assert site.run("pre-commit").stdout.startswith("old: "), f"after {steps} steps"
        if command == "install":
            site.install()
            assert {name: content for name, (_, _, content) in snapshot(site.hooks).items()} == installed
        site.uninstall()
        assert snapshot(site.hooks) == before, f"after {steps} steps"
        if command == "uninstall":
            site.install()
        else:
            _cut_short(site, command, steps, when, links)
            site.uninstall()
            assert snapshot(site.hooks) == before, f"after {steps} steps"
    assert steps >= (6 if command == "install" else 2)


def _cut_short(site: Site, command: str, steps: int, *how: str) -> bool:
    """Whether the command was cut short before it was done."""
    arguments = (str(steps), *how, command, str(site.place), site.interpreter)
    done = subprocess.run(
        (sys.executable, "-c", CUT_SHORT, *arguments), env=site.environ | {"PYTHONPATH": os.getcwd()}, check=False
    )
    assert done.returncode in {0, 9}
    return done.returncode == 9


def test_a_place_that_cannot_be_written_is_named_with_the_reason(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    site.install("pre-push")
    before = snapshot(site.hooks)
    for name in ("open", "unlink"):
        monkeypatch.setattr(os, name, refused)
    with pytest.raises(Failure, match=r"cannot write .*pre-commit: Permission denied") as refusal:
        site.install()
    assert refusal.value.usage
    with pytest.raises(Failure, match=r"cannot write .*pre-push: Permission denied"):
        site.uninstall()
    monkeypatch.undo()
    assert snapshot(site.hooks) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_hooks_directory_is_left_as_it_is(site: Site) -> None:
    executable(site.hooks / "pre-commit", OLD)
    before = snapshot(site.hooks)
    site.hooks.chmod(0o555)
    try:
        with pytest.raises(Failure, match="Permission denied"):
            site.install()
    finally:
        site.hooks.chmod(0o755)
    assert snapshot(site.hooks) == before
