"""The script that `antipasta-hook install` writes: what it starts, what it passes on, and when it lets go."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from antipasta_hook.install.managers import MANAGERS, asks_for_its_name, manager
from antipasta_hook.install.place import configures_hooks
from antipasta_hook.install.script import HOOKS, Origin, configured_command, hook_script, origin
from tests.integration.installation import PUSHED, VERSION_1, Site, executable, stand_in

CALLS = {
    "pre-commit": "python: -E -P -m antipasta_hook run\n",
    "pre-push": f"python: -E -P -m antipasta_hook run --pre-push -- origin ssh://x/y z\n{PUSHED}",
}
ROOT = Path(__file__).parents[2]
JUDGED = {"pre-commit": "commit", "pre-push": "push"}
SHELLS = [shell for shell in ("sh", "dash", "bash", "mksh") if shutil.which(shell)]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A repository without our hooks."""
    return Site.create(tmp_path)


@pytest.fixture(params=HOOKS)
def hook(request: pytest.FixtureRequest, site: Site) -> str:
    """Each of the hooks, installed."""
    site.install()
    return str(request.param)


@pytest.mark.parametrize("made", [False, True])
@pytest.mark.parametrize("name", HOOKS)
def test_the_script_is_plain_sh_with_unix_line_ends(name: str, made: bool) -> None:  # noqa: FBT001 - a column of the table
    content = hook_script(name, "/it's/python", made=made)
    assert content.startswith(b"#!/bin/sh\n# antipasta-hook: git hook, version 2, ")
    assert b"\r" not in content
    for shell in SHELLS:
        done = subprocess.run((shell, "-n"), input=content, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b""), shell


@pytest.mark.parametrize("shell", SHELLS)
def test_it_calls_the_interpreter_in_isolation_with_all_that_git_said(site: Site, hook: str, shell: str) -> None:
    done = site.start((shell, str(site.hooks / hook)))
    assert (done.returncode, done.stdout, done.stderr) == (0, CALLS[hook], "")


@pytest.mark.parametrize("environ", [None, {}])
def test_the_command_for_git_s_configuration_does_the_same(
    site: Site, hook: str, environ: dict[str, str] | None
) -> None:
    command = os.fsdecode(configured_command(hook, site.interpreter))
    done = site.start(("/bin/sh", "-c", f'{command} "$@"', command), environ=environ)
    assert (done.returncode, done.stdout, done.stderr) == (0, CALLS[hook], "")


def test_it_needs_nothing_of_the_environment(site: Site, hook: str) -> None:
    for environ in ({}, {"PATH": ""}, {"PATH": "/nowhere"}):
        done = site.start((str(site.hooks / hook),), environ=environ)
        assert (done.returncode, done.stdout, done.stderr) == (0, CALLS[hook], "")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("", id="nothing"),
        pytest.param("no end of line", id="no end of line"),
        pytest.param(" \t spaces \t\n\n", id="spaces"),
        pytest.param("ā\udc88\udcff 1 2 3\n", id="bytes"),
        pytest.param("a 1 b 2\n" * 5000, id="many"),
    ],
)
def test_what_git_tells_a_push_arrives_to_the_last_byte(site: Site, told: str) -> None:
    site.install()
    assert site.run("pre-push", told).stdout.partition("\n")[2] == told


def test_a_reader_that_leaves_early_is_no_error(site: Site) -> None:
    executable(Path(site.interpreter), "exec <&-\nexit 0\n")
    executable(site.hooks / "pre-push", "exec <&-\nexit 0\n")
    site.install()
    done = site.run("pre-push", PUSHED * 20_000)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("status", [0, 1, 2, 3, 129, 130, 143])
def test_the_word_of_a_working_tool_is_passed_on(site: Site, hook: str, status: int) -> None:
    done = site.run(hook, RUN_STATUS=str(status))
    assert (done.returncode, done.stderr) == (status, "")


@pytest.mark.parametrize("signalled", [129, 130, 137, 143])
def test_a_verdict_stands_where_the_tool_is_ended_while_it_says_its_version(
    site: Site, hook: str, signalled: int
) -> None:
    done = site.run(hook, RUN_STATUS="1", VERSION_STATUS=str(signalled))
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("status", [134, 137, 139])
def test_a_tool_that_dies_does_not_block(site: Site, hook: str, status: int) -> None:
    done = site.run(hook, RUN_STATUS=str(status))
    assert done.returncode == 0
    assert f"warning: the tool died (status {status}); this {JUDGED[hook]} was not judged" in done.stderr


@pytest.mark.parametrize("status", [1, 2, 126, 127])
def test_a_python_that_lost_the_tool_does_not_block(site: Site, hook: str, status: int) -> None:
    done = site.run(hook, RUN_STATUS=str(status), VERSION_STATUS="1")
    assert done.returncode == 0
    assert f"warning: this {JUDGED[hook]} was not judged: {site.interpreter} has no working" in done.stderr


def test_where_the_interpreter_is_gone_the_path_is_asked(site: Site, hook: str, tmp_path: Path) -> None:
    Path(site.interpreter).unlink()
    stand_in(tmp_path / "tools" / "antipasta-hook")
    done = site.run(hook, PATH=f"{tmp_path / 'tools'}:/usr/bin:/bin", RUN_STATUS="1")
    expected = CALLS[hook].replace("python: -E -P -m antipasta_hook", "antipasta-hook:")
    assert (done.returncode, done.stdout) == (1, expected)


def test_the_second_to_be_asked_hears_all_that_git_said(site: Site, tmp_path: Path) -> None:
    site.install()
    stand_in(tmp_path / "tools" / "antipasta-hook")
    executable(Path(site.interpreter), "/bin/cat >/dev/null\nexit 1\n")
    done = site.run("pre-push", PATH=f"{tmp_path / 'tools'}:/usr/bin:/bin")
    assert done.stdout == f"antipasta-hook: run --pre-push -- origin ssh://x/y z\n{PUSHED}"


def test_a_tool_of_the_repository_is_never_started_by_a_relative_path(site: Site, hook: str) -> None:
    Path(site.interpreter).unlink()
    stand_in(site.place / "antipasta-hook")
    done = site.run(hook, PATH=".:/usr/bin:/bin")
    assert (done.returncode, done.stdout) == (0, "")
    assert "was not judged" in done.stderr


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (hook_script("pre-push", "/python"), Origin.OURS),
        (configured_command("pre-push", "/python"), Origin.OURS),
        (VERSION_1.read_bytes(), Origin.OURS),
        (VERSION_1.read_bytes() + b"\n", Origin.EDITED),
        (hook_script("pre-push", "/python").replace(b"/python", b"/other"), Origin.EDITED),
        (hook_script("pre-push", "/python").replace(b"version 2,", b"version 3,"), Origin.EDITED),
        (b"#!/bin/bash\n" + configured_command("pre-push", "/python"), Origin.FOREIGN),
        (b"", Origin.FOREIGN),
    ],
)
def test_a_script_of_ours_is_known_by_its_digest(content: bytes, expected: Origin) -> None:
    assert origin(content) is expected


@pytest.mark.parametrize(
    ("content", "directory", "name"),
    [
        (
            b"#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n",
            "/r/.git/hooks",
            "pre-commit",
        ),
        (b"#!/bin/sh\n# File generated by prek: https://github.com/j178/prek\n", "/r/.git/hooks", "prek"),
        (b'#!/bin/sh\ncall_lefthook run "pre-commit" "$@"\n', "/r/.git/hooks", "lefthook"),
        (b'#!/usr/bin/env sh\n. "$(dirname "$0")/h"', "/r/elsewhere/_", "husky"),
        (b'#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\nnpx lint-staged\n', "/r/hooks", "husky"),
        (b"", "/r/.husky/_", "husky"),
        (b"#!/bin/sh\nmake lint\n", "/r/.git/hooks", None),
    ],
)
def test_a_hook_manager_is_known_by_its_own_words(content: bytes, directory: str, name: str | None) -> None:
    found = manager(content, directory)
    assert (found and found.name) == name


def test_the_lines_for_hook_managers_fit_them() -> None:
    lines = {found.name: found.lines for found in MANAGERS}
    theirs = yaml.safe_load(lines["pre-commit"])
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    hook = next(hook for hook in manifest if hook["id"] == theirs["repos"][0]["hooks"][0]["id"])
    assert theirs["default_install_hook_types"] == list(HOOKS)
    assert set(HOOKS) <= set(hook["stages"])
    assert lines["prek"] == lines["pre-commit"]
    commands = {name: theirs["jobs"][0]["run"] for name, theirs in yaml.safe_load(lines["lefthook"]).items()}
    assert commands == {"pre-commit": hook["entry"], "pre-push": f"{hook['entry']} --pre-push -- {{1}} {{2}}"}
    documented = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    assert all(text in documented for text in lines.values())
    assert f'# .husky/pre-push\n{hook["entry"]} --pre-push -- "$@"\n' in lines["husky"]


@pytest.mark.parametrize(
    ("content", "asks"),
    [
        (b'exec run-hook "$(basename "$0")" "$@"\n', True),
        (b"name=`basename $0`\n", True),
        (b'basename -- "${0}"\n', True),
        (b"case ${0##*/} in\n", True),
        (b"hook_type = File.basename($0)\n", True),
        (b'here=$(dirname "$0"); basename "$file"; basename "$1"\n', False),
    ],
)
def test_a_hook_that_goes_by_its_name_is_known(content: bytes, asks: bool) -> None:  # noqa: FBT001 - a column of the table
    assert asks_for_its_name(content) is asks


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("git version 2.53.9\n", False),
        ("git version 2.54.0\n", True),
        ("git version 2.54.0-rc1\n", True),
        ("git version 2.100.1.windows.1\n", True),
        ("git version 2.55.GIT\n", True),
        ("git version 3.0.0\n", True),
        ("git version 2.39.5 (Apple Git-154)\n", False),
        ("git version 1.99\n", False),
        ("", False),
    ],
)
def test_which_git_has_hooks_in_its_configuration(version: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert configures_hooks(version) is expected
